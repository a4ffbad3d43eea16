// The two checksums of ZooKeeper's files: Adler-32 seals log records and snapshots, CRC-32 (zlib's
// polynomial) makes node digests. Both are incremental: feed the last result back in as `running`.

const ADLER_MODULUS = 65521
/** So many bytes can be summed before the sums have to be reduced to stay below 2^32. */
const ADLER_BLOCK_BYTES = 5552

export const ADLER32_START = 1
export const CRC32_START = 0

/** Adler-32 of `bytes` behind whatever gave `running`; unsigned. Source: RFC 1950 §8.2. */
export function adler32(bytes: Uint8Array, running: number = ADLER32_START): number {
  let a = running & 0xffff
  let b = running >>> 16
  for (let start = 0; start < bytes.length; start += ADLER_BLOCK_BYTES) {
    const end = Math.min(start + ADLER_BLOCK_BYTES, bytes.length)
    for (let i = start; i < end; i += 1) {
      a += bytes[i] ?? 0
      b += a
    }
    a %= ADLER_MODULUS
    b %= ADLER_MODULUS
  }
  return ((b << 16) | a) >>> 0
}

const CRC_POLYNOMIAL = 0xedb88320
const CRC_TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ CRC_POLYNOMIAL : crc >>> 1
  return crc
})

/** CRC-32 of `bytes` behind whatever gave `running`; unsigned. Source: RFC 1952 §8. */
export function crc32(bytes: Uint8Array, running: number = CRC32_START): number {
  let crc = ~running
  for (let i = 0; i < bytes.length; i += 1) {
    crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ (bytes[i] ?? 0)) & 0xff] ?? 0)
  }
  return ~crc >>> 0
}
