import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ByteQueue } from './byte-queue.ts'
import { CLIENT_FRAME_BYTES_MAX, Framer } from './framer.ts'
import { JuteReader } from './reader.ts'
import { CLIENT_VECTORS, hex } from './testdata/vectors.ts'

/** All whole frames, as hex. */
function drain(framer: Framer): string[] {
  const frames: string[] = []
  for (let read = framer.next(); read.type === 'frame'; read = framer.next()) frames.push(hex(read.bytes))
  return frames
}

/** `bytes` cut at the given places. */
function chunks(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return places.slice(1).map((end, i) => bytes.subarray(places[i], end))
}

const stream = Uint8Array.from(CLIENT_VECTORS.flatMap((v) => [...v.bytes]))
const frames = CLIENT_VECTORS.map((v) => hex(v.bytes.subarray(4)))

describe('the recorded client frames as one stream', () => {
  test('in one piece', () => {
    const framer = new Framer()
    framer.push(stream)
    expect(drain(framer)).toEqual(frames)
    expect(framer.length).toBe(0)
  })

  test('one byte at a time', () => {
    const framer = new Framer()
    const seen: string[] = []
    for (const byte of stream) {
      framer.push(Uint8Array.of(byte))
      seen.push(...drain(framer))
    }
    expect(seen).toEqual(frames)
  })

  test('cut anywhere', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length), { maxLength: 30 }), (cuts) => {
        const framer = new Framer()
        const seen: string[] = []
        for (const chunk of chunks(stream, cuts)) {
          framer.push(chunk)
          seen.push(...drain(framer))
        }
        expect(seen).toEqual(frames)
      }),
    )
  })
})

describe('lengths', () => {
  test.each([0, -1, CLIENT_FRAME_BYTES_MAX + 1, 0x72756f6b])('%i is a bad length, and stays one', (length) => {
    const framer = new Framer()
    const bytes = new Uint8Array(4)
    new DataView(bytes.buffer).setInt32(0, length)
    framer.push(bytes)
    expect(framer.next()).toEqual({ type: 'badLength', length })
    expect(framer.next()).toEqual({ type: 'badLength', length })
  })

  test('the longest allowed frame comes through', () => {
    const framer = new Framer(5)
    framer.push(Uint8Array.of(0, 0, 0, 5, 1, 2, 3, 4, 5))
    expect(drain(framer)).toEqual(['0102030405'])
  })
})

test('a reader set on frame after frame reads what `next` gives, and is told of bad lengths', () => {
  const framer = new Framer(8)
  const reader = new JuteReader(new Uint8Array(0))
  const bytes = Uint8Array.of(0, 0, 0, 4, 0, 0, 0, 7, 0, 0, 0, 5, 0, 0, 0, 9, 1, 0, 0, 0, 9)
  const read: (number | string)[] = []
  for (const byte of bytes) {
    framer.push(Uint8Array.of(byte))
    for (let found = framer.read(reader); found !== false; found = framer.read(reader)) {
      read.push(found === true ? `${reader.int()} and ${reader.remaining}` : found)
      if (found !== true) break
    }
  }
  expect(read).toEqual(['7 and 0', '9 and 1', 9])
})

test('the host can look for a four-letter word before it asks for frames', () => {
  const framer = new Framer()
  framer.push(Uint8Array.from([...'ruo'].map((c) => c.charCodeAt(0))))
  expect(framer.peekWord()).toBeNull()
  framer.push(Uint8Array.of('k'.charCodeAt(0), 10))
  expect(framer.peekWord()).toBe('ruok')
  expect(framer.length).toBe(5)
})

test('a handshake before the first frame can be skipped', () => {
  const framer = new Framer()
  framer.push(Uint8Array.of(9, 9, 0, 0, 0, 1, 7))
  expect(hex(framer.view().subarray(0, 2))).toBe('0909')
  framer.skip(2)
  expect(drain(framer)).toEqual(['07'])
})

test('a byte queue gives out what went in, however it was pushed and consumed', () => {
  const step = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.nat(60))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const queue = new ByteQueue()
      let model: number[] = []
      for (const bytesOrCount of steps) {
        if (typeof bytesOrCount === 'number') {
          queue.consume(bytesOrCount)
          model = model.slice(bytesOrCount)
        } else {
          queue.push(bytesOrCount)
          model.push(...bytesOrCount)
        }
        expect([...queue.view()]).toEqual(model)
        expect(queue.length).toBe(model.length)
      }
    }),
  )
})
