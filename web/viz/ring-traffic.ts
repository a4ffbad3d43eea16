// What is under way between the leader and each learner: proposals that the learner has not acked, bytes that wait to be
// sent, bytes per second. Proposals are counted over the rounds that the view holds; sampled rounds count for all.

import type { ClusterView, RoundView } from '#shared/events/cluster-view.ts'
import type { Chronicle } from './chronicle/chronicle.ts'

export interface LinkLoad {
  /** Proposed and neither acked nor committed there. */
  readonly inFlight: number
  /** False: there were more rounds than are kept, so it is at least so many. */
  readonly exact: boolean
  readonly queuedBytes: number
  /** Null: not told, or not lately. */
  readonly bytesPerS: number | null
}

/** Members tell of their links once a second; what is older than this is not about now. */
const FRESH_MS = 5000

/** The newest zxid that `sid` acked acks all before it, so counting ends there. */
function unacked(rounds: readonly RoundView[], leader: number, sid: number): { count: number; exact: boolean } {
  let count = 0
  for (let i = rounds.length - 1; i >= 0; i -= 1) {
    const round = rounds[i]
    if (!round || round.leader !== leader) return { count, exact: true }
    const stages = round.members[String(sid)]
    if (stages?.acked !== undefined || stages?.committed !== undefined) return { count, exact: true }
    count += 1
  }
  return { count, exact: false }
}

/** @param now by the servers' clock, ms since 1970 */
export function linkLoad(
  view: Pick<ClusterView, 'rounds' | 'sampling'>,
  links: Chronicle['links'],
  leader: number,
  sid: number,
  now: number,
): LinkLoad {
  const { count, exact } = unacked(view.rounds, leader, sid)
  const every = Math.max(1, ...Object.values(view.sampling))
  const told = links[`${leader}>${sid}`]
  const fresh = told !== undefined && now - told.t < FRESH_MS ? told : null
  return {
    inFlight: count * every,
    exact: exact && every === 1,
    queuedBytes: fresh?.queuedBytes ?? 0,
    bytesPerS: fresh?.bytesPerS ?? null,
  }
}
