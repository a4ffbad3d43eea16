// Snappy as its format description gives it: blocks of literals and copies, alone, in the framing format, or in
// snappy-java's. Every length is checked before it is used. Pure.

const STREAM_HEADER = 10
const JAVA_MAGIC = 0x82
const JAVA_HEADER = 16
const COMPRESSED = 0x00
const PLAIN = 0x01

interface Output {
  readonly bytes: Uint8Array
  readonly truncated: boolean
}

/** At most `max` bytes; null when the data is damaged before anything came out. */
export function unsnap(input: Uint8Array, max: number): Output | null {
  const parts: Uint8Array[] = []
  let length = 0
  let whole = false
  for (const part of input[0] === JAVA_MAGIC ? javaChunks(input, max) : frameChunks(input, max)) {
    if (part === 'end') {
      whole = true
      break
    }
    parts.push(part)
    length += part.length
    if (length >= max) break
  }
  if (length === 0 && !whole) return null
  const out = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return { bytes: out.subarray(0, max), truncated: !whole }
}

/** Ends without 'end' when something does not fit. */
function* frameChunks(input: Uint8Array, max: number): Generator<Uint8Array | 'end'> {
  let at = STREAM_HEADER
  while (at + 4 <= input.length) {
    const type = input[at] ?? 0
    const size = (input[at + 1] ?? 0) | ((input[at + 2] ?? 0) << 8) | ((input[at + 3] ?? 0) << 16)
    at += 4
    if (at + size > input.length) return
    // The first four bytes of a chunk are its checksum.
    if (type === COMPRESSED || type === PLAIN) {
      const body = input.subarray(at + 4, at + size)
      const part = type === PLAIN ? body : unsnapBlock(body, max)
      if (part === null) return
      yield part
    }
    at += size
  }
  if (at === input.length) yield 'end'
}

function* javaChunks(input: Uint8Array, max: number): Generator<Uint8Array | 'end'> {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength)
  let at = JAVA_HEADER
  while (at + 4 <= input.length) {
    const size = view.getUint32(at)
    at += 4
    if (at + size > input.length) return
    const part = unsnapBlock(input.subarray(at, at + size), max)
    if (part === null) return
    yield part
    at += size
  }
  if (at === input.length) yield 'end'
}

/** Null when it is damaged, or longer than `max`. */
export function unsnapBlock(input: Uint8Array, max: number): Uint8Array | null {
  let at = 0
  let length = 0
  for (let shift = 0; ; shift += 7) {
    const byte = input[at]
    if (byte === undefined || shift > 28) return null
    at += 1
    length += (byte & 0x7f) * 2 ** shift
    if (byte < 0x80) break
  }
  if (length > max) return null
  const out = new Uint8Array(length)
  let to = 0
  const little = (count: number): number => {
    let value = 0
    for (let i = 0; i < count; i += 1) value += (input[at + i] ?? 0) * 256 ** i
    at += count
    return value
  }
  while (at < input.length) {
    const tag = input[at] ?? 0
    at += 1
    if ((tag & 3) === 0) {
      let size = tag >> 2
      if (size >= 60) size = little(size - 59)
      size += 1
      if (at + size > input.length || to + size > length) return null
      out.set(input.subarray(at, at + size), to)
      at += size
      to += size
      continue
    }
    const short = (tag & 3) === 1
    const size = short ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1
    const offset = short ? ((tag >> 5) << 8) + little(1) : little((tag & 3) === 2 ? 2 : 4)
    if (offset === 0 || offset > to || to + size > length || at > input.length) return null
    // Copies may overlap what they write, so byte by byte.
    for (let i = 0; i < size; i += 1) out[to + i] = out[to + i - offset] ?? 0
    to += size
  }
  return to === length ? out : null
}
