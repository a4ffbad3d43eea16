// Slices on one track of a trace must not overlap unless one holds the other; rounds overlap freely. So each takes the
// first lane that is free when it starts, and what finds none is left out and counted.

import { TRACKS, type TraceEvent } from './trace-event.ts'

export const LANES_MAX = 64
export const LANE_NAMES = { rounds: 'rounds', disk: 'disk flushes', requests: 'client requests (sampled)' } as const
export type LaneKind = keyof typeof LANE_NAMES

/** Lanes of each kind on each member. */
export class LaneBook {
  readonly #lanes = new Map<string, { readonly sid: number; readonly kind: LaneKind; readonly lanes: Lanes }>()

  /** The track; null when all are taken. */
  take(kind: LaneKind, sid: number, from: number, to: number): number | null {
    const key = `${sid} ${kind}`
    const known = this.#lanes.get(key) ?? { sid, kind, lanes: new Lanes() }
    this.#lanes.set(key, known)
    const lane = known.lanes.take(from, to)
    return lane === null ? null : TRACKS[kind] + lane
  }

  /** Of every track that was used. */
  names(): TraceEvent[] {
    return [...this.#lanes.values()].flatMap(({ sid, kind, lanes: { count, leftOut } }) =>
      Array.from({ length: count }, (_, lane) => {
        const left = lane === 0 && leftOut > 0 ? ` (${leftOut} more did not fit)` : ''
        const args = { name: `${LANE_NAMES[kind]} ${lane + 1}${left}` }
        return { ph: 'M', pid: sid, tid: TRACKS[kind] + lane, name: 'thread_name', args } as const
      }),
    )
  }
}

export class Lanes {
  /** When each is free again. */
  readonly #freeFrom: number[] = []
  leftOut = 0

  /** The lane, from 0; null when all are taken. Starts must not go back by more than a slice's length. */
  take(from: number, to: number): number | null {
    for (let lane = 0; lane < LANES_MAX; lane += 1) {
      if ((this.#freeFrom[lane] ?? Number.NEGATIVE_INFINITY) > from) continue
      this.#freeFrom[lane] = to
      return lane
    }
    this.leftOut += 1
    return null
  }

  get count(): number {
    return this.#freeFrom.length
  }
}
