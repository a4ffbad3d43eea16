// What can be said of one round and of the last few: stages, latencies, medians. Times in ms.

import type { MemberStages, RoundView } from '#shared/events/cluster-view.ts'

export const STAGES = ['proposed', 'received', 'logged', 'acked', 'committed', 'applied'] as const
export type StageName = (typeof STAGES)[number]

/** The furthest stage reached, or none. */
export function furthestStage(stages: MemberStages | undefined): StageName | 'none' {
  if (!stages) return 'none'
  for (let i = STAGES.length - 1; i >= 0; i -= 1) {
    const stage = STAGES[i]
    if (stage && stages[stage] !== undefined) return stage
  }
  return 'none'
}

/** From the proposal to the leader's commit; null while it waits. */
export function commitLatency(round: RoundView): number | null {
  const committed = round.members[String(round.leader)]?.committed
  return committed === undefined ? null : Math.max(0, committed - round.proposedAt)
}

export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2
}

export interface AckTime {
  readonly medianMs: number
  readonly rounds: number
}

/** How long after the proposal `sid` acked, over the newest `max` rounds of the present leader. */
export function ackTime(rounds: readonly RoundView[], leader: number, sid: number, max: number): AckTime | null {
  const times: number[] = []
  for (let i = rounds.length - 1; i >= 0 && times.length < max; i -= 1) {
    const round = rounds[i]
    if (!round || round.leader !== leader) break
    const acked = round.members[String(sid)]?.acked
    if (acked !== undefined) times.push(Math.max(0, acked - round.proposedAt))
  }
  const medianMs = median(times)
  return medianMs === null ? null : { medianMs, rounds: times.length }
}

/** Members without `stage` in this round, among `sids`. */
export function missingStage(round: RoundView, sids: readonly number[], stage: StageName): number[] {
  return sids.filter((sid) => round.members[String(sid)]?.[stage] === undefined)
}

/** Changes whenever something that a row shows of the round does. */
export function roundStamp(round: RoundView, sids: readonly number[]): string {
  const stages = sids.map((sid) => `${sid}${furthestStage(round.members[String(sid)])}`)
  return `${stages.join()} ${round.quorumBy} ${commitLatency(round)}`
}
