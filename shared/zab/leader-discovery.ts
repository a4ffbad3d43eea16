// A leader's way to its epoch: hear which epochs a quorum accepted, promise a larger one, have a quorum
// promise it too. Rules DISC-*. Source: Leader.lead, Leader.getEpochToPropose, Leader.waitForEpochAck.

import { createQueue } from '../base/queue.ts'
import { asSid, type Sid } from '../zk/ids.ts'
import { LEARNER_PROTOCOL_VERSION, type LearnerPacket } from '../zk/packet.ts'
import { EPOCH_MAX, NO_ZXID, ZERO_ZXID } from '../zk/zxid.ts'
import { hasQuorums, isElector, isListed, stampInitial } from './configs.ts'
import type { LinkId, ZabEffect } from './contract.ts'
import { beginSync, syncLearner } from './leader-sync.ts'
import { lastZxid } from './log-window.ts'
import { assignVotes, mayCount, votesOf } from './quorum.ts'
import { type Leading, type Learner, lookAgain, saveEpoch, type Zab } from './state.ts'

/** How far above a leader's epoch a promise is believed; each that came to nothing raised it by one. */
const PROMISE_LEAP_MAX = 1000

export function startLeading(zab: Zab, out: ZabEffect[]): void {
  const { config, nowMs } = zab
  const leading: Leading = {
    state: 'LEADING',
    stage: 'DISCOVERY',
    epoch: 0,
    learners: new Map(),
    promises: new Set(),
    needActive: 0,
    needLastSeen: 0,
    ownVotes: 0,
    retiring: null,
    initialLast: ZERO_ZXID,
    selfAcked: NO_ZXID,
    committed: NO_ZXID,
    syncs: createQueue(),
    pingRound: 0,
    syncRound: 0,
    wantedRound: 0,
    confirmedRound: 0,
    deadlineMs: nowMs + config.initLimit * config.tickTimeMs,
    nextPingMs: nowMs + config.tickTimeMs / 2,
    checkAtNextPing: false,
  }
  zab.role = leading
  assignVotes(zab, leading)
  out.push({ type: 'state', state: 'LEADING', round: zab.round, reason: 'elected' })
  out.push({ type: 'phase', phase: 'DISCOVERY', epoch: zab.acceptedEpoch, leader: config.sid })
  out.push({ type: 'listen', on: true })
  fixEpoch(zab, leading, out)
}

/** DISC-1: the new epoch is larger than any that a quorum, this server included, ever accepted. */
function fixEpoch(zab: Zab, leading: Leading, out: ZabEffect[]): void {
  if (leading.stage !== 'DISCOVERY') return
  const heard: Sid[] = [zab.config.sid]
  let highest = zab.acceptedEpoch
  for (const learner of leading.learners.values()) {
    // Who is not of this ensemble has no epochs to tell of.
    if (isListed(zab, learner.sid)) highest = Math.max(highest, learner.acceptedEpoch)
    if (mayCount(zab, learner)) heard.push(learner.sid)
  }
  if (!hasQuorums(zab, heard)) return
  if (highest + 1 >= EPOCH_MAX) return lookAgain(zab, `epoch ${highest} leaves no room for another`, out)
  leading.epoch = highest + 1
  leading.stage = 'SAVING_ACCEPTED'
  stampInitial(zab, leading.epoch, out)
  saveEpoch(zab, 'accepted', leading.epoch, out) // DISC-2 (O-1): durable before LEADERINFO leaves
}

/** The promise is on disk: tell the learners. */
export function onAcceptedSaved(zab: Zab, leading: Leading, out: ZabEffect[]): void {
  leading.stage = 'EPOCH_ACKS'
  for (const learner of leading.learners.values()) sendLeaderInfo(leading, learner, out)
  checkEpochAcks(zab, leading, out)
}

/** The current epoch is on disk: bring everybody up to date. */
export function onCurrentSaved(zab: Zab, leading: Leading, out: ZabEffect[]): void {
  beginSync(zab, leading, out)
}

export function onLearnerInfo(
  zab: Zab,
  leading: Leading,
  link: LinkId,
  packet: Extract<LearnerPacket, { type: 'FOLLOWERINFO' | 'OBSERVERINFO' }>,
  out: ZabEffect[],
): void {
  const { config } = zab
  if (leading.learners.has(link)) return dropLearner(leading, link, `a second ${packet.type}`, out)
  // RECONF-12: it knows of a committed configuration that we have never seen.
  if (packet.configVersion > Math.max(zab.active.version, zab.lastSeen.version))
    return dropLearner(leading, link, 'it knows a newer configuration', out)
  if (packet.protocolVersion < LEARNER_PROTOCOL_VERSION)
    return dropLearner(leading, link, `protocol version ${packet.protocolVersion} knows no epochs`, out)
  const sid = packet.sid ?? anonymousSid(leading)
  const observer = packet.type === 'OBSERVERINFO'
  const learner: Learner = {
    link,
    sid,
    observer,
    votes: observer ? 0 : votesOf(zab, sid),
    stage: 'info',
    acceptedEpoch: packet.acceptedEpoch,
    lastLogged: NO_ZXID,
    acked: NO_ZXID,
    answered: 0,
    answerDue: 0,
    deadlineMs: zab.nowMs + (config.initLimit + config.syncLimit) * config.tickTimeMs,
  }
  // A reconnect replaces the connection that the same server had before.
  for (const other of leading.learners.values())
    if (other.sid === learner.sid) dropLearner(leading, other.link, 'replaced by a newer connection', out)
  leading.learners.set(link, learner)
  if (leading.stage === 'DISCOVERY') return fixEpoch(zab, leading, out)
  if (packet.acceptedEpoch > leading.epoch && isListed(zab, sid)) return yieldTo(zab, leading, learner, out)
  if (leading.stage !== 'SAVING_ACCEPTED') sendLeaderInfo(leading, learner, out)
}

/**
 * DISC-5 (V-7): it has promised an epoch above ours, to a leader that came to nothing, and may not follow us. Without
 * a later epoch it would be shut out for as long as we lead; our own promise sees to it that the next one is. Epochs
 * are few (EPOCH_MAX) and anybody who reaches this port may claim one: a leap is not believed.
 */
function yieldTo(zab: Zab, leading: Leading, { link, sid, acceptedEpoch }: Learner, out: ZabEffect[]): void {
  if (acceptedEpoch - leading.epoch > PROMISE_LEAP_MAX || acceptedEpoch + 1 >= EPOCH_MAX)
    return dropLearner(leading, link, `epoch ${acceptedEpoch} is too far from ours, which is ${leading.epoch}`, out)
  saveEpoch(zab, 'accepted', acceptedEpoch, out)
  lookAgain(zab, `server ${sid} has promised epoch ${acceptedEpoch}`, out)
}

/** The first negative id that no learner has. */
function anonymousSid(leading: Leading): Sid {
  const taken = new Set([...leading.learners.values()].map((learner) => learner.sid))
  let sid = asSid(-1)
  while (taken.has(sid)) sid = asSid(sid - 1)
  return sid
}

function sendLeaderInfo(leading: Leading, learner: Learner, out: ZabEffect[]): void {
  out.push({
    type: 'send',
    link: learner.link,
    packet: {
      type: 'LEADERINFO',
      epoch: leading.epoch,
      protocolVersion: LEARNER_PROTOCOL_VERSION,
      exactDigests: true,
    },
  })
}

export function onAckEpoch(
  zab: Zab,
  leading: Leading,
  learner: Learner,
  packet: Extract<LearnerPacket, { type: 'ACKEPOCH' }>,
  out: ZabEffect[],
): void {
  if (learner.stage !== 'info' || leading.stage === 'DISCOVERY' || leading.stage === 'SAVING_ACCEPTED')
    return dropLearner(leading, learner.link, 'an ACKEPOCH that was not asked for', out)
  learner.lastLogged = packet.lastLoggedZxid
  if (leading.stage === 'EPOCH_ACKS') {
    // DISC-3 (O-2, L-7): a voter that knows more must lead; we never "repair" it. Whoever has no vote cannot lead:
    // what it holds beyond a quorum of voters was never committed, and it is cut off by the sync.
    const own = lastZxid(zab.log)
    const moreRecent =
      packet.currentEpoch > zab.currentEpoch ||
      (packet.currentEpoch === zab.currentEpoch && packet.lastLoggedZxid > own)
    if (moreRecent && isElector(zab, learner.sid))
      return lookAgain(zab, `server ${learner.sid} has a more recent history`, out)
    learner.stage = 'epochAcked'
    // DISC-4: -1 says that this epoch was promised before, perhaps to another leader. Two must not count it (L-1).
    if (packet.currentEpoch !== -1 && mayCount(zab, learner)) leading.promises.add(learner.sid)
    checkEpochAcks(zab, leading, out)
    return
  }
  learner.stage = 'epochAcked'
  if (leading.stage === 'SYNC' || leading.stage === 'BROADCAST') syncLearner(zab, leading, learner, out)
}

/** DISC-4: with the promises of a quorum the epoch is ours: make it current, durably, then synchronize. */
function checkEpochAcks(zab: Zab, leading: Leading, out: ZabEffect[]): void {
  if (!hasQuorums(zab, [zab.config.sid, ...leading.promises])) return
  leading.stage = 'SAVING_CURRENT'
  saveEpoch(zab, 'current', leading.epoch, out)
}

/** Ends one learner's connection; the others and the leadership go on. */
export function dropLearner(leading: Leading, link: LinkId, reason: string, out: ZabEffect[]): void {
  leading.learners.delete(link)
  out.push({ type: 'close', link, reason })
}
