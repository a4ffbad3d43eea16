// All metrics of a server as one list, in the order of Apache's `mntr`: what the text command, the AdminServer and
// Prometheus show is made from it. Source: ZooKeeperServer.registerMetrics, Leader.registerMetrics, operations.md §1.2.

import { readdir, readFile } from 'node:fs/promises'
import type { DataTree } from '#shared/tree/data-tree.ts'
import { watchCount } from '#shared/tree/watch-table.ts'
import { voterCount } from '#shared/zk/quorum-config.ts'
import { dataSize } from '../four-letter/data-size.ts'
import { ephemeralCount, leaderFacts, type ServerFacts } from '../server-facts.ts'
import { averageMs } from '../traffic.ts'
import type { CounterName } from './metrics.ts'
import { quotaFigures } from './namespaces.ts'
import type { Summary } from './summary.ts'

export type Metric =
  | {
      readonly type: 'gauge'
      readonly name: string
      readonly value: number
      readonly isDouble?: boolean
      /** Of a set of them: which one this is. */
      readonly key?: string
    }
  | { readonly type: 'counter'; readonly name: string; readonly value: number }
  | {
      readonly type: 'summary'
      readonly name: string
      readonly summary: Summary
      /** With its percentiles. */
      readonly advanced: boolean
      /** As a gauge's. */
      readonly key: string | null
    }

export async function collectMetrics(facts: ServerFacts): Promise<Metric[]> {
  const { traffic, coreMetrics } = facts
  coreMetrics.settle()
  const { counters, basic, advanced, ackLatency } = traffic.metrics
  const metrics: Metric[] = await gauges(facts)
  const counts: [string, number][] = [
    ...(Object.entries(counters) as [CounterName, number][]), // exactly its keys
    ['connection_drop_count', traffic.connectionsDropped],
    ['connection_rejected', traffic.connectionsRejected],
    ['digest_mismatches_count', traffic.digestMismatches],
    ['ensemble_auth_success', traffic.ensembleAuthSucceeded],
    ['ensemble_auth_fail', traffic.ensembleAuthFailed],
    ['ensemble_auth_skip', traffic.ensembleAuthSkipped],
    ['tls_handshake_exceeded', traffic.tlsHandshakesExceeded],
    ['unsuccessful_handshake', traffic.tlsHandshakesFailed],
  ]
  counts.sort(([a], [b]) => (a < b ? -1 : 1))
  for (const [name, value] of counts) metrics.push({ type: 'counter', name, value })
  for (const [name, summary] of Object.entries(basic))
    metrics.push({ type: 'summary', name, summary, advanced: false, key: null })
  for (const [name, summary] of Object.entries(advanced))
    metrics.push({ type: 'summary', name, summary, advanced: true, key: null })
  for (const [key, summary] of ackLatency)
    metrics.push({ type: 'summary', name: 'ack_latency', summary, advanced: true, key })
  for (const [name, byNamespace] of [
    ['read_per_namespace', facts.namespaces?.read],
    ['write_per_namespace', facts.namespaces?.write],
  ] as const)
    for (const [key, summary] of byNamespace ?? [])
      metrics.push({ type: 'summary', name, summary, advanced: false, key })
  return metrics
}

/** A reader of /proc for each caller of `mntr` would be a way to keep a server busy: one look for all in this time. */
const FILES_KEPT_MS = 250

let files: { readonly untilMs: number; readonly counts: Promise<readonly [number, number]> } | null = null

/** How many files this process has open and may have; -1 where the system has no /proc. */
function openFiles(nowMs: number): Promise<readonly [number, number]> {
  if (files && nowMs < files.untilMs) return files.counts
  const counts = Promise.all([
    readdir('/proc/self/fd').then(
      (names) => names.length,
      () => -1,
    ),
    readFile('/proc/self/limits', 'utf8').then(
      (text) => Number(/^Max open files\s+(\d+)/m.exec(text)?.[1] ?? -1),
      () => -1,
    ),
  ])
  files = { untilMs: nowMs + FILES_KEPT_MS, counts }
  return counts
}

/** Apache keeps the root under two names and counts both: members of one ensemble must show one number. */
export function nodeCount(tree: DataTree): number {
  return tree.nodes.size + 1
}

async function gauges(facts: ServerFacts): Promise<Metric[]> {
  const { traffic, peer, config } = facts
  const leader = config.standalone ? null : leaderFacts(facts)
  const nowMs = facts.nowMs()
  const [filesOpen, filesMax] = await openFiles(nowMs)
  const values: (readonly [string, number])[] = [
    ...(leader === null
      ? []
      : ([
          ['learners', leader.learners],
          ['synced_followers', leader.syncedFollowers],
          ['synced_non_voting_followers', leader.syncedNonVoting],
          ['synced_observers', leader.syncedObservers],
          ['pending_syncs', leader.pendingSyncs],
          ['leader_uptime', Math.round(nowMs - facts.notes.servingSinceMs)],
          ['last_proposal_size', traffic.lastProposalBytes],
          ['max_proposal_size', traffic.maxProposalBytes],
          ['min_proposal_size', traffic.minProposalBytes],
        ] as const)),
    ...(config.standalone ? [] : ([['quorum_size', voterCount(peer.zab.active)]] as const)),
    ['approximate_data_size', dataSize(peer.tree, facts.nowMs)],
    ['auth_failed_count', traffic.authFailed],
    ['ephemerals_count', ephemeralCount(facts)],
    ['global_sessions', peer.tree.sessions.size],
    ['last_client_response_size', traffic.lastResponseBytes],
    ['local_sessions', 0],
    ['max_client_response_size', traffic.maxResponseBytes],
    ['max_file_descriptor_count', filesMax],
    ['max_latency', Math.floor(traffic.latency.maxMs)],
    ['min_client_response_size', traffic.minResponseBytes],
    ['min_latency', Math.floor(traffic.latency.minMs)],
    ['non_mtls_local_conn_count', traffic.nonMtlsLocal],
    ['non_mtls_remote_conn_count', traffic.nonMtlsRemote],
    ['num_alive_connections', facts.connectionCount()],
    ['open_file_descriptor_count', filesOpen],
    ['outstanding_requests', traffic.outstanding],
    ['outstanding_tls_handshake', traffic.tlsHandshakesUnderWay],
    ['packets_received', traffic.received],
    ['packets_sent', traffic.sent],
    ['uptime', Math.round(nowMs - facts.startedAtMs)],
    ['watch_count', watchCount(peer.watches)],
    ['znode_count', nodeCount(peer.tree)],
  ]
  return [
    { type: 'gauge', name: 'avg_latency', value: averageMs(traffic.latency), isDouble: true },
    { type: 'gauge', name: 'connection_drop_probability', value: 0, isDouble: true },
    ...values.map(([name, value]) => ({ type: 'gauge', name, value }) as const),
    ...quotaFigures(peer.tree).map(({ name, namespace, value }) => {
      return { type: 'gauge', name, value, key: namespace } as const
    }),
  ]
}
