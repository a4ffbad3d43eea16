import { describe, expect, test } from 'vitest'
import type { WatchLogEntry } from '#shared/events/cluster-view.ts'
import { endWithConnections, groupWatches, watchLives, watchRows } from './watch-groups.ts'

function entry(
  t: number,
  stage: WatchLogEntry['stage'],
  what: string,
  change: Partial<WatchLogEntry> = {},
): WatchLogEntry {
  return { t, sid: 1, conn: 1, session: '0xa', path: '/a', stage, what, zxid: '0x100000002', ...change }
}

describe('the life of a watch', () => {
  test('set, triggered, delivered', () => {
    const log = [
      entry(1, 'set', 'data'),
      entry(5, 'triggered', 'nodeDataChanged'),
      entry(6, 'delivered', 'nodeDataChanged'),
    ]
    expect(watchLives(log)).toMatchObject([
      { kind: 'data', setAt: 1, triggeredAt: 5, deliveredAt: 6, event: 'NodeDataChanged', lastAt: 6 },
    ])
  })

  test('setting it twice is one watch; setting it again after it fired is another', () => {
    const log = [
      entry(1, 'set', 'data'),
      entry(2, 'set', 'data'),
      entry(5, 'triggered', 'nodeDataChanged'),
      entry(7, 'set', 'data'),
    ]
    expect(watchLives(log).map(({ setAt, triggeredAt }) => [setAt, triggeredAt])).toEqual([
      [1, 5],
      [7, null],
    ])
  })

  test('one that was there before the log has a kind and no time', () => {
    const log = [entry(3, 'found', 'data', { zxid: '0x0' }), entry(5, 'triggered', 'nodeDataChanged')]
    expect(watchLives(log)).toMatchObject([{ kind: 'data', setAt: null, triggeredAt: 5 }])
  })

  test('ends with its connection unless it fired before', () => {
    const log = [entry(1, 'set', 'data'), entry(2, 'set', 'data', { conn: 2 }), entry(3, 'set', 'children')]
    log.push(entry(5, 'triggered', 'nodeChildrenChanged'))
    const open = { '1:2': { sid: 1, conn: 2, session: '0xa', address: 'a:1', timeoutMs: 1 } }
    const lives = endWithConnections(watchLives(log), open)
    expect(lives.map(({ conn, kind, ended }) => [conn, kind, ended])).toEqual([
      [1, 'data', true],
      [2, 'data', false],
      [1, 'children', false],
    ])
    expect(groupWatches(lives)[0]?.waiting).toBe(1)
  })

  test('an event fires the kind that it can fire', () => {
    const log = [entry(1, 'set', 'children'), entry(2, 'set', 'data'), entry(3, 'triggered', 'nodeChildrenChanged')]
    expect(watchLives(log).map(({ kind, triggeredAt }) => [kind, triggeredAt])).toEqual([
      ['children', 3],
      ['data', null],
    ])
  })

  test('a persistent watch goes on waiting', () => {
    const log = [
      entry(1, 'set', 'persistent'),
      entry(3, 'triggered', 'nodeDataChanged'),
      entry(4, 'triggered', 'nodeDataChanged', { zxid: '0x100000003' }),
    ]
    expect(watchLives(log).map(({ kind, triggeredAt }) => [kind, triggeredAt])).toEqual([
      ['persistent', null],
      ['persistent', 3],
      ['persistent', 4],
    ])
  })

  test('a recursive one fires for what lies below it', () => {
    const log = [
      entry(1, 'set', 'persistentRecursive', { path: '/services' }),
      entry(3, 'triggered', 'nodeCreated', { path: '/services/search' }),
      entry(4, 'triggered', 'nodeCreated', { path: '/servicesX' }),
    ]
    expect(watchLives(log).map(({ path, kind }) => [path, kind])).toEqual([
      ['/services', 'persistentRecursive'],
      ['/services/search', 'persistentRecursive'],
      ['/servicesX', null],
    ])
  })

  test('one that was set before the log begins is known from its trigger on', () => {
    expect(watchLives([entry(5, 'triggered', 'nodeDeleted')])).toMatchObject([
      { kind: null, setAt: null, triggeredAt: 5 },
    ])
  })

  test('other connections are other watches', () => {
    const log = [entry(1, 'set', 'data'), entry(2, 'triggered', 'nodeDataChanged', { conn: 2 })]
    expect(watchLives(log)).toHaveLength(2)
  })
})

describe('groups', () => {
  const herd = [1, 2, 3].flatMap((conn) => [
    entry(conn, 'set', 'data', { conn }),
    entry(10, 'triggered', 'nodeDataChanged', { conn }),
    ...(conn < 3 ? [entry(10 + conn, 'delivered', 'nodeDataChanged', { conn })] : []),
  ])
  const groups = groupWatches(watchLives([...herd, entry(30, 'set', 'exists', { path: '/b', session: '0xb' })]))

  test('the newest path first; a trigger knows its fan-out and its slowest delivery', () => {
    expect(groups.map(({ path, waiting }) => [path, waiting])).toEqual([
      ['/b', 1],
      ['/a', 0],
    ])
    expect(groups[1]?.triggers).toEqual([
      { zxid: '0x100000002', event: 'NodeDataChanged', at: 10, fanOut: 3, delivered: 2, slowestMs: 2 },
    ])
  })

  test('rows can be found by path and by session, long groups say how much is left', () => {
    expect(watchRows(groups, '0xb').map(({ type }) => type)).toEqual(['group', 'life'])
    expect(watchRows(groups, 'nothing')).toEqual([])
    const many = groupWatches(watchLives(Array.from({ length: 10 }, (_, conn) => entry(conn, 'set', 'data', { conn }))))
    expect(watchRows(many, '').at(-1)).toEqual({ type: 'rest', path: '/a', count: 4 })
  })
})
