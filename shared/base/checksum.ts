// The two checksums of ZooKeeper's files: Adler-32 seals log records and snapshots, CRC-32 (zlib's
// polynomial) makes node digests. Both are incremental: feed the last result back in as `running`.

import { utf8Encode } from './text.ts'

const ADLER_MODULUS = 65521
/**
 * So many bytes can be summed before the sums have to be reduced to stay below 2^31: small integers are added
 * faster than larger numbers. 65520·(n+1) + 255·n(n+1)/2 for n bytes of 255 after the largest sums.
 */
const ADLER_BLOCK_BYTES = 3800

export const ADLER32_START = 1
export const CRC32_START = 0

/** Adler-32 of `bytes` behind whatever gave `running`; unsigned. Source: RFC 1950 §8.2. */
export function adler32(bytes: Uint8Array, running: number = ADLER32_START): number {
  let a = running & 0xffff
  let b = running >>> 16
  let at = 0
  while (at < bytes.length) {
    const end = Math.min(at + ADLER_BLOCK_BYTES, bytes.length)
    // Four bytes a round took 0.6 of the time of one: all that is logged or snapshotted goes through here.
    for (const lastRound = end - 4; at <= lastRound; at += 4) {
      a = (a + (bytes[at] ?? 0)) | 0
      b = (b + a) | 0
      a = (a + (bytes[at + 1] ?? 0)) | 0
      b = (b + a) | 0
      a = (a + (bytes[at + 2] ?? 0)) | 0
      b = (b + a) | 0
      a = (a + (bytes[at + 3] ?? 0)) | 0
      b = (b + a) | 0
    }
    for (; at < end; at += 1) {
      a = (a + (bytes[at] ?? 0)) | 0
      b = (b + a) | 0
    }
    a %= ADLER_MODULUS
    b %= ADLER_MODULUS
  }
  return ((b << 16) | a) >>> 0
}

const CRC_POLYNOMIAL = 0xedb88320
/** Four tables of 256: what a byte does to the sum when none, one, two or three bytes follow it. */
const CRC_TABLES = makeCrcTables()

function makeCrcTables(): Int32Array {
  const tables = new Int32Array(1024)
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = byte
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ CRC_POLYNOMIAL : crc >>> 1
    tables[byte] = crc
  }
  for (let i = 256; i < 1024; i += 1) {
    const before = tables[i - 256] ?? 0
    tables[i] = (before >>> 8) ^ (tables[before & 0xff] ?? 0)
  }
  return tables
}

/** CRC-32 of `bytes` behind whatever gave `running`, as zlib has it. */
export type NativeCrc32 = (bytes: Uint8Array, running: number) => number

/** From here on a host's own is quicker, the window that it needs included: half the time at 1 KB. */
const NATIVE_FROM_BYTES = 400

let native: NativeCrc32 | null = null

/** A host that has a CRC-32 of its own lends it, for long data; the sums are the same. `null` takes it back. */
export function lendCrc32(own: NativeCrc32 | null): void {
  native = own
}

/** CRC-32 of bytes `start` … `end` behind whatever gave `running`; unsigned. Source: RFC 1952 §8. */
export function crc32(bytes: Uint8Array, running: number = CRC32_START, start = 0, end = bytes.length): number {
  // Not subarray: of Node's Buffer that is several times slower.
  if (native !== null && end - start >= NATIVE_FROM_BYTES)
    return native(new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start), running)
  const tables = CRC_TABLES
  let crc = ~running
  let at = start
  // Four bytes a round: node digests are made on every write.
  for (const lastRound = end - 4; at <= lastRound; at += 4) {
    crc ^= (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)
    crc =
      (tables[768 + (crc & 0xff)] ?? 0) ^
      (tables[512 + ((crc >>> 8) & 0xff)] ?? 0) ^
      (tables[256 + ((crc >>> 16) & 0xff)] ?? 0) ^
      (tables[crc >>> 24] ?? 0)
  }
  for (; at < end; at += 1) crc = (crc >>> 8) ^ (tables[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0)
  return ~crc >>> 0
}

/** CRC-32 of ints of four bytes each, most significant first, behind whatever gave `running`; unsigned. */
export function crc32Ints(values: Int32Array, running: number): number {
  const tables = CRC_TABLES
  let crc = ~running
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] ?? 0
    // The first byte of the four is the lowest one of the sum.
    crc =
      (tables[768 + ((crc ^ (value >>> 24)) & 0xff)] ?? 0) ^
      (tables[512 + (((crc >>> 8) ^ (value >>> 16)) & 0xff)] ?? 0) ^
      (tables[256 + (((crc >>> 16) ^ (value >>> 8)) & 0xff)] ?? 0) ^
      (tables[((crc >>> 24) ^ value) & 0xff] ?? 0)
  }
  return ~crc >>> 0
}

/** CRC-32 of a text's UTF-8. */
export function crc32Text(text: string): number {
  const tables = CRC_TABLES
  let crc = -1
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i)
    if (unit > 0x7f) return crc32(utf8Encode(text))
    crc = (crc >>> 8) ^ (tables[(crc ^ unit) & 0xff] ?? 0)
  }
  return ~crc >>> 0
}
