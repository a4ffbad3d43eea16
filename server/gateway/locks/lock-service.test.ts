import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { GatewayEvent, LockView } from '#shared/events/socket-protocol.ts'
import { CHANGE_INTERVAL_MS, LOCK_DIRECTORIES_MAX } from '../limits.ts'
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
