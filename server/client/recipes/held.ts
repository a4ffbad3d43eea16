// What the holder of something gets: a lock, a lease, leadership, a place in a group. Every one of them can be lost,
// and every one says so. Holding is only ever probable from here: fence what it protects with `fencingToken`.

import { hostname } from 'node:os'
import type { Zxid } from '#shared/zk/zxid.ts'
import type { NodeData } from '../create-mode.ts'
import { requestTimeout } from '../errors.ts'
import type { ZooKeeper } from '../zookeeper.ts'
import { loseWith } from './lose-with.ts'
import { type OwnNode, removeNode } from './protected-node.ts'

export interface Held {
  /** The node that stands for us. */
  readonly path: string
  /** Rises with every node made, also when the directory is made anew: the czxid of `path`. */
  readonly fencingToken: Zxid
  /**
   * Aborts when it may be somebody else's: the session is over, or so long without a server that it
   * may be, or the node was deleted. Not on release.
   */
  readonly signal: AbortSignal
  /** Lets the next one have it. Resolves when the node is gone; may be called again. */
  release(): Promise<void>
}

export interface WaitOptions {
  /** Gives up waiting; without effect on what is held. */
  readonly signal?: AbortSignal
  /** Gives up waiting after so long, with RequestTimeoutError. 0: asks once, and does not wait for others at all. */
  readonly timeoutMs?: number
}

export interface AcquireOptions extends WaitOptions {
  /** What the node says about us. Default: host and process. */
  readonly data?: NodeData
}

/** Says who we are to whoever looks at a node of ours. */
export function defaultData(): string {
  return `${hostname()}-${process.pid}`
}

/** `forget`: the node is going with our knowledge, so that its end is no loss. */
export interface HeldNode extends Held {
  forget(): void
}

/** Holds an ephemeral node that exists. */
export async function hold(zk: ZooKeeper, node: OwnNode): Promise<HeldNode> {
  const loss = await loseWith(zk, node.path)
  let released: Promise<void> | null = null
  return {
    path: node.path,
    fencingToken: node.stat.czxid,
    signal: loss.signal,
    forget: () => loss.stop(),
    release: () => {
      loss.stop()
      released ??= removeNode(zk, node.path)
      return released
    },
  }
}

export interface Patience {
  /** Aborts when there is none left. */
  readonly signal: AbortSignal
  /** False: whoever would have to wait gives up. */
  readonly mayWait: boolean
  dispose(): void
}

/** One signal for all reasons to give up. `dispose` in the end. */
export function patienceOf({ signal, timeoutMs }: WaitOptions, path: string): Patience {
  const controller = new AbortController()
  const onAbort = () => controller.abort(signal?.reason)
  const mayWait = timeoutMs !== 0
  const giveUp = () => controller.abort(requestTimeout(path))
  const timer = timeoutMs === undefined || !mayWait ? null : setTimeout(giveUp, timeoutMs)
  if (signal?.aborted) onAbort()
  signal?.addEventListener('abort', onAbort)
  const dispose = () => {
    if (timer) clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
  }
  return { signal: controller.signal, mayWait, dispose }
}
