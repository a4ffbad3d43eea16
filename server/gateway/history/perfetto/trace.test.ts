import { expect, test } from 'vitest'
import { electionStory, writeStory } from '../../testing/event-story.ts'
import { EventWindow } from '../event-window.ts'
import { traceLines } from './trace.ts'
import type { TraceEvent } from './trace-event.ts'

async function traceOf(writes: number, everyMs: number): Promise<TraceEvent[]> {
  const window = new EventWindow({ windowMs: 60_000, bytesMax: 1e7 })
  for (const event of [...electionStory(), ...writeStory(writes, { everyMs })]) window.append(event)
  let text = ''
  for await (const piece of traceLines(window.between(0, Number.MAX_SAFE_INTEGER))) text += piece
  return JSON.parse(text).traceEvents
}

const slices = (trace: readonly TraceEvent[], cat: string) => trace.filter((e) => e.ph === 'X' && e.cat === cat)

test('a round is a slice on each member that took part, with arrows to the followers and back', async () => {
  const trace = await traceOf(50, 1)
  const rounds = slices(trace, 'round')
  expect(rounds).toHaveLength(150)
  expect(rounds[0]).toMatchObject({ pid: 1, name: '1/1 setData /w/0', dur: 4000 })
  expect(trace.filter((e) => e.ph === 's' && e.name === 'PROPOSAL')).toHaveLength(100)
  expect(trace.filter((e) => e.ph === 'f' && e.name === 'ACK')).toHaveLength(50)
  expect(trace).toContainEqual(expect.objectContaining({ ph: 'M', name: 'process_name', args: { name: 'member 3' } }))
  expect(slices(trace, 'state').map(({ pid, name }) => `${pid} ${name}`)).toContain('1 LEADING, serving in epoch 1')
})

test('is what viewers take: slices of a track nest, arrows have both ends, each in a slice of its track', async () => {
  const trace = await traceOf(400, 0.1)
  const byTrack = new Map<string, TraceEvent[]>()
  for (const event of trace) {
    expect(Number.isInteger(event.ts ?? 0) && (event.ts ?? 0) >= 0).toBe(true)
    if (event.ph !== 'X') continue
    expect(event.dur).toBeGreaterThan(0)
    const track = `${event.pid} ${event.tid}`
    byTrack.set(track, [...(byTrack.get(track) ?? []), event])
  }
  const endOf = ({ ts = 0, dur = 0 }: TraceEvent) => ts + dur
  for (const track of byTrack.values()) {
    track.sort((a, b) => (a.ts ?? 0) - (b.ts ?? 0) || (b.dur ?? 0) - (a.dur ?? 0))
    const open: TraceEvent[] = []
    for (const slice of track) {
      while (open.length > 0 && endOf(open.at(-1) as TraceEvent) <= (slice.ts ?? 0)) open.pop()
      const holder = open.at(-1)
      if (holder) expect(endOf(slice)).toBeLessThanOrEqual(endOf(holder))
      open.push(slice)
    }
  }
  const ends = (ph: string) => trace.filter((e) => e.ph === ph)
  expect(
    ends('f')
      .map((e) => e.id)
      .sort(),
  ).toEqual(
    ends('s')
      .map((e) => e.id)
      .sort(),
  )
  for (const { pid, tid, ts = 0 } of [...ends('s'), ...ends('f')]) {
    const holders = byTrack.get(`${pid} ${tid}`)?.filter((slice) => (slice.ts ?? 0) <= ts && ts <= endOf(slice))
    expect(holders?.length).toBeGreaterThan(0)
  }
})

test('a window without events is an empty trace', async () => {
  const window = new EventWindow({ windowMs: 1000, bytesMax: 1e6 })
  let text = ''
  for await (const piece of traceLines(window.between(0, 1))) text += piece
  expect(JSON.parse(text).traceEvents).toEqual([])
})
