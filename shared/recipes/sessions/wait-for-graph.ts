// Who waits for whom over several locks: an edge from each session that waits to each session that holds what it
// waits for. A cycle is at most a probable deadlock: a session has many threads, and no recipe stores which.
// Source: locks-and-recipes.md §2.8.

import { formatSessionId, NO_SESSION } from '../../zk/ids.ts'
import { isHolder, isWaiting, type LockPicture, type Standing } from '../recognise/picture.ts'

/** Edges drawn; more are counted. */
export const EDGES_MAX = 2000

export interface WaitEdge {
  readonly from: string
  readonly to: string
  /** The directory or node of the lock. */
  readonly lock: string
  readonly sinceMs: number
}

export interface WaitForGraph {
  readonly edges: readonly WaitEdge[]
  readonly droppedEdges: number
  readonly cycles: readonly Cycle[]
}

export interface Cycle {
  /** Each waits for the next, the last for the first; a single one waits for itself. */
  readonly sessions: readonly string[]
  /** In the order in which the waits began: whoever came last closed it. */
  readonly edges: readonly WaitEdge[]
  /** probable: nobody in it has released anything for long. Never certain: two threads of a session are told apart by nobody. */
  readonly verdict: 'possible' | 'probable'
}

/** What a lock's history knows that one look does not. */
export interface ReleaseFacts {
  /** Session → when it last released any lock, ms since 1970. */
  readonly lastReleaseMs: ReadonlyMap<string, number>
  /** The 99th percentile of holds; null when unknown. */
  readonly p99HoldMs: number | null
}

export const PROBABLE_AFTER_MS = 10_000

export function waitForGraph(pictures: readonly LockPicture[], facts: ReleaseFacts, now: number): WaitForGraph {
  const all = pictures.flatMap(edgesOf)
  const edges = all.slice(0, EDGES_MAX)
  const graph = new Map<string, WaitEdge[]>()
  for (const edge of edges) graph.set(edge.from, [...(graph.get(edge.from) ?? []), edge])
  const cycles = components(graph).map((sessions) => asCycle(sessions, graph, facts, now))
  return { edges, droppedEdges: all.length - edges.length, cycles }
}

/** Hard edges only: who waits ahead is no reason to wait once the holder is gone. */
function edgesOf(picture: LockPicture): WaitEdge[] {
  const owners = new Map(picture.standings.filter(isHolder).map((standing) => [standing.path, standing]))
  return picture.standings.filter(isWaiting).flatMap((waiter) => {
    if (waiter.owner === NO_SESSION) return []
    const holders = waiter.hard.map((path) => owners.get(path)).filter((holder) => holder !== undefined)
    const sessions = new Set(holders.filter(({ owner }) => owner !== NO_SESSION).map(sessionOf))
    const from = sessionOf(waiter)
    return [...sessions].map((to) => ({ from, to, lock: picture.path, sinceMs: waiter.sinceMs }))
  })
}

function sessionOf({ owner }: Standing): string {
  return formatSessionId(owner)
}

/** Strongly connected components with a cycle in them, by Tarjan, without recursion: chains may be long. */
function components(graph: ReadonlyMap<string, readonly WaitEdge[]>): string[][] {
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const onStack = new Set<string>()
  const found: string[][] = []
  const enter = (node: string): void => {
    index.set(node, index.size)
    low.set(node, index.size - 1)
    stack.push(node)
    onStack.add(node)
  }
  for (const root of graph.keys()) {
    if (index.has(root)) continue
    const path: { readonly node: string; next: number }[] = [{ node: root, next: 0 }]
    enter(root)
    for (let frame = path.at(-1); frame !== undefined; frame = path.at(-1)) {
      const { node } = frame
      const edge = graph.get(node)?.[frame.next]
      frame.next += 1
      if (edge && !index.has(edge.to)) {
        enter(edge.to)
        path.push({ node: edge.to, next: 0 })
      } else if (edge) {
        if (onStack.has(edge.to)) low.set(node, Math.min(low.get(node) ?? 0, index.get(edge.to) ?? 0))
      } else {
        path.pop()
        const parent = path.at(-1)?.node
        if (parent !== undefined) low.set(parent, Math.min(low.get(parent) ?? 0, low.get(node) ?? 0))
        if (low.get(node) !== index.get(node)) continue
        const component = stack.splice(stack.indexOf(node))
        for (const member of component) onStack.delete(member)
        const itself = graph.get(node)?.some(({ to }) => to === node) ?? false
        if (component.length > 1 || itself) found.push(component)
      }
    }
  }
  return found
}

/** The shortest way round from the first of the component back to it. */
function asCycle(
  component: readonly string[],
  graph: ReadonlyMap<string, readonly WaitEdge[]>,
  facts: ReleaseFacts,
  now: number,
): Cycle {
  const inside = new Set(component)
  const start = [...component].sort()[0] ?? ''
  const cameBy = new Map<string, WaitEdge>()
  const queue = [start]
  let closing: WaitEdge | undefined
  for (let at = queue.shift(); at !== undefined && !closing; at = queue.shift()) {
    for (const edge of graph.get(at) ?? []) {
      if (edge.to === start) {
        closing = edge
        break
      }
      if (!inside.has(edge.to) || cameBy.has(edge.to)) continue
      cameBy.set(edge.to, edge)
      queue.push(edge.to)
    }
  }
  const round: WaitEdge[] = []
  for (let edge = closing; edge !== undefined; edge = edge.from === start ? undefined : cameBy.get(edge.from))
    round.unshift(edge)
  const sessions = round.map(({ from }) => from)
  const edges = round.toSorted((a, b) => a.sinceMs - b.sinceMs)
  const quietFor = Math.max(PROBABLE_AFTER_MS, 3 * (facts.p99HoldMs ?? 0))
  // A wait that began late, or a release in between, shows that somebody still moves.
  const moved = Math.max(
    ...sessions.map((session) => facts.lastReleaseMs.get(session) ?? 0),
    ...edges.map(({ sinceMs }) => sinceMs),
  )
  return { sessions, edges, verdict: now - moved >= quietFor ? 'probable' : 'possible' }
}
