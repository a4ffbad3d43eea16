// The core: step(zab, input, out) changes `zab` in place and pushes what its host has to do. No I/O, no
// clock, no chance. SPEC.md states the rules; this file only says who handles what.

import { assert, unreachable } from '../base/assert.ts'
import { dequeue, peek } from '../base/queue.ts'
import type { LeaderPacket, LearnerPacket, QuorumPacket } from '../zk/packet.ts'
import type { Zxid } from '../zk/zxid.ts'
import type { DiskOp, LinkId, RecoveredLog, ZabEffect, ZabInput } from './contract.ts'
import { deliverUpTo } from './deliver.ts'
import { onAbsent, onElectionTick, onNotification } from './election.ts'
import {
  onFollowerTick,
  onInstalled,
  onLeaderLinkUp,
  onLeaderPacket,
  onPromiseSaved,
  onProposalLogged,
  serveWhenCommitted,
} from './follower.ts'
import { leaveForNewPlace } from './follower-reconfig.ts'
import { onLeaderTick, onOwnLogged } from './leader-broadcast.ts'
import { onPingAnswer, onSyncRequest } from './leader-confirm.ts'
import { dropLearner, onAcceptedSaved, onAckEpoch, onCurrentSaved, onLearnerInfo } from './leader-discovery.ts'
import { onAck } from './leader-sync.ts'
import { createWindow, follows } from './log-window.ts'
import { type Leading, type Learner, lookAgain, type Zab } from './state.ts'

export function step(zab: Zab, input: ZabInput, out: ZabEffect[]): void {
  switch (input.type) {
    case 'tick':
      return onTick(zab, input.nowMs, out)
    case 'notification':
      return onNotification(zab, input.from, input.notification, out)
    case 'absent':
      return onAbsent(zab, input.sid, out)
    case 'linkUp':
      if (isOurs(zab, input.link) && zab.role.state !== 'LOOKING' && zab.role.state !== 'LEADING')
        onLeaderLinkUp(zab, zab.role, out)
      return // a learner's link says nothing before its FOLLOWERINFO
    case 'linkDown':
      return onLinkDown(zab, input.link, input.reason, out)
    case 'packet':
      return onPacket(zab, input.link, input.packet, out)
    case 'snapshotReceived':
      if (isOurs(zab, input.link) && zab.role.state !== 'LEADING' && zab.role.state !== 'LOOKING' && zab.role.plan)
        zab.role.plan.received = true
      return
    case 'persisted':
      return onPersisted(zab, input.upTo, out)
    case 'reloaded':
      return onReloaded(zab, input.recovered, out)
    default:
      return unreachable(input)
  }
}

/** BASE-4: is this the link of our present attempt to follow? Late words of earlier ones are dropped (M-1). */
function isOurs(zab: Zab, link: LinkId): boolean {
  return zab.role.state !== 'LOOKING' && zab.role.state !== 'LEADING' && zab.role.link === link
}

function onTick(zab: Zab, nowMs: number, out: ZabEffect[]): void {
  // BASE-1: the only place where time moves.
  assert(nowMs >= zab.nowMs, 'the monotonic clock never goes back')
  zab.nowMs = nowMs
  const role = zab.role
  if (role.state === 'LOOKING') onElectionTick(zab, role, out)
  else if (role.state === 'LEADING') onLeaderTick(zab, role, out)
  else onFollowerTick(zab, role, out)
}

function onLinkDown(zab: Zab, link: LinkId, reason: string, out: ZabEffect[]): void {
  if (isOurs(zab, link)) lookAgain(zab, `the connection to the leader ended: ${reason}`, out)
  else if (zab.role.state === 'LEADING') zab.role.learners.delete(link)
}

function onPacket(zab: Zab, link: LinkId, packet: QuorumPacket, out: ZabEffect[]): void {
  const role = zab.role
  if (role.state === 'LOOKING') return // M-6: the link is being closed, also one that had said nothing yet
  if (role.state === 'LEADING') return onLearnerPacket(zab, role, link, packet, out)
  if (role.link !== link) return
  if (isLeaderPacket(packet)) onLeaderPacket(zab, role, packet as LeaderPacket, out)
  else lookAgain(zab, `a leader does not send ${packet.type}`, out)
}

const LEADER_ONLY: ReadonlySet<string> = new Set<LeaderPacket['type']>([
  'LEADERINFO',
  'DIFF',
  'TRUNC',
  'SNAP',
  'PROPOSAL',
  'COMMIT',
  'INFORM',
  'COMMITANDACTIVATE',
  'INFORMANDACTIVATE',
  'NEWLEADER',
  'UPTODATE',
  'SYNC',
])

/** PING and REVALIDATE go both ways and differ in their fields. */
function isLeaderPacket(packet: QuorumPacket): boolean {
  if (packet.type === 'PING') return !('touches' in packet)
  if (packet.type === 'REVALIDATE') return 'valid' in packet
  return LEADER_ONLY.has(packet.type)
}

function onLearnerPacket(zab: Zab, leading: Leading, link: LinkId, packet: QuorumPacket, out: ZabEffect[]): void {
  if (isLeaderPacket(packet)) return dropLearner(leading, link, `a learner does not send ${packet.type}`, out)
  const word = packet as LearnerPacket // the check above; types alone cannot tell the two PINGs apart
  if ('acceptedEpoch' in word) return onLearnerInfo(zab, leading, link, word, out)
  const learner = leading.learners.get(link)
  if (!learner) {
    out.push({ type: 'close', link, reason: `${word.type} before FOLLOWERINFO` })
    return
  }
  onKnownLearnerPacket(zab, leading, learner, word, out)
}

type KnownLearnerPacket = Exclude<LearnerPacket, { acceptedEpoch: number }>

function onKnownLearnerPacket(
  zab: Zab,
  leading: Leading,
  learner: Learner,
  word: KnownLearnerPacket,
  out: ZabEffect[],
): void {
  const { link } = learner
  const { tickTimeMs, syncLimit } = zab.config
  if (learner.stage === 'current') learner.deadlineMs = zab.nowMs + syncLimit * tickTimeMs
  switch (word.type) {
    case 'ACKEPOCH':
      return onAckEpoch(zab, leading, learner, word, out)
    case 'ACK':
      return onAck(zab, leading, learner, word.zxid, out)
    case 'PING':
      out.push({ type: 'learnerTouches', link, touches: word.touches })
      return onPingAnswer(zab, leading, learner, out)
    case 'REQUEST':
      if (leading.stage !== 'BROADCAST') return dropLearner(leading, link, 'a REQUEST before UPTODATE', out)
      if (word.request.type === 'sync') return onSyncRequest(zab, leading, link, out)
      out.push({ type: 'learnerRequest', link, packet: word })
      return
    case 'REVALIDATE':
      out.push({ type: 'learnerRequest', link, packet: word })
      return
    default:
      return unreachable(word)
  }
}

function onPersisted(zab: Zab, upTo: DiskOp, out: ZabEffect[]): void {
  assert(upTo <= zab.lastOp && upTo >= zab.persistedOp, 'the disk reports what it was asked for, in order')
  zab.persistedOp = upTo
  onLogged(zab, upTo, out)
  for (;;) {
    const saved = zab.savingEpochs[0]
    if (!saved || saved.op > upTo) break
    zab.savingEpochs.shift()
    onEpochSaved(zab, saved.op, saved.which, saved.epoch, out)
  }
  if (zab.role.state === 'LOOKING') onElectionTick(zab, zab.role, out)
}

/** A follower acks each entry, as Apache's leaders want it; a leader's own ack is for all that the flush brought. */
function onLogged(zab: Zab, upTo: DiskOp, out: ZabEffect[]): void {
  const { role } = zab
  let last: Zxid | null = null
  for (let next = peek(zab.flushing); next && next.op <= upTo; next = peek(zab.flushing)) {
    last = dequeue(zab.flushing).zxid
    if (role.state === 'FOLLOWING' || role.state === 'OBSERVING') onProposalLogged(role, last, out)
  }
  if (last !== null && role.state === 'LEADING') onOwnLogged(zab, role, last, out)
}

function onEpochSaved(zab: Zab, op: DiskOp, which: 'accepted' | 'current', epoch: number, out: ZabEffect[]): void {
  // BASE-3 (O-9): memory follows disk.
  if (which === 'accepted') zab.acceptedEpoch = epoch
  else zab.currentEpoch = epoch
  const role = zab.role
  if (role.state === 'LEADING') {
    if (role.epoch !== epoch) return
    if (which === 'accepted' && role.stage === 'SAVING_ACCEPTED') onAcceptedSaved(zab, role, out)
    if (which === 'current' && role.stage === 'SAVING_CURRENT') onCurrentSaved(zab, role, out)
  } else if (role.state !== 'LOOKING') {
    if (which === 'accepted' && role.stage === 'SAVING_ACCEPTED' && role.epoch === epoch) onPromiseSaved(zab, role, out)
    if (which === 'current' && role.stage === 'INSTALLING' && role.installOp === op) onInstalled(role, out)
  }
}

/** The tree is as the truncated disk says; what was appended meanwhile is still to be delivered. */
function onReloaded(zab: Zab, recovered: RecoveredLog, out: ZabEffect[]): void {
  if (!zab.reloading) return // a snapshot has replaced it meanwhile
  zab.reloading = false
  const later = zab.log.entries.filter((entry) => entry.zxid > recovered.lastZxid)
  const next = later[0]
  // A leader names a zxid that we hold (SYNC-2, SYNC-4); a log with a hole must not live on.
  assert(!next || follows(recovered.lastZxid, next.zxid), 'the truncated log ends where the leader goes on')
  const fresh = createWindow(recovered.recentAfter, recovered.recent)
  zab.log.entries = [...fresh.entries, ...later]
  zab.log.after = fresh.after
  zab.log.delivered = fresh.entries.length
  const role = zab.role
  if (role.state === 'LOOKING') return onElectionTick(zab, role, out)
  if (role.state === 'LEADING' || role.stage !== 'BROADCAST') return
  deliverUpTo(zab, role.committed, out)
  leaveForNewPlace(zab, role, out)
  if (zab.role === role) serveWhenCommitted(zab, role, out)
}
