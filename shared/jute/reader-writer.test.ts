import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asSessionId } from '../zk/ids.ts'
import { MIN_LONG_ZXID, makeZxid, NO_ZXID, ZERO_ZXID, type Zxid } from '../zk/zxid.ts'
import { DecodeError, JuteReader, readString, VALUE_BYTES_MAX } from './reader.ts'
import { hex } from './testdata/vectors.ts'
import { JuteWriter, writeString } from './writer.ts'

function written(write: (writer: JuteWriter) => void): Uint8Array {
  const writer = new JuteWriter(1)
  write(writer)
  return writer.take()
}

function reading(write: (writer: JuteWriter) => void): JuteReader {
  return new JuteReader(written(write))
}

/** Text of every kind: ASCII of all lengths, and characters of two to four bytes. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme-ascii', maxLength: 80 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
)

describe('what is written is read', () => {
  test('ints, bytes and booleans', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), fc.nat(255), fc.boolean(), (int, byte, bool) => {
        const reader = reading((w) => {
          w.int(int)
          w.byte(byte)
          w.bool(bool)
        })
        expect([reader.peekInt(), reader.int(), reader.byte(), reader.bool()]).toEqual([int, int, byte, bool])
        expect(reader.remaining).toBe(0)
      }),
    )
  })

  test('longs, signed, unsigned and as numbers', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.maxSafeInteger(), (long, number) => {
        expect(reading((w) => w.long(long)).ulong()).toBe(long)
        expect(reading((w) => w.long(long)).long()).toBe(BigInt.asIntN(64, long))
        expect(reading((w) => w.sessionId(asSessionId(long))).sessionId()).toBe(long)
        expect(reading((w) => w.longNumber(number)).longNumber()).toBe(number)
        expect(reading((w) => w.longNumber(number)).long()).toBe(BigInt(number))
      }),
    )
  })

  test.each<[Zxid, string]>([
    [ZERO_ZXID, '0000000000000000'],
    [makeZxid(1, 3), '0000000100000003'],
    [makeZxid(2 ** 21 - 1, 0xffffffff), '001fffffffffffff'],
    [NO_ZXID, 'ffffffffffffffff'],
    [MIN_LONG_ZXID, '8000000000000000'],
  ])('zxid %d', (zxid, bytes) => {
    expect(hex(written((w) => w.zxid(zxid)))).toBe(bytes)
    expect(reading((w) => w.zxid(zxid)).zxid()).toBe(zxid)
  })

  test('strings', () => {
    fc.assert(
      fc.property(fc.option(text), (value) => {
        const reader = reading((w) => w.ustring(value))
        expect(reader.ustring()).toBe(value)
        expect(reader.remaining).toBe(0)
      }),
    )
  })

  test('buffers, where null is not empty', () => {
    fc.assert(
      fc.property(fc.option(fc.uint8Array()), (value) => {
        expect(reading((w) => w.buffer(value)).buffer()).toEqual(value)
      }),
    )
    expect(hex(written((w) => w.buffer(null)))).toBe('ffffffff')
    expect(hex(written((w) => w.buffer(new Uint8Array(0))))).toBe('00000000')
  })

  test('vectors, where null is not empty', () => {
    fc.assert(
      fc.property(fc.option(fc.array(text)), (items) => {
        expect(reading((w) => w.vector(items, writeString)).vector(4, readString)).toEqual(items)
        expect(reading((w) => w.vector(items, writeString)).list(4, readString)).toEqual(items ?? [])
      }),
    )
  })
})

describe('what cannot be is refused', () => {
  test.each<[string, string, (reader: JuteReader) => unknown]>([
    ['a zxid of too large an epoch', '0020000000000000', (r) => r.zxid()],
    ['a zxid below -2^53 that is not Long.MIN', '8000000000000001', (r) => r.zxid()],
    ['a number above 2^53', '0020000000000001', (r) => r.longNumber()],
    ['a number near Long.MIN', '8000000000000001', (r) => r.longNumber()],
    ['Long.MAX as a number', '7fffffffffffffff', (r) => r.longNumber()],
    ['a null string where one is needed', 'ffffffff', (r) => r.string()],
    ['a negative length', 'fffffffe00', (r) => r.buffer()],
    ['a length past the end', '0000000200', (r) => r.bufferView()],
    ['a length past the end, of a string', '0000000261', (r) => r.ustring()],
    ['a negative count', 'fffffffe', (r) => r.vector(1, readString)],
    ['more items than bytes', '0000000200000000', (r) => r.vector(4, readString)],
    ['a string that is not UTF-8', '00000002c328', (r) => r.string()],
    ['a lone continuation byte', '0000000161'.replace('61', '80'), (r) => r.string()],
    ['a negative number of raw bytes', '00', (r) => r.raw(-1)],
    ['too few raw bytes', '00', (r) => r.raw(2)],
  ])('%s', (_, bytes, read) => {
    const reader = new JuteReader(Uint8Array.from(bytes.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)))
    expect(() => read(reader)).toThrow(DecodeError)
  })

  test('a value over the limit, even when its bytes are there', () => {
    const bytes = written((w) => w.buffer(new Uint8Array(VALUE_BYTES_MAX + 1)))
    expect(() => new JuteReader(bytes).bufferView()).toThrow(DecodeError)
    expect(new JuteReader(bytes, 0, bytes.length, VALUE_BYTES_MAX + 1).bufferView()).toHaveLength(VALUE_BYTES_MAX + 1)
  })
})

describe('the window', () => {
  test('nothing is read outside it, wherever it lies in its ArrayBuffer', () => {
    const whole = Uint8Array.of(9, 9, 0, 0, 0, 7, 9, 9)
    const reader = new JuteReader(whole.subarray(1), 1, 5)
    expect(reader.int()).toBe(7)
    expect(() => reader.byte()).toThrow(DecodeError)
    expect(reader.window(whole, 5).byte()).toBe(7)
    expect(reader.window(Uint8Array.of(1), 0, 99).remaining).toBe(1)
  })

  test('buffer copies, bufferView does not', () => {
    const bytes = written((w) => w.buffer(Uint8Array.of(1)))
    const copy = new JuteReader(bytes).buffer()
    const view = new JuteReader(bytes).bufferView()
    bytes[4] = 2
    expect(copy).toEqual(Uint8Array.of(1))
    expect(view).toEqual(Uint8Array.of(2))
  })
})

describe('the writer', () => {
  test('counts what stands between beginLength and endLength', () => {
    const writer = new JuteWriter(1)
    writer.byte(1)
    const place = writer.beginLength()
    writer.text('é')
    writer.endLength(place)
    expect(hex(writer.view())).toBe('0100000002c3a9')
  })

  test('is empty after take, and what was taken stays as it was', () => {
    const writer = new JuteWriter(8)
    writer.int(1)
    const taken = writer.take()
    expect(writer.length).toBe(0)
    writer.int(2)
    expect(hex(taken)).toBe('00000001')
    expect(hex(writer.take())).toBe('00000002')
  })

  test('goes on after it has held something large', () => {
    const writer = new JuteWriter(8)
    writer.raw(new Uint8Array(2 ** 21))
    writer.clear()
    writer.ustring('again')
    expect(hex(writer.view())).toBe('00000005616761696e')
  })
})
