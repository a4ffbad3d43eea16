// Stages of transactions as ranges: within a turn only the last one of each stage is told ("logged up to 1/7"),
// because a group commit moves many at once. A mark covers its own epoch only, so a turn that brings several
// epochs tells the last of each. While rounds are sampled, a mark that passes none of those that are told waits a
// little for one that does; the last one always comes. Part of observe.ts.

import type { ClusterEvent, Stage } from '#shared/events/cluster-event.ts'
import type { Sid } from '#shared/zk/ids.ts'
import { counterOf, epochOf, formatZxid, type Zxid } from '#shared/zk/zxid.ts'
import type { Clock } from '../clock.ts'
import type { Turn } from '../turn.ts'
import type { RoundSampler } from './round-sampler.ts'

/** In the order in which they are told. */
const STAGES: readonly Stage[] = ['received', 'logged', 'acked', 'committed', 'applied']
/** A mark that passes no round that is told waits at most so long while others come, else for the next `settle`. */
const HELD_MS_MAX = 100

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

/** What has been noted of one stage and not been told. */
interface Noted {
  zxid: Zxid
  t: number
}

export function createStageMarks(options: {
  readonly clock: Clock
  readonly turn: Turn
  readonly emit: (event: UnsignedMark) => void
  readonly sampler: Pick<RoundSampler, 'passesTold'>
}): StageMarks {
  const { clock, turn, emit, sampler } = options
  const noted = new Map<Stage, Noted>()
  /** The last that was told, by stage. */
  const told = new Map<Stage, Noted>()
  let quorum: { readonly zxid: Zxid; readonly by: Sid; readonly t: number } | null = null
  let toldQuorum: Noted | null = null
  /** Of everything noted. */
  let epoch = 0
  let scheduled = false

  function mark(stage: Stage, zxid: Zxid): void {
    if (counterOf(zxid) === 0) return // the start of an epoch is no transaction
    enterEpoch(zxid)
    noted.set(stage, { zxid, t: clock.preciseWallMs() })
    if (scheduled) return
    scheduled = true
    turn.atEnd(() => {
      scheduled = false
      flush()
    })
  }

  function enterEpoch(zxid: Zxid): void {
    if (epochOf(zxid) === epoch) return
    settle()
    epoch = epochOf(zxid)
  }

  function mayHold(last: Noted | null, next: Noted): boolean {
    return last !== null && !sampler.passesTold(last.zxid, next.zxid) && next.t - last.t < HELD_MS_MAX
  }

  function flush(): void {
    tell(mayHold)
  }

  function settle(): void {
    tell(never)
  }

  function tell(isHeld: (last: Noted | null, next: Noted) => boolean): void {
    for (const stage of STAGES) {
      if (stage === 'committed') tellQuorum(isHeld)
      const next = noted.get(stage)
      if (!next || isHeld(told.get(stage) ?? null, next)) continue
      noted.delete(stage)
      told.set(stage, next)
      emit({ type: 'mark', stage, zxid: formatZxid(next.zxid), t: next.t })
    }
  }

  function tellQuorum(isHeld: (last: Noted | null, next: Noted) => boolean): void {
    if (!quorum || isHeld(toldQuorum, quorum)) return
    const { zxid, by, t } = quorum
    quorum = null
    toldQuorum = { zxid, t }
    emit({ type: 'quorum', zxid: formatZxid(zxid), by, t })
  }

  return {
    mark,
    committed(zxid, by) {
      enterEpoch(zxid)
      if (quorum && quorum.by !== by) tellQuorum(mayHold)
      quorum = { zxid, by, t: clock.preciseWallMs() }
      mark('committed', zxid)
    },
    flush,
    settle,
    clear() {
      noted.clear()
      told.clear()
      quorum = null
      toldQuorum = null
    },
  }
}

function never(): boolean {
  return false
}
