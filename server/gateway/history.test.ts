import { describe, expect, test } from 'vitest'
import type { GatewayEvent } from '#shared/events/socket-protocol.ts'
import { FrameReader, FrameTooLarge } from './frame-reader.ts'
import { History } from './history.ts'
import { HISTORY_EVENTS_MAX } from './limits.ts'

const dropped = (t: number): GatewayEvent => ({ type: 'dropped', t, sid: 1, count: 1 })

function historyOf(count: number): History {
  const history = new History()
  for (let t = 1; t <= count; t += 1) history.append(dropped(t))
  return history
}

describe('history', () => {
  test('gives what came after a number, without gaps', () => {
    const history = historyOf(5)
    expect(history.since(3)).toEqual({ seq: 4, events: [dropped(4), dropped(5)] })
    expect(history.since(5)).toEqual({ seq: 6, events: [] })
    expect(history.view.totals.dropped).toBe(5)
  })

  test('says so when it no longer has it, or never had', () => {
    const history = historyOf(HISTORY_EVENTS_MAX + 10)
    expect(history.since(9)).toBeNull()
    expect(history.since(10)?.events).toHaveLength(HISTORY_EVENTS_MAX)
    expect(history.since(HISTORY_EVENTS_MAX + 11)).toBeNull()
  })
})

describe('frames', () => {
  const frame = (text: string): Buffer => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(Buffer.byteLength(text))
    return Buffer.concat([length, Buffer.from(text)])
  }
  const bytes = Buffer.concat([frame('one'), frame(''), frame('three')])

  test('come out whole, however the bytes arrive', () => {
    for (const size of [1, 2, 3, 5, 7, bytes.length]) {
      const reader = new FrameReader(10)
      const frames: string[] = []
      for (let at = 0; at < bytes.length; at += size) {
        frames.push(...reader.push(bytes.subarray(at, at + size)).map(String))
      }
      expect(frames).toEqual(['one', '', 'three'])
    }
  })

  test('a length above the limit is refused before its content comes', () => {
    expect(() => new FrameReader(10).push(Buffer.from([0, 0, 0, 11]))).toThrow(FrameTooLarge)
    expect(() => new FrameReader(10).push(Buffer.from([255, 255, 255, 255]))).toThrow('4294967295 bytes')
  })
})
