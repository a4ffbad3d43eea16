// The part of the fold that concerns rounds: proposals, range marks, quorums, and the exact count of commits.
// A mark covers every round of its own epoch up to its zxid: whoever logged 2/1 need not have logged a 1/8
// that an old leader proposed and nobody kept. Streams of different members overtake each other, so a mark
// may come before the round that it is about; then it is parked until the leader's stream has caught up.

import { KNOWN_TXNS_MAX, type Stage, type TxnSummary } from './cluster-event.ts'
import {
  type ClusterView,
  COUNTED_EPOCHS_MAX,
  type MemberStages,
  PARKED_MAX,
  type ParkedMark,
  RATE_BUCKETS_MAX,
  ROUNDS_MAX,
  type RoundView,
  UNKNOWN_OP,
} from './cluster-view.ts'
import { compareZxidText, counterOfText, epochText, newerZxid, zxidText } from './zxid-text.ts'

/** How many rounds, counted from the oldest, are at or below `zxid`. */
function countUpTo(rounds: readonly RoundView[], zxid: string): number {
  let low = 0
  let high = rounds.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const round = rounds[middle]
    if (round && compareZxidText(round.txn.zxid, zxid) <= 0) low = middle + 1
    else high = middle
  }
  return low
}

/** The leader `sid` gave `txn` its zxid at `t`. A round known already is left alone. */
export function foldProposed(view: ClusterView, t: number, sid: number, txn: TxnSummary): void {
  addRound(view, t, sid, txn, { [sid]: { proposed: t } })
}

function addRound(
  view: ClusterView,
  t: number,
  leader: number,
  txn: TxnSummary,
  members: Record<string, MemberStages>,
): void {
  const at = countUpTo(view.rounds, txn.zxid)
  delete view.known[txn.zxid]
  if (view.rounds[at - 1]?.txn.zxid === txn.zxid) return
  if (at === 0 && view.rounds.length >= ROUNDS_MAX) return
  const round: RoundView = { txn, leader, proposedAt: t, members, quorumBy: null, quorumAt: null }
  if (at === view.rounds.length) view.rounds.push(round)
  else view.rounds.splice(at, 0, round)
  // One at a time, by shift: it moves no elements, splice does.
  if (view.rounds.length > ROUNDS_MAX) view.rounds.shift()
  for (const member of Object.keys(view.parked)) unpark(view, member, round)
}

/** What a leader proposed last and was killed before telling: its followers' marks say that it was there. */
function addUnknownRounds(view: ClusterView, leader: number, { zxid, t }: ParkedMark): void {
  const epoch = epochText(zxid)
  const upTo = counterOfText(zxid)
  const last = view.rounds[countUpTo(view.rounds, zxid) - 1]
  const known = last && epochText(last.txn.zxid) === epoch ? counterOfText(last.txn.zxid) : 0
  // It would not have told those between, either.
  const every = Math.max(1, ...Object.values(view.sampling))
  const first = Math.max(known, upTo - ROUNDS_MAX * every) + 1
  for (let counter = Math.ceil(first / every) * every; counter <= upTo; counter += every) {
    const next = zxidText(epoch, counter)
    addRound(view, t, leader, view.known[next] ?? unknownTxn(next), {})
  }
}

function unknownTxn(zxid: string): TxnSummary {
  return { zxid, op: UNKNOWN_OP, path: null, session: '0x0', cxid: 0, bytes: 0, error: null, ephemeral: false }
}

/** Some follower holds `txn`. It describes an unknown round, and waits for one that no leader tells of in time. */
export function foldKnown(view: ClusterView, txn: TxnSummary): void {
  const at = countUpTo(view.rounds, txn.zxid) - 1
  const round = view.rounds[at]
  if (round?.txn.zxid === txn.zxid) {
    if (round.txn.op === UNKNOWN_OP) view.rounds[at] = { ...round, txn }
    return
  }
  if (at < 0 && view.rounds.length >= ROUNDS_MAX) return
  view.known[txn.zxid] = txn
  const zxids = Object.keys(view.known)
  if (zxids.length > KNOWN_TXNS_MAX && zxids[0] !== undefined) delete view.known[zxids[0]]
}

/** Who proposed in the epoch of `zxid`, as far as rounds below it tell. */
function proposerOf(view: ClusterView, zxid: string): number | null {
  const last = view.rounds[countUpTo(view.rounds, zxid) - 1]
  return last && epochText(last.txn.zxid) === epochText(zxid) ? last.leader : null
}

/** The gateway hears `sid`, or no longer: then what waits for its proposals waits in vain. */
export function foldStream(view: ClusterView, sid: number, up: boolean): void {
  view.streams[sid] = up
  if (up) return
  for (const mark of Object.values(view.parked).flat()) {
    if (proposerOf(view, mark.zxid) === sid) addUnknownRounds(view, sid, mark)
  }
}

/** Gives a new round the marks that came before it, and drops those that no later round can need. */
function unpark(view: ClusterView, member: string, round: RoundView): void {
  const parked = view.parked[member] ?? []
  const epoch = epochText(round.txn.zxid)
  let kept = 0
  for (const mark of parked) {
    const sameEpoch = epochText(mark.zxid) === epoch
    const order = compareZxidText(mark.zxid, round.txn.zxid)
    if (sameEpoch && order >= 0) setStage(round, member, mark.stage, mark.t)
    // A leader proposes in order: nothing below this round comes any more.
    if (sameEpoch && order <= 0) continue
    parked[kept] = mark
    kept += 1
  }
  if (kept === 0) delete view.parked[member]
  else parked.length = kept
}

/** Sets the time of a stage unless it is set; false when it was. */
function setStage(round: RoundView, member: string, stage: Stage, t: number): boolean {
  const stages: MemberStages = round.members[member] ?? {}
  if (stages[stage] !== undefined) return false
  stages[stage] = t
  // The leader's own flush counts as its ack.
  if (stage === 'logged' && String(round.leader) === member) stages.acked ??= t
  round.members[member] = stages
  return true
}

/** Member `sid` reached `stage` at `t` with everything of that epoch up to `zxid`. */
export function foldMark(view: ClusterView, t: number, sid: number, stage: Stage, zxid: string): void {
  const member = String(sid)
  if (counterOfText(zxid) === 0) return // The start of an epoch is no transaction.
  const epoch = epochText(zxid)
  const end = countUpTo(view.rounds, zxid)
  for (let i = end - 1; i >= 0; i -= 1) {
    const round = view.rounds[i]
    if (!round || epochText(round.txn.zxid) !== epoch || !setStage(round, member, stage, t)) break
  }
  const next = view.rounds[end]
  const newerKnown = next !== undefined && epochText(next.txn.zxid) === epoch
  if (!newerKnown && view.rounds[end - 1]?.txn.zxid !== zxid) {
    const ahead = { stage, zxid, t }
    park(view, member, ahead)
    const proposer = proposerOf(view, zxid)
    if (proposer !== null && view.streams[proposer] === false) addUnknownRounds(view, proposer, ahead)
  }
  // Applied is committed: what a leader committed last and was killed before telling, its successor applies.
  if (stage === 'committed' || stage === 'applied') countCommits(view, t, zxid)
}

function park(view: ClusterView, member: string, mark: ParkedMark): void {
  const parked = view.parked[member]
  if (!parked) {
    view.parked[member] = [mark]
    return
  }
  parked.push(mark)
  if (parked.length > PARKED_MAX) parked.shift()
}

/** The ack of `by` completed the quorum for everything of that epoch up to `zxid`. */
export function foldQuorum(view: ClusterView, t: number, zxid: string, by: number): void {
  const epoch = epochText(zxid)
  for (let i = countUpTo(view.rounds, zxid) - 1; i >= 0; i -= 1) {
    const round = view.rounds[i]
    if (!round || round.quorumAt !== null || epochText(round.txn.zxid) !== epoch) break
    round.quorumBy = by
    round.quorumAt = t
  }
}

/** Where counting starts: what was committed before anybody looked does not count. */
export function startCountingAt(view: ClusterView, zxid: string): void {
  if (view.committedUpTo !== null) return
  view.committedUpTo = zxid
  view.committedIn[epochText(zxid)] = counterOfText(zxid)
}

/** A server of an attached ensemble says up to where it has applied; what lies between two answers was committed meanwhile. */
export function foldAppliedUpTo(view: ClusterView, t: number, zxid: string): void {
  if (counterOfText(zxid) > 0) countCommits(view, t, zxid)
}

/**
 * Counters have no gaps within an epoch, so differences count exactly, even over dropped events. By epoch: the end of an
 * old one is often told behind the start of the next, by another member.
 */
function countCommits(view: ClusterView, t: number, zxid: string): void {
  const epoch = epochText(zxid)
  const counter = counterOfText(zxid)
  const isFirst = view.committedUpTo === null
  const before = view.committedIn[epoch]
  if (before === undefined && !isFirst && !isLaterEpoch(view, epoch)) return
  const count = isFirst ? 1 : counter - (before ?? 0)
  if (count <= 0) return
  view.committedIn[epoch] = counter
  view.committedUpTo = newerZxid(view.committedUpTo ?? zxid, zxid)
  const epochs = Object.keys(view.committedIn)
  if (epochs.length > COUNTED_EPOCHS_MAX) delete view.committedIn[oldestOf(epochs)]
  view.totals.committed += count
  addToRate(view.writeRate, Math.floor(t / 1000), count)
}

/** Than the first that counts; earlier ones were over before anybody looked. */
function isLaterEpoch(view: ClusterView, epoch: string): boolean {
  return compareZxidText(zxidText(epoch, 0), zxidText(oldestOf(Object.keys(view.committedIn)), 0)) > 0
}

function oldestOf(epochs: readonly string[]): string {
  return epochs.reduce((a, b) => (compareZxidText(zxidText(a, 0), zxidText(b, 0)) <= 0 ? a : b), epochs[0] ?? '')
}

function addToRate(buckets: [number, number][], second: number, count: number): void {
  let at = buckets.length
  while (at > 0 && (buckets[at - 1]?.[0] ?? 0) > second) at -= 1
  const bucket = buckets[at - 1]
  if (bucket && bucket[0] === second) bucket[1] += count
  else buckets.splice(at, 0, [second, count])
  if (buckets.length > RATE_BUCKETS_MAX) buckets.shift()
}
