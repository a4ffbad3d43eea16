import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ClusterEvent } from '../cluster-event.ts'
import { FrameError } from './bytes.ts'
import { decodeFrame } from './decode.ts'
import { FrameEncoder } from './encode.ts'
import { EVENT_FIELDS, EVENT_TYPES, type Field, type Kind, WIRE_VERSION } from './fields.ts'

const hex = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((value) => `0x${value.toString(16)}`)
const text = fc.string({ unit: 'grapheme', maxLength: 40 })
const number = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? 0 : value)),
)

function anyOf(kind: Kind): fc.Arbitrary<unknown> {
  switch (kind) {
    case 'number':
      return number
    case 'hex':
      return hex
    case 'text':
      return text
    case 'bool':
      return fc.boolean()
    case 'number?':
      return fc.option(number)
    case 'text?':
      return fc.option(text)
    case 'numbers':
      return fc.array(number, { maxLength: 5 })
    default:
      if ('oneOf' in kind) return fc.constantFrom(...kind.oneOf)
      return 'record' in kind ? record(kind.record) : fc.array(record(kind.listOf), { maxLength: 4 })
  }
}

function record(fields: readonly Field[]): fc.Arbitrary<Record<string, unknown>> {
  return fc.record(Object.fromEntries(fields.map(([name, kind]) => [name, anyOf(kind)])))
}

const T = 1_700_000_000_000
const events: fc.Arbitrary<ClusterEvent[]> = fc.array(
  fc.constantFrom(...EVENT_TYPES.keys()).chain((index) =>
    fc
      .record({
        t: fc.integer({ min: -5_000_000, max: 5_000_000 }),
        sid: fc.integer({ min: -5, max: 255 }),
        rest: record(EVENT_FIELDS[index + 1] ?? []),
      })
      .map(({ t, sid, rest }) => ({ ...rest, t: T + t / 1000, sid, type: EVENT_TYPES[index] }) as ClusterEvent),
  ),
  { minLength: 1, maxLength: 20 },
)

function encode(list: readonly ClusterEvent[]): Uint8Array {
  const encoder = new FrameEncoder()
  for (const event of list) encoder.push(event)
  return encoder.take() ?? new Uint8Array()
}

const dropped = (t: number, count = 1): ClusterEvent => ({ type: 'dropped', t, sid: 3, count })

describe('event frames', () => {
  test('give back every event of every type, times to a microsecond', () => {
    fc.assert(
      fc.property(events, (list) => {
        const back = decodeFrame(encode(list))
        expect(back.map((event) => ({ ...event, t: 0 }))).toEqual(list.map((event) => ({ ...event, t: 0 })))
        for (const [i, event] of list.entries()) expect(Math.abs((back[i]?.t ?? 0) - event.t)).toBeLessThan(0.001)
      }),
    )
  })

  test('cut short at any byte, are refused or end between two events', () => {
    fc.assert(
      fc.property(events, (list) => {
        const frame = encode(list)
        for (let length = 0; length < frame.length; length += 1) {
          try {
            expect(decodeFrame(frame.subarray(0, length)).length).toBeLessThan(list.length)
          } catch (error) {
            expect(error).toBeInstanceOf(FrameError)
          }
        }
      }),
      { numRuns: 40 },
    )
  })

  test('with any byte changed, or of any bytes at all, give events or a FrameError', () => {
    const survives = (bytes: Uint8Array) => {
      try {
        for (const event of decodeFrame(bytes)) expect(EVENT_TYPES).toContain(event.type)
      } catch (error) {
        expect(error).toBeInstanceOf(FrameError)
      }
    }
    fc.assert(
      fc.property(events, fc.nat(), fc.integer({ min: 1, max: 255 }), (list, at, change) => {
        const frame = encode(list)
        frame[at % frame.length] = (frame[at % frame.length] ?? 0) ^ change
        survives(frame)
      }),
      { numRuns: 500 },
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) =>
        survives(Uint8Array.from([WIRE_VERSION, ...new Uint8Array(8), ...bytes])),
      ),
      { numRuns: 1000 },
    )
  })

  test('of another version are refused by number', () => {
    const frame = encode([dropped(T)])
    frame[0] = WIRE_VERSION + 1
    expect(() => decodeFrame(frame)).toThrow(`version ${WIRE_VERSION + 1}`)
  })

  test('hold an event as text only for whoever can read it', () => {
    const encoder = new FrameEncoder()
    encoder.push({ type: 'stream', t: T, sid: 1, up: true })
    encoder.push(dropped(T))
    const frame = encoder.take() ?? new Uint8Array()
    expect(decodeFrame(frame, (json) => JSON.parse(json))).toEqual([
      { type: 'stream', t: T, sid: 1, up: true },
      dropped(T),
    ])
    expect(() => decodeFrame(frame)).toThrow(FrameError)
    expect(encoder.take()).toBeNull()
  })

  test('are less than a fifth of the JSON of a busy leader', () => {
    const list = Array.from(
      { length: 200 },
      (_, i): ClusterEvent => ({
        type: 'proposed',
        t: T + i / 10,
        sid: 1,
        txn: {
          ...{ zxid: `0x1000${(4096 + i).toString(16)}`, op: 'setData', path: `/bench/key-${i % 50}`, cxid: 1000 + i },
          ...{ session: '0x1000123456789ab', bytes: 100, error: null, ephemeral: false },
        },
      }),
    )
    expect(encode(list).length * 5).toBeLessThan(JSON.stringify(list).length)
  })
})
