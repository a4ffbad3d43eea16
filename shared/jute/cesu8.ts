// Characters above U+FFFF as Apache's servers write them into packets and logs: each half of the surrogate pair
// as three bytes of its own (CESU-8), which no UTF-8 decoder takes. We read both and write UTF-8. Paths cannot
// hold such characters; identities in ACLs can. Source: BinaryOutputArchive.stringToByteBuffer.

const PAIR_BYTES = 6

/** The same text in UTF-8, or null when no surrogate pair is in it. */
export function joinSurrogates(bytes: Uint8Array): Uint8Array | null {
  let joined: Uint8Array | null = null
  let length = 0
  for (let at = 0; at < bytes.length; ) {
    const code = pairAt(bytes, at)
    if (code === null) {
      if (joined) joined[length] = bytes[at] ?? 0
      length += 1
      at += 1
      continue
    }
    joined ??= bytes.slice()
    joined[length] = 0xf0 | (code >> 18)
    joined[length + 1] = 0x80 | ((code >> 12) & 0x3f)
    joined[length + 2] = 0x80 | ((code >> 6) & 0x3f)
    joined[length + 3] = 0x80 | (code & 0x3f)
    length += 4
    at += PAIR_BYTES
  }
  return joined?.subarray(0, length) ?? null
}

/** The character whose two halves stand at `at`: ED A0…AF xx, then ED B0…BF xx. */
function pairAt(bytes: Uint8Array, at: number): number | null {
  if (bytes[at] !== 0xed || bytes[at + 3] !== 0xed) return null
  const [high = 0, highLow = 0] = [bytes[at + 1], bytes[at + 2]]
  const [low = 0, lowLow = 0] = [bytes[at + 4], bytes[at + 5]]
  if (high >> 4 !== 0xa || low >> 4 !== 0xb || highLow >> 6 !== 2 || lowLow >> 6 !== 2) return null
  const upper = ((high & 0x0f) << 6) | (highLow & 0x3f)
  const lower = ((low & 0x0f) << 6) | (lowLow & 0x3f)
  return 0x10000 + (upper << 10) + lower
}
