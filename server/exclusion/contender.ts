// A process with several contenders of ours, each with a session of its own: takes the lock, goes inside, stays a moment,
// leaves, thinks, comes again; until its input ends. Prints what should not be: `VIOLATION …`, and `EVENT fenced|session`.

import { setTimeout as delay } from 'node:timers/promises'
import { tryUtf8Decode } from '#shared/base/text.ts'
import { ERROR_CODES } from '#shared/zk/errors.ts'
import { ConnectFailedError, ConnectionLossError, NoNodeError, SessionExpiredError } from '../client/errors.ts'
import { acquireLock, type HeldLock } from '../client/recipes/lock.ts'
import { retryOnLoss } from '../client/recipes/reconnect.ts'
import { TransactionFailedError } from '../client/transaction.ts'
import { ZooKeeper } from '../client/zookeeper.ts'
import { HOLD_MS_MAX, INSIDE, LOCK_DIR, SESSION_TIMEOUT_MS, THINK_MS_MAX } from './layout.ts'

const [, , servers = '', ...names] = process.argv
const stopping = new AbortController()
process.stdin.resume()
process.stdin.once('end', () => stopping.abort())

/** One session after the other: a lost one is never gone on with. */
async function contend(name: string): Promise<void> {
  while (!stopping.signal.aborted) {
    let zk: ZooKeeper | null = null
    try {
      zk = await ZooKeeper.connect({ servers, sessionTimeoutMs: SESSION_TIMEOUT_MS })
      while (!stopping.signal.aborted) await takeTurn(zk, name)
    } catch (error) {
      if (stopping.signal.aborted) return
      if (error instanceof SessionExpiredError) console.log(`EVENT session ${name}`)
      else if (!(error instanceof ConnectFailedError)) throw error
    } finally {
      await zk?.close()
    }
  }
}

async function takeTurn(zk: ZooKeeper, name: string): Promise<void> {
  const lock = await acquireLock(zk, LOCK_DIR, { data: name, signal: stopping.signal })
  try {
    if (await enter(zk, lock, name)) {
      await delay(Math.random() * HOLD_MS_MAX)
      await leave(zk, lock)
    } else console.log(`EVENT fenced ${name}`)
  } finally {
    await lock.release()
  }
  await delay(Math.random() * THINK_MS_MAX)
}

/** Only with our place in the queue still there. False: it is not, the lock was lost before we could go in. */
async function enter(zk: ZooKeeper, lock: HeldLock, name: string): Promise<boolean> {
  return await retryOnLoss(zk, async () => {
    try {
      await zk.transaction().check(lock.path).create(INSIDE, name, { mode: 'ephemeral' }).commit()
      return true
    } catch (error) {
      if (!(error instanceof TransactionFailedError)) throw error
      if (error.code === ERROR_CODES.NONODE) return false
      if (error.code !== ERROR_CODES.NODEEXISTS) throw error
    }
    const { data, stat } = await zk.getData(INSIDE)
    if (stat.ephemeralOwner === zk.sessionId) return true // our own, whose answer was lost
    console.log(`VIOLATION ${name} has the lock and finds ${data && tryUtf8Decode(data)} inside`)
    return false
  }).catch((error: unknown) => {
    if (error instanceof NoNodeError) return false
    throw error
  })
}

/** Never somebody else's: our place in the queue must be there. */
async function leave(zk: ZooKeeper, lock: HeldLock): Promise<void> {
  await retryOnLoss(zk, async () => {
    try {
      await zk.transaction().check(lock.path).delete(INSIDE).commit()
    } catch (error) {
      const isGone = error instanceof TransactionFailedError && error.code === ERROR_CODES.NONODE
      if (!isGone) throw error
    }
  })
}

Promise.all(names.map(contend)).then(
  () => {
    console.log('DONE')
    process.exit(0)
  },
  (error: unknown) => {
    console.log(`FAILED ${error instanceof ConnectionLossError ? 'an unexpected loss: ' : ''}${error}`)
    process.exit(1)
  },
)
