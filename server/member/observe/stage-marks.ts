// Stages of transactions as ranges: within a turn only the last one of each stage is told ("logged up to 1/7"),
// because a group commit moves many at once. A mark covers its own epoch only, so a turn that brings several
// epochs tells the last of each. While rounds are sampled, a mark that passes none of those that are told waits a
// little for one that does; the last one always comes. Part of observe.ts.

import type { ClusterEvent, Stage } from '#shared/events/cluster-event.ts'
import type { Sid } from '#shared/zk/ids.ts'
import { counterOf, epochOf, formatZxid, ZERO_ZXID, type Zxid } from '#shared/zk/zxid.ts'
import type { Clock } from '../clock.ts'
import type { Turn } from '../turn.ts'
import type { RoundSampler } from './round-sampler.ts'

/** In the order in which they are told. */
const STAGES: readonly Stage[] = ['received', 'logged', 'acked', 'committed', 'applied']
/** A mark that passes no round that is told waits at most so long while others come, else for the next `settle`. */
const HELD_MS_MAX = 100

const NOBODY = 0 as Sid

type MarkEvent = Extract<ClusterEvent, { type: 'mark' | 'quorum' }>
type UnsignedMark = MarkEvent extends infer E ? (E extends MarkEvent ? Omit<E, 'sid'> : never) : never

export interface StageMarks {
  mark(stage: Stage, zxid: Zxid): void
  /** At the leader; `by` gave the ack that completed the quorum. */
  committed(zxid: Zxid, by: Sid): void
  /** Tells what has been noted; happens by itself at the end of a turn. */
  flush(): void
  /** Tells what is held, too. */
  settle(): void
  clear(): void
}

/** One stage, or the quorum. Changed in place: several are noted for each write. */
interface Noted<What> {
  readonly what: What
  zxid: Zxid
  t: number
  /** Noted, and not told yet; and since `t` was taken. */
  waits: boolean
  isNew: boolean
  /** What was told last; `toldAt` is -Infinity before the first. */
  toldZxid: Zxid
  toldAt: number
}

type AnyNoted = Noted<unknown>

export function createStageMarks(options: {
  readonly clock: Clock
  readonly turn: Turn
  readonly emit: (event: UnsignedMark) => void
  readonly sampler: Pick<RoundSampler, 'passesTold'>
}): StageMarks {
  const { clock, turn, emit, sampler } = options
  const stages = STAGES.map((stage) => nothingNoted(stage))
  const byStage = Object.fromEntries(stages.map((noted) => [noted.what, noted])) as Record<Stage, Noted<Stage>>
  const quorum = nothingNoted('quorum')
  let quorumBy = NOBODY
  /** Of everything noted. */
  let epoch = 0
  let scheduled = false
  const endTurn = () => {
    scheduled = false
    flush()
  }

  function mark(stage: Stage, zxid: Zxid): void {
    if (counterOf(zxid) === 0) return // the start of an epoch is no transaction
    enterEpoch(zxid)
    note(byStage[stage], zxid)
    if (scheduled) return
    scheduled = true
    turn.atEnd(endTurn)
  }

  function enterEpoch(zxid: Zxid): void {
    if (epochOf(zxid) === epoch) return
    settle()
    epoch = epochOf(zxid)
  }

  function mayHold(noted: AnyNoted): boolean {
    return noted.t - noted.toldAt < HELD_MS_MAX && !sampler.passesTold(noted.toldZxid, noted.zxid)
  }

  function flush(): void {
    tell(mayHold)
  }

  function settle(): void {
    tell(never)
  }

  /**
   * The time is that of the telling: what a turn has done leaves at its end, so nobody can have seen it before. Taken for
   * each mark, it cost a follower 0.7 µs a write.
   */
  function tell(isHeld: (noted: AnyNoted) => boolean): void {
    let now = 0
    for (const noted of stages) {
      if (noted.what === 'committed') tellQuorum(isHeld)
      if (!noted.waits) continue
      if (noted.isNew) {
        if (now === 0) now = clock.preciseWallMs()
        noted.t = now
        noted.isNew = false
      }
      if (isHeld(noted)) continue
      setTold(noted)
      emit({ type: 'mark', stage: noted.what, zxid: formatZxid(noted.zxid), t: noted.t })
    }
  }

  function tellQuorum(isHeld: (noted: AnyNoted) => boolean): void {
    if (!quorum.waits) return
    if (quorum.isNew) {
      quorum.t = clock.preciseWallMs()
      quorum.isNew = false
    }
    if (isHeld(quorum)) return
    setTold(quorum)
    emit({ type: 'quorum', zxid: formatZxid(quorum.zxid), by: quorumBy, t: quorum.t })
  }

  return {
    mark,
    committed(zxid, by) {
      enterEpoch(zxid)
      if (quorum.waits && quorumBy !== by) tellQuorum(mayHold)
      note(quorum, zxid)
      quorumBy = by
      mark('committed', zxid)
    },
    flush,
    settle,
    clear() {
      for (const noted of [...stages, quorum]) Object.assign(noted, nothingNoted(noted.what))
    },
  }
}

function nothingNoted<What>(what: What): Noted<What> {
  return {
    what,
    zxid: ZERO_ZXID,
    t: 0,
    waits: false,
    isNew: false,
    toldZxid: ZERO_ZXID,
    toldAt: Number.NEGATIVE_INFINITY,
  }
}

function note(noted: AnyNoted, zxid: Zxid): void {
  noted.zxid = zxid
  noted.waits = true
  noted.isNew = true
}

function setTold(noted: AnyNoted): void {
  noted.waits = false
  noted.toldZxid = noted.zxid
  noted.toldAt = noted.t
}

function never(): boolean {
  return false
}
