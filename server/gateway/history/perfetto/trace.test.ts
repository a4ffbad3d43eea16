import { expect, test } from 'vitest'
import type { GatewayEvent } from '#shared/events/socket-protocol.ts'
import { electionStory, STORY_START_MS, writeStory } from '../../testing/event-story.ts'
import { EventWindow } from '../event-window.ts'
import { traceLines } from './trace.ts'
import type { TraceEvent } from './trace-event.ts'
import { traceProblems } from './trace-rules.ts'

async function traceOf(writes: number, everyMs: number, more: readonly GatewayEvent[] = []): Promise<TraceEvent[]> {
  const window = new EventWindow({ windowMs: 60_000, bytesMax: 1e7 })
  for (const event of [...electionStory(), ...writeStory(writes, { everyMs }), ...more]) window.append(event)
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

/** Everything a window may hold that takes time on one member at once. */
function crowdedStory(t = STORY_START_MS + 20): GatewayEvent[] {
  const fault = {
    ...{ id: 'f1', fault: 'delay', target: { from: 'all', to: 'all' }, parameters: {}, sids: [], links: [] },
    ...{ beganAt: t, endsAt: t + 1000, text: 'delay' },
  } as unknown as Extract<GatewayEvent, { type: 'fault' }>['fault']
  const requests = Array.from({ length: 40 }, (_, i): GatewayEvent => {
    const sampled = {
      session: '0x1',
      conn: i,
      op: 'getData',
      path: '/a',
      zxid: '0x0',
      error: null,
      latencyMs: 7 - (i % 7),
    }
    return { type: 'request', t: t + i / 3, sid: (i % 3) + 1, ...sampled }
  })
  const flushes = Array.from({ length: 20 }, (_, i): GatewayEvent => {
    return { type: 'flush', t: t + i, sid: 1, txns: 1, bytes: 10, ms: 1.5 }
  })
  return [...requests, ...flushes, { type: 'fault', t, sid: 0, change: 'began', fault, reason: '' }]
}

test('Perfetto drops nothing of it: slices nest, arrows have numbers and both ends in slices, threads have names', async () => {
  const trace = await traceOf(400, 0.1, crowdedStory())
  expect(traceProblems(trace)).toEqual([])
  expect(slices(trace, 'request')).toHaveLength(40)
  expect(slices(trace, 'flush')).toHaveLength(20)
  expect(trace.filter((e) => e.ph === 's')).toHaveLength(1200)
})

test('the rules find what Perfetto would leave out', async () => {
  const good = await traceOf(2, 1)
  const round = slices(good, 'round')[0] as TraceEvent
  const start = good.find((e) => e.ph === 's') as TraceEvent
  const broken: readonly (readonly [TraceEvent, string])[] = [
    [{ ...round, ts: (round.ts ?? 0) + 1 }, 'overlaps'],
    [{ ...round, ts: -1 }, 'ts is no time'],
    [{ ...round, tid: round.pid }, 'main thread'],
    [{ ...round, tid: 77_777 }, 'no name for its thread'],
    [{ ...round, pid: 3 }, 'is of several processes'],
    [{ ...start, id: '0x100000001-2' }, 'not one beginning'],
    [{ ph: 'C', pid: 1, tid: 1001, name: 'c', ts: 1, args: { a: 'x' } }, 'something else than numbers'],
  ]
  for (const [event, problem] of broken)
    expect([problem, traceProblems([...good, event]).join()]).toEqual([problem, expect.stringContaining(problem)])
  const named = good.map((event) => (event.id === start.id ? { ...event, id: `${event.id}-2` } : event))
  expect(traceProblems(named).join()).toContain('no number of 64 bits')
})

test('a window without events is an empty trace', async () => {
  const window = new EventWindow({ windowMs: 1000, bytesMax: 1e6 })
  let text = ''
  for await (const piece of traceLines(window.between(0, 1))) text += piece
  expect(JSON.parse(text).traceEvents).toEqual([])
})
