// FastLeaderElection: a round of votes ends when a quorum agrees on the most recent history. Rules ELECT-*.
// Source: FastLeaderElection of ZooKeeper 3.8; election.md §4 and §5.

import { asSid, type Sid } from '../zk/ids.ts'
import { formatQuorumConfig, hasQuorum, isVoter, voters } from '../zk/quorum-config.ts'
import type { Notification, Vote } from '../zk/vote.ts'
import { NO_ZXID } from '../zk/zxid.ts'
import type { ZabEffect } from './contract.ts'
import { startFollowing } from './follower.ts'
import { startLeading } from './leader-discovery.ts'
import { lastZxid } from './log-window.ts'
import { initialVote, type Looking, type Zab } from './state.ts'

/** How long a quorum's choice must stand unbeaten. ZooKeeper's finalizeWait. */
const FINALIZE_WAIT_MS = 200
const RESEND_MIN_MS = 200
/** ZooKeeper goes up to 60 s; a server that comes back should not have to wait that long for a word. */
const RESEND_MAX_MS = 3200
const NOTIFICATION_VERSION = 2

/** ELECT-1: larger epoch first, then larger zxid, then larger server id. */
export function beats(a: Vote, b: Vote): boolean {
  if (a.peerEpoch !== b.peerEpoch) return a.peerEpoch > b.peerEpoch
  if (a.zxid !== b.zxid) return a.zxid > b.zxid
  return a.leader > b.leader
}

function sameVote(a: Vote, b: Vote): boolean {
  return (
    a.leader === b.leader && a.zxid === b.zxid && a.electionEpoch === b.electionEpoch && a.peerEpoch === b.peerEpoch
  )
}

/** ELECT-2: no vote before the disk has finished what the last role asked for. */
export function beginVoting(zab: Zab, looking: Looking, out: ZabEffect[]): void {
  zab.round += 1
  zab.vote = initialVote(zab)
  looking.stage = 'voting'
  looking.received.clear()
  looking.resendEveryMs = RESEND_MIN_MS
  announce(zab, looking, out)
  countVotes(zab, looking, out)
}

export function onElectionTick(zab: Zab, looking: Looking, out: ZabEffect[]): void {
  if (looking.stage === 'settling') {
    if (zab.persistedOp === zab.lastOp && !zab.reloading) beginVoting(zab, looking, out)
    return
  }
  if (looking.decideAtMs !== null && zab.nowMs >= looking.decideAtMs) return decide(zab, zab.vote, out)
  if (zab.nowMs >= looking.resendAtMs) {
    looking.resendEveryMs = Math.min(looking.resendEveryMs * 2, RESEND_MAX_MS)
    announce(zab, looking, out)
  }
}

export function onNotification(zab: Zab, from: Sid, n: Notification, out: ZabEffect[]): void {
  const { quorum } = zab.config
  // Until the disk is done our vote is that of the last election, which is nobody's business any more (ELECT-2, E-1).
  if (zab.role.state === 'LOOKING' && zab.role.stage === 'settling') return
  if (!isVoter(quorum, from)) {
    // ELECT-7: somebody without a vote only wants to know; it is answered and never counted.
    if (from !== zab.config.sid) notify(zab, from, out)
    return
  }
  const role = zab.role
  if (role.state !== 'LOOKING') {
    if (n.state === 'LOOKING') notify(zab, from, out)
    return
  }
  if (n.state === 'LOOKING') onLookingVote(zab, role, from, n, out)
  else if (n.state !== 'OBSERVING') onEstablishedVote(zab, role, from, n, out)
}

function onLookingVote(zab: Zab, looking: Looking, from: Sid, n: Notification, out: ZabEffect[]): void {
  if (n.electionEpoch < zab.round) return notify(zab, from, out) // ELECT-3: answered, so that it catches up
  // An untrusted, empty database neither votes nor counts; nor does a vote for somebody without one.
  if (n.zxid === NO_ZXID || lastZxid(zab.log) === NO_ZXID || !isVoter(zab.config.quorum, n.leader)) return
  if (n.electionEpoch > zab.round) {
    zab.round = n.electionEpoch
    looking.received.clear()
    const own = initialVote(zab)
    propose(zab, looking, beats(n, own) ? n : own, out)
  } else if (beats(n, zab.vote)) {
    propose(zab, looking, n, out)
  }
  looking.received.set(from, n)
  countVotes(zab, looking, out)
}

function propose(zab: Zab, looking: Looking, vote: Vote, out: ZabEffect[]): void {
  zab.vote = { leader: vote.leader, zxid: vote.zxid, electionEpoch: zab.round, peerEpoch: vote.peerEpoch }
  looking.decideAtMs = null
  looking.resendEveryMs = RESEND_MIN_MS
  announce(zab, looking, out)
}

/** ELECT-4: a quorum with exactly our vote decides, at once when every voter agrees, else after finalizeWait. */
function countVotes(zab: Zab, looking: Looking, out: ZabEffect[]): void {
  const { quorum, sid } = zab.config
  const agreeing: Sid[] = isVoter(quorum, sid) ? [sid] : []
  for (const [from, n] of looking.received) if (from !== sid && sameVote(n, zab.vote)) agreeing.push(from)
  if (!hasQuorum(quorum, agreeing)) {
    looking.decideAtMs = null
    return
  }
  // Nothing better can come once every voter has spoken.
  if (agreeing.length === voters(quorum).length) decide(zab, zab.vote, out)
  else looking.decideAtMs ??= zab.nowMs + FINALIZE_WAIT_MS
}

/** ELECT-5: a server joins a leadership that a quorum confirms and that the leader itself claims. */
function onEstablishedVote(zab: Zab, looking: Looking, from: Sid, n: Notification, out: ZabEffect[]): void {
  if (!isVoter(zab.config.quorum, n.leader)) return
  looking.established.set(from, n)
  const sameRound: Sid[] = []
  if (n.electionEpoch === zab.round) {
    for (const [sid, other] of looking.established)
      if (other.electionEpoch === zab.round && other.leader === n.leader) sameRound.push(sid)
    for (const [sid, other] of looking.received)
      if (!looking.established.has(sid) && other.leader === n.leader) sameRound.push(sid)
    if (hasQuorum(zab.config.quorum, sameRound) && leaderConfirms(zab, looking, n)) return decide(zab, n, out)
  }
  const following: Sid[] = []
  for (const [sid, other] of looking.established)
    if (other.leader === n.leader && other.peerEpoch === n.peerEpoch) following.push(sid)
  if (!hasQuorum(zab.config.quorum, following) || !leaderConfirms(zab, looking, n)) return
  zab.round = n.electionEpoch
  decide(zab, n, out)
}

/** Stale votes of followers must not re-elect a dead leader (R-0975). */
function leaderConfirms(zab: Zab, looking: Looking, n: Notification): boolean {
  if (n.leader === zab.config.sid) return n.electionEpoch === zab.round
  return looking.established.get(n.leader)?.state === 'LEADING'
}

function decide(zab: Zab, vote: Vote, out: ZabEffect[]): void {
  zab.vote = { leader: vote.leader, zxid: vote.zxid, electionEpoch: vote.electionEpoch, peerEpoch: vote.peerEpoch }
  if (vote.leader === zab.config.sid) startLeading(zab, out)
  else startFollowing(zab, vote.leader, out)
}

function announce(zab: Zab, looking: Looking, out: ZabEffect[]): void {
  looking.resendAtMs = zab.nowMs + looking.resendEveryMs
  for (const sid of voters(zab.config.quorum)) if (sid !== zab.config.sid) notify(zab, sid, out)
}

/** Sends our current vote and state to one server. */
export function notify(zab: Zab, to: Sid, out: ZabEffect[]): void {
  const state = zab.role.state
  const notification: Notification = {
    ...zab.vote,
    leader: asSid(zab.vote.leader),
    electionEpoch: state === 'LOOKING' ? zab.round : zab.vote.electionEpoch,
    state,
    version: NOTIFICATION_VERSION,
    config: formatQuorumConfig(zab.config.quorum),
  }
  out.push({ type: 'notify', to, notification })
}
