// The lock against Apache ZooKeeper: order, abandoned waits, lost answers, and every way to lose it.

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { readContention } from '#shared/recipes/read-contention.ts'
import type { ConnectOptions } from '../connect-options.ts'
import { type ApacheServer, apacheMissing, startApache } from '../testing/apache-server.ts'
import { EventLog, until } from '../testing/wait.ts'
import { ZooKeeper } from '../zookeeper.ts'
import { acquireLock, type HeldLock } from './lock.ts'

const missing = apacheMissing()
if (missing) console.log(`skipped: ${missing}`)

describe.skipIf(missing !== null)('a lock against Apache ZooKeeper', () => {
  let apache: ApacheServer
  let directories = 0
  const clients: ZooKeeper[] = []
  async function connect(options: Partial<ConnectOptions> = {}): Promise<ZooKeeper> {
    const zk = await ZooKeeper.connect({ servers: apache.address, ...options })
    clients.push(zk)
    return zk
  }
  function fresh(): string {
    directories += 1
    return `/locks/of/test-${directories}`
  }
  async function queueLength(zk: ZooKeeper, dir: string, length: number): Promise<void> {
    let now = -1
    const look = async () => {
      now = (await zk.exists(dir))?.numChildren ?? 0
      if (now !== length) await look()
    }
    await look()
  }

  beforeAll(async () => {
    apache = await startApache({ config: { tickTime: 200, minSessionTimeout: 400 } })
  })
  afterEach(async () => {
    apache.resume()
    await Promise.all(clients.splice(0).map((zk) => zk.close()))
  })
  afterAll(() => apache?.close())

  test('one at a time, in the order of arrival, with rising fencing tokens', async () => {
    const dir = fresh()
    const [a, b, c] = [await connect(), await connect(), await connect()]
    const held = new EventLog<string>()
    const first = await acquireLock(a, dir, { data: 'a' })
    const take = async (zk: ZooKeeper, name: string): Promise<HeldLock> => {
      const lock = await acquireLock(zk, dir, { data: name })
      held.push(name)
      return lock
    }
    const second = take(b, 'b')
    await queueLength(a, dir, 2)
    const third = take(c, 'c')
    await queueLength(a, dir, 3)

    const { children } = await a.getChildren(dir)
    const rows = children.map(async (name) => {
      const { data, stat } = await a.getData(`${dir}/${name}`)
      return { name, data, czxid: stat.czxid, ctimeMs: stat.ctime, ephemeralOwner: stat.ephemeralOwner }
    })
    const contention = readContention(await Promise.all(rows))
    expect(contention).toMatchObject({ recipe: 'lock', family: 'curator', lints: [] })
    expect(contention.contenders.map((contender) => contender.role)).toEqual(['holder', 'waiting', 'waiting'])
    expect(`${dir}/${contention.contenders[0]?.name}`).toBe(first.path)

    expect(held.events).toEqual([])
    await first.release()
    const two = await second
    expect(held.events).toEqual(['b'])
    await two.release()
    const three = await third
    expect(held.events).toEqual(['b', 'c'])
    expect(two.fencingToken).toBeGreaterThan(first.fencingToken)
    expect(three.fencingToken).toBeGreaterThan(two.fencingToken)
    await three.release()
    await three.release()
    expect(first.signal.aborted || two.signal.aborted || three.signal.aborted).toBe(false)
  })

  test('who gives up waiting leaves the queue, and the one behind moves up', async () => {
    const dir = fresh()
    const zk = await connect()
    const first = await acquireLock(zk, dir)
    const controller = new AbortController()
    const second = acquireLock(zk, dir, { signal: controller.signal })
    await queueLength(zk, dir, 2)
    const third = acquireLock(zk, dir)
    await queueLength(zk, dir, 3)
    controller.abort(new Error('no patience'))
    await expect(second).rejects.toThrow('no patience')
    await expect(acquireLock(zk, dir, { timeoutMs: 20 })).rejects.toMatchObject({ name: 'RequestTimeoutError' })
    expect((await zk.getChildren(dir)).children).toHaveLength(2)
    await first.release()
    await (await third).release()
  })

  test('an answer lost on the way leaves one node, not two', async () => {
    const dir = fresh()
    const zk = await connect()
    await (await acquireLock(zk, dir)).release()
    await apache.pause()
    const acquiring = acquireLock(zk, dir)
    // The create is in the server's socket by now; its answer finds nobody.
    await new Promise((resolve) => setImmediate(resolve))
    zk.dropConnection()
    apache.resume()
    const lock = await acquiring
    expect((await zk.getChildren(dir)).children.map((name) => `${dir}/${name}`)).toEqual([lock.path])
    await lock.release()
  })

  test('it is lost when somebody deletes the node', async () => {
    const dir = fresh()
    const [zk, other] = [await connect(), await connect()]
    const lock = await acquireLock(zk, dir)
    await other.setData(lock.path, 'only data: nothing is lost')
    await other.delete(lock.path)
    await until(() => lock.signal.aborted)
    expect(lock.signal.reason).toMatchObject({ name: 'NoNodeError', path: lock.path })
    await lock.release()
  })

  test('it is lost when no server answers for a session timeout, before another can have it', async () => {
    const dir = fresh()
    const zk = await connect({ sessionTimeoutMs: 800 })
    const lock = await acquireLock(zk, dir)
    await apache.pause()
    await until(() => lock.signal.aborted)
    expect(zk.state).toBe('suspended')
    expect(lock.signal.reason).toMatchObject({ name: 'SessionExpiredError' })
    apache.resume()
  })

  test('a short break loses nothing', async () => {
    const dir = fresh()
    const zk = await connect()
    const lock = await acquireLock(zk, dir)
    const waiting = acquireLock(zk, dir)
    await queueLength(zk, dir, 2)
    zk.dropConnection()
    await zk.sync()
    expect(lock.signal.aborted).toBe(false)
    await lock.release()
    await (await waiting).release()
  })
})
