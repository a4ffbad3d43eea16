// The fold: what one event changes in the view of a cluster. The gateway, the page and a replay all use this
// one function, so they cannot disagree. It changes the view in place, asks no clock, and costs what is new
// in the event, not what the view holds. fold-rounds.ts and fold-log.ts do the details.

import { unreachable } from '../base/assert.ts'
import type { ClusterEvent, MemberStats } from './cluster-event.ts'
import type { ClusterView, MemberView } from './cluster-view.ts'
import {
  foldConnected,
  foldDisconnected,
  foldEpoch,
  foldFault,
  foldFoundWatch,
  foldLeft,
  foldMarker,
  foldVote,
  foldVoteChange,
  foldWatch,
  forgetConnections,
} from './fold-log.ts'
import {
  foldAppliedUpTo,
  foldKnown,
  foldMark,
  foldProposed,
  foldQuorum,
  foldStream,
  startCountingAt,
} from './fold-rounds.ts'
import type { GatewayEvent } from './socket-protocol.ts'
import { foldWorkload } from './workload-view.ts'
import { newerZxid, readableZxid } from './zxid-text.ts'

type EventOf<Type extends GatewayEvent['type']> = Extract<GatewayEvent, { type: Type }>

/**
 * Folds `event` into `view`, in place. Events of one member come in its own order; how the streams of
 * different members interleave does not change the rounds. Members nobody introduced by a `member` event
 * have rounds and log entries but no description.
 */
export function applyEvent(view: ClusterView, event: GatewayEvent): void {
  const { t, sid } = event
  switch (event.type) {
    case 'member':
      view.members[sid] = { ...event.member }
      if (event.member.heardAt > 0) startCountingAt(view, event.member.lastZxid)
      // Only descriptions of attached servers say what is unknown of them.
      if (event.member.unknown && event.member.serving) foldAppliedUpTo(view, t, event.member.lastZxid)
      return
    case 'process':
      foldProcess(view, event)
      return
    case 'memberGone':
      foldLeft(view, t, sid)
      return
    case 'fault':
      foldFault(view, event)
      return
    case 'workload':
      foldWorkload(view.workloads, event.workload)
      return
    case 'scenario':
      view.scenario = event.run
      return
    case 'stream':
      // A stream that comes up starts with the connections that exist, and says how it samples.
      if (event.up) {
        forgetConnections(view, sid)
        delete view.sampling[sid]
      }
      foldStream(view, sid, event.up)
      return
    case 'state':
    case 'phase':
    case 'serving':
    case 'notServing':
    case 'stats':
      foldMember(view, event)
      return
    case 'proposed':
      foldProposed(view, t, sid, event.txn)
      return
    case 'known':
      foldKnown(view, event.txn)
      return
    case 'mark': {
      foldMark(view, t, sid, event.stage, event.zxid)
      const member = view.members[sid]
      if (member && event.stage === 'applied') member.lastZxid = newerZxid(member.lastZxid, event.zxid)
      return
    }
    case 'quorum':
      foldQuorum(view, t, event.zxid, event.by)
      return
    case 'vote': {
      const { to, state, leader, zxid, round, peerEpoch } = event
      foldVote(view, { t, from: sid, to, state, leader, zxid, round, peerEpoch })
      return
    }
    case 'sync': {
      const text = `Member ${sid} synchronizes member ${event.learner} with a ${event.how} (${readableZxid(event.zxid)})`
      foldMarker(view, { t, sid: event.learner, type: 'sync', text })
      return
    }
    case 'connected': {
      const { conn, address, session, timeoutMs } = event
      foldConnected(view, { sid, conn, address, session, timeoutMs })
      return
    }
    case 'disconnected':
      foldDisconnected(view, sid, event.conn)
      return
    case 'watchSet':
    case 'watchTriggered':
    case 'watchDelivered':
      foldWatchEvent(view, event)
      return
    case 'watchFound': {
      const { conn, session, path, kind } = event
      foldFoundWatch(view, { t, sid, conn, session, path, stage: 'found', what: kind, zxid: '0x0' })
      return
    }
    case 'dropped':
      view.totals.dropped += event.count
      return
    case 'voteChange': {
      const { type: _, ...change } = event
      foldVoteChange(view, change)
      return
    }
    case 'sampling':
      view.sampling[sid] = event.every
      return
    case 'counts':
      view.counts[sid] = event.counts
      return
    case 'elected':
    case 'handshake':
    case 'synced':
    case 'session':
    case 'multi':
    case 'request':
    case 'link':
    case 'linkTraffic':
    case 'flush':
      return // for the history; nothing of the view comes from them
    default:
      unreachable(event)
  }
}

const WATCH_STAGES = { watchSet: 'set', watchTriggered: 'triggered', watchDelivered: 'delivered' } as const

function foldWatchEvent(
  view: ClusterView,
  event: EventOf<'watchSet'> | EventOf<'watchTriggered'> | EventOf<'watchDelivered'>,
): void {
  const { t, sid, conn, session, path, zxid } = event
  const what = event.type === 'watchSet' ? event.kind : event.event
  foldWatch(view, { t, sid, conn, session, path, stage: WATCH_STAGES[event.type], what, zxid })
}

function foldMember(
  view: ClusterView,
  event: Extract<ClusterEvent, { type: 'state' | 'phase' | 'serving' | 'notServing' | 'stats' }>,
): void {
  const { t, sid } = event
  const member = view.members[sid]
  if (member) member.heardAt = t
  switch (event.type) {
    case 'state':
      if (event.state === 'LOOKING') {
        foldMarker(view, { t, sid, type: 'looking', text: `Member ${sid} looks for a leader: ${event.reason}` })
      }
      if (member) foldState(member, event)
      return
    case 'phase':
      if (event.phase === 'BROADCAST' && event.leader === sid) foldEpoch(view, t, sid, event.epoch)
      if (!member) return
      member.phase = event.phase
      member.epoch = event.epoch
      member.leader = event.leader
      return
    case 'serving':
      if (event.state === 'LEADING') foldEpoch(view, t, sid, event.epoch)
      // A snapshot brings transactions without any mark of their own.
      foldMark(view, t, sid, 'applied', event.zxid)
      if (!member) return
      member.serving = true
      member.state = event.state
      member.epoch = event.epoch
      member.lastZxid = event.zxid
      return
    case 'notServing':
      if (member) member.serving = false
      return
    case 'stats':
      startCountingAt(view, event.stats.lastZxid)
      if (member) foldStats(member, event.stats)
      return
    default:
      unreachable(event)
  }
}

function foldState(member: MemberView, event: EventOf<'state'>): void {
  member.state = event.state
  if (event.state === 'LEADING') member.leader = member.sid
  if (event.state !== 'LOOKING') return
  member.leader = null
  member.phase = 'ELECTION'
  member.serving = false
}

function foldStats(member: MemberView, stats: MemberStats): void {
  member.pid = stats.pid
  member.state = stats.state
  member.epoch = stats.currentEpoch
  member.leader = stats.leader
  member.lastZxid = stats.lastZxid
  member.connections = stats.connections
  member.sessions = stats.sessions
  member.znodes = stats.znodes
  member.watches = stats.watches
  member.outstanding = stats.outstanding
  member.requests = stats.requests
}

function foldProcess(view: ClusterView, event: EventOf<'process'>): void {
  const { t, sid, process, pid, reason } = event
  const member = view.members[sid]
  const before = member?.process
  if (member) {
    member.process = process
    member.pid = pid
    if (event.end) member.lastEnd = event.end
  }
  switch (process) {
    case 'starting':
      foldMarker(view, { t, sid, type: 'started', text: `Member ${sid} starts` })
      return
    case 'running':
      if (before === 'unreachable') foldMarker(view, { t, sid, type: 'started', text: `Member ${sid} answers again` })
      if (before === 'paused') foldMarker(view, { t, sid, type: 'resumed', text: `Member ${sid} runs again` })
      return
    case 'paused':
      foldMarker(view, { t, sid, type: 'paused', text: `Member ${sid} is paused` })
      return
    case 'unreachable':
      foldMarker(view, { t, sid, type: 'stopped', text: `Member ${sid} does not answer: ${reason}` })
      foldGone(view, sid)
      return
    case 'stopped':
      foldMarker(view, { t, sid, type: 'stopped', text: `Member ${sid} stopped: ${reason}` })
      foldGone(view, sid)
      return
    case 'killed':
      foldMarker(view, { t, sid, type: 'killed', text: `Member ${sid} ended: ${reason}` })
      foldGone(view, sid)
      return
    default:
      unreachable(process)
  }
}

/** What a process that has ended cannot have any more; what it last said stays. */
function foldGone(view: ClusterView, sid: number): void {
  forgetConnections(view, sid)
  const member = view.members[sid]
  if (!member) return
  member.state = null
  member.phase = null
  member.serving = false
  member.leader = null
  member.connections = 0
  member.watches = 0
  member.outstanding = 0
}
