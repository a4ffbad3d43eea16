import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { GatewayEvent, LockView } from '#shared/events/socket-protocol.ts'
import { CHANGE_INTERVAL_MS, LOCK_DIRECTORIES_MAX, LOCKS_TRACKED_MAX, STALE_READ_MS } from '../limits.ts'
import { FakeEnsemble, FakePage } from '../testing/fake-ensemble.ts'
import { LockService } from './lock-service.ts'

const CONNECTION = { sid: 3, conn: 1, address: '127.0.0.1:5000', session: '0xa', timeoutMs: 4000 }
const GUID = 'c'.repeat(32)
let ensemble = new FakeEnsemble()
let locks = newService()
let page = new FakePage()

function newService(): LockService {
  const findConnection = (session: string) => (session === CONNECTION.session ? CONNECTION : null)
  return new LockService({ reader: ensemble, findConnection, now: () => Date.now() })
}

beforeEach(() => {
  vi.useFakeTimers()
  ensemble = new FakeEnsemble()
  locks = newService()
  page = new FakePage()
})
afterEach(() => {
  locks.close()
  vi.useRealTimers()
})

const contender = (sequence: number): string => `${GUID}__lock__${String(sequence).padStart(10, '0')}`
const created = (path: string, t: number, ephemeral = true): GatewayEvent => {
  const txn = { zxid: '0x1', op: 'create', path, session: '0x1', cxid: 1, bytes: 0, error: null, ephemeral }
  return { type: 'proposed', t, sid: 1, txn }
}

describe('directories', () => {
  test('are seen in the transactions that pass by, newest first', async () => {
    locks.onEvent(created('/a/lock-0000000001', 1))
    locks.onEvent(created('/b/lock-0000000001', 2))
    locks.onEvent(created('/a/lock-0000000002', 3))
    locks.onEvent(created('/c/plain', 4))
    locks.onEvent(created('/d/queue-0000000001', 5, false))
    expect(await locks.handlers['locks:list'](page, {})).toEqual([
      { path: '/a', lastSeenMs: 3 },
      { path: '/b', lastSeenMs: 2 },
    ])
  })

  test('are learned from what followers know of a killed leader, which makes no known one newer', async () => {
    const told = (event: GatewayEvent): GatewayEvent => ({ ...event, type: 'known' }) as GatewayEvent
    locks.onEvent(created('/a/lock-0000000001', 1))
    locks.onEvent(told(created('/a/lock-0000000002', 7)))
    locks.onEvent(told(created('/b/lock-0000000001', 8)))
    expect(await locks.handlers['locks:list'](page, {})).toEqual([
      { path: '/b', lastSeenMs: 8 },
      { path: '/a', lastSeenMs: 1 },
    ])
  })

  test('are announced to pages that asked, and bounded', async () => {
    await locks.handlers['locks:list'](page, {})
    for (let i = 0; i < LOCK_DIRECTORIES_MAX + 3; i += 1) locks.onEvent(created(`/d${i}/l-0000000001`, i))
    vi.advanceTimersByTime(CHANGE_INTERVAL_MS)
    expect(page.told).toHaveLength(1)
    expect(locks.directories.list()).toHaveLength(LOCK_DIRECTORIES_MAX)
    expect(locks.directories.list().some(({ path }) => path === '/d2')).toBe(false)
  })

  test('are searched for once at the start', async () => {
    for (const path of ['/app', '/app/x', '/app/x/locks', '/other']) ensemble.create(path)
    ensemble.create(`/app/x/locks/${contender(1)}`, '', 0xan)
    ensemble.create('/other/item-0000000001')
    await locks.directories.search(ensemble)
    expect(locks.directories.list().map(({ path }) => path)).toEqual(['/app/x/locks'])
  })
})

describe('an open directory', () => {
  beforeEach(() => {
    ensemble.create('/locks')
    ensemble.create(`/locks/${contender(1)}`, 'host-a', 0xan)
    ensemble.create(`/locks/${contender(2)}`, 'host-b', 0xbn)
  })

  test('shows holder, waiters and where they are', async () => {
    const view = await locks.handlers['locks:open'](page, { path: '/locks' })
    expect(view).toMatchObject({ path: '/locks', recipe: 'lock' })
    expect(view.contenders).toMatchObject([
      {
        sequence: 1,
        role: 'holder',
        session: '0xa',
        address: '127.0.0.1:5000',
        sid: 3,
        data: 'host-a',
        waitsFor: null,
      },
      { sequence: 2, role: 'waiting', session: '0xb', address: null, waitsFor: `/locks/${contender(1)}` },
    ])
  })

  test('tells the hand-over', async () => {
    await locks.handlers['locks:open'](page, { path: '/locks' })
    ensemble.delete(`/locks/${contender(1)}`)
    await vi.waitFor(() => expect(page.told).toHaveLength(1))
    const [name, view] = page.told[0] as [string, LockView]
    expect(name).toBe('locks:changed')
    expect(view.contenders).toMatchObject([{ sequence: 2, role: 'holder' }])
  })

  test('knows since when somebody holds only if it saw it', async () => {
    const before = await locks.handlers['locks:open'](page, { path: '/locks' })
    expect(before.contenders).toMatchObject([{ role: 'holder', heldSinceMs: null }, { heldSinceMs: null }])
    await vi.advanceTimersByTimeAsync(5000)
    const handedOver = Date.now()
    ensemble.delete(`/locks/${contender(1)}`)
    await vi.waitFor(() => expect(page.told).toHaveLength(1))
    const [, view] = page.told[0] as [string, LockView]
    expect(view.contenders).toMatchObject([{ sequence: 2, heldSinceMs: handedOver }])
    await vi.advanceTimersByTimeAsync(5000)
    const again = await locks.handlers['locks:open'](page, { path: '/locks' })
    expect(again.contenders).toMatchObject([{ sequence: 2, heldSinceMs: handedOver }])
  })

  test('reads a contender again when a transaction wrote to it', async () => {
    await locks.handlers['locks:open'](page, { path: '/locks' })
    const path = `/locks/${contender(2)}`
    const node = ensemble.nodes.get(path)
    if (node) ensemble.nodes.set(path, { ...node, data: new TextEncoder().encode('host-c') })
    const event = created(path, 9)
    if (event.type !== 'proposed') throw new Error('a proposal')
    locks.onEvent({ ...event, txn: { ...event.txn, op: 'setData' } })
    await vi.advanceTimersByTimeAsync(CHANGE_INTERVAL_MS)
    await vi.waitFor(() => expect(page.told).toHaveLength(1))
    const [, view] = page.told[0] as [string, LockView]
    expect(view.contenders).toMatchObject([{ data: 'host-a' }, { data: 'host-c' }])
  })

  test('tells nothing once closed', async () => {
    await locks.handlers['locks:open'](page, { path: '/locks' })
    await locks.handlers['locks:close'](page, { path: '/locks' })
    await vi.waitFor(() => expect(ensemble.watched).toEqual([]))
    ensemble.delete(`/locks/${contender(1)}`)
    await vi.advanceTimersByTimeAsync(CHANGE_INTERVAL_MS)
    expect(page.told).toEqual([])
  })

  test('that does not exist yet is empty, and fills', async () => {
    expect((await locks.handlers['locks:open'](page, { path: '/later' })).contenders).toEqual([])
    ensemble.create('/later')
    ensemble.create(`/later/${contender(7)}`, '', 0xan)
    await vi.advanceTimersByTimeAsync(CHANGE_INTERVAL_MS)
    await vi.waitFor(() => expect(page.told.at(-1)?.[1]).toMatchObject({ contenders: [{ sequence: 7 }] }))
  })
})

describe('what is known beside the line', () => {
  const txn = (counter: number, op: string, path: string | null, session: string, cxid = 1): GatewayEvent => {
    const zxid = `0x${(2 ** 32 + counter).toString(16)}`
    const summary = { zxid, op, path, session, cxid, bytes: 0, error: null, ephemeral: op === 'create' }
    return { type: 'proposed', t: Date.now(), sid: 1, txn: summary }
  }
  const committed = (counter: number): GatewayEvent => {
    return { type: 'mark', t: Date.now(), sid: 1, stage: 'committed', zxid: `0x${(2 ** 32 + counter).toString(16)}` }
  }

  beforeEach(() => {
    ensemble.create('/locks')
    ensemble.create(`/locks/${contender(1)}`, 'host-a', 0xan)
    ensemble.create(`/locks/${contender(2)}`, 'host-b', 0xbn)
  })

  test('how it was recognised, who blocks whom, and why', async () => {
    const { detail } = await locks.handlers['locks:open'](page, { path: '/locks' })
    expect(detail).toMatchObject({ family: 'kazoo', confidence: 'likely', watchTables: null, lints: [] })
    expect(detail?.standings).toMatchObject([
      { state: 'granted', position: 0, hardCount: 0, verdict: null },
      { state: 'waiting', position: 1, hard: [`/locks/${contender(1)}`], token: '0x100000003' },
    ])
    expect(detail?.standings[1]?.why.id).toBe('waits.next')
    expect(detail?.history).toMatchObject({ late: 1, censored: [{ path: `/locks/${contender(2)}` }] })
  })

  test('what a person says changes the reading of pages that look', async () => {
    await locks.handlers['locks:open'](page, { path: '/locks' })
    const trail: unknown[] = []
    const said = { glob: '/locks', recipe: 'semaphore', permits: 2 }
    const all = await locks.handlers['locks:override'](page, said, (facts) => trail.push(facts))
    expect([all, trail]).toEqual([[said], [{ before: null }]])
    await vi.waitFor(() => expect(page.told).toHaveLength(1))
    const [, view] = page.told[0] as [string, LockView]
    expect(view).toMatchObject({ recipe: 'semaphore', contenders: [{ role: 'holder' }, { role: 'holder' }] })
  })

  test('the stream tells how a holder ended, also when nobody looks', async () => {
    locks.onEvent(txn(9, 'create', `/locks/${contender(2)}`, '0xb'))
    locks.onEvent(committed(9))
    await vi.advanceTimersByTimeAsync(STALE_READ_MS)
    await vi.waitFor(async () => {
      const [row] = await locks.handlers['locks:list'](page, {})
      expect(row).toMatchObject({ path: '/locks', contention: { holders: 1, waiters: 1, holder: '0xa' } })
    })
    ensemble.delete(`/locks/${contender(1)}`)
    locks.onEvent(txn(10, 'closeSession', null, '0xa', 0))
    locks.onEvent(committed(10))
    const { contenders, detail } = await locks.handlers['locks:open'](page, { path: '/locks' })
    expect(contenders).toMatchObject([{ role: 'holder', data: 'host-b' }])
    expect(detail?.history.ended).toMatchObject([{ session: '0xa', endedBy: 'expiry', late: true }])
  })

  test('as many histories are kept as there may be, and those that pages look at stay', async () => {
    await locks.handlers['locks:open'](page, { path: '/locks' })
    for (let i = 0; i < LOCKS_TRACKED_MAX + 20; i += 1)
      locks.onEvent(txn(i + 1, 'create', `/d${i}/n_0000000001`, '0xb'))
    locks.onEvent(committed(LOCKS_TRACKED_MAX + 20))
    const rows = await locks.handlers['locks:list'](page, {})
    expect(rows.filter(({ contention }) => contention)).toHaveLength(LOCKS_TRACKED_MAX)
    expect(rows.find(({ path }) => path === '/locks')?.contention).toBeTruthy()
    expect((await locks.handlers['locks:graph'](page, {})).locks).toBe(LOCKS_TRACKED_MAX)
  })
})
