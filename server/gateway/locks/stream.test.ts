// The parts between the event stream and the trackers: what is committed, what concerns whom, who watches children.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { emptyClusterView } from '#shared/events/cluster-view.ts'
import type { GatewayEvent } from '#shared/events/socket-protocol.ts'
import { OVERRIDES_MAX } from '#shared/recipes/recognise/overrides.ts'
import { CHILD_WATCHES_MAX, ChildWatches } from './child-watches.ts'
import { type CommittedTxn, CommittedTxns } from './committed-txns.ts'
import { OverrideStore } from './override-store.ts'
import { changesOf, concerned } from './stream-changes.ts'
import { POLL_MS, WatchPoll } from './watch-poll.ts'

const zxid = (epoch: number, counter: number) => `0x${(epoch * 2 ** 32 + counter).toString(16)}`

function proposed(epoch: number, counter: number, more: object = {}): GatewayEvent {
  const txn = { zxid: zxid(epoch, counter), op: 'create', path: `/l/x-${counter}`, session: '0xa', cxid: 1, bytes: 0 }
  return { type: 'proposed', t: counter, sid: 1, txn: { ...txn, error: null, ephemeral: true, ...more } }
}
const mark = (stage: 'logged' | 'committed' | 'applied', epoch: number, counter: number): GatewayEvent => {
  return { type: 'mark', t: 9, sid: 2, stage, zxid: zxid(epoch, counter) }
}

describe('committed txns', () => {
  let told: number[] = []
  let gaps = 0
  let samplings: boolean[] = []
  let txns: CommittedTxns
  beforeEach(() => {
    told = []
    gaps = 0
    samplings = []
    txns = new CommittedTxns({
      txn: ({ zxid: id }: CommittedTxn) => told.push(id % 2 ** 32),
      gap: () => {
        gaps += 1
      },
      sampling: (_t, on) => samplings.push(on),
    })
  })
  const feed = (...events: GatewayEvent[]) => events.forEach((event) => void txns.onEvent(event))

  test('come when they are committed, in order, and once', () => {
    feed(proposed(1, 1), proposed(1, 2), proposed(1, 3), mark('logged', 1, 3))
    expect(told).toEqual([])
    feed(mark('committed', 1, 2), mark('applied', 1, 2))
    expect(told).toEqual([1, 2])
    feed({ type: 'quorum', t: 9, sid: 1, zxid: zxid(1, 3), by: 2 })
    expect(told).toEqual([1, 2, 3])
    expect(gaps).toBe(0)
  })

  test('of a leader that lost its place never come, and that is a gap', () => {
    feed(proposed(1, 1), { type: 'phase', t: 9, sid: 2, phase: 'DISCOVERY', epoch: 1, leader: 2 })
    feed(proposed(2, 1), mark('committed', 2, 1))
    expect([told, gaps]).toEqual([[1], 1])
    feed(proposed(3, 7), proposed(4, 8), mark('committed', 4, 8))
    expect(told).toEqual([1, 8])
  })

  test('that are errors change nothing; dropped and sampled events are gaps', () => {
    feed(proposed(1, 1, { error: 'NONODE' }), mark('committed', 1, 1))
    expect(told).toEqual([])
    feed({ type: 'dropped', t: 9, sid: 1, count: 3 }, { type: 'sampling', t: 9, sid: 1, every: 4 })
    feed({ type: 'sampling', t: 9, sid: 2, every: 2 }, { type: 'sampling', t: 9, sid: 1, every: 8 })
    expect([gaps, txns.isSampled, samplings]).toEqual([1, true, [true]])
    feed(
      { type: 'sampling', t: 9, sid: 1, every: 1 },
      { type: 'process', t: 9, sid: 2, process: 'killed', pid: null, reason: '' },
    )
    expect([txns.isSampled, samplings]).toEqual([false, [true, false]])
  })
})

describe('changes', () => {
  const base = { t: 1, zxid: 5 as CommittedTxn['zxid'], parts: [] }
  const txn = { zxid: '0x5', session: '0xa', cxid: 0, bytes: 0, error: null }

  test('of a close, of a delete, of the parts of a multi', () => {
    expect(changesOf({ ...base, txn: { ...txn, op: 'closeSession', path: null, ephemeral: false } })).toEqual([
      { path: null, change: { type: 'closed', t: 1, zxid: 5, session: 10n, cxid: 0 } },
    ])
    const parts = [
      { op: 'delete', path: '/l/a' },
      { op: 'create2', path: '/l/b' },
      { op: 'check', path: '/l' },
    ]
    const multi = changesOf({ ...base, parts, txn: { ...txn, op: 'multi', path: '/l/a', ephemeral: false } })
    expect(multi.map(({ path, change }) => [path, change.type])).toEqual([
      ['/l/a', 'deleted'],
      ['/l/b', 'created'],
    ])
  })

  test('concern the lock itself, its directory, and the recipes of several directories', () => {
    expect(concerned('/s/locks/x')).toEqual(['/s/locks/x', '/s/locks', '/s'])
    expect(concerned('/k-__lock__/x')).toContain('/k')
  })
})

describe('child watches', () => {
  const set = (conn: number, path: string): GatewayEvent => {
    return { type: 'watchSet', t: 1, sid: 1, conn, session: `0x${conn}`, path, kind: 'children', zxid: '0x1' }
  }

  test('are there until they fire, or their connection or member is gone', () => {
    const watches = new ChildWatches()
    for (const conn of [1, 2, 3]) watches.onEvent(set(conn, '/a'))
    watches.onEvent({ ...set(4, '/b'), kind: 'data' } as GatewayEvent)
    expect([...(watches.tables(['0x3']).get('/a') ?? [])]).toEqual(['0x1', '0x2'])
    const fired = { t: 2, sid: 1, conn: 1, session: '0x1', path: '/a', zxid: '0x2' }
    watches.onEvent({ type: 'watchTriggered', ...fired, event: 'nodeDataChanged' })
    watches.onEvent({ type: 'watchTriggered', ...fired, event: 'nodeChildrenChanged' })
    expect([...(watches.tables([]).get('/a') ?? [])]).toEqual(['0x2', '0x3'])
    watches.onEvent({ type: 'disconnected', t: 3, sid: 1, conn: 2, reason: '' })
    expect([...(watches.tables([]).get('/a') ?? [])]).toEqual(['0x3'])
    watches.onEvent({ type: 'stream', t: 4, sid: 1, up: false })
    expect(watches.tables([]).size).toBe(0)
  })

  test('are bounded', () => {
    const watches = new ChildWatches()
    for (let i = 0; i < CHILD_WATCHES_MAX + 5; i += 1) watches.onEvent(set(1, `/${i}`))
    expect(watches.tables([]).size).toBe(CHILD_WATCHES_MAX)
  })
})

describe('watch tables', () => {
  test('of all members are one, without our own; who does not answer is missing; asked once a second', async () => {
    const view = emptyClusterView()
    let now = 1000
    let asked = 0
    for (const sid of [1, 2, 3])
      view.members[sid] = { sid, process: sid === 3 ? 'paused' : 'running' } as (typeof view.members)[string]
    const poll = new WatchPoll({
      view: () => view,
      ask: async (sid) => {
        asked += 1
        if (sid === 2) throw new Error('no answer')
        return [{ path: '/l/a', sessions: ['0x1', '0x99'] }]
      },
      ownSessions: () => ['0x99'],
      children: () => new Map(),
      now: () => now,
    })
    const { tables } = await poll.read()
    expect([...(tables.data.get('/l/a') ?? [])]).toEqual(['0x1'])
    expect([...tables.missing].sort()).toEqual([2, 3])
    await poll.read()
    expect(asked).toBe(2)
    now += POLL_MS
    await poll.read()
    expect(asked).toBe(4)
  })
})

describe('overrides', () => {
  let dir = ''
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'zabscope-overrides-'))
  })
  afterEach(() => rmSync(dir, { recursive: true, force: true }))

  test('are kept over restarts, replaced by glob and taken back', () => {
    const path = join(dir, 'deep', 'patterns.json')
    const store = new OverrideStore(path)
    store.set('/a/*', 'semaphore', 3)
    store.set('/b', 'none', null)
    store.set('/a/*', 'lock', null)
    expect(new OverrideStore(path).all).toEqual([
      { glob: '/b', recipe: 'none', permits: null },
      { glob: '/a/*', recipe: 'lock', permits: null },
    ])
    store.set('/b', null, null)
    expect(JSON.parse(readFileSync(path, 'utf8'))).toHaveLength(1)
  })

  test('a file that is something else is refused by name; too many are refused', () => {
    const path = join(dir, 'patterns.json')
    writeFileSync(path, '{"a": 1}')
    expect(() => new OverrideStore(path)).toThrow(path)
    const store = new OverrideStore(null)
    for (let i = 0; i < OVERRIDES_MAX; i += 1) store.set(`/${i}`, 'lock', null)
    expect(() => store.set('/more', 'lock', null)).toThrow('Take some back')
  })
})
