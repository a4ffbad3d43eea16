import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { createGunzip, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { applyEvent } from '#shared/events/apply-event.ts'
import { emptyClusterView } from '#shared/events/cluster-view.ts'
import { Recorder } from '../history/recorder.ts'
import { electionStory, STORY_START_MS, writeStory } from '../testing/event-story.ts'
import { RecordedPast } from './recorded-past.ts'

const T = STORY_START_MS
/** Enough for several kept views. */
const EVENTS = [...electionStory(), ...writeStory(1500, { everyMs: 5 })]

function file(): Readable {
  const recorder = new Recorder()
  for (const event of EVENTS) recorder.append(event, 0)
  return recorder.export({ format: 'window' }, { clusterName: 'story', version: '1' }, T).body
}

describe('a recording', () => {
  test('shows each moment as folding all events up to it does', async () => {
    const past = await RecordedPast.read(file())
    expect([past.events, past.head.clusterName, past.fromMs]).toEqual([EVENTS.length, 'story', T])
    for (const atMs of [T - 1, T + 2, T + 11, T + 3333, T + 5000, T + 7000, past.toMs]) {
      const view = emptyClusterView()
      for (const event of EVENTS) if (event.t <= atMs) applyEvent(view, event)
      expect([atMs, past.viewAt(atMs)]).toEqual([atMs, view])
    }
    expect(past.history.view.totals.committed).toBe(1500)
  })

  test('that was cut short, changed, or holds nothing is refused', async () => {
    const whole = await text(file().pipe(createGunzip()))
    const read = (lines: string) => RecordedPast.read(Readable.from([gzipSync(lines)]))
    const [head = ''] = whole.split('\n')
    await expect(read(`${head}\n`)).rejects.toThrow('no events')
    await expect(read(whole.slice(0, -20))).rejects.toThrow('ends within a line')
    await expect(read(whole.replace('"type":"stream"', '"type":"__proto__"'))).rejects.toThrow('no window')
    await expect(read('{}')).rejects.toThrow()
    const twoDays = JSON.stringify({ type: 'stream', t: T + 2 * 86_400_000, sid: 1, up: true })
    await expect(read(`${whole}${twoDays}\n`)).rejects.toThrow('too long')
  })
})
