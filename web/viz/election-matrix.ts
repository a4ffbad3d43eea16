// An election as a matrix: a row for each voter, a column for each moment in which somebody changed its vote,
// and why: the comparison that the new vote won (epoch, then zxid, then server id). Also what it all took.

import type { ClusterView, Marker, VoteChangeView, VoteView } from '#shared/events/cluster-view.ts'
import { compareZxidText } from '#shared/events/zxid-text.ts'
import type { Election } from './elections.ts'
import { commitLatency } from './round-facts.ts'
import { zxidParts } from './zxid-parts.ts'

/** start: its first vote of the round, for itself or not. The rest: what decided. */
export type Why = 'start' | 'epoch' | 'zxid' | 'sid' | 'other'

export interface MatrixCell {
  readonly leader: number
  readonly zxid: string
  readonly peerEpoch: number
  /** Null where it only still holds. */
  readonly why: Why | null
  /** Whose vote made it change; null for its own, and where nobody told. */
  readonly heardFrom: number | null
}

export interface Matrix {
  readonly voters: readonly number[]
  /** Moments, ms after the first vote. */
  readonly columns: readonly number[]
  /** By voter, by column; null before its first vote. */
  readonly rows: readonly (readonly (MatrixCell | null)[])[]
  /** Column in which more than half agreed on who was elected; -1 when never. */
  readonly quorumAt: number
  /** Later moments that found no room. */
  readonly left: number
}

export const MATRIX_COLUMNS_MAX = 12

/** Why `after` beats `before`: epoch, then zxid, then server id. */
export function whyChanged(before: VoteView, after: VoteView): Why {
  if (after.peerEpoch !== before.peerEpoch) return after.peerEpoch > before.peerEpoch ? 'epoch' : 'other'
  const order = compareZxidText(after.zxid, before.zxid)
  if (order !== 0) return order > 0 ? 'zxid' : 'other'
  return after.leader > before.leader ? 'sid' : 'other'
}

const sameVote = (a: VoteView, b: VoteView): boolean =>
  a.leader === b.leader && a.zxid === b.zxid && a.peerEpoch === b.peerEpoch

/** Changes only, each with its reason, in order of time. */
function changesOf(votes: readonly VoteView[]): { readonly vote: VoteView; readonly why: Why }[] {
  const last = new Map<number, VoteView>()
  return votes.flatMap((vote) => {
    const before = last.get(vote.from)
    if (before && sameVote(before, vote)) return []
    last.set(vote.from, vote)
    return [{ vote, why: before ? whyChanged(before, vote) : 'start' }]
  })
}

/** Changes of different voters this near share a column. */
const TOGETHER_MS = 1

const TOLD: Record<VoteChangeView['why'], Why> = {
  start: 'start',
  round: 'other',
  epoch: 'epoch',
  zxid: 'zxid',
  sid: 'sid',
}
/** A change is told right before the notification of it. */
const SAME_CHANGE_MS = 50

/** What its server told of this change, with the reason that it knew; null when it was not told. */
function toldOf(vote: VoteView, told: readonly VoteChangeView[]): VoteChangeView | null {
  return (
    told.findLast(
      ({ sid, round, leader, zxid, t }) =>
        sid === vote.from &&
        round === vote.round &&
        leader === vote.leader &&
        zxid === vote.zxid &&
        Math.abs(t - vote.t) < SAME_CHANGE_MS,
    ) ?? null
  )
}

/** `told`: the changes with their reasons, as servers told them; without them the reasons are worked out. */
export function electionMatrix(
  { votes, startedAt, elected }: Election,
  quorum: number,
  told: readonly VoteChangeView[],
): Matrix {
  const changes = changesOf(votes)
  const moments: { t: number; by: Map<number, MatrixCell> }[] = []
  for (const { vote, why: worked } of changes) {
    const change = toldOf(vote, told)
    const why = change ? TOLD[change.why] : worked
    const { t, from, leader, zxid, peerEpoch } = vote
    const last = moments.at(-1)
    const cell: MatrixCell = { leader, zxid, peerEpoch, why, heardFrom: change?.from ?? null }
    if (last && t - last.t <= TOGETHER_MS && !last.by.has(from)) last.by.set(from, cell)
    else moments.push({ t, by: new Map([[from, cell]]) })
  }
  const shown = moments.slice(0, MATRIX_COLUMNS_MAX)
  const voters = [...new Set(votes.map(({ from }) => from))].sort((a, b) => a - b)
  const rows = voters.map((voter) => {
    let held: MatrixCell | null = null
    return shown.map(({ by }): MatrixCell | null => {
      const now = by.get(voter)
      held = now ?? (held && { ...held, why: null, heardFrom: null })
      return held
    })
  })
  const quorumAt =
    elected === null ? -1 : shown.findIndex((_, i) => rows.filter((row) => row[i]?.leader === elected).length >= quorum)
  return {
    voters,
    columns: shown.map(({ t }) => Math.max(0, t - startedAt)),
    rows,
    quorumAt,
    left: moments.length - shown.length,
  }
}

export interface ElectionSummary {
  /** What made it necessary; null when nobody saw it. */
  readonly trigger: { readonly type: Marker['type']; readonly sid: number; readonly t: number } | null
  /** From the trigger to a leader that served; null while there is none, or when the trigger is not known. */
  readonly unavailableMs: number | null
  readonly notifications: number
  /** After the leader began to serve: its first commit. */
  readonly firstCommitMs: number | null
}

const TRIGGERS: ReadonlySet<Marker['type']> = new Set(['killed', 'stopped', 'paused'])
/** A cause further back than this is another story. */
const TRIGGER_WITHIN_MS = 60_000

/** The supervisor notices the end of a process a little later than those who followed it. */
const NOTICED_WITHIN_MS = 1000

/** The newest end of a member around the first vote; else the first that looked for a leader, or started. */
function triggerOf(election: Election, markers: readonly Marker[]): ElectionSummary['trigger'] {
  const { startedAt, servedAt } = election
  const until = Math.min(startedAt + NOTICED_WITHIN_MS, servedAt ?? Number.POSITIVE_INFINITY)
  const around = markers.filter(({ t, sid }) => sid !== null && t <= until && t > startedAt - TRIGGER_WITHIN_MS)
  const lastEpoch = around.findLastIndex(({ type, t }) => type === 'epoch' && t <= startedAt)
  const since = around.slice(lastEpoch + 1)
  const found =
    since.findLast(({ type }) => TRIGGERS.has(type)) ??
    since.find(({ type, t }) => t <= startedAt && (type === 'looking' || type === 'started'))
  return found && found.sid !== null ? { type: found.type, sid: found.sid, t: found.t } : null
}

export function electionSummary(election: Election, view: Pick<ClusterView, 'markers' | 'rounds'>): ElectionSummary {
  const trigger = triggerOf(election, view.markers)
  const { servedAt, elected } = election
  const first =
    servedAt === null
      ? undefined
      : view.rounds.find(
          (round) =>
            round.leader === elected &&
            round.proposedAt >= servedAt &&
            commitLatency(round) !== null &&
            (zxidParts(round.txn.zxid)?.counter ?? 0) > 0,
        )
  const firstIsFirst = first !== undefined && (zxidParts(first.txn.zxid)?.counter ?? 0) === 1
  const committed = first?.members[String(first.leader)]?.committed
  return {
    trigger,
    unavailableMs:
      trigger && servedAt !== null ? Math.max(0, servedAt - Math.min(trigger.t, election.startedAt)) : null,
    notifications: election.votes.length,
    firstCommitMs: firstIsFirst && committed !== undefined && servedAt !== null ? committed - servedAt : null,
  }
}
