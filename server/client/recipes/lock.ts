// A distributed lock that excludes Curator's InterProcessMutex and is excluded by it, or kazoo's Lock when so chosen:
// `/path/_c_<guid>-lock-<sequence>` or `/path/<guid>__lock__<sequence>`, ephemeral; the first one holds.
// Not reentrant: each acquire is a contender of its own and waits for those before it, also for its own.

import { RequestTimeoutError } from '../errors.ts'
import type { ZooKeeper } from '../zookeeper.ts'
import { contend } from './contend.ts'
import type { Layout } from './contender-order.ts'
import type { AcquireOptions, Held } from './held.ts'

export interface LockOptions extends AcquireOptions {
  /** With whom to exclude each other: Curator (and most others), or kazoo. Default `curator`. */
  readonly layout?: Layout
}

export type HeldLock = Held

/**
 * Waits for the lock of directory `dir`, which is made when missing. Throws RequestTimeoutError after `timeoutMs`, the
 * reason of `signal`, NoNodeError when somebody deletes our place, SessionExpiredError when the session is over.
 */
export function acquireLock(zk: ZooKeeper, dir: string, options: LockOptions = {}): Promise<HeldLock> {
  return contend(zk, { dir, role: 'lock', layout: options.layout ?? 'curator' }, options)
}

/** The lock if nobody has it or waits for it, else null. Throws ConnectionLossError without a connection. */
export async function tryLock(
  zk: ZooKeeper,
  dir: string,
  options: Omit<LockOptions, 'timeoutMs'> = {},
): Promise<HeldLock | null> {
  try {
    return await acquireLock(zk, dir, { ...options, timeoutMs: 0 })
  } catch (error) {
    if (error instanceof RequestTimeoutError) return null
    throw error
  }
}

/** Runs `work` with the lock, and releases it whatever becomes of that. `work` heeds `lock.signal`. */
export async function withLock<T>(
  zk: ZooKeeper,
  dir: string,
  work: (lock: HeldLock) => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const lock = await acquireLock(zk, dir, options)
  try {
    return await work(lock)
  } finally {
    await lock.release()
  }
}
