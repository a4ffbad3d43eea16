// What is counted for each namespace, the first part of a path: quotas, looked up when they are asked for, and the bytes
// read and written, which cost a look at every request and are counted only while Prometheus is served.
// Source: DataTree.updateReadStat and updateWriteStat, QuotaMetricsUtils.

import type { PeerEffect } from '#shared/peer/contract.ts'
import { QUOTA_PATH } from '#shared/tree/create-tree.ts'
import type { DataTree } from '#shared/tree/data-tree.ts'
import { dataOf } from '#shared/tree/node-data.ts'
import { parseQuota, QUOTA_LIMITS, QUOTA_STATS, type QuotaText } from '#shared/tree/quota.ts'
import type { ReplyBody } from '#shared/zk/reply.ts'
import type { Txn } from '#shared/zk/txn.ts'
import { Summary } from './summary.ts'

/** Clients choose names: beyond this many the others are not told apart, nor counted. */
export const NAMESPACES_MAX = 200
/** What Apache counts for a Stat. */
const STAT_BYTES = 68

export interface Namespaces {
  readonly read: ReadonlyMap<string, Summary>
  readonly write: ReadonlyMap<string, Summary>
  onReply(effect: Extract<PeerEffect, { type: 'reply' }>): void
  onApplied(txn: Txn): void
  reset(): void
}

export function createNamespaces(): Namespaces {
  const read = new Map<string, Summary>()
  const write = new Map<string, Summary>()
  return {
    read,
    write,
    onReply({ request, err, body }) {
      if (err !== 0 || !('path' in request) || request.path === null) return
      const bytes = READS.has(request.type) ? bytesRead(body) : null
      if (bytes !== null) count(read, request.path, bytes)
    },
    onApplied(txn) {
      if (txn.type === 'closeSession') for (const path of txn.paths ?? []) count(write, path, 0)
      else if (txn.type !== 'multi') onWrite(write, txn)
      else if (!txn.txns.some((part) => part.type === 'error')) for (const part of txn.txns) onWrite(write, part)
    },
    reset() {
      read.clear()
      write.clear()
    },
  }
}

const READS: ReadonlySet<string> = new Set(['exists', 'getData', 'getACL', 'getChildren', 'getChildren2'])

function bytesRead(body: ReplyBody): number | null {
  switch (body.type) {
    case 'data':
      return STAT_BYTES + (body.data?.length ?? 0)
    case 'children':
    case 'childrenStat': {
      let bytes = STAT_BYTES
      for (const child of body.children) bytes += child.length
      return bytes
    }
    case 'childPaths': {
      let bytes = STAT_BYTES - body.paths.length * body.nameAt
      for (const path of body.paths) bytes += path.length
      return bytes
    }
    case 'stat':
    case 'acl':
      return STAT_BYTES
    default:
      return null
  }
}

function onWrite(write: Map<string, Summary>, txn: Txn | { readonly type: 'check' }): void {
  if (txn.type === 'check' || txn.type === 'setACL' || !('path' in txn)) return
  count(write, txn.path, 'data' in txn ? (txn.data?.length ?? 0) : 0)
}

function count(summaries: Map<string, Summary>, path: string, bytes: number): void {
  const end = path.indexOf('/', 1)
  const namespace = path.slice(1, end === -1 ? undefined : end)
  if (namespace === '') return
  let summary = summaries.get(namespace)
  if (!summary) {
    if (summaries.size >= NAMESPACES_MAX) return
    summary = new Summary()
    summaries.set(namespace, summary)
  }
  summary.add(path.length + bytes)
}

const QUOTA_GAUGES: readonly (readonly [string, string, (quota: QuotaText) => number])[] = [
  ['quota_count_limit_per_namespace', QUOTA_LIMITS, (q) => (q.countHardLimit > -1 ? q.countHardLimit : q.count)],
  ['quota_count_usage_per_namespace', QUOTA_STATS, (q) => q.count],
  ['quota_bytes_limit_per_namespace', QUOTA_LIMITS, (q) => (q.byteHardLimit > -1 ? q.byteHardLimit : q.bytes)],
  ['quota_bytes_usage_per_namespace', QUOTA_STATS, (q) => q.bytes],
]

export interface QuotaFigure {
  readonly name: string
  readonly namespace: string
  readonly value: number
}

/** Of the namespaces that have a quota of their own. */
export function quotaFigures(tree: DataTree): QuotaFigure[] {
  const found: QuotaFigure[] = []
  const roots = [...(tree.nodes.get(QUOTA_PATH)?.children ?? [])].slice(0, NAMESPACES_MAX)
  for (const [name, leaf, figureOf] of QUOTA_GAUGES) {
    for (const path of roots) {
      const node = tree.nodes.get(`${path}/${leaf}`)
      if (node)
        found.push({ name, namespace: path.slice(QUOTA_PATH.length + 1), value: figureOf(parseQuota(dataOf(node))) })
    }
  }
  return found
}
