// The tree as an icicle: a level is a row, a znode is as wide as what it holds with all below it. From a flat list with parents
// first to cells in pixels. What was not looked at is a cell of its own, so that widths add up. Pure.

import type { SizeEntry } from '#shared/events/tree-requests.ts'
import { baseName, parentPath } from '#shared/zk/path.ts'

/** By what cells are wide. */
export const MAP_MEASURES = ['nodes', 'bytes', 'changes'] as const
export type MapMeasure = (typeof MAP_MEASURES)[number]

export interface IcicleCell {
  readonly path: string
  readonly name: string
  /** From 0, the top. */
  readonly depth: number
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly nodes: number
  readonly bytes: number
  readonly changes: number
  /** Not one znode but so many of this one's children, which were not looked at. */
  readonly others: number
}

export const CELL_PX = 26
/** Narrower cells are drawn together with their neighbours, as nothing. */
const WIDTH_PX_MIN = 1
/** Levels that are shown; deeper ones when one goes there. */
export const LEVELS_MAX = 12

interface Item {
  readonly path: string
  nodes: number
  bytes: number
  changes: number
  readonly others: number
  readonly below: Item[]
}

/**
 * @param changes of each znode with all below it, by path
 * @param root the top of the list
 */
export function layoutIcicle(
  entries: readonly SizeEntry[],
  changes: ReadonlyMap<string, number>,
  root: string,
  measure: MapMeasure,
  widthPx: number,
): readonly IcicleCell[] {
  const top = itemsOf(entries, changes).get(root)
  const cells: IcicleCell[] = []
  if (!top || widthPx <= 0) return cells
  const place = (item: Item, depth: number, x: number, width: number): void => {
    if (width < WIDTH_PX_MIN || depth >= LEVELS_MAX) return
    const { path, nodes, bytes, others } = item
    const name = others > 0 ? '' : path === '/' ? '/' : baseName(path)
    cells.push({
      path,
      name,
      depth,
      x,
      y: depth * CELL_PX,
      width,
      height: CELL_PX,
      nodes,
      bytes,
      others,
      changes: item.changes,
    })
    const whole = Math.max(weightOf(item, measure), sum(item.below, measure))
    if (whole <= 0) return
    let at = x
    for (const child of item.below) {
      const share = (weightOf(child, measure) / whole) * width
      place(child, depth + 1, at, share)
      at += share
    }
  }
  place(top, 0, 0, widthPx)
  return cells
}

function weightOf(item: Item, measure: MapMeasure): number {
  return item[measure]
}

function sum(items: readonly Item[], measure: MapMeasure): number {
  return items.reduce((total, item) => total + weightOf(item, measure), 0)
}

function itemsOf(entries: readonly SizeEntry[], changes: ReadonlyMap<string, number>): ReadonlyMap<string, Item> {
  const items = new Map<string, Item>()
  for (const { path, nodes, bytes } of entries) {
    const item: Item = { path, nodes, bytes, changes: changes.get(path) ?? 0, others: 0, below: [] }
    items.set(path, item)
    if (path !== '/') items.get(parentPath(path))?.below.push(item)
  }
  // Others: the children that were not looked at, and those left out of the list because they are small.
  for (const entry of entries) {
    const item = items.get(entry.path)
    if (!item) continue
    const missing = entry.children - item.below.length
    if (missing > 0) {
      item.below.push({
        path: entry.path,
        nodes: Math.max(missing, item.nodes - 1 - sum(item.below, 'nodes')),
        bytes: entry.others?.bytes ?? 0,
        changes: Math.max(0, item.changes - sum(item.below, 'changes')),
        others: missing,
        below: [],
      })
    }
    item.below.sort((a, b) => b.nodes - a.nodes || (a.path < b.path ? -1 : 1))
  }
  return items
}

/** The cell that an arrow key goes to: up and down a level, to the sides on the same one. */
export function cellBeside(cells: readonly IcicleCell[], at: number, key: string): number {
  const from = cells[at]
  if (!from) return cells.length > 0 ? 0 : -1
  const beside = (same: (cell: IcicleCell) => boolean, better: (a: IcicleCell, b: IcicleCell) => boolean): number => {
    let best = -1
    cells.forEach((cell, i) => {
      const rival = cells[best]
      if (same(cell) && (rival === undefined || better(cell, rival))) best = i
    })
    return best < 0 ? at : best
  }
  switch (key) {
    case 'ArrowUp':
      return beside(
        (cell) => cell.depth === from.depth - 1 && cell.x <= from.x + 0.01 && cell.x + cell.width >= from.x,
        (a, b) => a.x > b.x,
      )
    case 'ArrowDown':
      return beside(
        (cell) => cell.depth === from.depth + 1 && cell.x >= from.x - 0.01 && cell.x < from.x + from.width,
        (a, b) => a.width > b.width,
      )
    case 'ArrowRight':
      return beside(
        (cell) => cell.depth === from.depth && cell.x > from.x,
        (a, b) => a.x < b.x,
      )
    case 'ArrowLeft':
      return beside(
        (cell) => cell.depth === from.depth && cell.x < from.x,
        (a, b) => a.x > b.x,
      )
    default:
      return at
  }
}

/** The cell under a point; -1: none. */
export function cellAt(cells: readonly IcicleCell[], x: number, y: number): number {
  return cells.findIndex((cell) => x >= cell.x && x < cell.x + cell.width && y >= cell.y && y < cell.y + cell.height)
}

/** Steps of heat, from no change to the most, by powers: a path that changes ten times as often is seen to. */
export const HEAT_STEPS = 5
export function heatStep(changes: number, most: number): number {
  if (changes <= 0 || most <= 0) return 0
  const share = Math.log1p(changes) / Math.log1p(most)
  return Math.max(1, Math.min(HEAT_STEPS, Math.ceil(share * HEAT_STEPS)))
}
