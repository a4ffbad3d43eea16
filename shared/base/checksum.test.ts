import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { adler32, crc32, crc32Ints, crc32Text, lendCrc32 } from './checksum.ts'
import { utf8Encode } from './text.ts'

const DIGITS = utf8Encode('123456789')

describe('known values', () => {
  test('of nothing', () => {
    expect(adler32(new Uint8Array(0))).toBe(1)
    expect(crc32(new Uint8Array(0))).toBe(0)
  })

  test('of the digits 1 to 9, the usual check value', () => {
    expect(adler32(DIGITS)).toBe(0x091e01de)
    expect(crc32(DIGITS)).toBe(0xcbf43926)
  })

  test('sums that would overflow without reduction', () => {
    // By the definition: a = 1 + n·255, b = n + 255·n(n+1)/2, both modulo 65521.
    const n = 100_000
    const a = (1 + n * 255) % 65521
    const b = (n + 255 * ((n * (n + 1)) / 2)) % 65521
    expect(adler32(new Uint8Array(n).fill(255))).toBe(b * 65536 + a)
  })

  test('the largest sums before the largest bytes', () => {
    let [a, b] = [65520, 65520]
    for (let i = 0; i < 10_000; i += 1) {
      a = (a + 255) % 65521
      b = (b + a) % 65521
    }
    expect(adler32(new Uint8Array(10_000).fill(255), 65520 * 65537)).toBe(b * 65536 + a)
  })

  test('the node digests of an empty tree', () => {
    const stat = new Uint8Array(60)
    expect(crc32(stat)).toBe(0x04128908)
    expect(crc32(stat, crc32(utf8Encode('/zookeeper')))).toBe(0x4db44d58)
  })
})

test('in pieces they give the same as at once', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(200), (bytes, cut) => {
      const [head, tail] = [bytes.subarray(0, cut), bytes.subarray(cut)]
      expect(adler32(tail, adler32(head))).toBe(adler32(bytes))
      expect(crc32(tail, crc32(head))).toBe(crc32(bytes))
    }),
  )
})

test('CRC-32 of ints and of texts is that of their bytes', () => {
  const int = fc.integer({ min: -(2 ** 31), max: 2 ** 32 - 1 })
  fc.assert(
    fc.property(int, fc.nat(2 ** 32 - 1), fc.string({ unit: 'grapheme' }), (value, running, text) => {
      const bytes = Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value, 0, 0, 0, 7)
      expect(crc32Ints(Int32Array.of(value, 7), running)).toBe(crc32(bytes, running))
      expect(crc32Text(text)).toBe(crc32(utf8Encode(text)))
    }),
  )
})

test('CRC-32 of a part is that of its copy', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 50 }), fc.nat(50), fc.nat(50), (bytes, start, length) => {
      const end = Math.min(start + length, bytes.length)
      expect(crc32(bytes, 7, start, Math.max(start, end))).toBe(crc32(bytes.slice(start, end), 7))
    }),
  )
})

test('a lent CRC-32 is asked for long data alone, for exactly those bytes', () => {
  const asked: number[][] = []
  lendCrc32((bytes, running) => {
    asked.push([...bytes])
    return running + bytes.length
  })
  try {
    const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i)
    const window = bytes.subarray(100)
    expect(crc32(window, 7, 50, 850)).toBe(807)
    expect(asked).toEqual([[...bytes.subarray(150, 950)]])
    lendCrc32(null)
    const own = crc32(window, 7, 50, 850)
    expect(own).toBe(crc32(bytes.slice(150, 950), 7))
    expect(asked).toHaveLength(1)
  } finally {
    lendCrc32(null)
  }
})
