import { describe, expect, test } from 'vitest'
import type { GatewayEvent } from '#shared/events/socket-protocol.ts'
import { placeFrame, retryDelayMs } from './frame-order.ts'

function frame(seq: number, count: number) {
  const events = Array.from(
    { length: count },
    (_, i): GatewayEvent => ({ type: 'stream', t: seq + i, sid: 1, up: true }),
  )
  return { seq, events }
}

describe('a frame of numbered events', () => {
  test('that follows is taken whole', () => {
    expect(placeFrame(4, frame(5, 3))).toMatchObject({ type: 'apply', lastSeq: 7, events: frame(5, 3).events })
  })

  test('that overlaps gives only its new part', () => {
    expect(placeFrame(6, frame(5, 3))).toMatchObject({ type: 'apply', lastSeq: 7, events: [{ t: 7 }] })
  })

  test('that is known already changes nothing, nor does an empty one', () => {
    expect(placeFrame(7, frame(5, 3))).toEqual({ type: 'known' })
    expect(placeFrame(7, frame(8, 0))).toEqual({ type: 'known' })
  })

  test('that leaves a hole is a gap, by however little', () => {
    expect(placeFrame(4, frame(6, 1))).toEqual({ type: 'gap', expected: 5, got: 6 })
  })
})

test('attempts come at 0.5, 1, 2 … and never more than 10 s apart', () => {
  expect([1, 2, 3, 4, 5, 6, 60].map(retryDelayMs)).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000])
})

describe('a frame of which some events were left out', () => {
  const thinned = { ...frame(11, 2), upTo: 20 }

  test('is taken whole, up to the number that it says', () => {
    expect(placeFrame(10, thinned)).toEqual({ type: 'apply', events: thinned.events, lastSeq: 20 })
    expect(placeFrame(20, thinned)).toEqual({ type: 'known' })
  })

  test('is a gap when it overlaps what is known: which events are new cannot be told', () => {
    expect(placeFrame(12, thinned)).toEqual({ type: 'gap', expected: 13, got: 11 })
    expect(placeFrame(9, thinned)).toEqual({ type: 'gap', expected: 10, got: 11 })
  })
})
