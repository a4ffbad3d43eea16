import { describe, expect, test } from 'vitest'
import { readSite } from '../recognise/read-site.ts'
import { curatorLock, siteOf } from '../testing/sites.ts'
import { blockedTree } from './blocked-tree.ts'
import { type ReleaseFacts, waitForGraph } from './wait-for-graph.ts'

/** A lock in whose queue these sessions stand. */
function lock(path: string, ...sessions: number[]) {
  return readSite(siteOf(path, ...sessions.map((session, i) => `${path}/${curatorLock(i + 1)}@${session}`)))
}
const quiet: ReleaseFacts = { lastReleaseMs: new Map(), p99HoldMs: null }

describe('the wait-for graph', () => {
  test('waits go to the holder, over all locks; no cycle, no verdict', () => {
    const graph = waitForGraph([lock('/a', 1, 2, 3), lock('/b', 2, 4)], quiet, 2000)
    expect(graph.edges.map(({ from, to, lock: path }) => `${from}>${to} ${path}`)).toEqual([
      '0x2>0x1 /a',
      '0x3>0x1 /a',
      '0x4>0x2 /b',
    ])
    expect(graph.cycles).toEqual([])
  })

  test('two locks taken in opposite order: possible at first, probable when nobody moves', () => {
    const pictures = [lock('/a', 1, 2), lock('/b', 2, 1)]
    const early = waitForGraph(pictures, quiet, 2000)
    expect(early.cycles).toMatchObject([{ sessions: ['0x1', '0x2'], verdict: 'possible' }])
    expect(early.cycles[0]?.edges).toHaveLength(2)
    expect(waitForGraph(pictures, quiet, 12_000).cycles[0]?.verdict).toBe('probable')
    const released = { lastReleaseMs: new Map([['0x2', 9000]]), p99HoldMs: null }
    expect(waitForGraph(pictures, released, 12_000).cycles[0]?.verdict).toBe('possible')
    expect(waitForGraph(pictures, { ...quiet, p99HoldMs: 5000 }, 12_000).cycles[0]?.verdict).toBe('possible')
  })

  test('one session twice in one lock waits for itself', () => {
    expect(waitForGraph([lock('/a', 1, 1)], quiet, 2000).cycles).toMatchObject([{ sessions: ['0x1'] }])
  })

  test('three in a ring with a tail: the ring alone', () => {
    const graph = waitForGraph([lock('/a', 1, 2, 9), lock('/b', 2, 3), lock('/c', 3, 1)], quiet, 2000)
    expect(graph.cycles).toHaveLength(1)
    expect([...(graph.cycles[0]?.sessions ?? [])].sort()).toEqual(['0x1', '0x2', '0x3'])
  })

  test('a chain of nineteen hundred sessions is walked without recursion', () => {
    const pictures = Array.from({ length: 1900 }, (_, i) => lock(`/l${i}`, i + 1, i + 2))
    expect(waitForGraph(pictures, quiet, 2000).cycles).toEqual([])
  })
})

describe('the blocked-by tree', () => {
  test('roots hold and do not wait; seconds add up', () => {
    const { edges } = waitForGraph([lock('/a', 1, 2, 3), lock('/b', 2, 4)], quiet, 2000)
    const [tree, ...others] = blockedTree(edges, 2001)
    expect(others).toEqual([])
    expect(tree).toMatchObject({ session: '0x1', waitedSeconds: 0, locks: [] })
    expect(tree?.blocked.map(({ session, locks, waitedSeconds }) => [session, locks, waitedSeconds])).toEqual([
      ['0x2', ['/a'], 1],
      ['0x3', ['/a'], 0.999],
    ])
    expect(tree?.blocked[0]?.blocked).toMatchObject([{ session: '0x4', subtreeSeconds: 1 }])
    expect(tree?.subtreeSeconds).toBeCloseTo(2.999)
  })

  test('a ring has no root and is shown once all the same', () => {
    const { edges } = waitForGraph([lock('/a', 1, 2), lock('/b', 2, 1)], quiet, 2000)
    const trees = blockedTree(edges, 2000)
    expect(trees).toHaveLength(1)
    expect(trees[0]?.blocked).toHaveLength(1)
  })

  test('many waiters are counted, not shown', () => {
    const { edges } = waitForGraph([lock('/a', ...Array.from({ length: 60 }, (_, i) => i + 1))], quiet, 2000)
    expect(blockedTree(edges, 2000)).toMatchObject([{ more: 9 }])
  })
})
