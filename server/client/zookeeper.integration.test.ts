// The client against Apache ZooKeeper: every operation, watches, a server that dies and comes back, and a
// session that expires.

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { PERMS, READ_ACL } from '#shared/zk/acl.ts'
import type { ConnectOptions } from './connect-options.ts'
import {
  BadArgumentsError,
  BadVersionError,
  ClientClosedError,
  ConnectFailedError,
  ConnectionLossError,
  InvalidAclError,
  NoAuthError,
  NoChildrenForEphemeralsError,
  NodeExistsError,
  NoNodeError,
  NotEmptyError,
  NoWatcherError,
  SessionExpiredError,
} from './errors.ts'
import type { SessionState } from './session-state.ts'
import { type ApacheServer, apacheMissing, startApache } from './testing/apache-server.ts'
import { EventLog, until } from './testing/wait.ts'
import { TransactionFailedError } from './transaction.ts'
import { ZooKeeper } from './zookeeper.ts'

const missing = apacheMissing()
if (missing) console.log(`skipped: ${missing}`)

describe.skipIf(missing !== null)('against Apache ZooKeeper', () => {
  let apache: ApacheServer
  let nodes = 0
  const clients: ZooKeeper[] = []

  async function connect(options: Partial<ConnectOptions> = {}): Promise<ZooKeeper> {
    const zk = await ZooKeeper.connect({ servers: apache.address, ...options })
    clients.push(zk)
    return zk
  }
  /** A fresh directory for one test. */
  async function fresh(zk: ZooKeeper): Promise<string> {
    nodes += 1
    return (await zk.create(`/test-${nodes}`)).path
  }

  beforeAll(async () => {
    apache = await startApache({
      config: { tickTime: 200, minSessionTimeout: 400, maxSessionTimeout: 60_000 },
      properties: { 'zookeeper.extendedTypesEnabled': 'true' },
    })
  })
  afterEach(async () => {
    apache.resume()
    await Promise.all(clients.splice(0).map((zk) => zk.close()))
  })
  afterAll(() => apache?.close())

  test('create in all modes, read, write, delete', async () => {
    const zk = await connect()
    const dir = await fresh(zk)
    const { path, stat } = await zk.create(`${dir}/a`, 'hi')
    expect(path).toBe(`${dir}/a`)
    expect(stat).toMatchObject({ version: 0, dataLength: 2, ephemeralOwner: 0n, czxid: zk.lastZxidSeen })

    const ephemeral = await zk.create(`${dir}/e`, null, { mode: 'ephemeral' })
    expect(ephemeral.stat.ephemeralOwner).toBe(zk.sessionId)
    expect((await zk.create(`${dir}/s-`, null, { mode: 'persistentSequential' })).path).toBe(`${dir}/s-0000000002`)
    expect((await zk.create(`${dir}/`, null, { mode: 'ephemeralSequential' })).path).toBe(`${dir}/0000000003`)
    await zk.create(`${dir}/c`, null, { mode: 'container' })
    await zk.create(`${dir}/t`, 'x', { mode: 'persistentWithTtl', ttlMs: 3_600_000 })
    const sequentialTtl = { mode: 'persistentSequentialWithTtl', ttlMs: 3_600_000 } as const
    expect((await zk.create(`${dir}/t`, 'x', sequentialTtl)).path).toBe(`${dir}/t0000000006`)

    expect(await zk.getData(`${dir}/a`)).toEqual({ data: Buffer.from('hi'), stat })
    expect((await zk.getData(`${dir}/e`)).data).toBeNull()
    expect(await zk.exists(`${dir}/none`)).toBeNull()
    const changed = await zk.setData(`${dir}/a`, new Uint8Array(0), 0)
    expect(changed).toMatchObject({ version: 1, dataLength: 0 })
    expect((await zk.getData(`${dir}/a`)).data).toEqual(Buffer.alloc(0))

    const { children, stat: dirStat } = await zk.getChildren(dir)
    expect(children.toSorted()).toEqual(['0000000003', 'a', 'c', 'e', 's-0000000002', 't', 't0000000006'])
    expect(dirStat).toMatchObject({ numChildren: 7, cversion: 7 })
    await zk.delete(`${dir}/a`, 1)
    expect(await zk.exists(`${dir}/a`)).toBeNull()
    await zk.sync(dir)
  })

  test('each refusal is an error of its own, with the path', async () => {
    const zk = await connect()
    const dir = await fresh(zk)
    await zk.create(`${dir}/e`, null, { mode: 'ephemeral' })
    await expect(zk.getData(`${dir}/none`)).rejects.toMatchObject({ name: 'NoNodeError', path: `${dir}/none` })
    await expect(zk.create(dir)).rejects.toThrow(NodeExistsError)
    await expect(zk.create(`${dir}/e/x`)).rejects.toThrow(NoChildrenForEphemeralsError)
    await expect(zk.delete(dir)).rejects.toThrow(NotEmptyError)
    await expect(zk.setData(dir, 'x', 7)).rejects.toThrow(BadVersionError)
    await expect(zk.setAcl(dir, [])).rejects.toThrow(InvalidAclError)
    await expect(zk.create('/zookeeper/config/x', null, { acl: READ_ACL })).rejects.toThrow(NoAuthError)
    await expect(zk.removeWatches(dir)).rejects.toThrow(NoWatcherError)
    await expect(zk.getData('no slash')).rejects.toThrow(BadArgumentsError)
    await expect(zk.create(`${dir}/x`, null, { ttlMs: 5 })).rejects.toThrow(BadArgumentsError)
  })

  test('a transaction happens as a whole or not at all', async () => {
    const zk = await connect()
    const dir = await fresh(zk)
    const results = await zk
      .transaction()
      .create(`${dir}/a`, 'x')
      .create(`${dir}/s-`, null, { mode: 'ephemeralSequential' })
      .setData(`${dir}/a`, 'y', 0)
      .check(`${dir}/a`, 1)
      .create(`${dir}/b`)
      .delete(`${dir}/b`)
      .commit()
    expect(results.map((result) => result.type)).toEqual(['create', 'create', 'setData', 'check', 'create', 'delete'])
    expect(results[1]).toMatchObject({ path: `${dir}/s-0000000001` })
    expect(results[2]).toMatchObject({ stat: { version: 1 } })

    const failing = zk.transaction().create(`${dir}/c`).delete(`${dir}/a`, 9).create(`${dir}/d`).commit()
    await expect(failing).rejects.toThrow(TransactionFailedError)
    await expect(failing).rejects.toMatchObject({ index: 1, path: `${dir}/a`, code: -103 })
    expect(await zk.exists(`${dir}/c`)).toBeNull()
    expect(await zk.transaction().commit()).toEqual([])
  })

  test('ACLs: who adds credentials may, who does not may not', async () => {
    const [bob, eve] = [await connect(), await connect()]
    const dir = await fresh(bob)
    await bob.addAuth('digest', 'bob:secret')
    expect(await bob.whoAmI()).toContainEqual({ scheme: 'digest', id: 'bob' })
    await bob.setAcl(dir, [{ perms: PERMS.ALL, scheme: 'auth', id: '' }], 0)
    const { acl, stat } = await bob.getAcl(dir)
    expect(acl).toEqual([{ perms: PERMS.ALL, scheme: 'digest', id: 'bob:fyVmFCwVbTJYrznoSu1koqYEYF0=' }])
    expect(stat.aversion).toBe(1)
    await expect(eve.getData(dir)).rejects.toThrow(NoAuthError)

    bob.dropConnection()
    expect((await bob.getData(dir)).data).toBeNull()
  })

  test('a chroot is invisible to its client', async () => {
    const outside = await connect()
    const dir = await fresh(outside)
    const zk = await connect({ servers: `${apache.address}${dir}` })
    const seen = new EventLog()
    await zk.exists('/x', { watch: seen.push })
    expect((await zk.create('/x', '1')).path).toBe('/x')
    expect((await zk.transaction().create('/y-', null, { mode: 'persistentSequential' }).commit())[0]).toMatchObject({
      path: '/y-0000000001',
    })
    expect((await zk.getChildren('/')).children.toSorted()).toEqual(['x', 'y-0000000001'])
    expect((await outside.getChildren(dir)).children).toHaveLength(2)
    await seen.has({ type: 'nodeCreated', path: '/x' })
    await expect(zk.getData('/none')).rejects.toMatchObject({ path: '/none' })
  })

  test('standard watches fire once, for what was read', async () => {
    const [zk, other] = [await connect(), await connect()]
    const dir = await fresh(zk)
    const [data, exists, child, gone] = [new EventLog(), new EventLog(), new EventLog(), new EventLog()]
    await zk.getData(dir, { watch: data.push })
    await zk.exists(`${dir}/a`, { watch: exists.push })
    await zk.getChildren(dir, { watch: child.push })
    await expect(zk.getData(`${dir}/none`, { watch: gone.push })).rejects.toThrow(NoNodeError)

    await other.setData(dir, '1')
    await other.setData(dir, '2')
    await other.create(`${dir}/a`)
    await other.create(`${dir}/none`)
    await data.has({ type: 'nodeDataChanged', path: dir })
    await exists.has({ type: 'nodeCreated', path: `${dir}/a` })
    await child.has({ type: 'nodeChildrenChanged', path: dir })
    await zk.sync()
    expect([data.events.length, exists.events.length, child.events.length, gone.events.length]).toEqual([1, 1, 1, 0])
  })

  test('persistent watches, by callback and by iterator, beside standard ones', async () => {
    const [zk, other] = [await connect(), await connect()]
    const dir = await fresh(zk)
    const [exact, standard] = [new EventLog(), new EventLog()]
    const watch = await zk.addWatch(dir, { onEvent: exact.push })
    const tree = await zk.addWatch(dir, { recursive: true })
    const events = tree[Symbol.asyncIterator]()
    // A 3.8 server would turn the persistent watch into a standard one if it were asked for this.
    await zk.getData(dir, { watch: standard.push })

    await other.create(`${dir}/a`)
    await other.setData(dir, '1')
    await other.setData(dir, '2')
    await other.setData(`${dir}/a`, '3')
    await exact.has({ type: 'nodeDataChanged', path: dir }, 2)
    expect(exact.events.map((event) => event.type)).toEqual([
      'nodeChildrenChanged',
      'nodeDataChanged',
      'nodeDataChanged',
    ])
    const three = [await events.next(), await events.next(), await events.next(), await events.next()]
    expect(three.map((step) => step.value)).toEqual([
      { type: 'nodeCreated', path: `${dir}/a` },
      { type: 'nodeDataChanged', path: dir },
      { type: 'nodeDataChanged', path: dir },
      { type: 'nodeDataChanged', path: `${dir}/a` },
    ])
    expect(standard.events).toEqual([{ type: 'nodeDataChanged', path: dir }])

    const again = new EventLog()
    await zk.getData(dir, { watch: again.push })
    await watch.remove()
    await tree.remove()
    expect(await events.next()).toEqual({ done: true, value: undefined })
    await other.setData(dir, '4')
    await again.has({ type: 'nodeDataChanged', path: dir })
    expect(exact.events).toHaveLength(3)
    await expect(zk.removeWatches(dir)).rejects.toThrow(NoWatcherError)
  })

  test('removeWatches ends every watch on the path', async () => {
    const zk = await connect()
    const dir = await fresh(zk)
    const [standard, lasting] = [new EventLog(), new EventLog()]
    await zk.getChildren(dir, { watch: standard.push })
    const watch = await zk.addWatch(dir, { onEvent: lasting.push })
    await zk.removeWatches(dir)
    await zk.create(`${dir}/x`)
    await zk.sync()
    expect([standard.events, lasting.events]).toEqual([[], []])
    await watch.remove()
  })

  test('pipelined calls are answered in order, each with its own outcome', async () => {
    const zk = await connect()
    const dir = await fresh(zk)
    const calls = Array.from({ length: 500 }, (_, i) =>
      i % 5 === 4
        ? zk.getData(`${dir}/none`).catch((error: Error) => error.name)
        : zk.create(`${dir}/n-`, String(i), { mode: 'persistentSequential' }).then(({ path }) => path),
    )
    const created = (await Promise.all(calls)).filter((outcome) => outcome !== 'NoNodeError')
    expect(created).toHaveLength(400)
    expect(created).toEqual(created.toSorted())
  })

  test('a call may be given up: by its signal, or by its timeout while the server is silent', async () => {
    const zk = await connect({ sessionTimeoutMs: 3000 })
    await expect(zk.getData('/', { signal: AbortSignal.abort(new Error('changed my mind')) })).rejects.toThrow(
      'my mind',
    )
    await apache.pause()
    const controller = new AbortController()
    const aborted = zk.getData('/', { signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(aborted).rejects.toThrow('enough')
    await expect(zk.getData('/', { timeoutMs: 50 })).rejects.toMatchObject({ name: 'RequestTimeoutError', path: '/' })
    apache.resume()
    expect((await zk.getChildren('/')).children).toContain('zookeeper')
  })

  test('a server that dies and comes back: same session, watches armed, missed changes reported', async () => {
    // Longer than a Java process takes to start on a busy machine: calls wait as long as the session may live.
    const zk = await connect({ sessionTimeoutMs: 60_000 })
    const dir = await fresh(zk)
    const session = zk.sessionId
    await zk.create(`${dir}/e`, null, { mode: 'ephemeral' })
    const [data, child, tree, states] = [new EventLog(), new EventLog(), new EventLog(), new EventLog<SessionState>()]
    await zk.getData(dir, { watch: data.push })
    await zk.getChildren(dir, { watch: child.push })
    await zk.addWatch(dir, { recursive: true, onEvent: tree.push })
    zk.onState(({ state }) => states.push(state))

    await apache.kill()
    await states.has('suspended')
    const waiting = zk.getChildren('/')
    await apache.start()
    await states.has('connected')
    expect((await waiting).children).toContain('zookeeper')
    expect(zk.sessionId).toBe(session)
    expect(await zk.exists(`${dir}/e`)).toMatchObject({ ephemeralOwner: session })
    await tree.has({ type: 'gap', path: dir })
    expect(data.events).toEqual([])

    await zk.setData(dir, 'after')
    await zk.create(`${dir}/f`)
    await data.has({ type: 'nodeDataChanged', path: dir })
    await child.has({ type: 'nodeChildrenChanged', path: dir })
    await tree.has({ type: 'nodeCreated', path: `${dir}/f` })
  })

  test('a change during a reconnect still fires the standard watch', async () => {
    const zk = await connect({ sessionTimeoutMs: 10_000 })
    const other = await connect()
    const dir = await fresh(zk)
    const data = new EventLog()
    await zk.getData(dir, { watch: data.push })
    const written = other.setData(dir, 'meanwhile')
    zk.dropConnection()
    await written
    await data.has({ type: 'nodeDataChanged', path: dir })
  })

  test('calls in flight when the connection breaks are rejected with ConnectionLossError', async () => {
    const zk = await connect()
    await apache.pause()
    const call = zk.setData('/', 'x')
    zk.dropConnection()
    await expect(call).rejects.toThrow(ConnectionLossError)
    apache.resume()
    await zk.sync()
    expect(zk.state).toBe('connected')
  })

  test('a session that expires is lost, and says so to everyone', async () => {
    const zk = await connect({ sessionTimeoutMs: 400 })
    const other = await connect()
    const dir = await fresh(zk)
    await zk.create(`${dir}/e`, null, { mode: 'ephemeral' })
    const gone = new EventLog()
    await other.exists(`${dir}/e`, { watch: gone.push })
    const [once, states] = [new EventLog(), new EventLog<SessionState>()]
    await zk.getData(dir, { watch: once.push })
    // Not on dir itself: the end of the session's own ephemeral may still be told there.
    const watch = await zk.addWatch(`${dir}/quiet`)
    const next = watch[Symbol.asyncIterator]().next()
    next.catch(() => {})
    zk.onState(({ state }) => states.push(state))

    // A busy loop: this process neither pings nor reads until the session is over.
    const end = performance.now() + 1500
    while (performance.now() < end);
    await states.has('lost')
    await expect(zk.getData(dir)).rejects.toThrow(SessionExpiredError)
    await expect(next).rejects.toThrow(SessionExpiredError)
    await once.has({ type: 'none', path: dir })
    await gone.has({ type: 'nodeDeleted', path: `${dir}/e` })
    expect(zk.leaseRemainingMs).toBe(0)
  })

  test('an idle session is kept alive by pings', async () => {
    const zk = await connect({ sessionTimeoutMs: 2000 })
    const states = new EventLog<SessionState>()
    zk.onState(({ state }) => states.push(state))
    const start = performance.now()
    await until(() => performance.now() - start > 5000)
    expect(states.events).toEqual([])
    expect(zk.leaseRemainingMs).toBeGreaterThan(0)
    expect((await zk.getChildren('/')).children).toContain('zookeeper')
  })

  test('close ends the session and its ephemerals at once', async () => {
    const [zk, other] = [await connect(), await connect()]
    const dir = await fresh(zk)
    await zk.create(`${dir}/e`, null, { mode: 'ephemeral' })
    await zk.close()
    expect(await other.exists(`${dir}/e`)).toBeNull()
    await expect(zk.getData('/')).rejects.toThrow(ClientClosedError)
    expect(zk.state).toBe('closed')
    await zk.close()
  })

  test('connecting can fail in words, or be given up', async () => {
    const nowhere = { servers: '127.0.0.1:1', connectTimeoutMs: 200 }
    await expect(connect(nowhere)).rejects.toThrow(ConnectFailedError)
    await expect(connect(nowhere)).rejects.toThrow(/127\.0\.0\.1:1 cannot be reached/)
    await expect(connect({ servers: '127.0.0.1:1', signal: AbortSignal.timeout(50) })).rejects.toThrow(/timeout/)
    await expect(connect({ servers: 'no port:x' })).rejects.toThrow(/connect string/)
    const zk = await connect({ servers: `127.0.0.1:1,${apache.address}` })
    expect(zk.server).toBe(apache.address)
  })
})
