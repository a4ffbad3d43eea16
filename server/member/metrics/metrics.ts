// What a server counts and measures beyond its traffic, under ZooKeeper's names. Plain numbers, always on: whoever
// counts adds one to a field. How they are shown is collect.ts. Source: ServerMetrics, operations.md §4.1.

import { Summary } from './summary.ts'

/** Every one is of something that happens here; README.md lists Apache's others, with reasons. */
const COUNTERS = [
  'bytes_received_count',
  'cnxn_closed_without_zk_server_running',
  'commit_count',
  'connection_request_count',
  'connection_revalidate_count',
  'diff_count',
  'learner_commit_received_count',
  'learner_proposal_received_count',
  'looking_count',
  'proposal_count',
  'response_bytes',
  'revalidate_count',
  'sessionless_connections_expired',
  'snap_count',
  'stale_sessions_expired',
  'sync_processor_request_queued',
  'unrecoverable_error_count',
  'watch_bytes',
] as const

/** Average, least, most, count and sum. Times are milliseconds. */
const BASIC = [
  'dbinittime',
  'election_time',
  'follower_sync_time',
  'fsynctime',
  'leader_unavailable_time',
  'node_changed_watch_count',
  'node_children_watch_count',
  'node_created_watch_count',
  'node_deleted_watch_count',
  'observer_sync_time',
  'snapshottime',
  'startup_snap_load_time',
  'startup_txns_load_time',
  'startup_txns_loaded',
  'sync_processor_batch_size',
  'unavailable_time',
] as const

/** The same, and percentiles. */
const ADVANCED = [
  'commit_propagation_latency',
  'propagation_latency',
  'proposal_ack_creation_latency',
  'proposal_latency',
  'quorum_ack_latency',
  'readlatency',
  'sync_processor_queue_and_flush_time_ms',
  'updatelatency',
] as const

export type CounterName = (typeof COUNTERS)[number]
export type SummaryName = (typeof BASIC)[number] | (typeof ADVANCED)[number]

export interface Metrics {
  readonly counters: Record<CounterName, number>
  readonly basic: Readonly<Record<(typeof BASIC)[number], Summary>>
  readonly advanced: Readonly<Record<(typeof ADVANCED)[number], Summary>>
  /** From a proposal to a learner's ACK, by its id: as many as an ensemble has learners. */
  readonly ackLatency: Map<string, Summary>
}

/** Beyond this many learners (ids come from the wire) no more are told apart. */
export const ACK_LATENCIES_MAX = 255

export function createMetrics(): Metrics {
  return {
    counters: recordOf(COUNTERS, () => 0),
    basic: recordOf(BASIC, () => new Summary()),
    advanced: recordOf(ADVANCED, () => new Summary()),
    ackLatency: new Map(),
  }
}

function recordOf<K extends string, V>(names: readonly K[], make: () => V): Record<K, V> {
  return Object.fromEntries(names.map((name) => [name, make()])) as Record<K, V> // exactly the names
}

/** `srst`. */
export function resetMetrics(metrics: Metrics): void {
  for (const name of COUNTERS) metrics.counters[name] = 0
  for (const summary of Object.values(metrics.basic)) summary.reset()
  for (const summary of Object.values(metrics.advanced)) summary.reset()
  metrics.ackLatency.clear()
}

export function ackLatencyOf(metrics: Metrics, sid: number): Summary | null {
  const key = String(sid)
  const known = metrics.ackLatency.get(key)
  if (known) return known
  if (metrics.ackLatency.size >= ACK_LATENCIES_MAX) return null
  const fresh = new Summary()
  metrics.ackLatency.set(key, fresh)
  return fresh
}
