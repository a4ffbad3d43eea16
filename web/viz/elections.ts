// Elections as seen in notifications: who voted for whom, who won, how long until the winner served. Between
// two leaders that came to serve, each logical round is one election.

import type { Marker, VoteView } from '#shared/events/cluster-view.ts'

export interface Ballot {
  readonly from: number
  /** Whom it voted for, in order, repeats left out. */
  readonly choices: readonly number[]
  readonly zxid: string
}

export interface Election {
  readonly round: number
  readonly startedAt: number
  /** When a vote last changed. */
  readonly endedAt: number
  readonly ballots: readonly Ballot[]
  /** Whom more than half of `voters` chose last, or nobody. */
  readonly elected: number | null
  /** When the elected one began to lead its epoch; null when it did not, or not yet. */
  readonly servedAt: number | null
  /** Its notifications in order of time, as far as they are kept. */
  readonly votes: readonly VoteView[]
}

/** Votes of one round between two leaders. */
interface Poll {
  readonly round: number
  /** How many leaders had begun to serve before it. */
  readonly after: number
  readonly votes: VoteView[]
}

/**
 * Newest first, at most `max`. Only notifications of LOOKING members are votes; the rest tell of a result.
 * Members that only come back to a leader have not elected anybody and are left out, and so are rounds that
 * a member gave up for a later one.
 */
export function groupElections(
  votes: readonly VoteView[],
  markers: readonly Marker[],
  voters: number,
  max: number,
): Election[] {
  const leaders = markers.filter((marker) => marker.type === 'epoch')
  const polls = pollsOf(votes, leaders)
  return polls
    .filter((poll) => !isReturn(poll, votes))
    .map((poll) => ({ poll, election: electionOf(poll, voters, leaders) }))
    .filter(({ poll, election }) => election.elected !== null || !isGivenUp(poll, polls))
    .map(({ election }) => election)
    .sort((a, b) => b.startedAt - a.startedAt)
    .slice(0, max)
}

function pollsOf(votes: readonly VoteView[], leaders: readonly Marker[]): Poll[] {
  const polls = new Map<string, Poll>()
  for (const vote of votes) {
    if (vote.state !== 'LOOKING') continue
    const after = leaders.filter((leader) => leader.t <= vote.t).length
    const key = `${after} ${vote.round}`
    const poll = polls.get(key) ?? { round: vote.round, after, votes: [] }
    poll.votes.push(vote)
    polls.set(key, poll)
  }
  return [...polls.values()]
}

const startOf = ({ votes }: Poll): number => Math.min(...votes.map((vote) => vote.t))
const votersOf = ({ votes }: Poll): Set<number> => new Set(votes.map((vote) => vote.from))

/** True when others told all of these voters of a leader who was not one of them: it led already. */
function isReturn(poll: Poll, votes: readonly VoteView[]): boolean {
  const start = startOf(poll)
  const voters = votersOf(poll)
  const told = votes.filter(
    (vote) => vote.state !== 'LOOKING' && vote.t >= start && voters.has(vote.to) && !voters.has(vote.leader),
  )
  return [...voters].every((voter) => told.some((vote) => vote.to === voter))
}

/** True when all of its voters went on to a later round of the same search for a leader. */
function isGivenUp(poll: Poll, polls: readonly Poll[]): boolean {
  const later = polls.filter(({ after, round }) => after === poll.after && round > poll.round).map(votersOf)
  return [...votersOf(poll)].every((voter) => later.some((voters) => voters.has(voter)))
}

function electionOf({ round, votes }: Poll, voters: number, leaders: readonly Marker[]): Election {
  const ballots = new Map<number, { choices: number[]; zxid: string }>()
  let startedAt = Number.POSITIVE_INFINITY
  let endedAt = Number.NEGATIVE_INFINITY
  const inOrder = votes.toSorted((a, b) => a.t - b.t)
  for (const vote of inOrder) {
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
  const elected = [...tally.entries()].find(([, count]) => count * 2 > voters)?.[0] ?? null
  const next = leaders.find((leader) => leader.t > startedAt)
  return {
    round,
    startedAt,
    endedAt,
    elected,
    votes: inOrder,
    servedAt: elected !== null && next?.sid === elected ? next.t : null,
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
