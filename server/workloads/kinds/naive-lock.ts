// The lock that everybody writes first: one ephemeral znode. It excludes as well as the others do, but whoever waits
// is woken by every release, and all but one in vain: with N waiting, a grant costs N notifications and 2 N requests.

import { joinPath } from '#shared/zk/path.ts'
import type { Stat } from '#shared/zk/stat.ts'
import { ConnectionLossError, NodeExistsError, NoNodeError } from '../../client/errors.ts'
import { ensurePath } from '../../client/recipes/ensure-path.ts'
import type { HeldLock } from '../../client/recipes/lock.ts'
import { loseWith } from '../../client/recipes/lose-with.ts'
import { retryOnLoss } from '../../client/recipes/reconnect.ts'
import type { ZooKeeper } from '../../client/zookeeper.ts'
import { Bell } from '../process/pause.ts'

export interface NaiveLockOptions {
  readonly signal: AbortSignal
  readonly data: string
  /** Called for each request that was sent in vain, and for each notification. */
  readonly onCost: (what: 'attempts' | 'notifications') => void
}

/** Waits for the znode `dir`/holder. */
export async function acquireNaiveLock(zk: ZooKeeper, dir: string, options: NaiveLockOptions): Promise<HeldLock> {
  const path = joinPath(dir, 'holder')
  for (;;) {
    options.signal.throwIfAborted()
    const stat = await attempt(zk, path, options)
    if (stat) return hold(zk, path, stat)
    await untilGone(zk, path, options)
  }
}

/** Null when somebody else has it. */
async function attempt(zk: ZooKeeper, path: string, { data, onCost, signal }: NaiveLockOptions): Promise<Stat | null> {
  onCost('attempts')
  try {
    return (await zk.create(path, data, { mode: 'ephemeral' })).stat
  } catch (error) {
    if (error instanceof NodeExistsError) return null
    if (error instanceof NoNodeError) await ensurePath(zk, path.slice(0, path.lastIndexOf('/')))
    else if (!(error instanceof ConnectionLossError)) throw error
  }
  // A lost answer may have made it ours.
  const found = await retryOnLoss(zk, () => zk.exists(path), signal)
  return found?.ephemeralOwner === zk.sessionId ? found : null
}

async function untilGone(zk: ZooKeeper, path: string, { signal, onCost }: NaiveLockOptions): Promise<void> {
  const changed = new Bell()
  const watch = () => {
    onCost('notifications')
    changed.ring()
  }
  try {
    await retryOnLoss(zk, () => zk.getData(path, { watch }), signal)
    await changed.heard(signal)
  } catch (error) {
    if (!(error instanceof NoNodeError)) throw error
  }
}

async function hold(zk: ZooKeeper, path: string, stat: Stat): Promise<HeldLock> {
  const loss = await loseWith(zk, path)
  return {
    path,
    fencingToken: stat.czxid,
    signal: loss.signal,
    release: async () => {
      loss.stop()
      await retryOnLoss(zk, () => zk.delete(path)).catch((error: unknown) => {
        if (!(error instanceof NoNodeError)) throw error
      })
    },
  }
}
