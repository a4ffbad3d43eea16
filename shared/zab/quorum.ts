// How far a quorum has come, for numbers that only grow: proposals acked, ping rounds answered. It runs for
// every ACK, so it allocates nothing.

import { isVoter, voterCount } from '../zk/quorum-config.ts'
import type { Leading, Zab } from './state.ts'

/** The largest values so far, in falling order; used again by every call. */
const largest: number[] = []

/**
 * The largest number that a quorum of voters has reached, -Infinity when less than a quorum is here. `own` is
 * the leader's own, `of` says which of a learner's numbers counts.
 */
export function quorumReached(zab: Zab, leading: Leading, own: number, of: 'acked' | 'answered'): number {
  const { quorum, sid } = zab.config
  const need = Math.floor(voterCount(quorum) / 2) + 1
  let held = 0
  if (isVoter(quorum, sid)) held = insert(held, need, own)
  for (const learner of leading.learners.values()) if (learner.voting) held = insert(held, need, learner[of])
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
