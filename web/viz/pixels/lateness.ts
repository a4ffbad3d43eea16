// How late things are shown: a histogram for each second, the newest of them kept. Arithmetic alone; what is timed is
// for stores/pixels.ts to say.

/** Steps of the histogram, ms; what took longer than all of them counts in the last one. */
const STEP_MS = 2
const STEPS = 1000
/** Seconds in which something was noted. */
export const SECONDS_KEPT = 10

interface Second {
  /** Since 1970. */
  readonly second: number
  readonly counts: Uint32Array
}

export interface Lateness {
  /** Oldest first. */
  readonly seconds: Second[]
}

export interface LatenessFigures {
  readonly p50: number
  readonly p95: number
  /** Over so many. */
  readonly of: number
}

export function emptyLateness(): Lateness {
  return { seconds: [] }
}

/** At `now`, ms since 1970, something was shown `ms` after it happened. */
export function noteLateness({ seconds }: Lateness, now: number, ms: number): void {
  const second = Math.floor(now / 1000)
  let last = seconds.at(-1)
  if (last?.second !== second) {
    // The oldest one's memory is used again: this runs for as long as the page is open.
    const counts = seconds.length < SECONDS_KEPT ? new Uint32Array(STEPS) : seconds.shift()?.counts.fill(0)
    last = { second, counts: counts ?? new Uint32Array(STEPS) }
    seconds.push(last)
  }
  const step = Math.min(STEPS - 1, Math.max(0, Math.floor(ms / STEP_MS)))
  last.counts[step] = (last.counts[step] ?? 0) + 1
}

/** Upper ends of the steps, ms; null before anything was noted. */
export function latenessFigures({ seconds }: Lateness): LatenessFigures | null {
  const sums = new Uint32Array(STEPS)
  let of = 0
  for (const { counts } of seconds) {
    for (let step = 0; step < STEPS; step += 1) {
      const count = counts[step] ?? 0
      sums[step] = (sums[step] ?? 0) + count
      of += count
    }
  }
  return of === 0 ? null : { p50: quantile(sums, of * 0.5), p95: quantile(sums, of * 0.95), of }
}

function quantile(sums: Uint32Array, rank: number): number {
  let passed = 0
  for (let step = 0; step < STEPS; step += 1) {
    passed += sums[step] ?? 0
    if (passed >= rank) return (step + 1) * STEP_MS
  }
  return STEPS * STEP_MS
}
