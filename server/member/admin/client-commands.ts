// What the AdminServer says of connections, sessions and watches. Session ids are Java longs, signed, as numbers and
// as names of fields. Source: ConsCommand, DumpCommand, WatchCommand and others, operations.md §2.

import { NO_SESSION, type SessionId } from '#shared/zk/ids.ts'
import type { ClientConnection } from '../clients/client-connection.ts'
import { bracketed } from '../four-letter/four-letter-text.ts'
import type { ServerFacts } from '../server-facts.ts'
import { fields, type Json, type JsonFields } from './json-text.ts'

type Fields = Readonly<Record<string, Json>>

function longOf(id: SessionId): bigint {
  return BigInt.asIntN(64, id)
}

export function connectionList(facts: ServerFacts): Fields {
  return { connections: [...facts.connections()].map(wholeConnection), secure_connections: [] }
}

export function shortConnectionList(facts: ServerFacts): Fields {
  return { connections: [...facts.connections()].map((c) => fields(headOf(c))), secure_connections: [] }
}

function headOf({ address, port, received, output }: ClientConnection): Fields {
  return {
    remote_socket_address: `${bracketed(address)}:${port}`,
    interest_ops: 1,
    outstanding_requests: output.outstanding,
    packets_received: received,
    packets_sent: output.sent,
  }
}

function wholeConnection(connection: ClientConnection): JsonFields {
  const { latency, lastReplyZxid, lastReplyMs, lastLatencyMs } = connection.output
  return fields({
    ...headOf(connection),
    session_id: longOf(connection.sessionId),
    last_operation: connection.lastOp,
    established: connection.establishedWallMs,
    session_timeout: connection.timeoutMs,
    last_cxid: connection.lastCxid,
    last_zxid: lastReplyZxid,
    last_response_time: Math.floor(lastReplyMs),
    last_latency: Math.floor(lastLatencyMs),
    min_latency: Math.floor(latency.minMs),
    avg_latency: latency.count === 0 ? 0 : Math.floor(latency.sumMs / latency.count),
    max_latency: Math.floor(latency.maxMs),
  })
}

/** Only the leader knows when sessions expire. */
export function dumpOf({ peer }: ServerFacts): Fields {
  const buckets = [...(peer.leadership?.tracker.buckets ?? [])].sort(([a], [b]) => a - b)
  return {
    expiry_time_to_session_ids: new Map(buckets.map(([at, ids]) => [String(at), [...ids].map(longOf)])),
    session_id_to_ephemeral_paths: new Map(
      [...peer.tree.ephemerals].map(([owner, paths]) => [String(longOf(owner)), [...paths]]),
    ),
  }
}

export function watchSummary({ peer }: ServerFacts): Fields {
  let total = 0
  const watchers = new Set<number>()
  for (const conns of peer.watches.data.values()) {
    total += conns.size
    for (const conn of conns.keys()) watchers.add(conn)
  }
  return { num_connections: watchers.size, num_paths: peer.watches.data.size, num_total_watches: total }
}

export function watchesBySession({ peer }: ServerFacts): Fields {
  const bySession = new Map<string, readonly string[]>()
  for (const [conn, paths] of peer.watches.paths) {
    const session = peer.conns.get(conn)?.sessionId ?? NO_SESSION
    if (session !== NO_SESSION && paths.data.size > 0) bySession.set(String(longOf(session)), [...paths.data])
  }
  return { session_id_to_watched_paths: bySession }
}

export function watchesByPath({ peer }: ServerFacts): Fields {
  const byPath = new Map<string, readonly bigint[]>()
  for (const [path, conns] of peer.watches.data) {
    const sessions = [...conns.keys()].map((conn) => peer.conns.get(conn)?.sessionId ?? NO_SESSION)
    byPath.set(path, sessions.filter((id) => id !== NO_SESSION).map(longOf))
  }
  return { path_to_session_ids: byPath }
}
