// Elections as seen in notifications: one per logical round, with the way each member's vote went.

import type { VoteView } from '#shared/events/cluster-view.ts'

export interface Ballot {
  readonly from: number
  /** Whom it voted for, in order, repeats left out. */
  readonly choices: readonly number[]
  readonly zxid: string
}

export interface Election {
  readonly round: number
  readonly startedAt: number
  readonly endedAt: number
  readonly ballots: readonly Ballot[]
  /** Whom more than half of `voters` chose last, or nobody. */
  readonly elected: number | null
}

/** Newest first, at most `max`. Only notifications of LOOKING members are votes; the rest tell of a result. */
export function groupElections(votes: readonly VoteView[], voters: number, max: number): Election[] {
  const rounds = new Map<number, VoteView[]>()
  for (const vote of votes) {
    if (vote.state !== 'LOOKING') continue
    const list = rounds.get(vote.round)
    if (list) list.push(vote)
    else rounds.set(vote.round, [vote])
  }
  return [...rounds.entries()]
    .map(([round, list]) => election(round, list, voters))
    .sort((a, b) => b.startedAt - a.startedAt)
    .slice(0, max)
}

function election(round: number, votes: readonly VoteView[], voters: number): Election {
  const ballots = new Map<number, { choices: number[]; zxid: string }>()
  let startedAt = Number.POSITIVE_INFINITY
  let endedAt = Number.NEGATIVE_INFINITY
  for (const vote of votes) {
    startedAt = Math.min(startedAt, vote.t)
    const ballot = ballots.get(vote.from) ?? { choices: [], zxid: vote.zxid }
    if (ballot.choices.at(-1) !== vote.leader) {
      ballot.choices.push(vote.leader)
      endedAt = Math.max(endedAt, vote.t)
    }
    ballot.zxid = vote.zxid
    ballots.set(vote.from, ballot)
  }
  const tally = new Map<number, number>()
  for (const { choices } of ballots.values()) {
    const last = choices.at(-1)
    if (last !== undefined) tally.set(last, (tally.get(last) ?? 0) + 1)
  }
  const winner = [...tally.entries()].find(([, count]) => count * 2 > voters)
  return {
    round,
    startedAt,
    endedAt,
    elected: winner?.[0] ?? null,
    ballots: [...ballots.entries()]
      .map(([from, { choices, zxid }]) => ({ from, choices, zxid }))
      .sort((a, b) => a.from - b.from),
  }
}

/** The newest vote that `sid` gave while LOOKING, or null. */
export function currentVote(votes: readonly VoteView[], sid: number): VoteView | null {
  for (let i = votes.length - 1; i >= 0; i -= 1) {
    const vote = votes[i]
    if (vote && vote.from === sid && vote.state === 'LOOKING') return vote
  }
  return null
}
