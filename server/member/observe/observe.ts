// Turns what goes into the peer and what comes out of it into events for observers. The core knows nothing of
// this; and while nobody watches, neither do its inputs and effects. Stages of transactions: stage-marks.ts; which of
// them are told when there are too many: round-sampler.ts. Votes, links, clients, flushes, watches: the files named so.
// What is counted: activity.ts. Meaning of the events: shared/events/cluster-event.ts and activity-event.ts.

import { unreachable } from '#shared/base/assert.ts'
import { createQueue, dequeue, enqueue, peek } from '#shared/base/queue.ts'
import { MULTI_PARTS_MAX } from '#shared/events/activity-event.ts'
import { type ClusterEvent, KNOWN_TXNS_MAX, type StreamHello } from '#shared/events/cluster-event.ts'
import { WIRE_VERSION } from '#shared/events/wire/fields.ts'
import type { ClientEffect, ConnId, PeerEffect, PeerInput } from '#shared/peer/contract.ts'
import type { DiskOp } from '#shared/zab/contract.ts'
import { indexFrom, lastZxid } from '#shared/zab/log-window.ts'
import { formatSessionId, NO_SESSION, type Sid } from '#shared/zk/ids.ts'
import type { Entry } from '#shared/zk/txn.ts'
import type { Notification } from '#shared/zk/vote.ts'
import { epochOf, formatZxid, ZERO_ZXID, type Zxid } from '#shared/zk/zxid.ts'
import type { ClientConnection } from '../clients/client-connection.ts'
import type { Clock } from '../clock.ts'
import { memberStats, type ServerFacts } from '../server-facts.ts'
import type { Turn } from '../turn.ts'
import { type Activity, countApplied, createActivity, createLatencyCount } from './activity.ts'
import { createClientEvents } from './client-events.ts'
import { createElectionEvents } from './election-events.ts'
import { createFlushEvents } from './flush-events.ts'
import { createLinkEvents } from './link-events.ts'
import { createRoleEvents } from './role-events.ts'
import { createRoundSampler } from './round-sampler.ts'
import { createStageMarks } from './stage-marks.ts'
import { partsOf, summarize } from './txn-summary.ts'
import { createWatchEvents, type Said } from './watch-events.ts'

/** What happens to this server's role. */
export type RoleEffect = Extract<
  PeerEffect,
  { type: 'notify' | 'state' | 'phase' | 'learnerSync' | 'serving' | 'notServing' }
>

export interface Observation {
  /** Whether somebody watches from now on. */
  setWatched(on: boolean): void
  /** Whether somebody watches: only then `onInput`, `onEffect` and `delivery` need be called. */
  isWatched(): boolean
  /** Before the peer takes it. */
  onInput(input: PeerInput): void
  /** The same for a vote, which is followed while nobody watches, too. */
  onNotification(from: Sid, notification: Notification): void
  /** When the host performs it. */
  onEffect(effect: PeerEffect): void
  /** The same for what happens to this server's role, which is kept for whoever comes. */
  onRoleEffect(effect: RoleEffect): void
  onDisconnected(connection: ClientConnection, reason: string): void
  /** What to call when this watch event is with the operating system; null when nobody wants to know. */
  delivery(effect: PeerEffect): (() => void) | null
  /** Tells the figures of this server; once a second, and when its role changes. */
  sendStats(): void
  hello(): StreamHello
  dropped(count: number): ClusterEvent
}

export interface ObservationOptions {
  readonly facts: ServerFacts
  readonly clock: Clock
  readonly turn: Turn
  readonly connection: (id: ConnId) => ClientConnection | null
  readonly emit: (event: ClusterEvent) => void
}

export function createObservation(options: ObservationOptions): Observation {
  const { facts, clock, turn, emit } = options
  const sid = facts.config.sid
  const nowMs = () => clock.monotonicMs()
  const sampler = createRoundSampler(nowMs, (every) => say({ type: 'sampling', every }))
  const marks = createStageMarks({ clock, turn, emit: (event) => emit({ sid, ...event }), sampler })
  let activity: Activity = createActivity(clock.preciseWallMs())
  let countLatency = createLatencyCount(() => facts.traffic.latency)
  const counted = { activity: () => activity, clock, say }
  /** Appends on their way to the disk. */
  let logging = createQueue<{ readonly op: DiskOp; readonly zxid: Zxid }>()
  const roleEvents = createRoleEvents()
  const elections = createElectionEvents(facts.peer, sayOfRole)
  const links = createLinkEvents(facts, say)
  const clients = createClientEvents({ ...counted, connection: options.connection })
  const onFlush = createFlushEvents(counted)
  const watchEvents = createWatchEvents({ ...counted, facts, nowMs, connection: options.connection })
  let watched = false
  /** The last txn before somebody watched: nobody asks for those up to it. */
  let watchedAfter: Zxid = ZERO_ZXID

  function say(event: Said): void {
    marks.flush()
    emit(complete(event))
  }

  function complete(event: Said): ClusterEvent {
    // `Said` is ClusterEvent without the two fields that are added here; they come first, because adding
    // properties behind a spread object costs 1.8 µs, before it 0.1.
    return { t: clock.preciseWallMs(), sid, ...event } as ClusterEvent
  }

  /** Said also while nobody listens: kept for whoever comes. */
  function sayOfRole(event: Said): void {
    const said = complete(event)
    roleEvents.remember(said)
    if (!watched) return
    marks.flush()
    emit(said)
  }

  function onPersisted(upTo: DiskOp): void {
    let last: Zxid | null = null
    for (let next = peek(logging); next && next.op <= upTo; next = peek(logging)) {
      if (last !== null && epochOf(next.zxid) !== epochOf(last)) onLogged(last)
      last = dequeue(logging).zxid
      activity.logged += 1
    }
    if (last !== null) onLogged(last)
  }

  function onLogged(zxid: Zxid): void {
    marks.mark('logged', zxid)
    if (facts.peer.zab.role.state === 'LEADING') marks.mark('acked', zxid) // its own flush is its ack
  }

  function onPacket(input: Extract<PeerInput, { type: 'packet' }>): void {
    const { packet } = input
    if (packet.type === 'PROPOSAL') {
      activity.received += 1
      marks.mark('received', packet.entry.zxid)
    } else if (packet.type === 'COMMIT' || packet.type === 'COMMITANDACTIVATE') marks.mark('committed', packet.zxid)
    else if (packet.type === 'INFORM' || packet.type === 'INFORMANDACTIVATE') {
      activity.received += 1
      marks.mark('received', packet.entry.zxid)
      marks.mark('committed', packet.entry.zxid)
    }
  }

  function onAppend(entry: Entry): void {
    sampler.count()
    if (facts.peer.zab.role.state !== 'LEADING') return
    activity.proposed += 1
    if (!sampler.isTold(entry.zxid)) return
    activity.roundsTold += 1
    say({ type: 'proposed', txn: summarize(entry) })
    const parts = partsOf(entry.txn)
    if (parts.length === 0) return
    const told = parts.slice(0, MULTI_PARTS_MAX)
    say({ type: 'multi', zxid: formatZxid(entry.zxid), total: parts.length, parts: told })
  }

  function onApplied(entry: Entry): void {
    countApplied(activity, entry.txn)
    marks.mark('applied', entry.zxid)
    if (facts.peer.zab.role.state === 'LEADING') clients.onSessionTxn(entry)
  }

  /** A leader that was killed could not tell what it proposed last. The host's notes still say who it was. */
  function sayKnown(): void {
    if (!watched || facts.notes.leader === sid) return
    const { log } = facts.peer.zab
    const first = Math.max(indexFrom(log, watchedAfter), log.entries.length - KNOWN_TXNS_MAX)
    for (const entry of log.entries.slice(first)) {
      if (entry.zxid > watchedAfter && sampler.isTold(entry.zxid)) say({ type: 'known', txn: summarize(entry) })
    }
  }

  function onNotify(effect: Extract<PeerEffect, { type: 'notify' }>): void {
    if (effect.to === sid) return
    elections.onNotify(effect.notification)
    const { state, leader, zxid, electionEpoch, peerEpoch } = effect.notification
    sayOfRole({ type: 'vote', to: effect.to, state, leader, zxid: formatZxid(zxid), round: electionEpoch, peerEpoch })
  }

  function onRoleEffect(effect: RoleEffect): void {
    switch (effect.type) {
      case 'notify':
        return onNotify(effect)
      case 'state':
        if (effect.state === 'LOOKING') sayKnown()
        sayOfRole({ type: 'state', state: effect.state, round: effect.round, reason: effect.reason })
        elections.onState(effect.state)
        return sendStats()
      case 'phase':
        sayOfRole({ type: 'phase', phase: effect.phase, epoch: effect.epoch, leader: effect.leader })
        return
      case 'learnerSync':
        sayOfRole({ type: 'sync', learner: effect.sid, how: effect.how, zxid: formatZxid(effect.zxid) })
        if (watched) links.onLearnerSync(effect)
        return
      case 'serving':
        sayOfRole({ type: 'serving', state: effect.state, epoch: effect.epoch, zxid: formatZxid(effect.zxid) })
        return sendStats()
      case 'notServing':
        sayOfRole({ type: 'notServing', reason: effect.reason })
        return sendStats()
      default:
        return unreachable(effect)
    }
  }

  function onSession(effect: Extract<ClientEffect, { type: 'session' }>): void {
    const connection = options.connection(effect.conn)
    if (effect.timeoutMs === 0 || !connection) return
    const { conn, sessionId, timeoutMs } = effect
    const address = `${connection.address}:${connection.port}`
    say({ type: 'connected', conn, address, session: formatSessionId(sessionId), timeoutMs })
  }

  function sendStats(): void {
    if (!watched) return
    marks.settle()
    countLatency(activity)
    say({ type: 'stats', stats: memberStats(facts) })
    say({ type: 'counts', counts: { ...activity } })
    if (sampler.every() > 1) say({ type: 'sampling', every: sampler.every() }) // for whoever came since
  }

  function setWatched(on: boolean): void {
    watched = on
    watchedAfter = lastZxid(facts.peer.zab.log)
    logging = createQueue()
    marks.clear()
    activity = createActivity(clock.preciseWallMs())
    countLatency = createLatencyCount(() => facts.traffic.latency)
    facts.traffic.onFlush = on ? onFlush : null
    clients.begin()
    links.begin()
  }

  return {
    setWatched,
    onInput(input) {
      if (!watched) return
      watchEvents.newStep()
      if (input.type === 'packet') onPacket(input)
      else if (input.type === 'persisted') onPersisted(input.upTo)
      else if (input.type === 'request' || input.type === 'connect' || input.type === 'disconnected')
        clients.onInput(input)
      else if (input.type === 'linkUp' || input.type === 'linkDown') links.onInput(input)
    },
    onNotification: (from, notification) => elections.onNotification(from, notification),
    onRoleEffect,
    isWatched: () => watched,
    onEffect(effect) {
      if (!watched) return
      switch (effect.type) {
        case 'append':
          enqueue(logging, { op: effect.op, zxid: effect.entry.zxid })
          return onAppend(effect.entry)
        case 'send':
          if (effect.packet.type === 'ACK') marks.mark('acked', effect.packet.zxid)
          else links.onSend(effect)
          return
        case 'connect':
          return links.onConnect(effect)
        case 'close':
          return links.onClose(effect)
        case 'committed':
          return marks.committed(effect.zxid, effect.by)
        case 'applied':
          return onApplied(effect.entry)
        case 'session':
          onSession(effect)
          return clients.onSession(effect)
        case 'reply':
          clients.onReply(effect)
          return watchEvents.onReply(effect)
        case 'watchEvent':
          return watchEvents.onTriggered(effect)
      }
    },
    onDisconnected(connection, reason) {
      if (watched && connection.sessionId !== NO_SESSION) say({ type: 'disconnected', conn: connection.id, reason })
    },
    delivery: (effect) => (watched && effect.type === 'watchEvent' ? watchEvents.delivery(effect) : null),
    sendStats() {
      sendStats()
      if (watched) links.sayTraffic()
    },
    hello() {
      const connections = [...facts.connections()].filter((connection) => connection.hasSession)
      let watchesTotal = 0
      for (const { data, child } of facts.peer.watches.paths.values()) watchesTotal += data.size + child.size
      return {
        type: 'hello',
        version: WIRE_VERSION,
        sid,
        pid: process.pid,
        stats: memberStats(facts),
        phase: facts.notes.phase,
        connections: connections.map(({ id, address, port, sessionId, timeoutMs }) => ({
          conn: id,
          address: `${address}:${port}`,
          session: formatSessionId(sessionId),
          timeoutMs,
        })),
        watches: watchEvents.list(),
        watchesTotal,
        counts: { ...activity },
        recent: roleEvents.recent(),
      }
    },
    dropped: (count) => ({ type: 'dropped', t: clock.preciseWallMs(), sid, count }),
  }
}
