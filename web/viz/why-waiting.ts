// Why a round is not committed: how many acks it needs, and for each voter that has not given one what keeps
// it. Decided from what is known of the members now.

import type { ClusterView, RoundView } from '#shared/events/cluster-view.ts'
import { ackedAt } from './agreement.ts'
import { isServing, membersInOrder } from './ensemble-answer.ts'
import { isUncommitted } from './round-search.ts'
import { zxidParts } from './zxid-parts.ts'

export type Hindrance =
  /** Its process has ended. */
  | { readonly type: 'down'; readonly sid: number }
  | { readonly type: 'paused'; readonly sid: number }
  /** It runs, and follows nobody or somebody else. */
  | { readonly type: 'elsewhere'; readonly sid: number }
  /** It got the proposal and has not got it on disk. */
  | { readonly type: 'flushing'; readonly sid: number; readonly sinceMs: number }
  /** Nothing of it was seen there. */
  | { readonly type: 'unseen'; readonly sid: number }

export interface Waiting {
  readonly acked: readonly number[]
  readonly needed: number
  readonly hindrances: readonly Hindrance[]
  /** The leader that proposed it leads no more: whoever leads next decides whether it stays. */
  readonly leaderGone: boolean
  /** A later epoch has begun, and nobody in it has this txn. */
  readonly overtaken: boolean
}

/** Null when it is committed. `now`: ms since 1970. */
export function whyWaiting(round: RoundView, view: ClusterView, now: number): Waiting | null {
  if (!isUncommitted(round)) return null
  const voters = membersInOrder(view).filter(({ role }) => role === 'participant')
  const needed = Math.floor(voters.length / 2) + 1
  const epoch = zxidParts(round.txn.zxid)?.epoch ?? 0
  const acked = voters.filter(({ sid }) => ackedAt(round, sid) !== undefined).map(({ sid }) => sid)
  const leader = view.members[String(round.leader)]
  const leaderGone = !leader || !isServing(leader) || leader.state !== 'LEADING' || leader.epoch !== epoch
  const hindrances = voters
    .filter(({ sid }) => !acked.includes(sid))
    .map((member): Hindrance => {
      const { sid } = member
      if (['killed', 'stopped', 'unreachable'].includes(member.process)) return { type: 'down', sid }
      if (member.process === 'paused') return { type: 'paused', sid }
      const received = round.members[String(sid)]?.received ?? (sid === round.leader ? round.proposedAt : undefined)
      if (received !== undefined) return { type: 'flushing', sid, sinceMs: Math.max(0, now - received) }
      return member.leader === round.leader || sid === round.leader
        ? { type: 'unseen', sid }
        : { type: 'elsewhere', sid }
    })
  const overtaken = voters.some((member) => isServing(member) && member.epoch > epoch)
  return { acked, needed, hindrances, leaderGone, overtaken }
}
