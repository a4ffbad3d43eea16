import { describe, expect, test } from 'vitest'
import type { NodeRow } from '#shared/events/socket-protocol.ts'
import { row, stat } from '../testing/node-rows.ts'
import { flattenTree, sequenceStart } from './tree-rows.ts'

function listing(rows: NodeRow[], total = rows.length) {
  return { state: 'ready' as const, stat: stat(), rows, total, message: null }
}

const LISTINGS = new Map([
  ['/', listing([row('/app'), row('/locks'), row('/z')])],
  ['/app', listing([row('/app/config')], 37_413)],
  ['/z', listing([])],
])

const shape = (expanded: string[], filter = '') =>
  flattenTree(LISTINGS, new Set(expanded), filter).map(
    (r) => `${'.'.repeat(r.depth)}${r.type === 'node' ? r.path : r.type}`,
  )

describe('the outline', () => {
  test('shows expanded znodes, what is left to load, and what is empty', () => {
    expect(shape(['/', '/app', '/z'])).toEqual(['/', './app', '../app/config', '..more', './locks', './z', '..empty'])
  })

  test('says how many more, and how many come next', () => {
    const more = flattenTree(LISTINGS, new Set(['/', '/app']), '').find(({ type }) => type === 'more')
    expect(more).toMatchObject({ left: 37_412, next: 200 })
  })

  test('a listing on its way and one that failed have rows of their own', () => {
    const failed = { state: 'failed' as const, stat: null, rows: [], total: 0, message: 'No quorum.' }
    expect(shape(['/', '/locks'])).toContain('..loading')
    expect(flattenTree(new Map([['/', failed]]), new Set(['/']), '')[1]).toMatchObject({
      type: 'failed',
      message: 'No quorum.',
    })
  })

  test('a filter keeps matches and the way to them', () => {
    expect(shape(['/', '/app'], 'CONF')).toEqual(['/', './app', '../app/config', '..more'])
    expect(shape(['/', '/z'], 'lock')).toEqual(['/', './locks'])
    expect(shape(['/', '/z'], 'nothing')).toEqual(['/'])
  })

  test('positions count among siblings', () => {
    const rows = flattenTree(LISTINGS, new Set(['/']), '')
    expect(rows[2]).toMatchObject({ path: '/locks', position: 2, siblings: 3 })
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
