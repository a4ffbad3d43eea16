// Many readers or one writer, in arrival order: Curator's InterProcessReadWriteLock (`__READ__`, `__WRIT__`), or kazoo's
// ReadLock and WriteLock (`__rlock__`, `__lock__`). A reader waits for a writer before it: Curator's for the first one,
// kazoo's for the nearest; a writer waits for whoever is just before it. So no writer starves.

import type { ZooKeeper } from '../zookeeper.ts'
import { contend } from './contend.ts'
import type { HeldLock, LockOptions } from './lock.ts'

/** Shared with other readers. Taking it while holding the write lock waits for oneself: release that first. */
export function acquireReadLock(zk: ZooKeeper, dir: string, options: LockOptions = {}): Promise<HeldLock> {
  return contend(zk, { dir, role: 'read', layout: options.layout ?? 'curator' }, options)
}

/** Alone. In kazoo's layout a plain lock on the same directory would not wait for readers: do not mix them. */
export function acquireWriteLock(zk: ZooKeeper, dir: string, options: LockOptions = {}): Promise<HeldLock> {
  return contend(zk, { dir, role: 'write', layout: options.layout ?? 'curator' }, options)
}
