// A distributed lock in the layout of Curator's InterProcessMutex, so that both exclude each other:
// `/path/_c_<guid>-lock-<sequence>`, ephemeral; the first one holds, each other one watches the one before it.
// Holding is only ever probable from here: fence what the lock protects with `fencingToken`.
// Source: LockInternals, StandardLockInternalsDriver, ProtectedMode; locks-and-recipes.md §2.2.

import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { ERROR_CODES } from '#shared/zk/errors.ts'
import { baseName, joinPath } from '#shared/zk/path.ts'
import type { Stat } from '#shared/zk/stat.ts'
import type { Zxid } from '#shared/zk/zxid.ts'
import type { NodeData } from '../create-mode.ts'
import { ConnectionLossError, NoNodeError, requestTimeout } from '../errors.ts'
import { withResolvers } from '../pending-calls.ts'
import type { ZooKeeper } from '../zookeeper.ts'
import { ensurePath } from './ensure-path.ts'
import { loseWith } from './lose-with.ts'
import { orAborted, retryOnLoss } from './reconnect.ts'

export interface LockOptions {
  /** Gives up waiting; without effect on a lock that is held. */
  readonly signal?: AbortSignal
  /** Gives up waiting after so long, with RequestTimeoutError. */
  readonly timeoutMs?: number
  /** What the node says about us. Default: host and process. */
  readonly data?: NodeData
}

export interface HeldLock {
  /** The node that stands for us. */
  readonly path: string
  /** Rises with every holder, also when the directory is made anew: the czxid of `path`. */
  readonly fencingToken: Zxid
  /**
   * Aborts when the lock may be somebody else's: the session is over, or so long without a server that it
   * may be, or the node was deleted. Not on release.
   */
  readonly signal: AbortSignal
  /** Lets the next one have it. Resolves when the node is gone; may be called again. */
  release(): Promise<void>
}

const LOCK_NAME = 'lock-'

/** Waits for the lock of directory `dir`, which is made when missing, as containers. */
export async function acquireLock(zk: ZooKeeper, dir: string, options: LockOptions = {}): Promise<HeldLock> {
  const { signal, dispose } = withTimeout(options, dir)
  const guid = randomUUID()
  let node: Node | null = null
  try {
    signal.throwIfAborted()
    node = await createProtected(zk, dir, guid, options.data ?? `${hostname()}-${process.pid}`, signal)
    await waitForTurn(zk, dir, node, signal)
    return hold(zk, node)
  } catch (cause) {
    // Without a connection the caller need not wait until there is one again.
    const left = leave(zk, dir, guid, node)
    if (zk.state === 'connected') await left
    throw cause
  } finally {
    dispose()
  }
}

interface Node {
  readonly path: string
  readonly name: string
  readonly stat: Stat
}

/** A lost answer may have left our node behind: the guid in its name tells. */
async function createProtected(
  zk: ZooKeeper,
  dir: string,
  guid: string,
  data: NodeData,
  signal: AbortSignal,
): Promise<Node> {
  const prefix = joinPath(dir, `_c_${guid}-${LOCK_NAME}`)
  for (;;) {
    try {
      // Not given up by the signal itself: whatever the server makes of it, `leave` comes after it.
      const { path, stat } = await orAborted(zk.create(prefix, data, { mode: 'ephemeralSequential' }), signal)
      return { path, name: baseName(path), stat }
    } catch (error) {
      if (error instanceof NoNodeError) {
        await retryOnLoss(zk, () => ensurePath(zk, dir, 'container'), signal)
      } else if (error instanceof ConnectionLossError) {
        const found = await retryOnLoss(zk, () => findOwn(zk, dir, guid), signal)
        if (found) return found
      } else throw error
    }
  }
}

async function findOwn(zk: ZooKeeper, dir: string, guid: string): Promise<Node | null> {
  await zk.sync(dir) // the new server may not have seen yet what the old one did
  const names = await listChildren(zk, dir)
  const name = names.find((candidate) => candidate.startsWith(`_c_${guid}-`))
  if (name === undefined) return null
  const path = joinPath(dir, name)
  const stat = await zk.exists(path)
  return stat && { path, name, stat }
}

async function listChildren(zk: ZooKeeper, dir: string): Promise<readonly string[]> {
  try {
    return (await zk.getChildren(dir)).children
  } catch (error) {
    if (error instanceof NoNodeError) return []
    throw error
  }
}

async function waitForTurn(zk: ZooKeeper, dir: string, own: Node, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted()
    const names = await retryOnLoss(zk, () => listChildren(zk, dir), signal)
    if (!names.includes(own.name))
      throw new NoNodeError(ERROR_CODES.NONODE, own.path, 'our place in the queue was deleted')
    const before = predecessorOf(own.name, names)
    if (before === null) return
    await untilChanged(zk, joinPath(dir, before), signal)
  }
}

/** Curator compares what follows the lock's name, as text, and takes every child for a contender. */
function predecessorOf(own: string, names: readonly string[]): string | null {
  const ownKey = sortKey(own)
  let before: string | null = null
  for (const name of names) {
    const key = sortKey(name)
    if (key < ownKey && (before === null || key > sortKey(before))) before = name
  }
  return before
}

function sortKey(name: string): string {
  const at = name.lastIndexOf(LOCK_NAME)
  return at < 0 ? name : name.slice(at + LOCK_NAME.length)
}

/** getData, not exists: on a node that has gone it leaves no watch behind. */
async function untilChanged(zk: ZooKeeper, path: string, signal: AbortSignal): Promise<void> {
  const { promise: changed, resolve } = withResolvers<void>()
  try {
    await retryOnLoss(zk, () => zk.getData(path, { watch: () => resolve() }), signal)
    await orAborted(changed, signal)
  } catch (error) {
    if (!(error instanceof NoNodeError)) throw error
  }
}

async function hold(zk: ZooKeeper, node: Node): Promise<HeldLock> {
  const loss = await loseWith(zk, node.path)
  let released: Promise<void> | null = null
  return {
    path: node.path,
    fencingToken: node.stat.czxid,
    signal: loss.signal,
    release: () => {
      loss.stop()
      released ??= remove(zk, node.path)
      return released
    },
  }
}

/** Deletes however many connections it takes. When the session is over, so is the node. */
async function remove(zk: ZooKeeper, path: string): Promise<void> {
  try {
    await retryOnLoss(zk, () => zk.delete(path))
  } catch (error) {
    if (zk.state !== 'lost' && zk.state !== 'closed' && !(error instanceof NoNodeError)) throw error
  }
}

/** Leaves the queue, also when the answer that would have named our place was lost. Never throws. */
async function leave(zk: ZooKeeper, dir: string, guid: string, node: Node | null): Promise<void> {
  try {
    const left = node ?? (await retryOnLoss(zk, () => findOwn(zk, dir, guid)))
    if (left) await remove(zk, left.path)
  } catch {
    // The caller is told why it does not have the lock; if the node stays, it goes with the session.
  }
}

function withTimeout({ signal, timeoutMs }: LockOptions, dir: string) {
  const controller = new AbortController()
  const onAbort = () => controller.abort(signal?.reason)
  const timer = timeoutMs === undefined ? null : setTimeout(() => controller.abort(requestTimeout(dir)), timeoutMs)
  if (signal?.aborted) onAbort()
  signal?.addEventListener('abort', onAbort)
  const dispose = () => {
    if (timer) clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
  }
  return { signal: controller.signal, dispose }
}
