// Read–write locks, semaphores, elections and barriers against both servers, in both layouts.

import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { bundle } from '../../launch/bundle.mjs'
import { EventLog } from '../testing/wait.ts'
import { removeBarrier, setBarrier, waitOnBarrier } from './barrier.ts'
import type { Layout } from './contender-order.ts'
import { enterDoubleBarrier } from './double-barrier.ts'
import type { Held } from './held.ts'
import { joinElection, listCandidates, watchLeader } from './leader-election.ts'
import { acquireLock, tryLock, withLock } from './lock.ts'
import { acquireReadLock, acquireWriteLock } from './read-write-lock.ts'
import { acquireLease } from './semaphore.ts'
import { isWaiting, TestBench, untilAborted } from './testing/test-bench.ts'
import { SERVER_KINDS } from './testing/test-server.ts'

const memberEntry = fileURLToPath(new URL('../../../dist/recipes/member.js', import.meta.url))
const LAYOUTS: readonly Layout[] = ['curator', 'kazoo']

beforeAll(() => {
  mkdirSync(dirname(memberEntry), { recursive: true })
  return bundle('server/launch/member-main.ts', memberEntry)
})

for (const kind of SERVER_KINDS) {
  const missing = kind.missing()
  if (missing) console.log(`skipped: ${missing}`)

  describe.skipIf(missing !== null)(`locks against ${kind.name}`, () => {
    let bench: TestBench
    beforeAll(async () => {
      bench = new TestBench(await kind.start(memberEntry))
    })
    afterEach(() => bench.endTest())
    afterAll(() => bench?.server.close())

    for (const layout of LAYOUTS) {
      test(`${layout}: a lock that is taken is not waited for with no time`, async () => {
        const dir = bench.fresh()
        const zk = await bench.connect()
        const lock = await tryLock(zk, dir, { layout })
        expect(lock).not.toBeNull()
        expect(await tryLock(zk, dir, { layout })).toBeNull()
        await expect(acquireLock(zk, dir, { layout, timeoutMs: 0 })).rejects.toMatchObject({
          name: 'RequestTimeoutError',
        })
        expect((await zk.getChildren(dir)).children).toHaveLength(1)
        await lock?.release()
        expect(await withLock(zk, dir, async ({ signal }) => signal.aborted, { layout })).toBe(false)
        expect((await zk.getChildren(dir)).children).toEqual([])
      })

      test(`${layout}: a release wakes one waiter, however many wait`, async () => {
        const dir = bench.fresh()
        const clients = await Promise.all(Array.from({ length: 6 }, () => bench.connect()))
        const waiting: Promise<Held>[] = []
        for (const [i, zk] of clients.entries()) {
          waiting.push(acquireLock(zk, dir, { layout }))
          await bench.hasChildren(zk, dir, i + 1)
        }
        await Promise.all(clients.map((zk) => zk.sync()))
        const lists = clients.map((zk) => vi.spyOn(zk, 'getChildren'))
        await (await waiting[0])?.release()
        await waiting[1]
        await Promise.all(clients.map((zk) => zk.sync()))
        expect(lists.map((spy) => spy.mock.calls.length)).toEqual([0, 1, 0, 0, 0, 0])
        for (const one of waiting) await (await one).release()
      })

      test(`${layout}: readers together, a writer alone, and nobody overtakes a writer`, async () => {
        const dir = bench.fresh()
        const zk = await bench.connect()
        const other = await bench.connect()
        const first = await acquireReadLock(zk, dir, { layout })
        const second = await acquireReadLock(other, dir, { layout })
        const writing = acquireWriteLock(other, dir, { layout })
        await bench.hasChildren(zk, dir, 3)
        const third = acquireReadLock(zk, dir, { layout })
        await bench.hasChildren(zk, dir, 4)
        await second.release()
        expect(await isWaiting(writing, () => other.sync())).toBe(true)
        zk.dropConnection()
        other.dropConnection()
        await first.release()
        const writer = await writing
        expect(await isWaiting(third, () => zk.sync())).toBe(true)
        await writer.release()
        const reader = await third
        expect(reader.fencingToken).toBeGreaterThan(writer.fencingToken)
        await reader.release()
      })

      test(`${layout}: a semaphore has as many holders as leases, and a crash frees one`, async () => {
        const path = bench.fresh()
        const zk = await bench.connect()
        const crashing = await bench.connect()
        const one = await acquireLease(zk, path, 2, { layout })
        const two = await acquireLease(crashing, path, 2, { layout })
        await expect(acquireLease(zk, path, 2, { layout, timeoutMs: 0 })).rejects.toThrow()
        const waiting = acquireLease(zk, path, 2, { layout })
        expect(await isWaiting(waiting, () => zk.sync())).toBe(true)
        await crashing.close() // its session ends, as after a crash
        const three = await waiting
        expect(two.signal.aborted).toBe(true)
        expect(three.fencingToken).toBeGreaterThan(one.fencingToken)
        await one.release()
        await three.release()
        const leases = layout === 'curator' ? `${path}/leases` : path
        expect((await zk.getChildren(leases)).children).toEqual([])
      })

      test(`${layout}: candidates lead in their order, and observers hear of it`, async () => {
        const dir = bench.fresh()
        const [a, b, observer] = [await bench.connect(), await bench.connect(), await bench.connect()]
        const leaders = new EventLog<string | null>()
        const text = (data: Uint8Array | null) => Buffer.from(data ?? []).toString()
        const watching = await watchLeader(observer, dir, (one) => leaders.push(one && text(one.data)), layout)
        const first = await joinElection(a, dir, { layout, data: 'a' })
        const leading = await first.elected
        await leaders.has('a')
        const second = await joinElection(b, dir, { layout, data: 'b' })
        expect((await listCandidates(a, dir, layout)).map(({ data }) => text(data))).toEqual(['a', 'b'])
        b.dropConnection()
        observer.dropConnection()
        await leading.release()
        const next = await second.elected
        expect(next.fencingToken).toBeGreaterThan(leading.fencingToken)
        await leaders.has('b')
        const third = await joinElection(a, dir, { layout, data: 'c' })
        await third.leave()
        await expect(third.elected).rejects.toMatchObject({ name: 'CandidateLeftError' })
        await a.delete(second.path)
        await untilAborted(next.signal)
        await leaders.has(null, 2)
        expect(leaders.events).toEqual([null, 'a', 'b', null])
        watching.close()
      })

      test(`${layout}: a double barrier opens for enough, and ends when all have left`, async () => {
        const path = bench.fresh()
        const clients = [await bench.connect(), await bench.connect(), await bench.connect()]
        const [a, b, c] = clients
        if (!a || !b || !c) throw new Error('three clients')
        const early = [enterDoubleBarrier(a, path, 3, { layout }), enterDoubleBarrier(b, path, 3, { layout })]
        await bench.hasChildren(c, path, 2)
        a.dropConnection()
        const all = await Promise.all([...early, enterDoubleBarrier(c, path, 3, { layout })])
        const [first, second, third] = all
        if (!first || !second || !third) throw new Error('three members')
        const left = [first.leave(), second.leave()]
        expect(await isWaiting(Promise.race(left), () => a.sync())).toBe(true)
        await third.leave()
        await Promise.all(left)
        expect(all.some(({ signal }) => signal.aborted)).toBe(false)
        expect((await a.exists(path))?.numChildren ?? 0).toBe(0)
      })

      test(`${layout}: a lost answer makes no second node`, async () => {
        const dir = bench.fresh()
        const zk = await bench.connect()
        await (await acquireLease(zk, dir, 2, { layout })).release()
        const lease = await bench.loseAnswer(zk, () => acquireLease(zk, dir, 2, { layout }))
        const leases = layout === 'curator' ? `${dir}/leases` : dir
        expect((await zk.getChildren(leases)).children).toHaveLength(1)
        await lease.release()
        const election = `${dir}-election`
        await (await joinElection(zk, election, { layout })).leave()
        const candidate = await bench.loseAnswer(zk, () => joinElection(zk, election, { layout }))
        expect((await zk.getChildren(election)).children.map((name) => `${election}/${name}`)).toEqual([candidate.path])
        await candidate.elected
      })
    }

    test('a barrier holds everybody until it is removed', async () => {
      const path = bench.fresh()
      const [zk, other] = [await bench.connect(), await bench.connect()]
      await waitOnBarrier(zk, path)
      await setBarrier(zk, path)
      await setBarrier(other, path)
      await expect(waitOnBarrier(zk, path, { timeoutMs: 0 })).rejects.toMatchObject({ name: 'RequestTimeoutError' })
      const waiting = [waitOnBarrier(zk, path), waitOnBarrier(other, path)]
      expect(await isWaiting(Promise.race(waiting), () => zk.sync())).toBe(true)
      other.dropConnection()
      expect(await removeBarrier(zk, path)).toBe(true)
      await Promise.all(waiting)
      expect(await removeBarrier(zk, path)).toBe(false)
    })

    test('kazoo: a semaphore refuses another maximum by its number', async () => {
      const path = bench.fresh()
      const zk = await bench.connect()
      await acquireLease(zk, path, 2, { layout: 'kazoo' })
      await expect(acquireLease(zk, path, 3, { layout: 'kazoo' })).rejects.toThrow('2 leases, not 3')
    })

    test('whatever is held is lost with the session, and nothing takes it again by itself', async () => {
      const dir = bench.fresh()
      const zk = await bench.connect({ sessionTimeoutMs: 800 })
      const held: Pick<Held, 'signal'>[] = [
        await acquireLock(zk, `${dir}/lock`),
        await acquireReadLock(zk, `${dir}/shared`),
        await acquireLease(zk, `${dir}/leases`, 1),
        await joinElection(zk, `${dir}/election`),
        await enterDoubleBarrier(zk, `${dir}/double`, 1),
      ]
      await bench.server.pause()
      await Promise.all(held.map(({ signal }) => untilAborted(signal)))
      expect(held.map(({ signal }) => signal.reason.name)).toEqual(held.map(() => 'SessionExpiredError'))
      bench.server.resume()
    })
  })
}
