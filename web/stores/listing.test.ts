import { describe, expect, test } from 'vitest'
import type { NodeRow, StatJson } from '#shared/events/socket-protocol.ts'
import { row, stat } from '../testing/node-rows.ts'
import { ancestors, changedPaths, LISTING_UNKNOWN, type Listing, loadedRows, outdated, withAnswer } from './listing.ts'

const NONE: ReadonlySet<number> = new Set()

function answer(offset: number, children: readonly NodeRow[], total: number, change: Partial<StatJson> = {}) {
  return { path: '/', stat: stat(change), children, offset, total }
}

function listed(rows: readonly NodeRow[], change: Partial<StatJson> = {}): Listing {
  return withAnswer(LISTING_UNKNOWN, answer(0, rows, rows.length, change), [], NONE)
}

describe('what changed between two listings', () => {
  test('new rows, new data, new children, new ACL; not what stayed', () => {
    const before = listed([row('/a'), row('/b'), row('/c'), row('/gone'), row('/e')], { pzxid: '0x20' })
    const after = [
      row('/a'),
      row('/b', { mzxid: '0x100000002' }),
      row('/c', { pzxid: '0x9' }),
      row('/d', { czxid: '0x21' }),
      row('/e', { aversion: 1 }),
    ]
    expect(changedPaths(before, after)).toEqual(['/b', '/c', '/d', '/e'])
  })

  test('a row that was only not loaded is not new', () => {
    expect(changedPaths(listed([row('/a')], { pzxid: '0x20' }), [row('/b', { czxid: '0x20' })])).toEqual([])
    expect(changedPaths(LISTING_UNKNOWN, [row('/b')])).toEqual([])
  })

  test('ancestors from the root down', () => {
    expect(ancestors('/a/b/c')).toEqual(['/', '/a', '/a/b'])
    expect(ancestors('/a')).toEqual(['/'])
    expect(ancestors('/')).toEqual([])
  })
})

describe('pages of a listing', () => {
  const first = withAnswer(LISTING_UNKNOWN, answer(0, [row('/a')], 900), [], NONE)
  const third = withAnswer(first, answer(400, [row('/n')], 900), ['n', 'gone'], NONE)

  test('stay while children stay, and are in order', () => {
    const again = withAnswer(third, answer(200, [row('/h')], 900), [], NONE)
    expect(loadedRows(again).map(({ path }) => path)).toEqual(['/a', '/h', '/n'])
  })

  test('go when children came or went, but for those that are shown, which are stale', () => {
    const moved = withAnswer(third, answer(200, [row('/h')], 901, { cversion: 1 }), [], new Set([2]))
    expect([...moved.pages].map(([page, { stale }]) => [page, stale])).toEqual([
      [2, true],
      [1, false],
    ])
  })

  test('places that were asked for are kept until children come or go', () => {
    const placed = withAnswer(first, { ...answer(0, [], 900), places: [417, -1] }, ['n', 'gone'], NONE)
    expect([...placed.places]).toEqual([['n', 417]])
    expect(withAnswer(placed, answer(0, [], 901), [], NONE).places.size).toBe(0)
  })

  test('can be marked as out of date', () => {
    expect([...outdated(third).pages.values()].every(({ stale }) => stale)).toBe(true)
  })
})
