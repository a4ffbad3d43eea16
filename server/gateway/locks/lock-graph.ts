// Who waits for whom over all tracked locks, as a page asks for it.

import type { LockGraph } from '#shared/events/lock-requests.ts'
import { quantileMs } from '#shared/recipes/history/log-histogram.ts'
import { blockedTree } from '#shared/recipes/sessions/blocked-tree.ts'
import { waitForGraph } from '#shared/recipes/sessions/wait-for-graph.ts'
import type { LockTracker } from './lock-tracker.ts'

/** `t`: now, ms since 1970. */
export function graphOf(trackers: readonly LockTracker[], t: number): LockGraph {
  const lastReleaseMs = new Map<string, number>()
  let p99HoldMs: number | null = null
  for (const { history } of trackers) {
    for (const { session, endedMs } of history.ended)
      lastReleaseMs.set(session, Math.max(lastReleaseMs.get(session) ?? 0, endedMs ?? 0))
    const p99 = quantileMs(history.tallies.hold, 0.99)
    if (p99 !== null) p99HoldMs = Math.max(p99HoldMs ?? 0, p99)
  }
  const pictures = trackers.map(({ history }) => history.picture)
  const graph = waitForGraph(pictures, { lastReleaseMs, p99HoldMs }, t)
  return { ...graph, tree: blockedTree(graph.edges, t), locks: trackers.length }
}
