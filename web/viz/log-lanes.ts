// The logs of the members side by side: a column for each txn, a lane for each member with a band for each stage, in
// each cell how far it is there. Epochs meet in a visible edge; what was cut away stays as a ghost.

import type { MemberStages, RoundView } from '#shared/events/cluster-view.ts'
import { compareZxidText } from '#shared/events/zxid-text.ts'
import type { SyncNote } from './chronicle/chronicle.ts'
import { furthestStage, type StageName } from './round-facts.ts'
import { isUncommitted } from './round-search.ts'
import { zxidParts } from './zxid-parts.ts'

export type CellStage = StageName | 'none' | 'cut'

/** The bands of a lane, from the first. `logged` is durable: on disk. */
export const BANDS = ['received', 'logged', 'acked', 'committed', 'applied'] as const

/** Which bands of a cell are filled, as in BANDS. */
export type Bands = readonly [boolean, boolean, boolean, boolean, boolean]

export interface LogColumn {
  readonly zxid: string
  readonly epoch: number
  readonly counter: number
  /** The first of its epoch that is shown: an edge stands before it. */
  readonly edge: boolean
  /** Nobody committed it, and a later epoch has begun. */
  readonly ghost: boolean
  readonly quorumBy: number | null
  /** In the order of the sids. */
  readonly cells: readonly CellStage[]
  readonly bands: readonly Bands[]
}

/**
 * What was told, and what follows from it: who has it on disk has received it, who applied it knows that it is committed.
 * An ack follows from nothing: observers give none.
 */
export function bandsOf(stages: MemberStages | undefined): Bands {
  const { proposed, received, logged, acked, committed, applied } = stages ?? {}
  const durable = logged !== undefined || acked !== undefined
  const decided = committed !== undefined || applied !== undefined
  const there = durable || proposed !== undefined || received !== undefined || applied !== undefined
  return [there, durable, acked !== undefined, decided, applied !== undefined]
}

/** Was it cut from this member's log: it had it, and was sent a TRUNC to before it afterwards. */
function isCut(round: RoundView, sid: number, syncs: readonly SyncNote[]): boolean {
  const had = round.members[String(sid)]?.logged
  if (had === undefined) return false
  return syncs.some(
    ({ learner, how, zxid, t }) =>
      learner === sid && how === 'TRUNC' && t > had && compareZxidText(round.txn.zxid, zxid) > 0,
  )
}

/** `rounds` oldest first; `skip` newest ones are left out, and at most `max` are shown. */
export function logColumns(
  rounds: readonly RoundView[],
  sids: readonly number[],
  syncs: readonly SyncNote[],
  skip: number,
  max: number,
): LogColumn[] {
  const end = Math.max(0, rounds.length - skip)
  const shown = rounds.slice(Math.max(0, end - max), end)
  const newestEpoch = zxidParts(rounds.at(-1)?.txn.zxid ?? '0x0')?.epoch ?? 0
  let before: number | null = null
  return shown.map((round) => {
    const parts = zxidParts(round.txn.zxid)
    const epoch = parts?.epoch ?? 0
    const edge = before !== null && before !== epoch
    before = epoch
    return {
      zxid: round.txn.zxid,
      epoch,
      counter: parts?.counter ?? 0,
      edge,
      ghost: epoch < newestEpoch && isUncommitted(round),
      quorumBy: round.quorumBy,
      bands: sids.map((sid) => bandsOf(round.members[String(sid)])),
      cells: sids.map((sid) => (isCut(round, sid, syncs) ? 'cut' : furthestStage(round.members[String(sid)]))),
    }
  })
}
