// Puts rounds together from the events of a window: each txn with the times at which each member reached each stage. The
// view keeps only the newest rounds; a trace wants all, and may look at the events twice.

import type { Stage, TxnSummary } from '#shared/events/cluster-event.ts'
import type { MemberStages } from '#shared/events/cluster-view.ts'
import type { GatewayEvent } from '#shared/events/socket-protocol.ts'
import { compareZxidText, epochText } from '#shared/events/zxid-text.ts'

export interface TracedRound {
  readonly txn: TxnSummary
  readonly leader: number
  readonly proposedAt: number
  readonly members: Map<number, MemberStages>
  quorumAt: number | null
  quorumBy: number | null
}

/** The newest rounds that a trace holds. */
export const TRACED_ROUNDS_MAX = 100_000

/** In the order of zxids, at most TRACED_ROUNDS_MAX. `events` is asked for its chunks twice. */
export async function roundsOf(events: () => AsyncIterable<readonly GatewayEvent[]>): Promise<TracedRound[]> {
  let rounds: TracedRound[] = []
  for await (const chunk of events()) {
    for (const event of chunk) {
      if (event.type !== 'proposed') continue
      const { t, sid, txn } = event
      const members = new Map<number, MemberStages>([[sid, { proposed: t }]])
      rounds.push({ txn, leader: sid, proposedAt: t, members, quorumAt: null, quorumBy: null })
    }
    if (rounds.length > TRACED_ROUNDS_MAX * 2) rounds = rounds.slice(-TRACED_ROUNDS_MAX)
  }
  rounds = rounds.slice(-TRACED_ROUNDS_MAX)
  rounds.sort((a, b) => compareZxidText(a.txn.zxid, b.txn.zxid))
  const marker = new Marker(rounds)
  for await (const chunk of events()) {
    for (const event of chunk) {
      if (event.type === 'mark') {
        for (const round of marker.upTo(`${event.sid} ${event.stage}`, event.zxid)) mark(round, event)
      } else if (event.type === 'quorum') {
        for (const round of marker.upTo('quorum', event.zxid)) {
          round.quorumAt = event.t
          round.quorumBy = event.by
        }
      }
    }
  }
  return rounds
}

function mark(
  round: TracedRound,
  { sid, stage, t }: { readonly sid: number; readonly stage: Stage; readonly t: number },
) {
  const stages: MemberStages = round.members.get(sid) ?? {}
  stages[stage] ??= t
  round.members.set(sid, stages)
}

/** Each mark covers the rounds of its epoch since the last mark of its kind. */
class Marker {
  readonly #rounds: readonly TracedRound[]
  /** By kind: how many rounds are behind it. */
  readonly #done = new Map<string, number>()

  constructor(rounds: readonly TracedRound[]) {
    this.#rounds = rounds
  }

  upTo(kind: string, zxid: string): TracedRound[] {
    const epoch = epochText(zxid)
    const covered: TracedRound[] = []
    let at = this.#done.get(kind) ?? 0
    for (let next = this.#rounds[at]; next && compareZxidText(next.txn.zxid, zxid) <= 0; next = this.#rounds[at]) {
      if (epochText(next.txn.zxid) === epoch) covered.push(next)
      at += 1
    }
    this.#done.set(kind, at)
    return covered
  }
}
