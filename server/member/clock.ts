// The clocks of a process: monotonic for timers, wall clock for what people and transactions see. A seam:
// tests and fault rules put their own in place.

import type { Turn } from './turn.ts'

export interface Clock {
  /** Milliseconds, never goes back. */
  monotonicMs(): number
  /** Whole milliseconds since 1970. */
  wallMs(): number
  /** Milliseconds since 1970 with fractions, comparable between the processes of one machine. */
  preciseWallMs(): number
}

/**
 * Reads the monotonic clock once a turn: it is asked twice for every request, and each time cost 0.1 µs. Nothing waits
 * between the first question and the end of a turn, so the answer is as old as what has been computed since.
 */
export function oncePerTurn(clock: Clock, turn: Turn): Clock {
  let known: number | null = null
  const forget = () => {
    known = null
  }
  return {
    monotonicMs() {
      if (known === null) {
        known = clock.monotonicMs()
        turn.atEnd(forget)
      }
      return known
    },
    wallMs: () => clock.wallMs(),
    preciseWallMs: () => clock.preciseWallMs(),
  }
}

/** The fractions come from the monotonic clock; beyond this the wall clock was set, and is believed. */
const DRIFT_MS_MAX = 2

export function systemClock(): Clock {
  let offset = performance.timeOrigin
  return {
    monotonicMs: () => performance.now(),
    wallMs: () => Date.now(),
    preciseWallMs() {
      const precise = offset + performance.now()
      const drift = Date.now() - precise
      if (Math.abs(drift) <= DRIFT_MS_MAX) return precise
      offset += drift
      return precise + drift
    },
  }
}
