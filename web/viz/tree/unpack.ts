// Data that is compressed, as what it was before: gzip and zlib through the browser's own DecompressionStream, snappy
// by hand. What comes out is bounded: a few bytes can stand for gigabytes.

import { unsnap } from './snappy.ts'

export type Packing = 'gzip' | 'zlib' | 'snappy'

/** Bytes of output that are kept. */
export const UNPACKED_BYTES_MAX = 1024 * 1024

const SNAPPY_STREAM = [0xff, 0x06, 0x00, 0x00, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59]
const SNAPPY_JAVA = [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]

const startsWith = (bytes: Uint8Array, magic: readonly number[]) => magic.every((byte, i) => bytes[i] === byte)

/** By its first bytes. Zlib has only two to go by, of which the second checks the first (RFC 1950). */
export function packingOf(bytes: Uint8Array): Packing | null {
  if (startsWith(bytes, [0x1f, 0x8b, 0x08])) return 'gzip'
  if (startsWith(bytes, SNAPPY_STREAM) || startsWith(bytes, SNAPPY_JAVA)) return 'snappy'
  const [first = 0, second = 0] = bytes
  const isZlib = bytes.length > 6 && (first & 0x0f) === 8 && first >> 4 <= 7 && (first * 256 + second) % 31 === 0
  return isZlib && (second & 0x20) === 0 ? 'zlib' : null
}

export interface Unpacked {
  readonly bytes: Uint8Array
  /** There is more: the rest was not unpacked, or the data was cut off. */
  readonly truncated: boolean
}

/** Null when it is not what it looked like. */
export async function unpack(bytes: Uint8Array, packing: Packing): Promise<Unpacked | null> {
  if (packing === 'snappy') return unsnap(bytes, UNPACKED_BYTES_MAX)
  const stream = new Blob([new Uint8Array(bytes)])
    .stream()
    .pipeThrough(new DecompressionStream(packing === 'gzip' ? 'gzip' : 'deflate'))
  const reader = stream.getReader()
  const parts: Uint8Array[] = []
  let length = 0
  let truncated = false
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      parts.push(value)
      length += value.length
      if (length < UNPACKED_BYTES_MAX) continue
      truncated = true
      await reader.cancel()
      break
    }
  } catch {
    // Cut off at the preview's end, or damaged: what came until then is worth showing.
    if (length === 0) return null
    truncated = true
  }
  const out = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return { bytes: out.subarray(0, UNPACKED_BYTES_MAX), truncated }
}
