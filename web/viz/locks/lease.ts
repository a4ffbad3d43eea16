// How much is left to one session: all of its timeout while it is connected, and less and less once its connection
// went. Servers round expiry up to a tick, so it is "at the earliest". Pure.

import type { ClusterView } from '#shared/events/cluster-view.ts'
import type { Chronicle } from '../chronicle/chronicle.ts'

export interface Lease {
  readonly timeoutMs: number
  /** Since when nothing was heard; null while it is connected. */
  readonly silentMs: number | null
  readonly leftMs: number
  /** 0 to 1. */
  readonly part: number
}

/** Null when nothing is known of it. */
export function sessionLease(view: ClusterView, chronicle: Chronicle, session: string, now: number): Lease | null {
  const connection = Object.values(view.connections).find((each) => each.session === session)
  if (connection) {
    const { timeoutMs } = connection
    return { timeoutMs, silentMs: null, leftMs: timeoutMs, part: 1 }
  }
  const known = chronicle.sessions.known.get(session)
  if (!known || known.goneAt === null) return null
  const silentMs = Math.max(0, now - known.goneAt)
  const leftMs = known.closedAt === null ? Math.max(0, known.timeoutMs - silentMs) : 0
  return { timeoutMs: known.timeoutMs, silentMs, leftMs, part: known.timeoutMs > 0 ? leftMs / known.timeoutMs : 0 }
}
