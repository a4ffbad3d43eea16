// IP addresses and address/bits ranges as the `ip` ACL scheme uses them. Source: IPAuthenticationProvider;
// IPv6 as 3.9.4 and later accept it.

function parseIpv4(text: string): Uint8Array | null {
  const parts = text.split('.')
  if (parts.length !== 4) return null
  const bytes = new Uint8Array(4)
  for (let i = 0; i < 4; i += 1) {
    const part = parts[i] ?? ''
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return null
    bytes[i] = Number(part)
  }
  return bytes
}

/** The 16-bit groups of one side of a `::`; a dotted IPv4 may stand for the last two. */
function parseGroups(text: string): number[] | null {
  if (text === '') return []
  const groups: number[] = []
  const parts = text.split(':')
  for (const [i, part] of parts.entries()) {
    if (part.includes('.') && i === parts.length - 1) {
      const [a, b, c, d] = parseIpv4(part) ?? []
      if (a === undefined || b === undefined || c === undefined || d === undefined) return null
      groups.push(a * 256 + b, c * 256 + d)
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16))
    else return null
  }
  return groups
}

function expandGroups(text: string): number[] | null {
  const halves = text.split('::')
  if (halves.length > 2) return null
  const head = parseGroups(halves[0] ?? '')
  if (head === null) return null
  if (halves[1] === undefined) return head.length === 8 ? head : null
  const tail = parseGroups(halves[1])
  if (tail === null || head.length + tail.length > 7) return null
  return [...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail]
}

function parseIpv6(text: string): Uint8Array | null {
  // A zone ("%eth0") names an interface of one host and says nothing about the address.
  const groups = expandGroups(text.replace(/%.*$/, ''))
  if (groups === null) return null
  const bytes = new Uint8Array(16)
  for (const [i, group] of groups.entries()) {
    bytes[2 * i] = group >> 8
    bytes[2 * i + 1] = group & 0xff
  }
  return bytes
}

/** 4 or 16 bytes, or null. `::ffff:1.2.3.4`, which dual-stack sockets report, is the IPv4 address it carries. */
export function parseIp(text: string): Uint8Array | null {
  if (!text.includes(':')) return parseIpv4(text)
  const bytes = parseIpv6(text)
  if (bytes === null) return null
  const mapped = bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff
  return mapped ? bytes.slice(12) : bytes
}

interface IpRange {
  readonly address: Uint8Array
  readonly bits: number
}

function parseRange(text: string): IpRange | null {
  const slash = text.indexOf('/')
  const address = parseIp(slash < 0 ? text : text.slice(0, slash))
  if (address === null) return null
  if (slash < 0) return { address, bits: address.length * 8 }
  const bits = text.slice(slash + 1)
  return /^\d{1,3}$/.test(bits) && Number(bits) <= address.length * 8 ? { address, bits: Number(bits) } : null
}

/** True for `1.2.3.4`, `1.2.0.0/16`, `::1` and `fe80::/10`. */
export function isIpRange(text: string): boolean {
  return parseRange(text) !== null
}

/** True when the address lies in the range; false for anything that is not an address or a range. */
export function ipMatches(address: string, rangeText: string): boolean {
  const remote = parseIp(address)
  const range = parseRange(rangeText)
  if (remote === null || range === null || remote.length !== range.address.length) return false
  for (let i = 0; i * 8 < range.bits; i += 1) {
    const mask = (0xff00 >> Math.min(8, range.bits - i * 8)) & 0xff
    if (((remote[i] ?? 0) & mask) !== ((range.address[i] ?? 0) & mask)) return false
  }
  return true
}
