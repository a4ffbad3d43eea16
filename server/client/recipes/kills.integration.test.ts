// Recipes while the leader of three members is killed again and again: what is to happen once happens once, what is
// cached is what is there, and nobody who has not lost a session has lost what it holds.

import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundle } from '../../launch/bundle.mjs'
import { Ensemble } from '../../peers/harness/ensemble.ts'
import { NoNodeError } from '../errors.ts'
import { until } from '../testing/wait.ts'
import { ZooKeeper } from '../zookeeper.ts'
import { SharedCounter } from './counter.ts'
import { ensurePath } from './ensure-path.ts'
import { joinElection } from './leader-election.ts'
import { withLock } from './lock.ts'
import { DistributedQueue } from './queue.ts'
import { retryOnLoss } from './reconnect.ts'
import { acquireLease } from './semaphore.ts'
import { TreeCache } from './tree-cache.ts'

const memberEntry = fileURLToPath(new URL('../../../dist/recipes/member.js', import.meta.url))
const KILLS = 2
/** Longer than elections take on a busy machine: nobody is to lose a session here. */
const SESSION_TIMEOUT_MS = 20_000

let ensemble: Ensemble
const clients: ZooKeeper[] = []
async function connect(): Promise<ZooKeeper> {
  const zk = await ZooKeeper.connect({ servers: ensemble.connectString, sessionTimeoutMs: SESSION_TIMEOUT_MS })
  clients.push(zk)
  return zk
}

beforeAll(async () => {
  await bundle('server/launch/member-main.ts', memberEntry)
  ensemble = await Ensemble.start({ kinds: ['ours', 'ours', 'ours'], memberEntry })
  await ensemble.whenServing()
})
afterAll(async () => {
  await Promise.all(clients.map((zk) => zk.close()))
  await ensemble?.close()
})

async function killLeaders(): Promise<void> {
  for (let kills = 0; kills < KILLS; kills += 1) {
    await ensemble.whenServing()
    const leader = await ensemble.leader()
    await leader.kill()
    // The others go on before it comes back.
    await ensemble.leader()
    leader.start()
  }
  await ensemble.whenServing()
}

test('leaders die under recipes, and each of them keeps what it promises', async () => {
  let isOver = false
  const killing = killLeaders().finally(() => {
    isOver = true
  })

  const holder = await connect()
  const held = [
    await acquireLease(holder, '/kills/leases', 1),
    await (await joinElection(holder, '/kills/latch')).elected,
  ]

  const added = [0, 0]
  const counting = added.map(async (_, i) => {
    const counter = new SharedCounter(await connect(), '/kills/count', { exactlyOnce: true })
    while (!isOver) {
      await counter.add(1)
      added[i] = (added[i] ?? 0) + 1
    }
  })

  let plain = 0
  const locking = [0, 1].map(async () => {
    const zk = await connect()
    while (!isOver)
      await withLock(zk, '/kills/lock', async () => {
        const before = plain
        await retryOnLoss(zk, () => zk.sync()) // long enough for another to come in, if it could
        plain = before + 1
      })
    return plain
  })

  const put: string[] = []
  const producing = async () => {
    const queue = new DistributedQueue(await connect(), '/kills/queue', { exactlyOnce: true })
    for (let i = 0; !isOver; i += 1) {
      await queue.put(String(i))
      put.push(String(i))
    }
    await queue.put('end')
  }
  const taken: string[] = []
  const consuming = async () => {
    const queue = new DistributedQueue(await connect(), '/kills/queue', { exactlyOnce: true })
    for (;;) {
      const item = Buffer.from((await queue.take()).data).toString()
      if (item === 'end') return
      taken.push(item)
    }
  }

  const watcher = await connect()
  const cache = await TreeCache.open(watcher, '/kills/tree')
  const growing = async () => {
    const zk = await connect()
    for (let i = 0; !isOver; i += 1) {
      await retryOnLoss(zk, () => ensurePath(zk, `/kills/tree/${i}`))
      if (i % 3 === 0) await retryOnLoss(zk, () => zk.delete(`/kills/tree/${i}`)).catch(ifGone)
    }
  }

  await Promise.all([killing, ...counting, ...locking, producing(), consuming(), growing()])
  const zk = await connect()
  expect(held.map(({ signal }) => signal.aborted)).toEqual([false, false])
  expect(Math.min(...added)).toBeGreaterThan(0)
  expect(await new SharedCounter(zk, '/kills/count').get()).toBe(BigInt(added.reduce((sum, one) => sum + one, 0)))
  expect(plain).toBeGreaterThan(0)
  expect(put.length).toBeGreaterThan(0)
  expect(taken).toEqual(put)
  await zk.sync()
  const there = [...(await zk.getChildren('/kills/tree')).children].sort()
  await until(() => cache.children('/kills/tree').join() === there.join(), 'the cache to be what is there')
})

/** A second try, after a lost answer, finds that the first has done it. */
function ifGone(error: unknown): void {
  if (!(error instanceof NoNodeError)) throw error
}
