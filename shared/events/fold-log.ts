// The part of the fold that keeps bounded lists: votes, connections, the log of watches and the markers of
// the timeline. It decides the words of a marker, and nothing about members or rounds.

import {
  type ClusterView,
  CONNECTIONS_MAX,
  type ConnectionView,
  MARKERS_MAX,
  type Marker,
  VOTES_MAX,
  type VoteChangeView,
  type VoteView,
  WATCH_LOG_MAX,
  type WatchLogEntry,
} from './cluster-view.ts'
import { ACTIVE_FAULTS_MAX } from './fault-catalogue.ts'
import type { GatewayEvent } from './socket-protocol.ts'

function pushBounded<T>(list: T[], item: T, max: number): void {
  list.push(item)
  if (list.length > max) list.shift()
}

export function foldVote(view: ClusterView, vote: VoteView): void {
  pushBounded(view.votes, vote, VOTES_MAX)
}

export function foldVoteChange(view: ClusterView, change: VoteChangeView): void {
  pushBounded(view.voteChanges, change, VOTES_MAX)
}

export function foldWatch(view: ClusterView, entry: WatchLogEntry): void {
  pushBounded(view.watchLog, entry, WATCH_LOG_MAX)
}

/** A watch that the log knows to wait is no news: streams break and come up again. */
export function foldFoundWatch(view: ClusterView, entry: WatchLogEntry): void {
  const last = view.watchLog.findLast(
    (other) =>
      other.sid === entry.sid &&
      other.conn === entry.conn &&
      other.session === entry.session &&
      other.path === entry.path &&
      (other.stage === 'triggered' || other.stage === 'delivered' || sameTable(other.what, entry.what)),
  )
  const known = last?.stage === 'set' || last?.stage === 'found'
  if (!known) foldWatch(view, entry)
}

/** A member keeps `exists` watches with those on data, and does not tell them apart later. */
function sameTable(kind: string, other: string): boolean {
  return kind === other || (['data', 'exists'].includes(kind) && ['data', 'exists'].includes(other))
}

/** Markers of different members may come slightly out of order; they are kept sorted by time. */
export function foldMarker(view: ClusterView, marker: Marker): void {
  let at = view.markers.length
  while (at > 0 && (view.markers[at - 1]?.t ?? 0) > marker.t) at -= 1
  view.markers.splice(at, 0, marker)
  if (view.markers.length > MARKERS_MAX) view.markers.shift()
}

/** Once an epoch, whoever tells it first: the leader's phase and its `serving` both say so. */
export function foldEpoch(view: ClusterView, t: number, sid: number, epoch: number): void {
  const text = `Member ${sid} leads epoch ${epoch}`
  if (view.markers.some((marker) => marker.type === 'epoch' && marker.text === text)) return
  foldMarker(view, { t, sid, type: 'epoch', text })
}

function connectionKey(sid: number, conn: number): string {
  return `${sid}:${conn}`
}

/** Beyond CONNECTIONS_MAX only the member's own count knows them. */
export function foldConnected(view: ClusterView, connection: ConnectionView): void {
  if (Object.keys(view.connections).length >= CONNECTIONS_MAX) return
  view.connections[connectionKey(connection.sid, connection.conn)] = connection
}

export function foldDisconnected(view: ClusterView, sid: number, conn: number): void {
  delete view.connections[connectionKey(sid, conn)]
}

/** The process is gone, or tells us afresh which connections it has. */
export function forgetConnections(view: ClusterView, sid: number): void {
  for (const [key, connection] of Object.entries(view.connections)) {
    if (connection.sid === sid) delete view.connections[key]
  }
}

export function foldFault(view: ClusterView, event: Extract<GatewayEvent, { type: 'fault' }>): void {
  const { t, change, fault, reason } = event
  const sid = fault.sids.length === 1 ? event.sid : null
  view.faults = view.faults.filter(({ id }) => id !== fault.id)
  if (change === 'ended') {
    foldMarker(view, { t, sid, type: 'healed', text: `${fault.text}: over, ${reason}` })
    return
  }
  if (change === 'began') pushBounded(view.faults, fault, ACTIVE_FAULTS_MAX)
  foldMarker(view, { t, sid, type: 'fault', text: fault.text })
}

/** What it said stays in rounds and logs. */
export function foldLeft(view: ClusterView, t: number, sid: number): void {
  delete view.members[sid]
  delete view.streams[sid]
  delete view.parked[sid]
  forgetConnections(view, sid)
  foldMarker(view, { t, sid, type: 'left', text: `Member ${sid} has left the ensemble` })
}
