// FastLeaderElection: a round of votes ends when a quorum agrees on the most recent history. Rules ELECT-*.
// Source: FastLeaderElection of ZooKeeper 3.8; election.md §4 and §5.

import { versionOfText } from '../zk/config-text.ts'
import { asSid, type Sid } from '../zk/ids.ts'
import { hasQuorum, isVoter, voters } from '../zk/quorum-config.ts'
import type { Notification, Vote } from '../zk/vote.ts'
import { NO_ZXID, ZERO_ZXID } from '../zk/zxid.ts'
import { adoptHeard, electors, hasQuorums, hintOf, isElector, isReconfiguring, notificationText } from './configs.ts'
import type { ZabEffect } from './contract.ts'
import { startFollowing } from './follower.ts'
import { startLeading } from './leader-discovery.ts'
import { lastZxid } from './log-window.ts'
import { initialVote, type Looking, lookAgain, type Zab } from './state.ts'

/** How long a quorum's choice must stand unbeaten. ZooKeeper's finalizeWait. */
const FINALIZE_WAIT_MS = 200
const RESEND_MIN_MS = 200
/** ZooKeeper goes up to 60 s; a server that comes back should not have to wait that long for a word. */
const RESEND_MAX_MS = 3200
const NOTIFICATION_VERSION = 2
/** Answers to servers without a vote while there is no leader; they ask again. */
const ANSWERS_PER_TICK = 16

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
  looking.established.clear()
  looking.absent.clear()
  looking.decideAtMs = null
  looking.resendEveryMs = zab.config.notificationMinMs ?? RESEND_MIN_MS
  // After a start the host knows only what was in force.
  if (isReconfiguring(zab)) out.push({ type: 'configured', active: zab.active, lastSeen: zab.lastSeen })
  announce(zab, looking, out)
  countVotes(zab, looking, out)
}

export function onElectionTick(zab: Zab, looking: Looking, out: ZabEffect[]): void {
  looking.answersLeft = ANSWERS_PER_TICK
  if (looking.stage === 'settling') {
    if (zab.persistedOp !== zab.lastOp || zab.reloading) return
    if (looking.designated === null) return beginVoting(zab, looking, out)
    // RECONF-7: the leader that committed the reconfiguration has said who leads; the epoch decides as ever.
    return decide(zab, { ...initialVote(zab), leader: looking.designated, zxid: lastZxid(zab.log) }, out)
  }
  if (looking.decideAtMs !== null && zab.nowMs >= looking.decideAtMs) return decide(zab, zab.vote, out)
  if (zab.nowMs >= looking.resendAtMs) {
    looking.resendEveryMs = Math.min(looking.resendEveryMs * 2, zab.config.notificationMaxMs ?? RESEND_MAX_MS)
    announce(zab, looking, out)
  }
}

/** ELECT-4: nothing better can come from where nobody is. */
export function onAbsent(zab: Zab, sid: Sid, out: ZabEffect[]): void {
  const { role } = zab
  if (role.state !== 'LOOKING' || role.stage !== 'voting') return
  role.absent.add(sid)
  countVotes(zab, role, out)
}

export function onNotification(zab: Zab, from: Sid, n: Notification, out: ZabEffect[]): void {
  const role = zab.role
  if (role.state === 'LOOKING') role.absent.delete(from)
  if (role.state === 'LOOKING' && adoptHeard(zab, n.config, out)) {
    if (role.stage === 'voting') beginVoting(zab, role, out)
    return
  }
  // Until the disk is done our vote is that of the last election, which is nobody's business any more (ELECT-2, E-1).
  if (role.state === 'LOOKING' && role.stage === 'settling') return
  if (!isElector(zab, from)) {
    // ELECT-7: somebody without a vote only wants to know; it is answered and never counted.
    if (from !== zab.config.sid && n.state === 'LOOKING' && mayAnswer(zab, n)) notify(zab, from, out)
    return
  }
  if (role.state !== 'LOOKING') {
    if (n.state !== 'LOOKING') return
    // ELECT-8 (V-1): two that each wait for a quorum, elected by the same third, would take turns for ever.
    if (role.state === 'LEADING' && role.stage === 'DISCOVERY' && n.electionEpoch >= zab.round && beats(n, zab.vote))
      return lookAgain(zab, `server ${from} has a better vote, and no quorum has come`, out)
    return notify(zab, from, out)
  }
  if (n.state === 'LOOKING') onLookingVote(zab, role, from, n, out)
  else if (n.state !== 'OBSERVING') onEstablishedVote(zab, role, from, n, out)
}

/** Who asks may have seen a configuration in which we have a vote (RECONF-13). */
function hasVote(zab: Zab, n: Notification): boolean {
  const { sid } = zab.config
  return isElector(zab, sid) || isVoter(hintOf(zab, n.config) ?? zab.active, sid)
}

/** RECONF-13: the word of a voter about servers that this one may not know of. */
function takeHint(zab: Zab, looking: Looking, n: Notification, out: ZabEffect[]): void {
  const hint = hintOf(zab, n.config)
  if (!hint || hint.version === looking.hint?.version) return
  looking.hint = hint
  out.push({ type: 'configured', active: zab.active, lastSeen: hint })
}

/** Whom a vote may name. */
function isCandidate(zab: Zab, looking: Looking, sid: Sid): boolean {
  return isElector(zab, sid) || (looking.hint !== null && isVoter(looking.hint, sid))
}

/**
 * Two that look for a leader and of which one does not count the other could answer each other for ever, as fast as
 * the network is: so two without a vote say nothing but a newer configuration, and others only so much a tick.
 */
function mayAnswer(zab: Zab, n: Notification): boolean {
  const { role } = zab
  if (role.state !== 'LOOKING') return true
  const knows = n.config !== null && (versionOfText(n.config) ?? ZERO_ZXID) >= zab.active.version
  if (knows && !hasVote(zab, n)) return false
  role.answersLeft -= 1
  return role.answersLeft >= 0
}

function onLookingVote(zab: Zab, looking: Looking, from: Sid, n: Notification, out: ZabEffect[]): void {
  if (n.electionEpoch < zab.round) {
    // ELECT-3: answered, so that it catches up; but nobody takes a round from who has no vote.
    if (hasVote(zab, n)) notify(zab, from, out)
    return
  }
  takeHint(zab, looking, n, out)
  // An untrusted, empty database neither votes nor counts; nor does a vote for somebody without one.
  if (n.zxid === NO_ZXID || lastZxid(zab.log) === NO_ZXID) return
  const counts = isCandidate(zab, looking, n.leader)
  if (n.electionEpoch > zab.round) {
    zab.round = n.electionEpoch
    looking.received.clear()
    const own = initialVote(zab)
    propose(zab, looking, counts && beats(n, own) ? n : own, out)
  } else if (counts && beats(n, zab.vote)) {
    propose(zab, looking, n, out)
  }
  if (!counts) return
  looking.received.set(from, n)
  countVotes(zab, looking, out)
}

function propose(zab: Zab, looking: Looking, vote: Vote, out: ZabEffect[]): void {
  zab.vote = { leader: vote.leader, zxid: vote.zxid, electionEpoch: zab.round, peerEpoch: vote.peerEpoch }
  looking.decideAtMs = null
  looking.resendEveryMs = zab.config.notificationMinMs ?? RESEND_MIN_MS
  announce(zab, looking, out)
}

/** ELECT-4: a quorum with exactly our vote decides, at once when every voter there is agrees, else after finalizeWait. */
function countVotes(zab: Zab, looking: Looking, out: ZabEffect[]): void {
  const { sid } = zab.config
  const agreeing: Sid[] = isElector(zab, sid) ? [sid] : []
  for (const [from, n] of looking.received) if (from !== sid && sameVote(n, zab.vote)) agreeing.push(from)
  if (!isCandidate(zab, looking, zab.vote.leader) || !hasQuorums(zab, agreeing)) {
    looking.decideAtMs = null
    return
  }
  // Nothing better can come once every voter has spoken, unless there are some that we do not know (RECONF-13).
  const settled = electors(zab).every((voter) => agreeing.includes(voter) || looking.absent.has(voter))
  if (settled && !looking.hint) decide(zab, zab.vote, out)
  else looking.decideAtMs ??= zab.nowMs + FINALIZE_WAIT_MS
}

/**
 * ELECT-5: a server joins a leadership that a quorum confirms and that the leader itself claims.
 */
function onEstablishedVote(zab: Zab, looking: Looking, from: Sid, n: Notification, out: ZabEffect[]): void {
  takeHint(zab, looking, n, out)
  if (!isCandidate(zab, looking, n.leader)) return
  looking.established.set(from, n)
  const sameRound: Sid[] = []
  if (n.electionEpoch === zab.round) {
    for (const [sid, other] of looking.established)
      if (other.electionEpoch === zab.round && other.leader === n.leader) sameRound.push(sid)
    for (const [sid, other] of looking.received)
      if (!looking.established.has(sid) && other.leader === n.leader) sameRound.push(sid)
    if (mayJoin(zab, n.leader, sameRound) && leaderConfirms(zab, looking, n)) return decide(zab, n, out)
  }
  const following: Sid[] = []
  for (const [sid, other] of looking.established)
    if (other.leader === n.leader && other.peerEpoch === n.peerEpoch) following.push(sid)
  if (!mayJoin(zab, n.leader, following) || !leaderConfirms(zab, looking, n)) return
  zab.round = n.electionEpoch
  decide(zab, n, out)
}

/**
 * To follow another, a quorum of what is in force will do: that leader itself needs more, and who waited for a quorum
 * of a configuration that was never committed would wait for ever (RECONF-2).
 */
function mayJoin(zab: Zab, leader: Sid, sids: readonly Sid[]): boolean {
  return leader === zab.config.sid ? hasQuorums(zab, sids) : hasQuorum(zab.active, sids)
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
  const hinted = looking.hint ? voters(looking.hint) : []
  for (const sid of new Set([...electors(zab), ...hinted])) if (sid !== zab.config.sid) notify(zab, sid, out)
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
    config: notificationText(zab),
  }
  out.push({ type: 'notify', to, notification })
}
