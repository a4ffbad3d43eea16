// A serving leader: proposals out, acks in, commits by quorum, pings, and stepping down without one.
// Rules LEAD-*. Source: Leader.propose, processAck, tryToCommit, Leader.lead's loop; zab.md §6.1.

import { assert } from '../base/assert.ts'
import type { Sid } from '../zk/ids.ts'
import type { Entry } from '../zk/txn.ts'
import { COUNTER_MAX, counterOf, epochOf, makeZxid, type Zxid } from '../zk/zxid.ts'
import { hasQuorums, isReconfiguring } from './configs.ts'
import type { ZabEffect } from './contract.ts'
import { deliverUpTo } from './deliver.ts'
import { answerSyncs, answerSyncsAt, confirmSyncs, pingAll, syncBefore } from './leader-confirm.ts'
import { dropLearner } from './leader-discovery.ts'
import { committable, designate, retire } from './leader-reconfig.ts'
import { syncWaiting } from './leader-sync.ts'
import { indexFrom, lastZxid } from './log-window.ts'
import { appendEntry, isForwarded, type Leading, type Learner, lookAgain, type Zab } from './state.ts'

/** The zxid of the next proposal, or null when this server may not propose (now, or ever again in this epoch). */
export function nextZxid(zab: Zab): Zxid | null {
  const role = zab.role
  if (role.state !== 'LEADING' || role.stage !== 'BROADCAST' || role.retiring) return null
  const last = lastZxid(zab.log)
  if (epochOf(last) !== role.epoch) return makeZxid(role.epoch, 1)
  return counterOf(last) >= COUNTER_MAX ? null : makeZxid(role.epoch, counterOf(last) + 1)
}

/** LEAD-2: one proposal, to the own log and to every participant in sync, in zxid order. */
export function propose(zab: Zab, entry: Entry, out: ZabEffect[]): void {
  const leading = zab.role
  assert(
    leading.state === 'LEADING' && entry.zxid === nextZxid(zab),
    'only a serving leader proposes, and the next zxid',
  )
  assert(entry.txn.type !== 'reconfig' || !isReconfiguring(zab), 'one reconfiguration at a time') // RECONF-4
  appendEntry(zab, entry, out)
  const packet = { type: 'PROPOSAL', entry } as const // one for all learners
  for (const learner of leading.learners.values())
    if (isForwarded(learner) && !learner.observer) out.push({ type: 'send', link: learner.link, packet })
  // B-12 (R-1277): the counter never wraps; an orderly election starts the next epoch.
  if (counterOf(entry.zxid) >= COUNTER_MAX) lookAgain(zab, 'the counter of this epoch is used up', out)
}

/** LEAD-3 (O-7): the leader's own ack counts once the entry is durable here. */
export function onOwnLogged(zab: Zab, leading: Leading, zxid: Zxid, out: ZabEffect[]): void {
  if (zxid <= leading.selfAcked || leading.stage !== 'BROADCAST') return
  leading.selfAcked = zxid
  commit(zab, leading, zab.config.sid, out)
}

export function onProposalAck(zab: Zab, leading: Leading, learner: Learner, zxid: Zxid, out: ZabEffect[]): void {
  if (counterOf(zxid) === 0) return // UPTODATE's
  if (zxid > lastZxid(zab.log)) return dropLearner(leading, learner.link, 'an ACK for what was never proposed', out)
  if (zxid <= learner.acked) return
  learner.acked = zxid
  if (learner.votes !== 0) commit(zab, leading, learner.sid, out)
}

/**
 * LEAD-4: committed is what a quorum has durable, in zxid order and without gaps. Acks are cumulative: every
 * log is written in order. `by` is whose ack brought us here.
 */
function commit(zab: Zab, leading: Leading, by: Sid, out: ZabEffect[]): void {
  const before = leading.committed
  commitQuorum(zab, leading, by, out)
  if (leading.committed > before) syncWaiting(zab, leading, out)
}

function commitQuorum(zab: Zab, leading: Leading, by: Sid, out: ZabEffect[]): void {
  while (!leading.retiring) {
    const upTo = committable(zab, leading)
    if (upTo <= leading.committed) return
    const reconfig = leading.needLastSeen === 0 ? null : zab.lastSeen.version
    if (reconfig === null || upTo < reconfig) return commitBetweenSyncs(zab, leading, upTo, by, out)
    answerEarlierSyncs(zab, leading, reconfig, by, out)
    commitUpTo(zab, leading, (reconfig - 1) as Zxid, by, out)
    commitReconfig(zab, leading, reconfig, by, out)
    // What follows may have its quorum already, now that the old one is not asked any more.
  }
}

/** LEAD-10: syncs are answered before the COMMIT of what was proposed after them. */
function answerEarlierSyncs(zab: Zab, leading: Leading, upTo: Zxid, by: Sid, out: ZabEffect[]): void {
  for (let stop = syncBefore(leading, upTo); stop !== null; stop = syncBefore(leading, upTo)) {
    commitUpTo(zab, leading, stop, by, out)
    answerSyncsAt(leading, stop, out)
  }
}

function commitBetweenSyncs(zab: Zab, leading: Leading, upTo: Zxid, by: Sid, out: ZabEffect[]): void {
  answerEarlierSyncs(zab, leading, upTo, by, out)
  commitUpTo(zab, leading, upTo, by, out)
  answerSyncs(leading, out)
}

function commitUpTo(zab: Zab, leading: Leading, upTo: Zxid, by: Sid, out: ZabEffect[]): void {
  const from = indexFrom(zab.log, (leading.committed + 1) as Zxid)
  const to = indexFrom(zab.log, (upTo + 1) as Zxid)
  if (from >= to) return
  leading.committed = upTo
  for (let i = from; i < to; i += 1) {
    const entry = zab.log.entries[i]
    if (entry) sendCommit(leading, entry, out)
  }
  out.push({ type: 'committed', zxid: upTo, by })
  deliverUpTo(zab, upTo, out)
}

/** To every learner in sync; what they are sent is one object for all. */
function sendCommit(leading: Leading, entry: Entry, out: ZabEffect[]): void {
  const commit = { type: 'COMMIT', zxid: entry.zxid } as const
  for (const learner of leading.learners.values()) {
    if (!isForwarded(learner)) continue
    const { link } = learner
    if (learner.observer) out.push({ type: 'send', link, packet: { type: 'INFORM', entry } })
    else out.push({ type: 'send', link, packet: commit })
  }
}

/** RECONF-5: in force here and, by the same word that commits it, at every learner. */
function commitReconfig(zab: Zab, leading: Leading, zxid: Zxid, by: Sid, out: ZabEffect[]): void {
  const entry = zab.log.entries[indexFrom(zab.log, zxid)]
  assert(entry?.zxid === zxid, 'a leader commits a configuration that it proposed')
  const designatedLeader = designate(zab, leading, zxid)
  leading.committed = zxid
  for (const learner of leading.learners.values()) {
    if (!isForwarded(learner)) continue
    const { link } = learner
    if (learner.observer)
      out.push({ type: 'send', link, packet: { type: 'INFORMANDACTIVATE', entry, designatedLeader } })
    else out.push({ type: 'send', link, packet: { type: 'COMMITANDACTIVATE', zxid, designatedLeader } })
  }
  if (designatedLeader !== zab.config.sid) retire(zab, leading, designatedLeader)
  out.push({ type: 'committed', zxid, by })
  deliverUpTo(zab, zxid, out)
  answerSyncs(leading, out)
  confirmSyncs(zab, leading, out)
}

export function onLeaderTick(zab: Zab, leading: Leading, out: ZabEffect[]): void {
  const { nowMs, config } = zab
  if (leading.stage !== 'BROADCAST' && nowMs >= leading.deadlineMs)
    return lookAgain(zab, 'no quorum of learners within initLimit', out)
  for (const learner of [...leading.learners.values()])
    if (nowMs >= learner.deadlineMs) dropLearner(leading, learner.link, 'silent for syncLimit', out)
  if (leading.retiring && (nowMs >= leading.retiring.untilMs || leading.learners.size === 0))
    return lookAgain(zab, `server ${leading.retiring.designated} leads from now on`, out, leading.retiring.designated)
  if (nowMs < leading.nextPingMs) return
  // A pause of this process must not make it ping in a burst.
  leading.nextPingMs = Math.max(leading.nextPingMs + config.tickTimeMs / 2, nowMs)
  if (leading.stage === 'BROADCAST' && leading.checkAtNextPing) {
    // LEAD-6 (L-11): without a quorum of learners in sync, stop.
    const alive: Sid[] = [config.sid]
    for (const learner of leading.learners.values())
      if (!learner.observer && learner.stage === 'current') alive.push(learner.sid)
    if (!hasQuorums(zab, alive)) return lookAgain(zab, 'lost the quorum', out, leading.retiring?.designated)
  }
  leading.checkAtNextPing = !leading.checkAtNextPing
  pingAll(zab, leading, out)
}
