// Why a lock is a queue. The naive lock is one ephemeral znode: each release wakes everybody, and all but one in vain.
// In the queue each waits for the one before it, so a release wakes one. Both are bare here, to be counted; acquireLock
// is the second one, with what is missing: lost answers, lost sessions, giving up.

import { setTimeout as wait } from 'node:timers/promises'
import { NodeExistsError, NoNodeError, ZooKeeper } from '../index.ts' // in your program: from 'zabscope/client'

const CONTENDERS = 20
const HOLD_MS = 20

interface Counts {
  requests: number
  notifications: number
}
type Acquire = (zk: ZooKeeper, dir: string, counts: Counts) => Promise<string>

/** Everybody tries to make the same znode, and waits for its end. Returns the path to delete. */
const acquireNaive: Acquire = async (zk, dir, counts) => {
  const path = `${dir}/holder`
  for (;;) {
    counts.requests += 1
    const created = await zk.create(path, null, { mode: 'ephemeral' }).catch(nullIfThere)
    if (created) return path
    await untilChanged(zk, path, counts)
  }
}

/** Everybody makes a numbered znode: the lowest holds, each other one waits for the one just before it. */
const acquireInQueue: Acquire = async (zk, dir, counts) => {
  counts.requests += 1
  const { path } = await zk.create(`${dir}/place-`, null, { mode: 'ephemeralSequential' })
  for (;;) {
    counts.requests += 1
    const places = (await zk.getChildren(dir)).children.map((name) => `${dir}/${name}`).sort()
    const before = places[places.indexOf(path) - 1]
    if (before === undefined) return path
    await untilChanged(zk, before, counts)
  }
}

/** getData leaves a watch on a znode that is there, and none on one that has gone. */
async function untilChanged(zk: ZooKeeper, path: string, counts: Counts): Promise<void> {
  counts.requests += 1
  await new Promise<void>((resolve, reject) => {
    const watch = () => {
      counts.notifications += 1
      resolve()
    }
    zk.getData(path, { watch }).catch((error) => (error instanceof NoNodeError ? resolve() : reject(error)))
  })
}

function nullIfThere(error: unknown): null {
  if (error instanceof NodeExistsError) return null
  throw error
}

/** All come at once, and each holds the lock once. */
async function contend(servers: string, dir: string, acquire: Acquire): Promise<Counts> {
  const counts = { requests: 0, notifications: 0 }
  const clients = await Promise.all(Array.from({ length: CONTENDERS }, () => ZooKeeper.connect({ servers })))
  await clients[0]?.create(dir)
  const turn = async (zk: ZooKeeper) => {
    const path = await acquire(zk, dir, counts)
    await wait(HOLD_MS)
    await zk.delete(path)
  }
  await Promise.all(clients.map(turn))
  await clients[0]?.delete(dir)
  await Promise.all(clients.map((zk) => zk.close()))
  return counts
}

export async function naiveLock(servers: string, print: (line: string) => void): Promise<void> {
  print(`${CONTENDERS} contenders, each holds the lock once`)
  for (const [name, acquire] of Object.entries({ naive: acquireNaive, queue: acquireInQueue })) {
    const { requests, notifications } = await contend(servers, `/example-${name}-lock`, acquire)
    print(`${name}: ${notifications} notifications, ${requests} requests to get it`)
  }
}
