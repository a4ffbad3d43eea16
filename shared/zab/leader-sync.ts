// A leader with its epoch: it brings learners up to date and, once a quorum has the initial history on
// disk, starts to serve. Rules SYNC-* and LEAD-*. Source: LearnerHandler.run, Leader.waitForNewLeaderAck.

import type { Sid } from '../zk/ids.ts'
import { epochOf, makeZxid, type Zxid } from '../zk/zxid.ts'
import { activate, hasQuorums, newLeaderText } from './configs.ts'
import type { ZabEffect } from './contract.ts'
import { deliverUpTo } from './deliver.ts'
import { onProposalAck } from './leader-broadcast.ts'
import { sendUpToDate } from './leader-confirm.ts'
import { dropLearner } from './leader-discovery.ts'
import { designate, retire } from './leader-reconfig.ts'
import { indexFrom, type LogWindow, lastZxid } from './log-window.ts'
import { mayCount } from './quorum.ts'
import type { Leading, Learner, Zab } from './state.ts'
import { planSync } from './sync-plan.ts'

export function beginSync(zab: Zab, leading: Leading, out: ZabEffect[]): void {
  leading.stage = 'SYNC'
  leading.initialLast = lastZxid(zab.log)
  leading.selfAcked = leading.initialLast
  leading.committed = leading.initialLast
  leading.deadlineMs = zab.nowMs + zab.config.initLimit * zab.config.tickTimeMs
  out.push({ type: 'phase', phase: 'SYNCHRONIZATION', epoch: leading.epoch, leader: zab.config.sid })
  for (const learner of [...leading.learners.values()])
    if (learner.stage === 'epochAcked') syncLearner(zab, leading, learner, out)
  checkNewLeaderAcks(zab, leading, out)
}

/**
 * SYNC-6: sends everything the learner lacks, then NEWLEADER (O-5). From here on it is forwarded every proposal, in
 * this same step, so that none falls between stream and broadcast (M-3).
 */
export function syncLearner(zab: Zab, leading: Leading, learner: Learner, out: ZabEffect[]): void {
  const { link, sid } = learner
  const { log } = zab
  if (learner.observer && isUndecided(log, leading, learner.lastLogged)) return
  const plan = planSync(log, leading.committed, learner.lastLogged)
  if (plan.how === 'SNAP' || (plan.how === 'TRUNC' && mayHoldTailInSnapshot(learner))) {
    // A snapshot takes the place of everything the learner has, so it must hold all that may be decided (D-8): the
    // initial history goes into the tree even before a quorum has acknowledged it. Nobody is served from it yet.
    deliverUpTo(zab, leading.committed, out)
    const at = deliveredZxid(zab)
    out.push({ type: 'send', link, packet: { type: 'SNAP', zxid: at } })
    out.push({ type: 'sendSnapshot', link })
    out.push({ type: 'learnerSync', link, sid, how: 'SNAP', zxid: at })
    sendCommitted(zab, learner, at, leading.committed, out)
  } else {
    const zxid = plan.zxid ?? leading.committed
    out.push({ type: 'send', link, packet: { type: plan.how, zxid } })
    out.push({ type: 'learnerSync', link, sid, how: plan.how, zxid })
    for (const entry of plan.entries) {
      out.push({ type: 'send', link, packet: { type: 'PROPOSAL', entry } })
      out.push({ type: 'send', link, packet: { type: 'COMMIT', zxid: entry.zxid } })
    }
  }
  if (!learner.observer) {
    for (let i = indexFrom(log, (leading.committed + 1) as Zxid); i < log.entries.length; i += 1) {
      const entry = log.entries[i]
      if (entry) out.push({ type: 'send', link, packet: { type: 'PROPOSAL', entry } })
    }
  }
  out.push({
    type: 'send',
    link,
    packet: { type: 'NEWLEADER', epoch: leading.epoch, config: newLeaderText(zab) },
  })
  learner.stage = 'synced'
}

/**
 * SYNC-8 (D-8): an observer that was a voter may hold proposals that are still being decided, perhaps by its own ack. It
 * is not sent them again, so cutting them off would lose them; it waits for the decision.
 */
function isUndecided(log: LogWindow, leading: Leading, zxid: Zxid): boolean {
  return zxid > leading.committed && log.entries[indexFrom(log, zxid)]?.zxid === zxid
}

/** More has been decided: whoever waited for that is brought up to date. */
export function syncWaiting(zab: Zab, leading: Leading, out: ZabEffect[]): void {
  for (const learner of leading.learners.values())
    if (learner.stage === 'epochAcked') syncLearner(zab, leading, learner, out)
}

/**
 * SYNC-7 (R-1549): whoever promised an epoch later than that of its last entry may have got its end by a SNAP of that
 * epoch's leader, which never had a quorum for it. From inside a snapshot nothing can be cut.
 */
function mayHoldTailInSnapshot(learner: Learner): boolean {
  return learner.acceptedEpoch > epochOf(learner.lastLogged)
}

function deliveredZxid(zab: Zab): Zxid {
  return zab.log.entries[zab.log.delivered - 1]?.zxid ?? zab.log.after
}

function sendCommitted(zab: Zab, learner: Learner, after: Zxid, upTo: Zxid, out: ZabEffect[]): void {
  for (let i = indexFrom(zab.log, (after + 1) as Zxid); i < zab.log.entries.length; i += 1) {
    const entry = zab.log.entries[i]
    if (!entry || entry.zxid > upTo) return
    out.push({ type: 'send', link: learner.link, packet: { type: 'PROPOSAL', entry } })
    out.push({ type: 'send', link: learner.link, packet: { type: 'COMMIT', zxid: entry.zxid } })
  }
}

/** ACKs of learners: the first one must be NEWLEADER's (M-5), later ones are for proposals. */
export function onAck(zab: Zab, leading: Leading, learner: Learner, zxid: Zxid, out: ZabEffect[]): void {
  if (learner.stage === 'synced') {
    if (zxid !== makeZxid(leading.epoch, 0))
      return dropLearner(leading, learner.link, 'its first ACK is not for NEWLEADER', out)
    learner.stage = 'current'
    if (leading.stage === 'BROADCAST') welcome(zab, leading, learner, out)
    else checkNewLeaderAcks(zab, leading, out)
    return
  }
  if (learner.stage !== 'current') return dropLearner(leading, learner.link, 'an ACK before its time', out)
  onProposalAck(zab, leading, learner, zxid, out)
}

/** LEAD-1: a quorum holds the initial history and this epoch on disk: all of it is committed, serve. */
function checkNewLeaderAcks(zab: Zab, leading: Leading, out: ZabEffect[]): void {
  const acked: Sid[] = [zab.config.sid]
  for (const learner of leading.learners.values())
    if (learner.stage === 'current' && mayCount(zab, learner)) acked.push(learner.sid)
  if (!hasQuorums(zab, acked)) return
  leading.stage = 'BROADCAST'
  zab.vote = { ...zab.vote, peerEpoch: leading.epoch } // E-5: late joiners must see one consistent vote
  const designated = designate(zab, leading, leading.initialLast)
  deliverUpTo(zab, leading.initialLast, out)
  activate(zab, zab.lastSeen, out) // RECONF-5: quorums of both have acked it
  out.push({ type: 'phase', phase: 'BROADCAST', epoch: leading.epoch, leader: zab.config.sid })
  if (designated !== zab.config.sid) retire(zab, leading, designated)
  else out.push({ type: 'serving', state: 'LEADING', epoch: leading.epoch, zxid: makeZxid(leading.epoch, 0) })
  for (const learner of leading.learners.values()) if (learner.stage === 'current') welcome(zab, leading, learner, out)
}

/**
 * LEAD-6: from UPTODATE on a learner must be heard within syncLimit, if its ACK was its last word, too (L-11). Before, it
 * has nothing to say: whoever waits for slower ones has initLimit.
 */
function welcome(zab: Zab, leading: Leading, learner: Learner, out: ZabEffect[]): void {
  learner.deadlineMs = zab.nowMs + zab.config.syncLimit * zab.config.tickTimeMs
  sendUpToDate(leading, learner, out)
}
