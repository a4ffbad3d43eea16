// The newest that is known of one node, without asking each time: Curator's NodeCache. While the client is
// suspended it may be old; when the session is over it ends aloud.

import type { NodeContent } from '../answers.ts'
import { NoNodeError } from '../errors.ts'
import type { ZooKeeper } from '../zookeeper.ts'
import { follow } from './follow.ts'

export interface NodeCache {
  readonly path: string
  /** Null: there is no such node. */
  readonly current: NodeContent | null
  /** Aborts when it cannot keep up any more: the session is over, or it may not read. Not on close. */
  readonly signal: AbortSignal
  close(): void
}

/**
 * Resolves when the node has been read, or is known to be absent. `onChange` is told from then on: not of every
 * change, of the newest.
 */
export async function openNodeCache(
  zk: ZooKeeper,
  path: string,
  onChange: (current: NodeContent | null) => void = () => {},
): Promise<NodeCache> {
  let current: NodeContent | null = null
  let opened = false
  const following = await follow(zk, async (watch, isOpen) => {
    const next = await readWatched(zk, path, watch)
    const isSame = next?.stat.mzxid === current?.stat.mzxid && next?.stat.czxid === current?.stat.czxid
    current = next
    if (opened && isOpen() && !isSame) onChange(current)
  })
  opened = true
  return {
    path,
    get current() {
      return current
    },
    signal: following.signal,
    close: following.close,
  }
}

async function readWatched(zk: ZooKeeper, path: string, watch: () => void): Promise<NodeContent | null> {
  for (;;) {
    try {
      return await zk.getData(path, { watch })
    } catch (error) {
      if (!(error instanceof NoNodeError)) throw error
    }
    // exists leaves a watch for its creation; made just now, it is read once more.
    if (!(await zk.exists(path, { watch }))) return null
  }
}
