// Quotas: limits on how many znodes a subtree holds and how many bytes, kept in znodes below
// /zookeeper/quota. Every server counts for itself while it applies txns; only the leader refuses, and only
// when told to. Source: Quotas, StatsTrack, DataTree.updateQuotaStat, client-protocol.md §11.

import { tryUtf8Decode, utf8Encode } from '../base/text.ts'
import { baseName, parentPath } from '../zk/path.ts'
import { QUOTA_PATH } from './create-tree.ts'
import type { DataTree } from './data-tree.ts'
import { dataOf, dropData, putData } from './node-data.ts'
import type { Znode } from './znode.ts'

export const QUOTA_LIMITS = 'zookeeper_limits'
export const QUOTA_STATS = 'zookeeper_stats'

/** -1: no such limit. In the stats node, count and bytes are what there is. */
export interface QuotaText {
  readonly count: number
  readonly bytes: number
  readonly countHardLimit: number
  readonly byteHardLimit: number
}

/** Reads either node's data; unknown keys and anything unreadable are passed over. */
export function parseQuota(data: Uint8Array | null): QuotaText {
  const values = new Map<string, number>()
  const text = data === null ? null : tryUtf8Decode(data)
  for (const part of text?.split(/[,;]+/) ?? []) {
    const [, key, digits] = /^=?(\w+)=(-?\d+)=?$/.exec(part.trim()) ?? []
    if (key !== undefined && digits !== undefined) values.set(key, Number(digits))
  }
  const value = (key: string) => values.get(key) ?? -1
  return {
    count: value('count'),
    bytes: value('bytes'),
    countHardLimit: value('countHardLimit'),
    byteHardLimit: value('byteHardLimit'),
  }
}

/** The node with a quota that `path` counts towards: itself or the nearest ancestor below the root. */
export function quotaOwner(tree: DataTree, path: string): string | null {
  // Most ensembles have no quota at all, and this is asked for every write.
  if (!tree.nodes.get(QUOTA_PATH)?.children?.size) return null
  for (let at = path; at !== '/'; at = parentPath(at)) {
    if (tree.nodes.has(`${QUOTA_PATH}${at}/${QUOTA_LIMITS}`)) return at
  }
  return null
}

/** Whether adding this much at `path` would pass a hard limit. What is still in flight is not counted, as in ZooKeeper. */
export function breaksQuota(tree: DataTree, path: string, bytes: number, count: number): boolean {
  const owner = quotaOwner(tree, path)
  if (owner === null) return false
  const textOf = (name: string) => {
    const node = tree.nodes.get(`${QUOTA_PATH}${owner}/${name}`)
    return parseQuota(node ? dataOf(node) : null)
  }
  const limits = textOf(QUOTA_LIMITS)
  const used = textOf(QUOTA_STATS)
  const isOver = (limit: number, present: number, more: number) =>
    limit > -1 && more > 0 && Math.max(present, 0) + more > limit
  return isOver(limits.countHardLimit, used.count, count) || isOver(limits.byteHardLimit, used.bytes, bytes)
}

/** Counts a change at `path` into the stats node of its quota, if it has one. */
export function countTowardsQuota(tree: DataTree, path: string, bytes: number, count: number): void {
  const owner = quotaOwner(tree, path)
  const stats = owner === null ? undefined : tree.nodes.get(`${QUOTA_PATH}${owner}/${QUOTA_STATS}`)
  if (!stats) return
  const used = parseQuota(dataOf(stats))
  writeStats(tree, stats, Math.max(used.count, 0) + count, Math.max(used.bytes, 0) + bytes)
}

function writeStats(tree: DataTree, stats: Znode, count: number, bytes: number): void {
  dropData(tree.data, stats)
  putData(tree.data, stats, utf8Encode(`count=${count},bytes=${bytes}`))
}

/** A stats node that has just been created starts with what its subtree holds now. */
export function onQuotaNodeCreated(tree: DataTree, path: string): void {
  if (path.startsWith(`${QUOTA_PATH}/`) && path.endsWith(`/${QUOTA_STATS}`)) recount(tree, path)
}

function recount(tree: DataTree, statsPath: string): void {
  const owner = statsPath.slice(QUOTA_PATH.length, -QUOTA_STATS.length - 1)
  const stats = tree.nodes.get(statsPath)
  if (!stats || owner === '' || !tree.nodes.has(owner)) return
  let count = 0
  let bytes = 0
  const paths = [owner]
  for (let path = paths.pop(); path !== undefined; path = paths.pop()) {
    const node = tree.nodes.get(path)
    if (!node) continue
    count += 1
    bytes += node.dataLength
    for (const child of node.children ?? []) paths.push(child)
  }
  writeStats(tree, stats, count, bytes)
}

/** After loading a tree: a fuzzy snapshot's counts may fit no single moment. */
export function recountQuotas(tree: DataTree): void {
  const paths = [QUOTA_PATH]
  for (let path = paths.pop(); path !== undefined; path = paths.pop()) {
    for (const child of tree.nodes.get(path)?.children ?? []) {
      if (baseName(child) === QUOTA_STATS) recount(tree, child)
      else paths.push(child)
    }
  }
}
