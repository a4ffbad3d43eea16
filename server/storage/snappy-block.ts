// One block of Snappy's raw format, both ways: a varint of the plain length, then literals and copies from what came
// before. Source: google/snappy, format_description.txt. Framing is snappy-stream.ts.

import { DecodeError } from '#shared/jute/reader.ts'

/** No block of ours is longer, nor one of Java's SnappyOutputStream: so offsets fit into two bytes. */
export const SNAPPY_BLOCK_BYTES = 32 * 1024
/** The longest plain block that is taken: Java's block size can be set. */
const PLAIN_BYTES_MAX = 64 * 2 ** 20

const HASH_BITS = 13
/** Positions by the hash of the four bytes there; used anew for each block. */
const table = new Uint16Array(1 << HASH_BITS)
/** The longest copy that one element can say. */
const COPY_MAX = 64

/**
 * Compresses up to SNAPPY_BLOCK_BYTES into `out` from `at` on, which needs snappyRoom(length) bytes; returns the
 * offset behind.
 */
export function compressBlock(plain: Buffer, out: Buffer, at: number): number {
  let end = writeVarint(out, at, plain.length)
  table.fill(0)
  let literal = 0
  let from = 0
  const last = plain.length - 4
  // Where nothing repeats, ever larger steps are taken.
  let misses = 0
  while (from <= last) {
    const four = plain.readUInt32LE(from)
    const slot = Math.imul(four, 0x1e35a7bd) >>> (32 - HASH_BITS)
    const candidate = table[slot] ?? 0
    table[slot] = from
    if (candidate >= from || plain.readUInt32LE(candidate) !== four) {
      misses += 1
      from += 1 + (misses >> 5)
      continue
    }
    misses = 0
    let length = 4
    while (from + length < plain.length && plain[candidate + length] === plain[from + length]) length += 1
    end = writeLiteral(plain, literal, from, out, end)
    end = writeCopy(out, end, from - candidate, length)
    from += length
    literal = from
  }
  return writeLiteral(plain, literal, plain.length, out, end)
}

/** The most that `length` plain bytes can become. */
export function snappyRoom(length: number): number {
  return 32 + length + Math.ceil(length / 6)
}

function writeVarint(out: Buffer, at: number, value: number): number {
  let rest = value
  let end = at
  while (rest > 0x7f) {
    out[end] = (rest & 0x7f) | 0x80
    rest >>>= 7
    end += 1
  }
  out[end] = rest
  return end + 1
}

function writeLiteral(plain: Buffer, from: number, to: number, out: Buffer, at: number): number {
  const length = to - from
  if (length === 0) return at
  let end = at
  if (length <= 60) {
    out[end] = (length - 1) << 2
    end += 1
  } else if (length <= 256) {
    out[end] = 60 << 2
    out[end + 1] = length - 1
    end += 2
  } else {
    out[end] = 61 << 2
    out.writeUInt16LE(length - 1, end + 1)
    end += 3
  }
  plain.copy(out, end, from, to)
  return end + length
}

function writeCopy(out: Buffer, at: number, offset: number, length: number): number {
  let end = at
  for (let rest = length; rest > 0; ) {
    const now = Math.min(rest, COPY_MAX)
    out[end] = 2 | ((now - 1) << 2)
    out.writeUInt16LE(offset, end + 1)
    end += 3
    rest -= now
  }
  return end
}

/**
 * The plain bytes of a block.
 * @throws DecodeError when it is none
 */
export function decompressBlock(block: Buffer): Buffer {
  const { value: length, next } = readVarint(block)
  if (length > PLAIN_BYTES_MAX) throw new DecodeError(`a snappy block of ${length} bytes`)
  const out = Buffer.allocUnsafeSlow(length)
  let end = 0
  let at = next
  while (at < block.length) {
    const tag = block[at] ?? 0
    at += 1
    if ((tag & 3) === 0) {
      let size = tag >>> 2
      if (size >= 60) {
        const bytes = size - 59
        if (at + bytes > block.length) throw broken()
        size = block.readUIntLE(at, bytes)
        at += bytes
      }
      size += 1
      if (at + size > block.length || end + size > length) throw broken()
      block.copy(out, end, at, at + size)
      at += size
      end += size
      continue
    }
    const bytes = (tag & 3) === 3 ? 4 : tag & 3
    if (at + bytes > block.length) throw broken()
    const size = bytes === 1 ? 4 + ((tag >>> 2) & 7) : 1 + (tag >>> 2)
    const offset = bytes === 1 ? ((tag >>> 5) << 8) | (block[at] ?? 0) : block.readUIntLE(at, bytes)
    at += bytes
    if (offset === 0 || offset > end || end + size > length) throw broken()
    copyWithin(out, end - offset, end, size)
    end += size
  }
  if (end !== length) throw broken()
  return out
}

/** The two places may overlap: a short run is then repeated. */
function copyWithin(out: Buffer, from: number, to: number, length: number): void {
  if (to - from >= length) out.copyWithin(to, from, from + length)
  else for (let i = 0; i < length; i += 1) out[to + i] = out[from + i] ?? 0
}

function readVarint(block: Buffer): { value: number; next: number } {
  let value = 0
  for (let at = 0; at < Math.min(5, block.length); at += 1) {
    const byte = block[at] ?? 0
    value += (byte & 0x7f) * 2 ** (7 * at)
    if (byte < 0x80) return { value, next: at + 1 }
  }
  throw broken()
}

function broken(): DecodeError {
  return new DecodeError('a snappy block is damaged')
}
