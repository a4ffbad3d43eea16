// Waiting for one node: until it changes, or until it is gone.

import { NoNodeError } from '../errors.ts'
import { withResolvers } from '../pending-calls.ts'
import type { ZooKeeper } from '../zookeeper.ts'
import { orAborted, retryOnLoss } from './reconnect.ts'

/** False when there is no such node; true at the first change of it. */
export async function untilChanged(zk: ZooKeeper, path: string, signal: AbortSignal): Promise<boolean> {
  const { promise: changed, resolve } = withResolvers<void>()
  try {
    // getData, not exists: on a node that has gone it leaves no watch behind.
    await retryOnLoss(zk, () => zk.getData(path, { watch: () => resolve() }), signal)
  } catch (error) {
    if (error instanceof NoNodeError) return false
    throw error
  }
  await orAborted(changed, signal)
  return true
}

/** Resolves when there is no such node. */
export async function untilGone(zk: ZooKeeper, path: string, signal: AbortSignal): Promise<void> {
  while (await untilChanged(zk, path, signal)) signal.throwIfAborted()
}
