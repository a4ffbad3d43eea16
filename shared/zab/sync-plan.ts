// How a leader brings a learner up to date: a pure decision over what it holds and what the learner says it
// holds. Rules SYNC-*. Source: LearnerHandler.syncFollower of ZooKeeper 3.8, zab.md §4.

import type { Entry } from '../zk/txn.ts'
import { counterOf, epochOf, type Zxid } from '../zk/zxid.ts'
import { indexFrom, type LogWindow } from './log-window.ts'

export interface SyncPlan {
  readonly how: 'DIFF' | 'TRUNC' | 'SNAP'
  /** DIFF: where it ends. TRUNC: what to cut after. SNAP: null, the snapshot names its own zxid. */
  readonly zxid: Zxid | null
  /** Committed entries to send, each as PROPOSAL and COMMIT. */
  readonly entries: readonly Entry[]
}

const SNAP: SyncPlan = { how: 'SNAP', zxid: null, entries: [] }

/**
 * `window` holds the leader's newest entries, `committed` is how far they are decided, `peerLast` is the last
 * zxid in the learner's log.
 */
export function planSync(window: LogWindow, committed: Zxid, peerLast: Zxid): SyncPlan {
  const end = indexFrom(window, (committed + 1) as Zxid)
  const diff = (from: number): SyncPlan => ({
    how: 'DIFF',
    zxid: committed,
    entries: window.entries.slice(from, end),
  })

  if (peerLast === committed) return diff(end) // SYNC-1
  if (peerLast > committed) {
    // SYNC-2: it holds what was never committed. A fresh epoch's marker (counter 0) names no entry to cut.
    return counterOf(peerLast) === 0 ? SNAP : { how: 'TRUNC', zxid: committed, entries: [] }
  }
  if (peerLast < window.after) return SNAP // SYNC-5: entries between its end and our window are not at hand
  const first = indexFrom(window, peerLast)
  const next = window.entries[first]
  if (next?.zxid === peerLast) return diff(first + 1) // SYNC-3
  if (peerLast === window.after) return diff(0)
  if (counterOf(peerLast) === 0) return diff(first)
  const previous = first === 0 ? window.after : (window.entries[first - 1]?.zxid ?? window.after)
  if (epochOf(previous) === epochOf(peerLast)) {
    // SYNC-4 (R-1154): same epoch, so its log is ours up to `previous`; what it has beyond was never committed.
    return { how: 'TRUNC', zxid: previous, entries: window.entries.slice(first, end) }
  }
  return SNAP // another epoch in between: where the histories part cannot be told
}
