// Sequential nodes whose names hold a guid, so that a node made by a create whose answer was lost is found again
// instead of made twice. Curator calls this protection. A client here never changes its session, so a node that is
// found is ours; what is left of another session goes with it. Source: ProtectedMode; locks-and-recipes.md §7.7, §7.9.

import { baseName, joinPath } from '#shared/zk/path.ts'
import type { Stat } from '#shared/zk/stat.ts'
import type { CreateMode, NodeData } from '../create-mode.ts'
import { ConnectionLossError, NoNodeError } from '../errors.ts'
import type { ZooKeeper } from '../zookeeper.ts'
import { listChildren } from './children.ts'
import { ensurePath } from './ensure-path.ts'
import { orAborted, retryOnLoss } from './reconnect.ts'

export interface OwnNode {
  readonly path: string
  readonly name: string
  readonly stat: Stat
}

export interface ProtectedCreate {
  readonly dir: string
  /** What its name begins with: a guid of ours is in it. */
  readonly prefix: string
  readonly data: NodeData
  readonly mode: 'ephemeral' | 'ephemeralSequential'
  /** What missing parents are made as. */
  readonly parents: CreateMode
}

/** Makes the node once, however many connections that takes. Given up, it may be there: see `leave`. */
export async function createProtected(zk: ZooKeeper, create: ProtectedCreate, signal: AbortSignal): Promise<OwnNode> {
  const { dir, prefix, data, mode, parents } = create
  const target = joinPath(dir, prefix)
  for (;;) {
    try {
      // Not given up by the signal itself: whatever the server makes of it, `leave` comes after it.
      const { path, stat } = await orAborted(zk.create(target, data, { mode }), signal)
      return { path, name: baseName(path), stat }
    } catch (error) {
      if (error instanceof NoNodeError) {
        await retryOnLoss(zk, () => ensurePath(zk, dir, parents), signal)
      } else if (error instanceof ConnectionLossError) {
        const found = await retryOnLoss(zk, () => findOwn(zk, dir, prefix), signal)
        if (found) return found
      } else throw error
    }
  }
}

async function findOwn(zk: ZooKeeper, dir: string, prefix: string): Promise<OwnNode | null> {
  await zk.sync(dir) // the new server may not have seen yet what the old one did
  const names = await listChildren(zk, dir)
  const name = names.find((candidate) => candidate.startsWith(prefix))
  if (name === undefined) return null
  const path = joinPath(dir, name)
  const stat = await zk.exists(path)
  return stat && { path, name, stat }
}

/** Deletes however many connections it takes. When the session is over, so is an ephemeral of it. */
export async function removeNode(zk: ZooKeeper, path: string): Promise<void> {
  try {
    await retryOnLoss(zk, () => zk.delete(path))
  } catch (error) {
    if (zk.state !== 'lost' && zk.state !== 'closed' && !(error instanceof NoNodeError)) throw error
  }
}

/**
 * Takes our node away, also when the answer that would have named it was lost. Without a connection it goes on behind
 * the caller's back. Never throws: if the node stays, it goes with the session.
 */
export async function leave(zk: ZooKeeper, dir: string, prefix: string, node: OwnNode | null): Promise<void> {
  const leaving = async () => {
    const left = node ?? (await retryOnLoss(zk, () => findOwn(zk, dir, prefix)))
    if (left) await removeNode(zk, left.path)
  }
  const left = leaving().catch(() => undefined)
  if (zk.state === 'connected') await left
}
