// Ranking, lanes and the wait-for graph, in numbers.

import { expect, test } from 'vitest'
import type { LockContention } from '#shared/events/lock-requests.ts'
import type { LockContender, LockView } from '#shared/events/socket-protocol.ts'
import { lockLanes } from './lanes.ts'
import { locksAnswer, rankLocks } from './ranking.ts'
import { layoutWaits } from './wait-graph.ts'

const contention = (waiterSeconds: number, waiters: number, oldestWaitMs: number | null): LockContention => ({
  recipe: 'lock',
  family: 'kazoo',
  application: null,
  holders: 1,
  waiters,
  holder: '0x1',
  oldestWaitMs,
  waiterSeconds,
  grants: 3,
  lints: [],
})
const DIRECTORIES = [
  { path: '/quiet', lastSeenMs: 9, contention: contention(0, 0, null) },
  { path: '/hot', lastSeenMs: 1, contention: contention(50, 4, 7000) },
  { path: '/warm', lastSeenMs: 5, contention: contention(10, 1, 9000) },
  { path: '/unknown', lastSeenMs: 8 },
]

test('locks stand in the order of the seconds that were spent waiting for them', () => {
  expect(rankLocks(DIRECTORIES, '', false).map(({ path }) => path)).toEqual(['/hot', '/warm', '/quiet', '/unknown'])
  expect(rankLocks(DIRECTORIES, '', true).map(({ path }) => path)).toEqual(['/hot', '/warm'])
  expect(rankLocks(DIRECTORIES, 'WAR', false).map(({ part }) => part)).toEqual([0.2])
  expect(locksAnswer(DIRECTORIES)).toEqual({ contended: 2, waiters: 5, longestMs: 9000 })
  expect(locksAnswer([])).toEqual({ contended: 0, waiters: 0, longestMs: null })
})

const contender = (session: string, patch: Partial<LockContender>): LockContender => ({
  name: session,
  path: `/l/${session}`,
  session,
  address: '127.0.0.1:1',
  sid: 1,
  sequence: 0,
  sinceMs: 1000,
  heldSinceMs: null,
  data: '',
  role: 'waiting',
  waitsFor: null,
  kind: 'lock',
  ...patch,
})

test('a lane shows how long a session waited, and how long it has held', () => {
  const lock: LockView = {
    path: '/l',
    recipe: 'lock',
    contenders: [
      contender('0x1', { role: 'holder', sinceMs: 1000, heldSinceMs: 3000 }),
      contender('0x2', { sinceMs: 2000 }),
      contender('0x3', { role: 'holder', sinceMs: 500, heldSinceMs: null, address: null }),
    ],
  }
  const { lanes, fromMs, toMs } = lockLanes(lock, 9000)
  expect([fromMs, toMs]).toEqual([500, 9000])
  expect(lanes.map(({ session }) => session)).toEqual(['0x3', '0x1', '0x2'])
  expect(
    lanes.map(({ stretches }) => stretches.map(({ type, fromMs, toMs, unsure }) => [type, fromMs, toMs, unsure])),
  ).toEqual([
    [['silent', 500, null, true]],
    [
      ['waiting', 1000, 3000, false],
      ['holding', 3000, null, false],
    ],
    [['waiting', 2000, null, false]],
  ])
})

test('whoever waits stands right of the one it waits for, and nobody on another', () => {
  const edge = (from: string, to: string) => ({ from, to, lock: '/l', sinceMs: 0 })
  const { nodes, edges } = layoutWaits({ edges: [edge('b', 'a'), edge('c', 'a'), edge('d', 'b')], cycles: [] })
  const x = new Map(nodes.map((node) => [node.session, node.x]))
  for (const { from, to } of edges) expect(x.get(from.session)).toBeGreaterThan(x.get(to.session) ?? 0)
  expect(new Set(nodes.map((node) => `${node.x} ${node.y}`)).size).toBe(4)
})

test('many who wait for the same are one box, and what is in a cycle stands first', () => {
  const edge = (from: string, to: string, lock: string) => ({ from, to, lock, sinceMs: from === 'w3' ? 5 : 9 })
  const line = Array.from({ length: 30 }, (_, i) => edge(`w${i}`, 'h', '/busy'))
  const circle = [edge('a', 'b', '/left'), edge('b', 'a', '/right')]
  const cycles = [{ sessions: ['a', 'b'], edges: circle, verdict: 'possible' as const }]
  const { nodes, edges, height } = layoutWaits({ edges: [...line, ...circle], cycles })
  expect(nodes.map(({ session, count }) => [session, count])).toEqual([
    ['b', 1],
    ['a', 1],
    ['h', 1],
    ['w0', 30],
  ])
  expect(edges.find(({ lock }) => lock === '/busy')).toMatchObject({ sinceMs: 5, inCycle: false })
  expect(edges.filter(({ inCycle }) => inCycle)).toHaveLength(2)
  expect(height).toBeLessThan(200)
  expect(layoutWaits({ edges: line.slice(0, 3), cycles: [] }).nodes).toHaveLength(4)
})

test('a cycle is drawn once and marked', () => {
  const edges = ['ab', 'bc', 'ca'].map((pair) => ({ from: pair[0] ?? '', to: pair[1] ?? '', lock: '/l', sinceMs: 0 }))
  const { nodes, edges: drawn } = layoutWaits({
    edges,
    cycles: [{ sessions: ['a', 'b', 'c'], edges, verdict: 'possible' }],
  })
  expect(nodes.every(({ inCycle }) => inCycle)).toBe(true)
  expect(drawn.filter(({ inCycle }) => inCycle)).toHaveLength(3)
  expect(layoutWaits({ edges: [], cycles: [] }).nodes).toEqual([])
})
