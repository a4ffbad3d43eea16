// How far a quorum has come, for numbers that only grow: proposals acked, ping rounds answered. It runs for
// every ACK, so it allocates nothing: who votes where is worked out when a configuration or a learner is new.

import type { Sid } from '../zk/ids.ts'
import { isVoter, voterCount } from '../zk/quorum-config.ts'
import type { Leading, Learner, Zab } from './state.ts'

/** Bits of `votes`: a voter of the active configuration, of the last seen one while that is newer. */
export const IN_ACTIVE = 1
export const IN_LAST_SEEN = 2

/** RECONF-2: who votes in which configuration, and how many votes each needs. Observers' words never count. */
export function assignVotes(zab: Zab, leading: Leading): void {
  const two = zab.lastSeen.version > zab.active.version
  leading.needActive = majority(voterCount(zab.active))
  leading.needLastSeen = two ? majority(voterCount(zab.lastSeen)) : 0
  leading.ownVotes = votesOf(zab, zab.config.sid)
  for (const learner of leading.learners.values()) learner.votes = learner.observer ? 0 : votesOf(zab, learner.sid)
}

export function votesOf(zab: Zab, sid: Sid): number {
  const two = zab.lastSeen.version > zab.active.version
  return (isVoter(zab.active, sid) ? IN_ACTIVE : 0) | (two && isVoter(zab.lastSeen, sid) ? IN_LAST_SEEN : 0)
}

/**
 * Whether a learner's promises and its NEWLEADER ack can count. RECONF-14: an observer's do where it is a voter of
 * the last seen configuration only: it holds the history as durably, and nobody else could complete that one.
 */
export function mayCount(zab: Zab, { observer, sid }: Pick<Learner, 'observer' | 'sid'>): boolean {
  return !observer || (zab.lastSeen.version > zab.active.version && !isVoter(zab.active, sid))
}

function majority(voters: number): number {
  return Math.floor(voters / 2) + 1
}

/** What quorums of all configurations that count now have reached; -Infinity when less than that is here. */
export function quorumsReached(leading: Leading, own: number, of: 'acked' | 'answered'): number {
  const active = quorumReached(leading, IN_ACTIVE, own, of)
  return leading.needLastSeen === 0 ? active : Math.min(active, quorumReached(leading, IN_LAST_SEEN, own, of))
}

/** The largest values so far, in falling order; used again by every call. */
const largest: number[] = []

/**
 * The largest number that a quorum of one configuration has reached, -Infinity when less than a quorum is here.
 * `own` is the leader's own, `of` says which of a learner's numbers counts.
 */
export function quorumReached(leading: Leading, bit: number, own: number, of: 'acked' | 'answered'): number {
  const need = bit === IN_ACTIVE ? leading.needActive : leading.needLastSeen
  let held = 0
  if (leading.ownVotes & bit) held = insert(held, need, own)
  for (const learner of leading.learners.values()) if (learner.votes & bit) held = insert(held, need, learner[of])
  return held < need ? Number.NEGATIVE_INFINITY : (largest[need - 1] ?? Number.NEGATIVE_INFINITY)
}

/** Puts `value` into its place among the `held` largest, of which `keep` are wanted. Returns how many there are. */
function insert(held: number, keep: number, value: number): number {
  let at = held
  while (at > 0 && (largest[at - 1] ?? 0) < value) at -= 1
  if (at >= keep) return held
  const end = Math.min(held, keep - 1)
  for (let i = end; i > at; i -= 1) largest[i] = largest[i - 1] ?? 0
  largest[at] = value
  return end + 1
}

/** The leader by itself is a quorum of every configuration that counts. */
export function isQuorumAlone({ needActive, needLastSeen, ownVotes }: Leading): boolean {
  const inLastSeen = needLastSeen === 0 || (needLastSeen === 1 && (ownVotes & IN_LAST_SEEN) !== 0)
  return needActive === 1 && (ownVotes & IN_ACTIVE) !== 0 && inLastSeen
}
