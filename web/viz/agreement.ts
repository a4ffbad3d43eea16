// How a round came to be agreed: the part of the voters that had it on disk, step by step, against one half; and
// where its time went. Acks are dated when they were sent: their arrival is known of one, which made the quorum.

import type { MemberStages, RoundView } from '#shared/events/cluster-view.ts'

export interface AgreementStep {
  readonly sid: number
  /** Ms after the proposal. */
  readonly ms: number
  /** Voters that have acked by then, of all. */
  readonly ratio: number
  /** The first that makes more than one half. */
  readonly crosses: boolean
}

/** A follower’s ack is its word that it is on disk; the leader’s own flush counts as its ack. */
export function ackedAt(round: RoundView, sid: number): number | undefined {
  const stages = round.members[String(sid)]
  return sid === round.leader ? stages?.logged : (stages?.acked ?? stages?.logged)
}

export function agreementSteps(round: RoundView, voters: readonly number[]): AgreementStep[] {
  const acks = voters
    .flatMap((sid) => {
      const t = ackedAt(round, sid)
      return t === undefined ? [] : [{ sid, ms: Math.max(0, t - round.proposedAt) }]
    })
    .sort((a, b) => a.ms - b.ms)
  const needed = Math.floor(voters.length / 2) + 1
  return acks.map(({ sid, ms }, i) => ({
    sid,
    ms,
    ratio: (i + 1) / voters.length,
    crosses: i + 1 === needed,
  }))
}

export type LatencyPart = 'queue' | 'there' | 'flush' | 'back' | 'decide' | 'apply'

export interface LatencySplit {
  /** In the order of time, along the way of the ack that made the quorum; null: not told by anybody. */
  readonly parts: readonly { readonly part: LatencyPart; readonly ms: number | null }[]
  /** Of the parts that are known. */
  readonly totalMs: number
  /** Along whom. */
  readonly by: number
}

function between(from: number | undefined | null, to: number | undefined | null): number | null {
  return from === undefined || from === null || to === undefined || to === null ? null : Math.max(0, to - from)
}

/** Null as long as nobody's ack has made the quorum. */
export function latencySplit(round: RoundView): LatencySplit | null {
  const { quorumBy, quorumAt, leader, proposedAt } = round
  if (quorumBy === null || quorumAt === null) return null
  const lead: MemberStages | undefined = round.members[String(leader)]
  const other = round.members[String(quorumBy)]
  const own = quorumBy === leader
  const parts: { part: LatencyPart; ms: number | null }[] = [{ part: 'queue', ms: null }]
  if (own) parts.push({ part: 'flush', ms: between(proposedAt, lead?.logged ?? quorumAt) })
  else {
    parts.push(
      { part: 'there', ms: between(proposedAt, other?.received) },
      { part: 'flush', ms: between(other?.received, other?.logged) },
      { part: 'back', ms: between(other?.acked ?? other?.logged, quorumAt) },
    )
  }
  parts.push(
    { part: 'decide', ms: between(quorumAt, lead?.committed) },
    { part: 'apply', ms: between(lead?.committed, lead?.applied) },
  )
  return { parts, totalMs: parts.reduce((sum, { ms }) => sum + (ms ?? 0), 0), by: quorumBy }
}
