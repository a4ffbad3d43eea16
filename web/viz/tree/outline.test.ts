import { describe, expect, test } from 'vitest'
import { CHILDREN_PAGE, type NodeRow } from '#shared/events/socket-protocol.ts'
import { row, stat } from '../../testing/node-rows.ts'
import { sequenceStart } from '../tree-rows.ts'
import { makeOutline, type ShownListing } from './outline.ts'

function listing(rows: NodeRow[], total = rows.length, page = 0): ShownListing {
  return { state: 'ready', stat: stat(), pages: new Map([[page, { rows }]]), places: new Map(), total, message: null }
}

const LISTINGS = new Map([
  ['/', listing([row('/app'), row('/locks'), row('/z')])],
  ['/app', listing([row('/app/config')], 2)],
  ['/z', listing([])],
])

function shape(expanded: string[], filter = '', listings: ReadonlyMap<string, ShownListing> = LISTINGS): string[] {
  const outline = makeOutline(listings, new Set(expanded), filter)
  return Array.from({ length: outline.count }, (_, i) => {
    const r = outline.at(i)
    return `${'.'.repeat(r.depth)}${r.type === 'node' ? r.path : r.type}`
  })
}

describe('the outline', () => {
  test('shows expanded znodes, what is not loaded, and what is empty', () => {
    expect(shape(['/', '/app', '/z'])).toEqual([
      '/',
      './app',
      '../app/config',
      '..pending',
      './locks',
      './z',
      '..empty',
    ])
  })

  test('a listing on its way and one that failed have rows of their own', () => {
    const failed: ShownListing = { ...listing([]), state: 'failed', message: 'No quorum.' }
    expect(shape(['/', '/locks'])).toEqual(['/', './app', './locks', '..loading', './z'])
    expect(makeOutline(new Map([['/', failed]]), new Set(['/']), '').at(1)).toMatchObject({ message: 'No quorum.' })
    expect(shape([])).toEqual(['/'])
  })

  test('a filter keeps matches and the way to them, and says what it did not look through', () => {
    expect(shape(['/', '/app'], 'CONF')).toEqual(['/', './app', '../app/config', '..unseen'])
    expect(shape(['/', '/z'], 'lock')).toEqual(['/', './locks'])
    expect(shape(['/', '/z'], 'nothing')).toEqual(['/'])
  })

  test('positions count among siblings, and every row is found again', () => {
    const outline = makeOutline(LISTINGS, new Set(['/', '/app', '/z']), '')
    expect(outline.at(4)).toMatchObject({ path: '/locks', position: 2, siblings: 3 })
    expect(['/', '/app', '/app/config', '/locks', '/z', '/none'].map((path) => outline.indexOf(path))).toEqual([
      0, 1, 2, 4, 5, -1,
    ])
  })
})

describe('a znode with a million children', () => {
  const at = (i: number) => row(`/big/n${String(i).padStart(6, '0')}`)
  const page = 2500
  const rows = Array.from({ length: CHILDREN_PAGE }, (_, i) => at(page * CHILDREN_PAGE + i))
  const big: ShownListing = { ...listing(rows, 1_000_000, page), places: new Map([['n000007', 7]]) }
  const listings = new Map([
    ['/', listing([row('/big'), row('/z')])],
    ['/big', big],
    ['/big/n000007', listing([row('/big/n000007/x')])],
    ['/big/n500001', listing([row('/big/n500001/y')])],
  ])
  const outline = makeOutline(listings, new Set(['/', '/big', '/big/n000007', '/big/n500001']), '')

  test('has a row for each, and for what is open among them', () => {
    expect(outline.count).toBe(1 + 2 + 1_000_000 + 2)
    expect(outline.at(outline.count - 1)).toMatchObject({ path: '/z' })
    expect(outline.at(outline.count - 2)).toMatchObject({ type: 'pending', position: 1_000_000, siblings: 1_000_000 })
    expect(outline.at(10)).toMatchObject({ path: '/big/n000007/x', depth: 3 })
    expect(outline.at(2 + 500_001 + 1)).toMatchObject({ path: '/big/n500001', position: 500_002 })
    expect(outline.at(2 + 500_001 + 2)).toMatchObject({ path: '/big/n500001/y' })
  })

  test('rows lie where they are looked for', () => {
    expect(outline.indexOf('/big/n500001/y')).toBe(2 + 500_001 + 2)
    expect(outline.indexOf('/big/n500010')).toBe(2 + 500_010 + 2)
    expect(outline.indexOf('/z')).toBe(outline.count - 1)
    expect(outline.indexOf('/big/n900000')).toBe(-1)
    expect(outline.rowOfChild('/big', 999_999)).toBe(outline.count - 2)
    expect(outline.rowOfChild('/big', 1_000_000)).toBe(-1)
  })

  test('rows name the pages that they come from', () => {
    expect(outline.pagesOf(0, 12)).toEqual([
      { path: '/', page: 0 },
      { path: '/big', page: 0 },
      { path: '/big/n000007', page: 0 },
    ])
    expect(outline.pagesOf(2 + 600_000, 2 + 600_010)).toEqual([
      { path: '/big', page: 2999 },
      { path: '/big', page: 3000 },
    ])
  })
})

describe('sequence numbers', () => {
  test.each([
    ['lock-0000000007', 5],
    ['n_0000000041', 2],
    ['lock--000000001', 5],
    ['0000000007', null],
    ['host-12', null],
    ['a1234567890', 1],
  ])('%s', (name, at) => expect(sequenceStart(name)).toBe(at))
})
