// The clocks of a process: monotonic for timers, wall clock for what people and transactions see. A seam:
// tests and fault rules put their own in place.

export interface Clock {
  /** Milliseconds, never goes back. */
  monotonicMs(): number
  /** Whole milliseconds since 1970. */
  wallMs(): number
  /** Milliseconds since 1970 with fractions, comparable between the processes of one machine. */
  preciseWallMs(): number
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
