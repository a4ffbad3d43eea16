// Who waits for whom, drawn in columns: left those who wait for nobody, right of each those who wait for it. What hangs
// together stands together, cycles first. Many who wait for the same and whom nobody waits for are one box with their
// number. A cycle has no left; its sessions stand where breadth-first search first meets them. Pure; no two boxes overlap.

import type { LockGraph } from '#shared/events/lock-requests.ts'

export interface GraphNode {
  readonly key: string
  /** The session; of a bundle the first of them. */
  readonly session: string
  /** How many sessions it stands for. */
  readonly count: number
  readonly x: number
  readonly y: number
  readonly inCycle: boolean
}

export interface GraphEdge {
  readonly from: GraphNode
  readonly to: GraphNode
  readonly lock: string
  /** Of a bundle: of who has waited longest. */
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
/** From so many on they are one box. */
export const BUNDLE_FROM = 4
export const NODE = { width: 150, height: 24, gapX: 190, gapY: 14, gapParts: 18 } as const

type Edge = LockGraph['edges'][number]

interface Group {
  readonly key: string
  readonly sessions: string[]
}

export function layoutWaits({ edges, cycles }: Pick<LockGraph, 'edges' | 'cycles'>): GraphPicture {
  const cyclic = new Set(cycles.flatMap(({ sessions }) => sessions))
  const groups = groupSessions(edges, cyclic)
  const groupOf = new Map(groups.flatMap((group) => group.sessions.map((session) => [session, group.key] as const)))
  const waitsFor = new Map<string, string[]>()
  const waiters = new Map<string, string[]>()
  for (const { from, to } of edges) {
    const [a, b] = [groupOf.get(from) ?? from, groupOf.get(to) ?? to]
    push(waitsFor, a, b)
    push(waiters, b, a)
  }
  const byKey = new Map(groups.map((group) => [group.key, group]))
  const isCyclic = (key: string) => byKey.get(key)?.sessions.some((session) => cyclic.has(session)) === true
  const parts = connected(groups, waitsFor, waiters).sort((a, b) => Number(b.some(isCyclic)) - Number(a.some(isCyclic)))
  const nodes: GraphNode[] = []
  let top = 0
  let width = 0
  let left = 0
  for (const part of parts) {
    if (nodes.length + part.length > GRAPH_NODES_MAX && nodes.length > 0) {
      left += part.reduce((sum, key) => sum + (byKey.get(key)?.sessions.length ?? 0), 0)
      continue
    }
    const columns = columnsOf(part, waitsFor, waiters)
    const rows = new Map<number, number>()
    for (const [i, [key, column]] of [...columns].entries()) {
      const group = byKey.get(key)
      if (!group) continue
      if (i >= GRAPH_NODES_MAX) {
        left += group.sessions.length
        continue
      }
      const row = rows.get(column) ?? 0
      rows.set(column, row + 1)
      const x = column * (NODE.width + NODE.gapX)
      width = Math.max(width, x + NODE.width)
      nodes.push({
        ...{ key, session: group.sessions[0] ?? key, count: group.sessions.length, x },
        y: top + row * (NODE.height + NODE.gapY),
        inCycle: isCyclic(key),
      })
    }
    top += Math.max(1, ...rows.values()) * (NODE.height + NODE.gapY) + NODE.gapParts
  }
  const drawn = new Map(nodes.map((node) => [node.key, node]))
  return {
    nodes,
    edges: edgesBetween(edges, cycles, groupOf, drawn),
    width,
    height: Math.max(NODE.height, top),
    more: left,
  }
}

/** Those who wait for the same at the same locks, and whom nobody waits for, in one group when they are many. */
function groupSessions(edges: readonly Edge[], cyclic: ReadonlySet<string>): Group[] {
  const awaited = new Set(edges.map(({ to }) => to))
  const wants = new Map<string, string[]>()
  const order: string[] = []
  for (const { from, to, lock } of edges) {
    for (const session of [to, from]) {
      if (wants.has(session)) continue
      wants.set(session, [])
      order.push(session)
    }
    push(wants, from, `${to} ${lock}`)
  }
  const alike = new Map<string, string[]>()
  for (const session of order) {
    const alone = awaited.has(session) || cyclic.has(session)
    push(alike, alone ? session : (wants.get(session) ?? []).toSorted().join('\n'), session)
  }
  return [...alike].flatMap(([key, sessions]) =>
    sessions.length >= BUNDLE_FROM
      ? [{ key, sessions }]
      : sessions.map((session) => ({ key: session, sessions: [session] })),
  )
}

function connected(
  groups: readonly Group[],
  waitsFor: ReadonlyMap<string, readonly string[]>,
  waiters: ReadonlyMap<string, readonly string[]>,
): string[][] {
  const seen = new Set<string>()
  const parts: string[][] = []
  for (const { key: start } of groups) {
    if (seen.has(start)) continue
    seen.add(start)
    const part = [start]
    for (const at of part) {
      for (const next of [...(waitsFor.get(at) ?? []), ...(waiters.get(at) ?? [])]) {
        if (seen.has(next)) continue
        seen.add(next)
        part.push(next)
      }
    }
    parts.push(part)
  }
  return parts
}

/** Key → column, in the order of the search. */
function columnsOf(
  part: readonly string[],
  waitsFor: ReadonlyMap<string, readonly string[]>,
  waiters: ReadonlyMap<string, readonly string[]>,
): Map<string, number> {
  const column = new Map<string, number>()
  const visit = (start: string): void => {
    column.set(start, 0)
    const queue = [start]
    for (const at of queue) {
      for (const waiter of waiters.get(at) ?? []) {
        if (column.has(waiter)) continue
        column.set(waiter, (column.get(at) ?? 0) + 1)
        queue.push(waiter)
      }
    }
  }
  for (const key of part) if (!waitsFor.has(key) && !column.has(key)) visit(key)
  for (const key of part) if (!column.has(key)) visit(key)
  return column
}

function edgesBetween(
  edges: readonly Edge[],
  cycles: LockGraph['cycles'],
  groupOf: ReadonlyMap<string, string>,
  drawn: ReadonlyMap<string, GraphNode>,
): GraphEdge[] {
  const inCycles = new Set(cycles.flatMap((cycle) => cycle.edges.map(({ from, to, lock }) => `${from} ${to} ${lock}`)))
  const found = new Map<string, GraphEdge>()
  for (const { from, to, lock, sinceMs } of edges) {
    const [a, b] = [drawn.get(groupOf.get(from) ?? from), drawn.get(groupOf.get(to) ?? to)]
    if (!a || !b) continue
    const key = `${a.key} ${b.key} ${lock}`
    const before = found.get(key)
    const inCycle = before?.inCycle === true || inCycles.has(`${from} ${to} ${lock}`)
    found.set(key, { from: a, to: b, lock, sinceMs: Math.min(sinceMs, before?.sinceMs ?? sinceMs), inCycle })
  }
  return [...found.values()]
}

function push(map: Map<string, string[]>, key: string, value: string): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else if (!list.includes(value)) list.push(value)
}
