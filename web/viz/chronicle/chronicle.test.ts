import { describe, expect, test } from 'vitest'
import { applyEvent } from '#shared/events/apply-event.ts'
import { emptyClusterView, type Marker } from '#shared/events/cluster-view.ts'
import type { GatewayEvent } from '#shared/events/socket-protocol.ts'
import { member, round } from '../../testing/samples.ts'
import { applyToChronicle, emptyChronicle, NOTES_MAX } from './chronicle.ts'
import { feedEntries } from './feed.ts'
import { quantiles } from './seconds.ts'

function heard(events: readonly GatewayEvent[]) {
  const view = emptyClusterView()
  view.members['1'] = member(1)
  const chronicle = emptyChronicle()
  for (const event of events) {
    applyToChronicle(chronicle, view, event)
    applyEvent(view, event)
  }
  return { view, chronicle }
}

const stats = (t: number, requests: number, lastZxid: string): GatewayEvent => ({
  type: 'stats',
  t,
  sid: 1,
  stats: {
    pid: 1,
    state: 'LEADING',
    acceptedEpoch: 1,
    currentEpoch: 1,
    leader: 1,
    lastZxid,
    connections: 2,
    sessions: 3,
    znodes: 4,
    watches: 5,
    outstanding: 6,
    requests,
    uptimeMs: 1,
    cpuMs: 1,
    rssBytes: 80_000_000,
  },
})
const connected = (t: number, session: string): GatewayEvent => ({
  type: 'connected',
  t,
  sid: 1,
  conn: t,
  address: 'a',
  session,
  timeoutMs: 1000,
})

describe('seconds', () => {
  test('rates are differences over the time between, and unknown across a restart or an epoch', () => {
    const { chronicle } = heard([
      stats(1000, 100, '0x100000001'),
      stats(3000, 300, '0x100000009'),
      stats(3100, 999, '0x100000009'),
      stats(4000, 10, '0x200000001'),
    ])
    const rates = chronicle.seconds['1']?.map(({ requestRate, txnRate }) => [requestRate, txnRate])
    expect(rates).toEqual([
      [null, null],
      [100, 4],
      [null, null],
    ])
  })

  test('commit and flush times are those of the rounds of that second', () => {
    const { view, chronicle } = heard([stats(1000, 0, '0x100000001')])
    view.rounds.push(
      round('0x100000002', { 1: { logged: 1503, committed: 1505 } }, { leader: 1, proposedAt: 1500 }),
      round('0x100000003', { 1: { logged: 2500, committed: 2501 } }, { leader: 1, proposedAt: 2490 }),
    )
    const told = stats(2000, 0, '0x100000002')
    applyToChronicle(chronicle, view, told)
    expect(chronicle.seconds['1']?.at(-1)).toMatchObject({ commit: { p50: 5, of: 1 }, flush: { max: 3 } })
  })

  test('quantiles are values that occurred', () => {
    expect(quantiles([])).toBeNull()
    expect(quantiles([4, 1, 3, 2])).toEqual({ p50: 2, p95: 4, p99: 4, max: 4, of: 4 })
  })
})

describe('the feed', () => {
  test('repeats collapse with their count; the own session is left out', () => {
    const { view, chronicle } = heard([connected(1, '0xa'), connected(2, '0xb'), connected(3, '0xown')])
    const entries = feedEntries(view, chronicle, new Set(['0xown']))
    expect(entries).toEqual([{ t: 2, sid: 1, kind: 'connected', count: 2, detail: '0xb' }])
  })

  test('newest first, with the reason of a marker and the way of a synchronization', () => {
    const view = emptyClusterView()
    const marker = (t: number, type: Marker['type'], text: string): Marker => ({ t, sid: 2, type, text })
    view.markers.push(
      marker(1, 'killed', 'Member 2 ended: SIGKILL'),
      marker(2, 'sync', 'Member 3 synchronizes member 2 with a SNAP (1/7)'),
    )
    const details = feedEntries(view, emptyChronicle(), new Set()).map(({ kind, detail }) => [kind, detail])
    expect(details).toEqual([
      ['sync', 'SNAP'],
      ['killed', 'SIGKILL'],
    ])
  })
})

test('a stream that comes back at once, and what it tells again, is no news', () => {
  const stream = (t: number, up: boolean): GatewayEvent => ({ type: 'stream', t, sid: 1, up })
  const kinds = (events: readonly GatewayEvent[]) => heard(events).chronicle.notes.map(({ kind }) => kind)
  expect(kinds([stream(1000, false), stream(1500, true), connected(1600, '0xa')])).toEqual([])
  const long = [stream(1000, false), stream(9000, true), connected(20_000, '0xa')]
  expect(kinds(long)).toEqual(['unheard', 'heardAgain', 'connected'])
})

test('the chronicle stays bounded', () => {
  const { chronicle } = heard(Array.from({ length: NOTES_MAX * 3 }, (_, i) => connected(i, '0xa')))
  expect(chronicle.notes.length).toBeLessThanOrEqual(NOTES_MAX * 1.25)
  expect(chronicle.notes.at(-1)?.t).toBe(NOTES_MAX * 3 - 1)
})

test('traffic of a link: bytes per second from two reports, none when its connection came up anew', () => {
  const traffic = (t: number, bytesSent: number): GatewayEvent => ({
    type: 'linkTraffic',
    ...{
      t,
      sid: 3,
      link: 1,
      peer: 2,
      packetsSent: 1,
      packetsReceived: 1,
      bytesSent,
      bytesReceived: 0,
      queuedBytes: 64,
    },
  })
  const linkAfter = (...events: GatewayEvent[]) => heard(events).chronicle.links['3>2']
  expect(linkAfter(traffic(1000, 500))).toMatchObject({ queuedBytes: 64, bytesPerS: null })
  expect(linkAfter(traffic(1000, 500), traffic(3000, 1500))).toMatchObject({ bytesPerS: 500 })
  expect(linkAfter(traffic(1000, 500), traffic(3000, 100))).toMatchObject({ bytesPerS: null })
})
