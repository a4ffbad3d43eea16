// Which container and TTL znodes are due to be deleted. The leader asks from time to time and sends a
// deleteContainer for each, which prepare checks once more. Source: ContainerManager, client-protocol.md §12.

import type { DataTree } from './data-tree.ts'
import { ttlMsOf } from './owner.ts'
import type { Znode } from './znode.ts'

/** How often the leader looks, and how many it deletes in that time at most. ZooKeeper's defaults. */
export const REAP_INTERVAL_MS = 60_000
export const REAPED_PER_INTERVAL_MAX = 10_000

/**
 * At most REAPED_PER_INTERVAL_MAX paths. `nowMs` is wall-clock time, as mtimes are. A container is due once its
 * last child is gone; one that never had a child only after `neverUsedMs` (0, the default: never).
 */
export function reapCandidates(tree: DataTree, nowMs: number, neverUsedMs = 0): string[] {
  const due: string[] = []
  collect(tree, tree.containers, due, (node) =>
    node.cversion !== 0 ? true : neverUsedMs !== 0 && nowMs - node.mtime > neverUsedMs,
  )
  collect(tree, tree.ttls, due, (node) => nowMs - node.mtime > ttlMsOf(node.ephemeralOwner))
  return due
}

function collect(tree: DataTree, paths: Iterable<string>, due: string[], isDue: (node: Znode) => boolean): void {
  for (const path of paths) {
    if (due.length >= REAPED_PER_INTERVAL_MAX) return
    const node = tree.nodes.get(path)
    if (node && !node.children?.size && isDue(node)) due.push(path)
  }
}
