// An ephemeral node with a name of our choice that is to be there as long as we are: a member of a group, an instance of
// a service. A node of that name that another session left behind is waited for until it goes: deleting it could take it
// from somebody alive.

import { baseName, parentPath } from '#shared/zk/path.ts'
import type { CreateMode, NodeData } from '../create-mode.ts'
import { NodeExistsError, NoNodeError } from '../errors.ts'
import type { ZooKeeper } from '../zookeeper.ts'
import { ensurePath } from './ensure-path.ts'
import { type Held, hold } from './held.ts'
import { type OwnNode, removeNode } from './protected-node.ts'
import { orAborted, retryOnLoss } from './reconnect.ts'
import { untilGone } from './until-changed.ts'

export interface OwnedNode {
  readonly path: string
  readonly data: NodeData
  /** What missing parents are made as. */
  readonly parents: CreateMode
}

/** Makes the node ours. The session is the owner: two calls with one client both succeed and mean the same node. */
export async function createOwned(zk: ZooKeeper, node: OwnedNode, signal: AbortSignal): Promise<Held> {
  for (;;) {
    signal.throwIfAborted()
    const own = await tryCreate(zk, node, signal)
    if (own) return await hold(zk, own)
    await untilGone(zk, node.path, signal)
  }
}

/** Null: it is another session's. */
async function tryCreate(
  zk: ZooKeeper,
  { path, data, parents }: OwnedNode,
  signal: AbortSignal,
): Promise<OwnNode | null> {
  // After a lost answer it is asked again: either it is made now, or it exists, and its owner tells.
  const creating = retryOnLoss(zk, () => zk.create(path, data, { mode: 'ephemeral' }))
  try {
    const { stat } = await orAborted(creating, signal)
    return { path, name: baseName(path), stat }
  } catch (error) {
    if (signal.aborted) {
      // Nobody wants it any more, whenever it comes.
      creating.then(() => removeNode(zk, path)).catch(() => undefined)
      throw error
    }
    if (error instanceof NodeExistsError) {
      const stat = await retryOnLoss(zk, () => zk.exists(path), signal)
      return stat?.ephemeralOwner === zk.sessionId ? { path, name: baseName(path), stat } : null
    }
    if (!(error instanceof NoNodeError)) throw error
    await retryOnLoss(zk, () => ensurePath(zk, parentPath(path), parents), signal)
    return await tryCreate(zk, { path, data, parents }, signal)
  }
}
