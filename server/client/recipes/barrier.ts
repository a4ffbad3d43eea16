// Nobody passes while the node is there: Curator's DistributedBarrier and kazoo's Barrier are the same. Everybody waits
// for the one node and wakes at once; that is what a barrier is for.

import { NoNodeError, requestTimeout } from '../errors.ts'
import type { ZooKeeper } from '../zookeeper.ts'
import { ensurePath } from './ensure-path.ts'
import { patienceOf, type WaitOptions } from './held.ts'
import { retryOnLoss } from './reconnect.ts'
import { untilGone } from './until-changed.ts'

/** Closes the barrier, whoever closed it before. It stays closed when our session ends. */
export async function setBarrier(zk: ZooKeeper, path: string): Promise<void> {
  await retryOnLoss(zk, () => ensurePath(zk, path))
}

/** Opens it. False when it was open; after a lost answer also when we have opened it ourselves. */
export async function removeBarrier(zk: ZooKeeper, path: string): Promise<boolean> {
  try {
    await retryOnLoss(zk, () => zk.delete(path))
    return true
  } catch (error) {
    if (error instanceof NoNodeError) return false
    throw error
  }
}

/** Resolves when the barrier is open. Throws RequestTimeoutError after `timeoutMs`, or the reason of `signal`. */
export async function waitOnBarrier(zk: ZooKeeper, path: string, options: WaitOptions = {}): Promise<void> {
  const patience = patienceOf(options, path)
  try {
    if (patience.mayWait) await untilGone(zk, path, patience.signal)
    else if (await zk.exists(path)) throw requestTimeout(path)
  } finally {
    patience.dispose()
  }
}
