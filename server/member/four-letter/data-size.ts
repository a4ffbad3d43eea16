// zk_approximate_data_size: the bytes of all paths and data. It takes a walk over the tree, so its result is
// kept for a hundred times as long as the walk took.

import type { DataTree } from '#shared/tree/data-tree.ts'

const KEPT_FACTOR = 100

interface Measured {
  readonly bytes: number
  readonly untilMs: number
}

const measured = new WeakMap<DataTree, Measured>()

export function dataSize(tree: DataTree, nowMs: () => number): number {
  const startMs = nowMs()
  const known = measured.get(tree)
  if (known && startMs < known.untilMs) return known.bytes
  let bytes = 0
  for (const [path, node] of tree.nodes) bytes += path.length + node.dataLength
  const endMs = nowMs()
  measured.set(tree, { bytes, untilMs: endMs + (endMs - startMs) * KEPT_FACTOR })
  return bytes
}
