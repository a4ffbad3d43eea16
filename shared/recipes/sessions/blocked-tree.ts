// The tree of who is blocked by whom: roots hold and do not wait, below each its waiters and theirs. Each session
// stands once, below the first that blocks it, so that the seconds of a subtree add up.

import type { WaitEdge } from './wait-for-graph.ts'

/** Children shown of one node; the rest are counted. */
export const TREE_CHILDREN_MAX = 50

export interface BlockedNode {
  readonly session: string
  /** By which locks it waits for its parent; empty for a root. */
  readonly locks: readonly string[]
  /** Seconds that it has waited; 0 for a root. */
  readonly waitedSeconds: number
  /** Its own and those of all below it. */
  readonly subtreeSeconds: number
  readonly blocked: readonly BlockedNode[]
  /** Children that are not shown; their seconds are in `subtreeSeconds`. */
  readonly more: number
}

/** The largest subtree first. A cycle without a root begins at the session that has waited longest. */
export function blockedTree(edges: readonly WaitEdge[], now: number): BlockedNode[] {
  const waiters = new Map<string, WaitEdge[]>()
  for (const edge of edges) waiters.set(edge.to, [...(waiters.get(edge.to) ?? []), edge])
  const waiting = new Set(edges.filter(({ from, to }) => from !== to).map(({ from }) => from))
  const placed = new Set<string>()
  const roots = [...waiters.keys()].filter((session) => !waiting.has(session))
  const trees = roots.map((session) => grow(session, waiters, placed, now))
  for (const { from } of edges.toSorted((a, b) => a.sinceMs - b.sinceMs)) {
    if (!placed.has(from)) trees.push(grow(from, waiters, placed, now))
  }
  return trees.sort((a, b) => b.subtreeSeconds - a.subtreeSeconds)
}

interface Growing {
  readonly session: string
  readonly edges: readonly WaitEdge[]
  readonly below: Growing[]
}

function grow(
  session: string,
  waiters: ReadonlyMap<string, readonly WaitEdge[]>,
  placed: Set<string>,
  now: number,
): BlockedNode {
  // Breadth first, so that everybody stands as near to a root as possible, then folded from the leaves.
  const root: Growing = { session, edges: [], below: [] }
  placed.add(session)
  const order = [root]
  for (let i = 0; i < order.length; i += 1) {
    const at = order[i]
    if (!at) break
    for (const edge of waiters.get(at.session) ?? []) {
      if (placed.has(edge.from)) continue
      placed.add(edge.from)
      const own = (waiters.get(at.session) ?? []).filter(({ from }) => from === edge.from)
      const child: Growing = { session: edge.from, edges: own, below: [] }
      at.below.push(child)
      order.push(child)
    }
  }
  const done = new Map<Growing, BlockedNode>()
  for (const at of order.reverse()) {
    const blocked = at.below
      .map((child) => done.get(child))
      .filter((child) => child !== undefined)
      .sort((a, b) => b.subtreeSeconds - a.subtreeSeconds)
    const since = Math.min(now, ...at.edges.map(({ sinceMs }) => sinceMs))
    const waitedSeconds = (now - since) / 1000
    done.set(at, {
      session: at.session,
      locks: [...new Set(at.edges.map(({ lock }) => lock))],
      waitedSeconds,
      subtreeSeconds: blocked.reduce((sum, child) => sum + child.subtreeSeconds, waitedSeconds),
      blocked: blocked.slice(0, TREE_CHILDREN_MAX),
      more: Math.max(0, blocked.length - TREE_CHILDREN_MAX),
    })
  }
  return done.get(root) ?? { session, locks: [], waitedSeconds: 0, subtreeSeconds: 0, blocked: [], more: 0 }
}
