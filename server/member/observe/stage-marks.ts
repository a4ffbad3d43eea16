// Stages of transactions as ranges: within a turn only the last one of each stage is told ("logged up to 1/7"),
// because a group commit moves many at once. A mark covers its own epoch only, so a turn that brings several
// epochs tells the last of each. Part of observe.ts.

import type { ClusterEvent, Stage } from '#shared/events/cluster-event.ts'
import type { Sid } from '#shared/zk/ids.ts'
import { counterOf, epochOf, formatZxid, type Zxid } from '#shared/zk/zxid.ts'
import type { Clock } from '../clock.ts'
import type { Turn } from '../turn.ts'

/** In the order in which they are told. */
const STAGES: readonly Stage[] = ['received', 'logged', 'acked', 'committed', 'applied']

type MarkEvent = Extract<ClusterEvent, { type: 'mark' | 'quorum' }>
type UnsignedMark = MarkEvent extends infer E ? (E extends MarkEvent ? Omit<E, 'sid'> : never) : never

export interface StageMarks {
  mark(stage: Stage, zxid: Zxid): void
  /** At the leader; `by` gave the ack that completed the quorum. */
  committed(zxid: Zxid, by: Sid): void
  /** Tells what has been noted; happens by itself at the end of a turn. */
  flush(): void
  clear(): void
}

export function createStageMarks(options: {
  readonly clock: Clock
  readonly turn: Turn
  readonly emit: (event: UnsignedMark) => void
}): StageMarks {
  const { clock, turn, emit } = options
  const noted = new Map<Stage, { readonly zxid: Zxid; readonly t: number }>()
  let quorum: { readonly zxid: Zxid; readonly by: Sid; readonly t: number } | null = null
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
    flush()
    epoch = epochOf(zxid)
  }

  function flush(): void {
    for (const stage of STAGES) {
      if (stage === 'committed') flushQuorum()
      const last = noted.get(stage)
      if (!last) continue
      noted.delete(stage)
      emit({ type: 'mark', stage, zxid: formatZxid(last.zxid), t: last.t })
    }
  }

  function flushQuorum(): void {
    const last = quorum
    quorum = null
    if (last) emit({ type: 'quorum', zxid: formatZxid(last.zxid), by: last.by, t: last.t })
  }

  return {
    mark,
    committed(zxid, by) {
      enterEpoch(zxid)
      if (quorum && quorum.by !== by) flushQuorum()
      quorum = { zxid, by, t: clock.preciseWallMs() }
      mark('committed', zxid)
    },
    flush,
    clear() {
      noted.clear()
      quorum = null
    },
  }
}
