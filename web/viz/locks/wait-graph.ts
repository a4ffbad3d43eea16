// Who waits for whom, drawn in columns: left those who wait for nobody, right of each those who wait for it. A cycle
// has no left; its sessions stand where breadth-first search first meets them. Pure; no two nodes overlap.

import type { LockGraph } from '#shared/events/lock-requests.ts'

export interface GraphNode {
  readonly session: string
  readonly x: number
  readonly y: number
  readonly inCycle: boolean
}

export interface GraphEdge {
  readonly from: GraphNode
  readonly to: GraphNode
  readonly lock: string
  readonly sinceMs: number
  readonly inCycle: boolean
}

export interface GraphPicture {
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
  readonly width: number
  readonly height: number
  /** Sessions left out for want of room. */
  readonly more: number
}

export const GRAPH_NODES_MAX = 120
export const NODE = { width: 150, height: 24, gapX: 110, gapY: 12 } as const

export function layoutWaits({ edges, cycles }: Pick<LockGraph, 'edges' | 'cycles'>): GraphPicture {
  const cyclic = new Set(cycles.flatMap(({ sessions }) => sessions))
  const waitsFor = new Map<string, string[]>()
  const waiters = new Map<string, string[]>()
  const all = new Set<string>()
  for (const { from, to } of edges) {
    all.add(to)
    all.add(from)
    waitsFor.set(from, [...(waitsFor.get(from) ?? []), to])
    waiters.set(to, [...(waiters.get(to) ?? []), from])
  }
  const column = new Map<string, number>()
  const visit = (start: string): void => {
    const queue = [start]
    column.set(start, 0)
    for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
      for (const waiter of waiters.get(at) ?? []) {
        if (column.has(waiter)) continue
        column.set(waiter, (column.get(at) ?? 0) + 1)
        queue.push(waiter)
      }
    }
  }
  for (const session of all) if (!waitsFor.has(session) && !column.has(session)) visit(session)
  for (const session of all) if (!column.has(session)) visit(session)
  const shown = [...column.keys()].slice(0, GRAPH_NODES_MAX)
  const perColumn = new Map<number, number>()
  const nodes = shown.map((session): GraphNode => {
    const at = column.get(session) ?? 0
    const row = perColumn.get(at) ?? 0
    perColumn.set(at, row + 1)
    return {
      session,
      x: at * (NODE.width + NODE.gapX),
      y: row * (NODE.height + NODE.gapY),
      inCycle: cyclic.has(session),
    }
  })
  const byName = new Map(nodes.map((node) => [node.session, node]))
  const cycleEdges = new Set(
    cycles.flatMap((cycle) => cycle.edges.map(({ from, to, lock }) => `${from} ${to} ${lock}`)),
  )
  return {
    nodes,
    edges: edges.flatMap(({ from, to, lock, sinceMs }) => {
      const [a, b] = [byName.get(from), byName.get(to)]
      return a && b ? [{ from: a, to: b, lock, sinceMs, inCycle: cycleEdges.has(`${from} ${to} ${lock}`) }] : []
    }),
    width: (Math.max(0, ...perColumn.keys()) + 1) * (NODE.width + NODE.gapX) - NODE.gapX,
    height: Math.max(1, ...perColumn.values()) * (NODE.height + NODE.gapY),
    more: column.size - shown.length,
  }
}
