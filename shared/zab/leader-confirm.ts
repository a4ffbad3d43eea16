// Pings, and what their answers prove: that a quorum still followed this leader after a moment. A SYNC is
// answered only with that proof, since a leader that was deposed, or stood still, may not know it yet
// (R-SYNC, R-PAUSE). Rules LEAD-5, LEAD-7 to LEAD-10. ZooKeeper's servers answer without it.

import { dequeue, enqueue, peek } from '../base/queue.ts'
import type { Zxid } from '../zk/zxid.ts'
import type { LinkId, ZabEffect } from './contract.ts'
import { lastZxid } from './log-window.ts'
import { isQuorumAlone, quorumsReached } from './quorum.ts'
import { isForwarded, type Leading, type Learner, type Zab } from './state.ts'

/** LEAD-7: one round of pings to every learner in sync. Rounds are numbered here, not on the wire. */
export function pingAll(zab: Zab, leading: Leading, out: ZabEffect[]): void {
  leading.pingRound += 1
  const zxid = lastZxid(zab.log)
  for (const learner of leading.learners.values())
    if (isForwarded(learner)) out.push({ type: 'send', link: learner.link, packet: { type: 'PING', zxid } })
}

/** From UPTODATE on a learner answers every ping, in order; earlier ones it does not answer (zab.md §5). */
export function sendUpToDate(leading: Leading, learner: Learner, out: ZabEffect[]): void {
  learner.answerDue = leading.pingRound + 1
  out.push({ type: 'send', link: learner.link, packet: { type: 'UPTODATE' } })
}

/** LEAD-8: the answer is to the oldest round that this learner still owes us; one that nobody asked for is none. */
export function onPingAnswer(zab: Zab, leading: Leading, learner: Learner, out: ZabEffect[]): void {
  if (learner.answerDue === 0 || learner.answerDue > leading.pingRound) return
  learner.answered = learner.answerDue
  learner.answerDue += 1
  if (learner.votes !== 0) confirmSyncs(zab, leading, out)
}

/** How far a quorum has answered; also when it is another quorum than before (RECONF-5). */
export function confirmSyncs(zab: Zab, leading: Leading, out: ZabEffect[]): void {
  if (!peek(leading.syncs)) return
  const confirmed = quorumsReached(leading, leading.pingRound, 'answered')
  if (confirmed <= leading.confirmedRound) return
  leading.confirmedRound = confirmed
  answerSyncs(leading, out)
  confirmNext(zab, leading, out)
}

/**
 * LEAD-5: a SYNC of a learner, or of this server's own client (`null`), is answered behind the COMMIT of
 * everything proposed before it, and when a quorum has answered a ping that was sent after it came.
 */
export function onSyncRequest(zab: Zab, leading: Leading, link: LinkId | null, out: ZabEffect[]): void {
  // LEAD-9: nobody can be elected without a voter that is a quorum by itself.
  const round = isQuorumAlone(leading) ? 0 : leading.pingRound + 1
  enqueue(leading.syncs, { zxid: lastZxid(zab.log), round, link })
  leading.wantedRound = Math.max(leading.wantedRound, round)
  confirmNext(zab, leading, out)
  answerSyncs(leading, out)
}

/** LEAD-9: at once when no round for SYNCs is under way, else behind it: one round serves all that came before it. */
function confirmNext(zab: Zab, leading: Leading, out: ZabEffect[]): void {
  if (leading.wantedRound <= leading.pingRound || leading.syncRound > leading.confirmedRound) return
  pingAll(zab, leading, out)
  leading.syncRound = leading.pingRound
}

export function answerSyncs(leading: Leading, out: ZabEffect[]): void {
  for (;;) {
    const next = peek(leading.syncs)
    if (!next || next.zxid > leading.committed || next.round > leading.confirmedRound) return
    answerOldest(leading, out)
  }
}

/**
 * LEAD-10: the oldest SYNC is to be answered behind this zxid, before anything up to `upTo` that is later is committed;
 * null when it need not hurry. Else a client's write could be applied while its earlier sync waits, and the reads
 * between the two would see it (R-1863).
 */
export function syncBefore(leading: Leading, upTo: Zxid): Zxid | null {
  const next = peek(leading.syncs)
  return next && next.zxid < upTo ? next.zxid : null
}

/** LEAD-10: what was proposed after them has its quorum, and so have they: no round of pings needs to be waited for. */
export function answerSyncsAt(leading: Leading, zxid: Zxid, out: ZabEffect[]): void {
  for (let next = peek(leading.syncs); next && next.zxid <= zxid; next = peek(leading.syncs)) answerOldest(leading, out)
}

function answerOldest(leading: Leading, out: ZabEffect[]): void {
  const { link } = dequeue(leading.syncs)
  if (link === null) out.push({ type: 'leaderAnswer', packet: { type: 'SYNC' } })
  else if (leading.learners.has(link)) out.push({ type: 'send', link, packet: { type: 'SYNC' } })
}
