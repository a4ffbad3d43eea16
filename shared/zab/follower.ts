// A learner: connect to the leader, promise its epoch, take over its history, then log, ack and deliver what
// it proposes. Observers are learners that never ack. Rules FOLL-*. Source: Learner.syncWithLeader,
// Follower.followLeader, Observer.observeLeader; zab.md §3, §5, §6.2.

import { unreachable } from '../base/assert.ts'
import type { Sid } from '../zk/ids.ts'
import { LEARNER_PROTOCOL_VERSION, type LeaderPacket } from '../zk/packet.ts'
import type { Entry } from '../zk/txn.ts'
import { makeZxid, NO_ZXID, ZERO_ZXID, type Zxid } from '../zk/zxid.ts'
import { configOfEntry, placeOf } from './configs.ts'
import type { DiskOp, LinkId, ZabEffect } from './contract.ts'
import { deliverUpTo } from './deliver.ts'
import { install } from './follower-install.ts'
import { activateAnnounced, leaveForNewPlace } from './follower-reconfig.ts'
import { follows, lastDelivered, lastZxid, nextUndelivered } from './log-window.ts'
import { appendEntry, type Following, lookAgain, saveEpoch, type Zab } from './state.ts'

export function startFollowing(zab: Zab, leader: Sid, out: ZabEffect[]): void {
  zab.lastLink = (zab.lastLink - 1) as LinkId
  const state = placeOf(zab)
  const following: Following = {
    state,
    leader,
    link: zab.lastLink,
    stage: 'CONNECTING',
    epoch: 0,
    exactDigests: false,
    claimsNothing: false,
    plan: null,
    pending: [],
    committed: ZERO_ZXID,
    installOp: 0 as DiskOp,
    announced: null,
    designated: null,
    heldAcks: [],
    serves: false,
    lastHeardMs: zab.nowMs,
  }
  zab.role = following
  out.push({ type: 'state', state, round: zab.round, reason: `server ${leader} is elected` })
  out.push({ type: 'phase', phase: 'DISCOVERY', epoch: zab.acceptedEpoch, leader })
  out.push({ type: 'connect', link: following.link, to: leader })
}

export function onLeaderLinkUp(zab: Zab, following: Following, out: ZabEffect[]): void {
  following.stage = 'DISCOVERY'
  following.lastHeardMs = zab.nowMs
  out.push({
    type: 'send',
    link: following.link,
    packet: {
      type: following.state === 'OBSERVING' ? 'OBSERVERINFO' : 'FOLLOWERINFO',
      acceptedEpoch: zab.acceptedEpoch,
      sid: zab.config.sid,
      protocolVersion: LEARNER_PROTOCOL_VERSION,
      configVersion: zab.active.version,
    },
  })
}

export function onLeaderPacket(zab: Zab, following: Following, packet: LeaderPacket, out: ZabEffect[]): void {
  following.lastHeardMs = zab.nowMs
  switch (packet.type) {
    case 'LEADERINFO':
      following.exactDigests = packet.exactDigests ?? false
      return onLeaderInfo(zab, following, packet.epoch, out)
    case 'DIFF':
    case 'TRUNC':
    case 'SNAP':
      return onPlan(zab, following, packet, out)
    case 'PROPOSAL':
      return onProposal(zab, following, packet.entry, out)
    case 'COMMIT':
      return onCommit(zab, following, packet.zxid, out)
    case 'INFORM':
      onProposal(zab, following, packet.entry, out)
      if (zab.role === following) onCommit(zab, following, packet.entry.zxid, out)
      return
    case 'COMMITANDACTIVATE':
      following.designated = packet.designatedLeader
      onCommit(zab, following, packet.zxid, out)
      return leaveForNewPlace(zab, following, out)
    case 'INFORMANDACTIVATE':
      following.designated = packet.designatedLeader
      onProposal(zab, following, packet.entry, out)
      if (zab.role === following) onCommit(zab, following, packet.entry.zxid, out)
      return leaveForNewPlace(zab, following, out)
    case 'NEWLEADER':
      return onNewLeader(zab, following, packet, out)
    case 'UPTODATE':
      return onUpToDate(zab, following, out)
    case 'PING':
      // During synchronization the leader needs no answer; it sees the socket.
      if (following.stage === 'BROADCAST') out.push({ type: 'wantTouches', zxid: packet.zxid })
      return
    case 'REVALIDATE':
    case 'SYNC':
      out.push({ type: 'leaderAnswer', packet })
      return
    default:
      return unreachable(packet)
  }
}

/** FOLL-1 (O-1, L-5): promise an epoch only when it is larger than any promised before, and durably. */
function onLeaderInfo(zab: Zab, following: Following, epoch: number, out: ZabEffect[]): void {
  if (following.stage !== 'DISCOVERY') return lookAgain(zab, 'an unexpected LEADERINFO', out)
  if (epoch < zab.acceptedEpoch)
    return lookAgain(zab, `the leader offers epoch ${epoch}, below the promised ${zab.acceptedEpoch}`, out)
  following.epoch = epoch
  if (epoch === zab.acceptedEpoch) return sendAckEpoch(zab, following, -1, out)
  following.stage = 'SAVING_ACCEPTED'
  saveEpoch(zab, 'accepted', epoch, out)
}

export function onPromiseSaved(zab: Zab, following: Following, out: ZabEffect[]): void {
  sendAckEpoch(zab, following, zab.currentEpoch, out)
}

function sendAckEpoch(zab: Zab, following: Following, currentEpoch: number, out: ZabEffect[]): void {
  following.stage = 'SYNC'
  const last = lastZxid(zab.log)
  const wanted = zab.snapshotFrom
  following.claimsNothing = wanted?.leader === following.leader && wanted.lastLogged === last
  const lastLoggedZxid = following.claimsNothing ? nothingFor(following) : last
  out.push({ type: 'send', link: following.link, packet: { type: 'ACKEPOCH', lastLoggedZxid, currentEpoch } })
  out.push({ type: 'phase', phase: 'SYNCHRONIZATION', epoch: following.epoch, leader: following.leader })
}

/**
 * What a learner with nothing to keep says. Apache's leaders count no promise of who says -1, and never send a DIFF to who
 * says 0; ours would, while they remember everything.
 */
function nothingFor(following: Following): Zxid {
  return following.exactDigests ? NO_ZXID : ZERO_ZXID
}

function onPlan(
  zab: Zab,
  following: Following,
  packet: Extract<LeaderPacket, { type: 'DIFF' | 'TRUNC' | 'SNAP' }>,
  out: ZabEffect[],
): void {
  if (following.stage !== 'SYNC' || following.plan) return lookAgain(zab, `an unexpected ${packet.type}`, out)
  if (packet.type !== 'SNAP' && following.claimsNothing)
    return lookAgain(zab, `a ${packet.type} where only a snapshot helps: this server's data has to be moved away`, out)
  // FOLL-10: what lies before the window may be inside of every snapshot that the disk still has.
  if (packet.type === 'TRUNC' && packet.zxid < zab.log.after) {
    zab.snapshotFrom = { leader: following.leader, lastLogged: lastZxid(zab.log) }
    return lookAgain(zab, 'a TRUNC to before the log in memory: a snapshot is asked for instead', out)
  }
  following.plan = { how: packet.type, zxid: packet.zxid, received: packet.type !== 'SNAP' }
}

/** FOLL-2: what is proposed must follow what is held; a repeat is dropped, a gap ends the connection (M-3, O-16). */
function onProposal(zab: Zab, following: Following, entry: Entry, out: ZabEffect[]): void {
  const { stage, plan, pending } = following
  if (zab.config.reconfigEnabled && entry.txn.type === 'reconfig' && !configOfEntry(entry))
    return lookAgain(zab, 'a configuration that this server cannot read', out)
  if (stage === 'SYNC') {
    if (!plan) return lookAgain(zab, 'a PROPOSAL before DIFF, TRUNC or SNAP', out)
    const last = pending.at(-1)?.zxid ?? (plan.how === 'DIFF' ? lastZxid(zab.log) : plan.zxid)
    if (entry.zxid <= last) return
    if (!follows(last, entry.zxid)) return lookAgain(zab, 'a gap in the proposals of the sync phase', out)
    pending.push(entry)
    return
  }
  if (stage !== 'INSTALLING' && stage !== 'WAITING' && stage !== 'BROADCAST')
    return lookAgain(zab, 'a PROPOSAL before its time', out)
  const last = lastZxid(zab.log)
  if (entry.zxid <= last) return
  if (!follows(last, entry.zxid)) return lookAgain(zab, 'a gap in the proposals', out)
  appendEntry(zab, entry, out) // its ACK waits for `persisted` (O-8)
}

/** FOLL-3 (B-11): commits name the next entry, one by one; during synchronization they are remembered (M-4). */
function onCommit(zab: Zab, following: Following, zxid: Zxid, out: ZabEffect[]): void {
  if (zxid <= following.committed) return
  if (following.stage === 'SYNC') {
    following.committed = zxid
    return
  }
  const known = zxid <= lastDelivered(zab.log) // the tree has held it since the start (FOLL-9)
  if (following.stage === 'BROADCAST' && !known && nextUndelivered(zab.log)?.zxid !== zxid && !zab.reloading)
    return lookAgain(zab, 'a COMMIT for something else than the oldest pending proposal', out)
  if (zxid > lastZxid(zab.log)) return lookAgain(zab, 'a COMMIT for what was never proposed', out)
  following.committed = zxid
  if (following.stage !== 'BROADCAST') return
  deliverUpTo(zab, zxid, out)
  serveWhenCommitted(zab, following, out)
}

function onNewLeader(
  zab: Zab,
  following: Following,
  { epoch, config }: Extract<LeaderPacket, { type: 'NEWLEADER' }>,
  out: ZabEffect[],
): void {
  if (following.stage !== 'SYNC' || !following.plan?.received)
    return lookAgain(zab, 'a NEWLEADER before the history was complete', out)
  if (epoch !== following.epoch) return lookAgain(zab, 'a NEWLEADER of another epoch', out)
  install(zab, following, config, out)
}

/** FOLL-4: everything of the sync phase and the epoch are durable: ack NEWLEADER. */
export function onInstalled(following: Following, out: ZabEffect[]): void {
  following.stage = 'WAITING'
  out.push({ type: 'send', link: following.link, packet: { type: 'ACK', zxid: makeZxid(following.epoch, 0) } })
}

/** FOLL-5: the initial history is committed; serve, and release the ACKs held back (O-4). */
function onUpToDate(zab: Zab, following: Following, out: ZabEffect[]): void {
  if (following.stage !== 'WAITING') return lookAgain(zab, 'an UPTODATE before its time', out)
  following.stage = 'BROADCAST'
  zab.vote = { ...zab.vote, peerEpoch: following.epoch } // E-5
  const { link, epoch } = following
  out.push({ type: 'send', link, packet: { type: 'ACK', zxid: makeZxid(epoch, 0) } })
  for (const zxid of following.heldAcks) sendAck(following, zxid, out)
  following.heldAcks = []
  deliverUpTo(zab, following.committed, out)
  activateAnnounced(zab, following, out)
  out.push({ type: 'phase', phase: 'BROADCAST', epoch, leader: following.leader })
  leaveForNewPlace(zab, following, out)
  if (zab.role === following) serveWhenCommitted(zab, following, out)
}

/**
 * FOLL-9 (B-0): a tree that was rebuilt from the log at the start may hold the last proposals before they are committed
 * again; nobody is shown them until they are.
 */
export function serveWhenCommitted(zab: Zab, following: Following, out: ZabEffect[]): void {
  if (following.serves || zab.reloading || lastDelivered(zab.log) > following.committed) return
  following.serves = true
  const { state, epoch } = following
  out.push({ type: 'serving', state, epoch, zxid: makeZxid(epoch, 0) })
}

/** FOLL-6 (D-4): an ACK says "durable here". Observers have nothing to say. */
export function onProposalLogged(following: Following, zxid: Zxid, out: ZabEffect[]): void {
  if (following.state === 'OBSERVING') return
  if (following.stage === 'BROADCAST') sendAck(following, zxid, out)
  else following.heldAcks.push(zxid)
}

function sendAck(following: Following, zxid: Zxid, out: ZabEffect[]): void {
  out.push({ type: 'send', link: following.link, packet: { type: 'ACK', zxid } })
}

/** FOLL-7: a leader that is silent for too long is left. */
export function onFollowerTick(zab: Zab, following: Following, out: ZabEffect[]): void {
  const { tickTimeMs, initLimit, syncLimit } = zab.config
  const settled = following.stage === 'WAITING' || following.stage === 'BROADCAST'
  const limit = settled ? syncLimit : initLimit
  if (zab.nowMs - following.lastHeardMs > limit * tickTimeMs) lookAgain(zab, 'the leader is silent', out)
}
