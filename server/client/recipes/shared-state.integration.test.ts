// Queues, counters, groups, caches and service discovery against both servers, with connections that break.

import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { bundle } from '../../launch/bundle.mjs'
import { EventLog, until } from '../testing/wait.ts'
import type { ZooKeeper } from '../zookeeper.ts'
import { type CounterFormat, SharedCounter } from './counter.ts'
import { joinGroup, listGroup, watchGroup } from './group.ts'
import { openNodeCache } from './node-cache.ts'
import { DistributedQueue } from './queue.ts'
import type { QueueLayout } from './queue-items.ts'
import { listInstances, listServices, registerService, watchService } from './service-discovery.ts'
import { isWaiting, TestBench, untilAborted } from './testing/test-bench.ts'
import { SERVER_KINDS } from './testing/test-server.ts'
import { TreeCache } from './tree-cache.ts'

const memberEntry = fileURLToPath(new URL('../../../dist/recipes/member.js', import.meta.url))
const text = (data: Uint8Array | null | undefined) => Buffer.from(data ?? []).toString()

beforeAll(() => {
  mkdirSync(dirname(memberEntry), { recursive: true })
  return bundle('server/launch/member-main.ts', memberEntry)
})

for (const kind of SERVER_KINDS) {
  const missing = kind.missing()
  if (missing) console.log(`skipped: ${missing}`)

  describe.skipIf(missing !== null)(`shared state on ${kind.name}`, () => {
    let bench: TestBench
    beforeAll(async () => {
      bench = new TestBench(await kind.start(memberEntry))
    })
    afterEach(() => bench.endTest())
    afterAll(() => bench?.server.close())

    for (const layout of ['curator', 'simple', 'kazoo', 'kazoo-locking'] satisfies QueueLayout[]) {
      test(`a queue in the layout ${layout} gives each item once, in order`, async () => {
        const path = bench.fresh()
        const zk = await bench.connect()
        const queue = new DistributedQueue(zk, path, { layout })
        const taking = queue.take()
        expect(await isWaiting(taking, () => zk.sync())).toBe(true)
        zk.dropConnection()
        await queue.put('one')
        expect(text((await taking).data)).toBe('one')
        for (const word of ['two', 'three', 'four']) await queue.put(word)
        expect(await queue.size()).toBe(3)
        const taken = await Promise.all([queue.take(), queue.take(), queue.take()])
        expect(taken.map(({ data }) => text(data)).sort()).toEqual(['four', 'three', 'two'])
        await expect(queue.take({ timeoutMs: 0 })).rejects.toMatchObject({ name: 'RequestTimeoutError' })
      })
    }

    for (const layout of ['curator', 'kazoo-locking'] satisfies QueueLayout[]) {
      test(`${layout}: a claimed item comes back when its consumer crashes, and goes when it is done`, async () => {
        const path = bench.fresh()
        const [zk, crashing] = [await bench.connect(), await bench.connect()]
        const options = layout === 'curator' ? { layout, lockPath: `${path}-claims` } : { layout }
        const queue = new DistributedQueue(zk, path, options)
        await queue.put('job')
        const first = await new DistributedQueue(crashing, path, options).claim()
        const claiming = queue.claim()
        expect(await isWaiting(claiming, () => zk.sync())).toBe(true)
        await crashing.close()
        const second = await claiming
        expect(first.signal.aborted).toBe(true)
        await expect(first.done()).rejects.toMatchObject({ name: 'NoNodeError' })
        expect(second.name).toBe(first.name)
        expect(second.fencingToken).toBeGreaterThan(first.fencingToken)
        await second.putBack()
        const third = await queue.claim()
        await bench.loseAnswer(zk, () => third.done())
        expect(third.signal.aborted).toBe(false)
        expect(await queue.size()).toBe(0)
        await expect(queue.claim({ timeoutMs: 0 })).rejects.toMatchObject({ name: 'RequestTimeoutError' })
      })
    }

    test('kazoo: what has a lower priority number comes first', async () => {
      const zk = await bench.connect()
      const queue = new DistributedQueue(zk, bench.fresh(), { layout: 'kazoo' })
      await queue.put('usual')
      await queue.put('urgent', { priority: 1 })
      expect(text((await queue.take()).data)).toBe('urgent')
      await expect(queue.put('x', { priority: 1000 })).rejects.toThrow('from 0 to 999')
    })

    test('with receipts, writes whose answers are lost happen once', async () => {
      const path = bench.fresh()
      const zk = await bench.connect()
      const counter = new SharedCounter(zk, `${path}/count`, { exactlyOnce: true })
      const queue = new DistributedQueue(zk, `${path}/queue`, { layout: 'simple', exactlyOnce: true })
      await counter.add(1)
      await queue.put('first')
      expect(await addAndLoseAnswer(zk, counter)).toBe(2n)
      await bench.loseAnswer(zk, () => queue.put('second'))
      expect(await counter.get()).toBe(2n)
      expect(await queue.size()).toBe(2)
      expect(text((await queue.take()).data)).toBe('first')
      await bench.hasChildren(zk, `${path}/count-receipts`, 0)
    })

    test('without receipts, a lost answer is not hidden', async () => {
      const zk = await bench.connect()
      const counter = new SharedCounter(zk, bench.fresh())
      await counter.add(1)
      await expect(addAndLoseAnswer(zk, counter)).rejects.toMatchObject({ name: 'ConnectionLossError' })
      expect([1n, 2n]).toContain(await counter.get())
    })

    /** The counter is read; the answer to what sets it finds nobody. */
    async function addAndLoseAnswer(zk: ZooKeeper, counter: SharedCounter): Promise<bigint> {
      return await counter.update((value) => {
        const paused = bench.server.pause()
        setImmediate(async () => {
          await paused
          zk.dropConnection()
          bench.server.resume()
        })
        return value + 1n
      })
    }

    for (const format of ['int32', 'int64', 'text'] satisfies CounterFormat[]) {
      test(`a counter of format ${format} loses nothing to others who count`, async () => {
        const path = bench.fresh()
        const clients = [await bench.connect(), await bench.connect(), await bench.connect()]
        const counters = clients.map((zk) => new SharedCounter(zk, path, { format, exactlyOnce: true }))
        const [first] = counters
        if (!first) throw new Error('a counter')
        const seen = new EventLog<bigint>()
        const watching = await first.watch(seen.push)
        const adding = counters.map(async (counter) => {
          for (let i = 0; i < 10; i += 1) await counter.add(2)
        })
        for (const zk of clients) zk.dropConnection()
        await Promise.all(adding)
        expect(await first.get()).toBe(60n)
        await seen.has(60n)
        expect(await first.compareAndSet(59, 1)).toBe(false)
        expect(await first.compareAndSet(60, -1)).toBe(true)
        expect(await first.get()).toBe(-1n)
        watching.close()
      })
    }

    for (const layout of ['curator', 'kazoo'] as const) {
      test(`${layout}: a group has those whose sessions live`, async () => {
        const dir = bench.fresh()
        const [zk, leaving, crashing] = [await bench.connect(), await bench.connect(), await bench.connect()]
        let ids: string[] = ['nothing heard yet']
        const watching = await watchGroup(
          zk,
          dir,
          (members) => {
            ids = members.map(({ id }) => id)
          },
          layout,
        )
        expect(ids).toEqual([])
        await joinGroup(zk, dir, { id: 'a', layout })
        const b = await joinGroup(leaving, dir, { id: 'b', layout })
        await joinGroup(crashing, dir, { id: 'c', layout })
        await until(() => ids.join() === 'a,b,c')
        zk.dropConnection()
        await b.release()
        await crashing.close()
        await until(() => ids.join() === 'a')
        expect((await listGroup(zk, dir, layout)).map(({ id }) => id)).toEqual(['a'])
        watching.close()
      })
    }

    test('a member that comes back waits for the end of its old session', async () => {
      const dir = bench.fresh()
      const [old, back] = [await bench.connect(), await bench.connect()]
      const first = await joinGroup(old, dir, { id: 'worker-1' })
      const joining = joinGroup(back, dir, { id: 'worker-1' })
      expect(await isWaiting(joining, () => back.sync())).toBe(true)
      await old.close()
      const second = await joining
      expect(second.fencingToken).toBeGreaterThan(first.fencingToken)
    })

    test('a cached node follows creation, change and deletion, also over a broken connection', async () => {
      const path = bench.fresh()
      const [zk, other] = [await bench.connect(), await bench.connect()]
      const values = new EventLog<string | null>()
      await other.create('/recipes').catch(() => undefined)
      await other.create('/recipes/of').catch(() => undefined)
      const cache = await openNodeCache(zk, path, (node) => values.push(node && text(node.data)))
      expect(cache.current).toBeNull()
      await other.create(path, 'a')
      await values.has('a')
      zk.dropConnection()
      await other.setData(path, 'b')
      await values.has('b')
      expect(text(cache.current?.data)).toBe('b')
      await other.delete(path)
      await values.has(null)
      expect(cache.current).toBeNull()
      await zk.close()
      expect(cache.signal.aborted).toBe(true)
    })

    test('a cached tree is what is there, and finds after a gap what it has missed', async () => {
      const root = bench.fresh()
      const [zk, other] = [await bench.connect(), await bench.connect()]
      const events = new EventLog<string>()
      const cache = await TreeCache.open(zk, root, {
        onEvent: (event) =>
          events.push('path' in event ? `${event.type} ${event.path.slice(root.length)}` : event.type),
      })
      expect(events.events).toEqual(['listed'])
      for (const path of ['/recipes', '/recipes/of']) await other.create(path).catch(() => undefined)
      for (const path of ['', '/a', '/a/b', '/c']) await other.create(`${root}${path}`, 'old')
      await events.has('added /c')
      expect(cache.children(root)).toEqual(['a', 'c'])
      await bench.server.pause()
      zk.dropConnection()
      const unseen = other.transaction().delete(`${root}/c`).setData(`${root}/a/b`, 'new').create(`${root}/d`).commit()
      bench.server.resume()
      await unseen
      await until(() => cache.get(`${root}/c`) === undefined && cache.get(`${root}/d`) !== undefined)
      await until(() => text(cache.get(`${root}/a/b`)?.data) === 'new')
      expect([...cache.entries()].map(([path]) => path.slice(root.length)).sort()).toEqual(['', '/a', '/a/b', '/d'])
      await events.has('gap')
      await other.delete(`${root}/d`)
      await events.has('removed /d')
      await cache.close()
    })

    test('a cached tree that is too big ends, and says so', async () => {
      const root = bench.fresh()
      const zk = await bench.connect()
      await joinGroup(zk, root, { id: 'a' })
      const cache = await TreeCache.open(zk, root, { nodesMax: 2 })
      await joinGroup(zk, root, { id: 'b' })
      await untilAborted(cache.signal)
      expect(cache.signal.reason).toBeInstanceOf(RangeError)
      await expect(TreeCache.open(zk, root, { nodesMax: 2 })).rejects.toThrow('more than 2 nodes')
    })

    test('services come and go, and a provider goes round those that are enabled', async () => {
      const base = bench.fresh()
      const [zk, crashing] = [await bench.connect(), await bench.connect()]
      const view = await watchService(zk, base, 'print')
      expect(view.pick()).toBeNull()
      const offer = { name: 'print', address: '10.0.0.1', port: 9100 }
      const one = await registerService(zk, base, { ...offer, id: 'one', payload: { colour: true } })
      await registerService(crashing, base, { ...offer, id: 'two' })
      const lasting = await registerService(crashing, base, { ...offer, id: 'zero', serviceType: 'STATIC' })
      await until(() => view.instances.length === 3)
      expect([1, 2, 3, 4].map(() => view.pick()?.id)).toEqual(['two', 'zero', 'one', 'two'])
      zk.dropConnection()
      await one.update({ enabled: false })
      await crashing.close()
      await until(() => view.instances.map(({ id }) => id).join() === 'zero')
      expect(lasting.signal.aborted).toBe(false)
      expect(await listServices(zk, base)).toEqual(['print'])
      const [first] = await listInstances(zk, base, 'print')
      expect(first).toMatchObject({ id: 'one', enabled: false, payload: { colour: true }, serviceType: 'DYNAMIC' })
      await one.unregister()
      expect(one.signal.aborted).toBe(false)
      await view.close()
    })
  })
}
