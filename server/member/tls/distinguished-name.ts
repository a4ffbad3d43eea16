// The subject of a certificate as ZooKeeper writes it into ACLs: Java's X500Principal.getName(), which is RFC
// 2253 with Java's ways. Measured at Java 17; the cases are in the test. Which connection has a certificate, and
// whether it is trusted, is others' business.

/** The types that RFC 2253 names; all others are written as numbers, with their value in hexadecimal. */
const KEYWORDS: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'STREET',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
}

const TAG = { integer: 0x02, oid: 0x06, sequence: 0x30, set: 0x31, version: 0xa0 } as const
/** UTF8String, PrintableString, TeletexString, IA5String, GeneralString, BMPString. */
const TEXT_TAGS = [0x0c, 0x13, 0x14, 0x16, 0x1b, 0x1e]

interface Item {
  readonly tag: number
  /** Without tag and length. */
  readonly body: Uint8Array
  /** With both. */
  readonly whole: Uint8Array
}

/**
 * `CN=ann,OU=ops,O=Example\, Inc.,C=DE` for the subject of a DER certificate; null when the bytes are no certificate.
 * Java reads every text as UTF-8, whatever its tag says, and so a BMPString shows zeros: that is kept.
 */
export function subjectOf(certificate: Uint8Array): string | null {
  try {
    const tbs = itemsIn(only(itemsIn(only(itemsIn(certificate), TAG.sequence).body)[0], TAG.sequence).body)
    // version (left out in version 1), serial number, signature, issuer, validity, subject
    const at = tbs[0]?.tag === TAG.version ? 5 : 4
    return formatName(only(tbs[at], TAG.sequence).whole)
  } catch (error) {
    if (error instanceof DerError) return null
    throw error
  }
}

/** The same for a Name alone; throws what `subjectOf` makes null of. */
export function formatName(der: Uint8Array): string {
  const rdns = itemsIn(only(itemsIn(der), TAG.sequence).body)
  const texts = rdns.map((rdn) =>
    itemsIn(only(rdn, TAG.set).body)
      .map((pair) => formatPair(only(pair, TAG.sequence)))
      .join('+'),
  )
  return texts.reverse().join(',')
}

function formatPair(pair: Item): string {
  const [type, value] = itemsIn(pair.body)
  if (value === undefined) throw new DerError('an attribute without a value')
  const oid = formatOid(only(type, TAG.oid).body)
  const keyword = KEYWORDS[oid]
  if (keyword === undefined || !TEXT_TAGS.includes(value.tag))
    return `${keyword ?? oid}=#${Buffer.from(value.whole).toString('hex')}`
  return `${keyword}=${escaped(Buffer.from(value.body).toString('utf8'))}`
}

function escaped(text: string): string {
  const specials = text.replace(/[,=+<>#;"\\]/g, '\\$&').replaceAll('\0', '\\00')
  return specials.replace(/^ +| +$/g, (spaces) => spaces.replaceAll(' ', '\\ '))
}

function formatOid(body: Uint8Array): string {
  const numbers: bigint[] = []
  let number = 0n
  for (const byte of body) {
    number = (number << 7n) | BigInt(byte & 0x7f)
    if (byte >= 0x80) continue
    numbers.push(number)
    number = 0n
  }
  const [first = 0n, ...rest] = numbers
  const top = first < 80n ? first / 40n : 2n
  return [top, first - top * 40n, ...rest].join('.')
}

class DerError extends Error {
  override readonly name = 'DerError'
}

/** The first of `items`, when it has this tag. */
function only(items: Item | readonly Item[] | undefined, tag: number): Item {
  const item = items !== undefined && 'length' in items ? items[0] : items
  if (item?.tag !== tag) throw new DerError(`another item than ${tag}`)
  return item
}

function itemsIn(bytes: Uint8Array): Item[] {
  const items: Item[] = []
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at] ?? 0
    const first = bytes[at + 1] ?? 0xff
    const extra = first < 0x80 ? 0 : first & 0x7f
    if (extra > 4) throw new DerError('a length that no certificate has')
    let length = extra === 0 ? first : 0
    for (let i = 0; i < extra; i += 1) length = length * 256 + (bytes[at + 2 + i] ?? 0)
    const start = at + 2 + extra
    if (start + length > bytes.length) throw new DerError('cut short')
    items.push({ tag, body: bytes.subarray(start, start + length), whole: bytes.subarray(at, start + length) })
    at = start + length
  }
  return items
}
