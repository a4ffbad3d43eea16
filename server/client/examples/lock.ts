// A distributed lock: five workers want the printer, one at a time, in the order in which they came. Each gets a token
// that rises with every holder, which the printer can check, and a signal that says when the lock is lost.

import { setTimeout as wait } from 'node:timers/promises'
import { acquireLock, formatZxid, ZooKeeper } from '../index.ts' // in your program: from 'zabscope/client'

const WORKERS = 5
const WORK_MS = 100

/** A worker with a session of its own, as if it were on another machine. */
async function work(servers: string, name: string, print: (line: string) => void): Promise<void> {
  const zk = await ZooKeeper.connect({ servers })
  try {
    const lock = await acquireLock(zk, '/examples/printer', { data: name, timeoutMs: 30_000 })
    try {
      print(`${name} has the lock, with fencing token ${formatZxid(lock.fencingToken)}`)
      // Whatever takes long is given the signal: it stops when the lock may be somebody else's.
      await wait(WORK_MS, undefined, { signal: lock.signal })
    } finally {
      await lock.release()
    }
    print(`${name} is done`)
  } finally {
    await zk.close()
  }
}

/** @param servers `host:port,host:port` */
export async function lock(servers: string, print: (line: string) => void): Promise<void> {
  await Promise.all(Array.from({ length: WORKERS }, (_, i) => work(servers, `worker-${i + 1}`, print)))
}
