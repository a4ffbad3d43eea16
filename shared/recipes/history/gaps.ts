// When changes of a lock may have been missed, and why: intervals, bounded. A cause that goes on, or comes back soon, is
// one interruption, however often it is told.

/**
 * sampled: the stream told only some txns, there were too many · dropped: events were thrown away on their way · leader: the
 * ensemble looked for a leader · stream: a member's event stream broke off · session: the gateway's session was away.
 */
export type GapReason = 'sampled' | 'dropped' | 'leader' | 'stream' | 'session'

export interface Gap {
  readonly reason: GapReason
  readonly sinceMs: number
  /** When the directory was listed anew; null: not yet. */
  untilMs: number | null
}

/** Gaps kept, newest. */
export const GAPS_MAX = 50
/** The same cause within this time is the same interruption. */
const AGAIN_MS = 10_000

export interface Gaps {
  readonly all: Gap[]
  /** Gaps that are no longer kept. */
  dropped: number
  /** The stream tells only samples: a listing does not end that. */
  sampling: boolean
}

export function createGaps(): Gaps {
  return { all: [], dropped: 0, sampling: false }
}

export function noteGap(gaps: Gaps, reason: GapReason, t: number): void {
  const last = gaps.all.at(-1)
  if (last?.untilMs === null) return
  if (last?.reason === reason && t - last.untilMs <= AGAIN_MS) {
    last.untilMs = null
    return
  }
  gaps.all.push({ reason, sinceMs: t, untilMs: null })
  if (gaps.all.length <= GAPS_MAX) return
  gaps.all.shift()
  gaps.dropped += 1
}

/** From now on, or no longer, the stream tells only samples. */
export function noteSampling(gaps: Gaps, on: boolean, t: number): void {
  if (on) {
    endGap(gaps, t)
    noteGap(gaps, 'sampled', t)
  }
  gaps.sampling = on
}

/** All is known again, as far as it can be. */
export function endGap(gaps: Gaps, t: number): void {
  const last = gaps.all.at(-1)
  if (last?.untilMs === null && !gaps.sampling) last.untilMs = Math.max(t, last.sinceMs)
}
