// The same recipe used from both sides at once: ours and Curator's, ours and kazoo's, on a member of ours.

import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { bundle } from '../../launch/bundle.mjs'
import { EventLog } from '../testing/wait.ts'
import { removeBarrier, setBarrier } from './barrier.ts'
import { SharedCounter } from './counter.ts'
import { enterDoubleBarrier } from './double-barrier.ts'
import { joinGroup, listGroup } from './group.ts'
import { joinElection, watchLeader } from './leader-election.ts'
import { acquireLock, tryLock } from './lock.ts'
import { DistributedQueue } from './queue.ts'
import { acquireReadLock, acquireWriteLock } from './read-write-lock.ts'
import { acquireLease } from './semaphore.ts'
import { CURATOR, KAZOO, type OtherSide } from './testing/other-side.ts'
import { isWaiting, TestBench } from './testing/test-bench.ts'
import { SERVER_KINDS, type TestServer } from './testing/test-server.ts'

const memberEntry = fileURLToPath(new URL('../../../dist/recipes/member.js', import.meta.url))
const text = (data: Uint8Array | null | undefined) => Buffer.from(data ?? []).toString()

let server: TestServer
beforeAll(async () => {
  mkdirSync(dirname(memberEntry), { recursive: true })
  await bundle('server/launch/member-main.ts', memberEntry)
  const [ours] = SERVER_KINDS
  if (!ours) throw new Error('a member of ours')
  server = await ours.start(memberEntry)
})
afterAll(() => server?.close())

for (const library of [CURATOR, KAZOO]) {
  const missing = library.missing()
  if (missing) console.log(`skipped: ${missing}`)
  const { layout } = library

  describe.skipIf(missing !== null)(`ours and ${layout} together`, () => {
    let bench: TestBench
    let them: OtherSide
    beforeAll(() => {
      bench = new TestBench(server, `/interop/${layout}`)
      them = library.start(server.address)
    })
    afterEach(() => bench.endTest())
    afterAll(() => them?.close())

    test('one lock', async () => {
      const dir = bench.fresh()
      const zk = await bench.connect()
      const ours = await acquireLock(zk, dir, { layout })
      const theirs = them.call('a', 'lock', dir)
      await bench.hasChildren(zk, dir, 2)
      expect(await isWaiting(theirs, () => zk.sync())).toBe(true)
      const again = acquireLock(zk, dir, { layout })
      await bench.hasChildren(zk, dir, 3)
      await ours.release()
      await theirs
      expect(await tryLock(zk, dir, { layout })).toBeNull()
      expect(await isWaiting(again, () => zk.sync())).toBe(true)
      await them.call('a', 'unlock', dir)
      const second = await again
      expect(second.fencingToken).toBeGreaterThan(ours.fencingToken)
    })

    test('readers of both sides together, writers of both sides alone', async () => {
      const dir = bench.fresh()
      const zk = await bench.connect()
      await them.call('reader', 'read', dir)
      const reading = await acquireReadLock(zk, dir, { layout })
      const theirs = them.call('writer', 'write', dir)
      await bench.hasChildren(zk, dir, 3)
      const last = acquireReadLock(zk, dir, { layout })
      await bench.hasChildren(zk, dir, 4)
      await them.call('reader', 'unlock', dir)
      expect(await isWaiting(theirs, () => zk.sync())).toBe(true)
      await reading.release()
      await theirs
      expect(await isWaiting(last, () => zk.sync())).toBe(true)
      await them.call('writer', 'unlock', dir)
      await (await last).release()
      const writing = await acquireWriteLock(zk, dir, { layout })
      const reader = them.call('reader', 'read', dir)
      await bench.hasChildren(zk, dir, 2)
      expect(await isWaiting(reader, () => zk.sync())).toBe(true)
      await writing.release()
      await reader
      await them.call('reader', 'unlock', dir)
    })

    test('the leases of one semaphore', async () => {
      const path = bench.fresh()
      const zk = await bench.connect()
      const ours = await acquireLease(zk, path, 2, { layout })
      await them.call('a', 'lease', path, 2)
      const second = acquireLease(zk, path, 2, { layout })
      expect(await isWaiting(second, () => zk.sync())).toBe(true)
      await them.call('a', 'return', path)
      const lease = await second
      const theirs = them.call('b', 'lease', path, 2)
      expect(await isWaiting(theirs, () => zk.sync())).toBe(true)
      await ours.release()
      await theirs
      await lease.release()
      await them.call('b', 'return', path)
    })

    test('one election', async () => {
      const dir = bench.fresh()
      const zk = await bench.connect()
      const leaders = new EventLog<string | null>()
      const watching = await watchLeader(zk, dir, (one) => leaders.push(one && text(one.data)), layout)
      expect(await them.call('a', 'lead', dir, 'them')).toBe('them')
      await leaders.has('them')
      const candidate = await joinElection(zk, dir, { layout, data: 'us' })
      expect(await isWaiting(candidate.elected, () => zk.sync())).toBe(true)
      await them.call('a', 'resign', dir)
      await candidate.elected
      await leaders.has('us')
      const theirs = them.call('a', 'lead', dir, 'them again')
      expect(await isWaiting(theirs, () => bench.hasChildren(zk, dir, 2))).toBe(true)
      await candidate.leave()
      expect(await theirs).toBe('them again')
      await them.call('a', 'resign', dir)
      watching.close()
    })

    test('one barrier, and one double barrier', async () => {
      const path = bench.fresh()
      const zk = await bench.connect()
      await setBarrier(zk, path)
      const passing = them.call('a', 'pass', path)
      expect(await isWaiting(passing, () => zk.sync())).toBe(true)
      await removeBarrier(zk, path)
      await passing

      const double = bench.fresh()
      const ours = enterDoubleBarrier(zk, double, 2, { layout })
      await bench.hasChildren(zk, double, 1)
      await them.call('b', 'enter', double, 2)
      const inside = await ours
      const leaving = inside.leave()
      expect(await isWaiting(leaving, () => zk.sync())).toBe(true)
      await them.call('b', 'leave', double)
      await leaving
      expect((await zk.exists(double))?.numChildren ?? 0).toBe(0)
    })

    test('queues', async () => {
      const zk = await bench.connect()
      const simple = bench.fresh()
      const plain = layout === 'curator' ? 'simple' : 'kazoo'
      const queue = new DistributedQueue(zk, simple, { layout: plain })
      await them.call('a', 'put', simple, plain, 'from them')
      expect(text((await queue.take()).data)).toBe('from them')
      await queue.put('from us')
      expect(await them.call('a', 'take', simple, plain)).toBe('from us')

      const path = bench.fresh()
      const safe = layout === 'curator' ? 'curator' : 'kazoo-locking'
      const lockPath = `${path}-claims`
      const claims = new DistributedQueue(
        zk,
        path,
        layout === 'curator' ? { layout: safe, lockPath } : { layout: safe },
      )
      await them.call('a', 'put', path, safe, 'job 1')
      const job = await claims.claim()
      expect(text(job.data)).toBe('job 1')
      const theirs = them.call('a', 'take', path, layout === 'curator' ? lockPath : safe)
      expect(await isWaiting(theirs, () => zk.sync())).toBe(true)
      await claims.put('job 2')
      await job.done()
      expect(await theirs).toBe('job 2')
      expect(await claims.size()).toBe(0)
    })

    test('one counter', async () => {
      const zk = await bench.connect()
      const formats = layout === 'curator' ? (['int32', 'int64'] as const) : (['int32', 'text'] as const)
      for (const format of formats) {
        const path = bench.fresh()
        const counter = new SharedCounter(zk, path, { format })
        expect(await counter.add(-5)).toBe(-5n)
        expect(await them.call('a', 'add', path, format, 300)).toBe('295')
        expect(await counter.add(2)).toBe(297n)
        const both = Array.from({ length: 5 }, () => [counter.add(1), them.call('a', 'add', path, format, 1)]).flat()
        await Promise.all(both)
        expect(await counter.get()).toBe(307n)
      }
    })

    test('one group', async () => {
      const dir = bench.fresh()
      const zk = await bench.connect()
      await them.call('a', 'join', dir, 'them')
      const ours = await joinGroup(zk, dir, { layout, id: 'us' })
      const list = async () => (await listGroup(zk, dir, layout)).map(({ id }) => id).join()
      while ((await list()) !== 'them,us');
      while ((await them.call('a', 'members', dir)) !== 'them,us');
      await them.call('a', 'part', dir)
      while ((await list()) !== 'us');
      await ours.release()
    })
  })
}
