// The other half of the pure peer: feeds its inputs, performs its effects in order, and decides nothing.
// Sockets, disk and clock are behind the seams given to it.

import { writeNotificationFrame } from '#shared/jute/records/notification.ts'
import { encodeEntry } from '#shared/jute/records/txn.ts'
import { JuteWriter } from '#shared/jute/writer.ts'
import type { PeerEffect, PeerInput, Recovered } from '#shared/peer/contract.ts'
import type { Peer } from '#shared/peer/peer.ts'
import type { DataTree } from '#shared/tree/data-tree.ts'
import type { DiskOp } from '#shared/zab/contract.ts'
import type { Entry } from '#shared/zk/txn.ts'
import { formatZxid, type Zxid } from '#shared/zk/zxid.ts'
import type { Audit } from './audit/audit.ts'
import type { ClientPort } from './clients/client-port.ts'
import type { Clock } from './clock.ts'
import type { MemberLogger } from './logging.ts'
import type { CoreMetrics } from './metrics/core-metrics.ts'
import type { Namespaces } from './metrics/namespaces.ts'
import type { Observation } from './observe/observe.ts'
import type { ElectionPort } from './quorum/election-port.ts'
import type { QuorumPort } from './quorum/quorum-port.ts'
import type { ConfigFollower } from './reconfig/follow-config.ts'
import type { RoleNotes } from './server-facts.ts'
import { countProposal, type Traffic } from './traffic.ts'

/** Time moves at least this often. */
export const TICK_EVERY_MS = 20
/** Performed effects that are still held. */
const EFFECTS_KEPT_MAX = 64

/** What the host asks of a disk; the storage's Storage fits. */
export interface MemberDisk {
  append(op: DiskOp, entry: Entry): void
  truncate(op: DiskOp, zxid: Zxid): void
  installSnapshot(op: DiskOp, zxid: Zxid, tree: DataTree): void
  saveEpoch(op: DiskOp, which: 'accepted' | 'current', epoch: number): void
  reload(): Promise<Recovered>
  snapshotDue(): boolean
  takeSnapshot(tree: DataTree): Promise<boolean>
}

export interface HostParts {
  readonly peer: Peer
  readonly step: (peer: Peer, input: PeerInput, out: PeerEffect[]) => void
  readonly disk: MemberDisk
  readonly clients: Pick<ClientPort, 'perform'>
  /** `null` for a server alone, which is its own quorum. */
  readonly election: Pick<ElectionPort, 'send'> | null
  readonly quorum: Pick<QuorumPort, 'listen' | 'connect' | 'send' | 'sendSnapshot' | 'close'> | null
  readonly membership: ConfigFollower
  /** The bytes of the present tree, as they follow a SNAP packet. */
  readonly snapshotSlices: (tree: DataTree) => Iterator<Uint8Array>
  readonly observation: Observation
  readonly metrics: CoreMetrics
  readonly namespaces: Namespaces | null
  /** null: nothing is audited. */
  readonly audit: Audit | null
  readonly clock: Clock
  readonly traffic: Traffic
  readonly notes: RoleNotes
  readonly log: MemberLogger
  /** The disk failed, or an invariant: the process must end. */
  readonly onFatal: (error: unknown) => void
  /** The tree is not the leader's: the process must end. */
  readonly onDiverged: (found: Extract<PeerEffect, { type: 'diverged' }>) => void
}

export interface Host {
  /** Safe at any time: what comes while an effect is performed waits until all of them are. */
  feed(input: PeerInput): void
  /** Lets time pass. */
  tick(): void
}

export function createHost(parts: HostParts): Host {
  const { peer, step, disk, clients, election, quorum, observation, metrics, namespaces, audit, clock, notes, log } =
    parts
  const self = peer.config.sid
  /** What the peer has asked for, step behind step; performed up to `performed`. */
  const effects: PeerEffect[] = []
  let performed = 0
  const notification = new JuteWriter()
  let waiting: PeerInput[] = []
  let feeding = false
  let lastTickMs = -1

  /** Takes what waits, and what that brings. */
  function run(): void {
    if (feeding) return
    feeding = true
    passTime()
    for (let i = 0; i < waiting.length; i += 1) {
      const next = waiting[i]
      if (next) take(next)
    }
    if (waiting.length > 0) waiting = []
    feeding = false
  }

  /** Whole milliseconds; the peer sees time pass before anything else that came with it. */
  function passTime(): void {
    const nowMs = Math.floor(clock.monotonicMs())
    if (nowMs <= lastTickMs) return
    lastTickMs = nowMs
    take({ type: 'tick', nowMs, wallMs: clock.wallMs() })
  }

  function take(input: PeerInput): void {
    const watched = observation.isWatched()
    if (watched) observation.onInput(input)
    if (input.type === 'packet') metrics.onPacket(input)
    else if (input.type === 'persisted') metrics.onPersisted(input.upTo)
    else if (input.type === 'notification') observation.onNotification(input.from, input.notification)
    // Emptied now and then: emptying gives the memory back, and to do that for each request is dear.
    if (performed > EFFECTS_KEPT_MAX) {
      effects.length = 0
      performed = 0
    }
    step(peer, input, effects)
    for (; performed < effects.length; performed += 1) {
      const effect = effects[performed]
      if (!effect) break
      if (watched) observation.onEffect(effect)
      perform(effect, watched)
    }
    // Only a serving server: before that the tree may hold what was never committed (R-1549).
    if (input.type === 'persisted' && notes.serving && disk.snapshotDue() && !peer.zab.reloading)
      disk.takeSnapshot(peer.tree).catch(parts.onFatal)
  }

  function perform(effect: PeerEffect, watched: boolean): void {
    switch (effect.type) {
      case 'append':
        metrics.onAppend(effect)
        if (peer.zab.role.state === 'LEADING') countProposal(parts.traffic, encodeEntry(effect.entry).length)
        return disk.append(effect.op, effect.entry)
      case 'truncate':
        return disk.truncate(effect.op, effect.zxid)
      case 'installSnapshot':
        return disk.installSnapshot(effect.op, effect.zxid, peer.tree)
      case 'saveEpoch':
        return disk.saveEpoch(effect.op, effect.which, effect.epoch)
      case 'saveConfig':
        return parts.membership.save(effect.op, effect.config)
      case 'configured':
        return parts.membership.onConfigured(effect.active, effect.lastSeen)
      case 'reload':
        disk.reload().then((recovered) => host.feed({ type: 'reloaded', recovered }), parts.onFatal)
        return
      case 'notify':
        observation.onRoleEffect(effect)
        if (effect.to === self) waiting.push({ type: 'notification', from: self, notification: effect.notification })
        else if (election) {
          writeNotificationFrame(notification, effect.notification)
          election.send(effect.to, notification.take())
        }
        return
      case 'listen':
        return quorum?.listen(effect.on)
      case 'connect':
        return quorum?.connect(effect.link, effect.to)
      case 'send':
        metrics.onSend(effect.packet)
        return quorum?.send(effect.link, effect.packet)
      case 'sendSnapshot':
        return quorum?.sendSnapshot(effect.link, parts.snapshotSlices(peer.tree))
      case 'close':
        return quorum?.close(effect.link, effect.reason)
      case 'reply':
        audit?.onReply(effect)
        namespaces?.onReply(effect)
        return clients.perform(effect, null)
      case 'watchEvent':
        metrics.onWatchEvent(effect)
        return clients.perform(effect, watched ? observation.delivery(effect) : null)
      case 'session':
      case 'closeConn':
        return clients.perform(effect, null)
      case 'state':
        observation.onRoleEffect(effect)
        metrics.onState(effect.state)
        log.info({ state: effect.state, round: effect.round }, effect.reason)
        return
      case 'phase':
        observation.onRoleEffect(effect)
        metrics.onPhase(effect.phase)
        notes.phase = effect.phase
        notes.leader = effect.leader
        log.info({ phase: effect.phase, epoch: effect.epoch, leader: effect.leader }, 'phase')
        return
      case 'learnerSync':
        observation.onRoleEffect(effect)
        metrics.onLearnerSync(effect.how)
        log.info({ learner: effect.sid, how: effect.how }, 'bringing a learner up to date')
        return
      case 'serving':
        observation.onRoleEffect(effect)
        metrics.onServing()
        notes.serving = true
        notes.servingSinceMs = clock.monotonicMs()
        log.info({ state: effect.state, epoch: effect.epoch }, 'serving clients')
        return
      case 'readOnly':
        notes.readOnly = true
        log.warn({ zxid: formatZxid(effect.zxid) }, 'no leader: serving read-only clients')
        return
      case 'notServing':
        observation.onRoleEffect(effect)
        metrics.onNotServing()
        notes.serving = false
        notes.readOnly = false
        log.info(`not serving clients: ${effect.reason}`)
        return
      case 'digestMismatch':
        parts.traffic.digestMismatches += 1
        // An Apache leader may go on with wrong ones for as long as it is busy: the first, the tenth, the hundredth …
        if (Number.isInteger(Math.log10(parts.traffic.digestMismatches)))
          log.warn(
            { zxid: formatZxid(effect.zxid), soFar: parts.traffic.digestMismatches },
            'the leader’s digest is not that of our tree',
          )
        return
      case 'diverged':
        return parts.onDiverged(effect)
      case 'committed':
        return metrics.onCommitted(effect.zxid)
      case 'applied':
        metrics.onApplied(effect.entry)
        audit?.onApplied(effect.entry)
        namespaces?.onApplied(effect.entry.txn)
        return
    }
  }

  const host: Host = {
    feed(input) {
      if (feeding) return void waiting.push(input)
      feeding = true
      passTime()
      take(input)
      feeding = false
      if (waiting.length > 0) run()
    },
    tick: run,
  }
  return host
}
