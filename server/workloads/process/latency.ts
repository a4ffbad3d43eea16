// Times of the last seconds as quantiles: buckets that grow by an eighth, so that a quantile is at most about 6 %
// off, in two histograms that take turns.

import type { LatencyReport } from '#shared/events/workload-report.ts'

const BUCKETS = 192
const FIRST_MS = 0.01
const GROWTH = 1.125
/** A histogram is filled for so long; the report spans this one and the one before. */
const TURN_MS = 5000

interface Histogram {
  readonly buckets: Uint32Array
  count: number
  max: number
}

export class Latency {
  #now = fresh()
  #before = fresh()
  #turnedAt: number

  /** @param nowMs of a clock that never goes back; the same for all calls */
  constructor(nowMs: number) {
    this.#turnedAt = nowMs
  }

  record(ms: number, nowMs: number): void {
    this.#turn(nowMs)
    const bucket = ms <= FIRST_MS ? 0 : Math.ceil(Math.log(ms / FIRST_MS) / Math.log(GROWTH))
    const at = Math.min(BUCKETS - 1, bucket)
    this.#now.buckets[at] = (this.#now.buckets[at] ?? 0) + 1
    this.#now.count += 1
    this.#now.max = Math.max(this.#now.max, ms)
  }

  report(nowMs: number): LatencyReport {
    this.#turn(nowMs)
    const count = this.#now.count + this.#before.count
    const max = Math.max(this.#now.max, this.#before.max)
    const at = (share: number) => Math.min(max, this.#quantile(count * share))
    return { count, p50: at(0.5), p90: at(0.9), p99: at(0.99), max }
  }

  /** The upper edge of the bucket in which the `rank`-th of all times lies. */
  #quantile(rank: number): number {
    let below = 0
    for (let at = 0; at < BUCKETS; at += 1) {
      below += (this.#now.buckets[at] ?? 0) + (this.#before.buckets[at] ?? 0)
      if (below > 0 && below >= rank) return FIRST_MS * GROWTH ** at
    }
    return 0
  }

  #turn(nowMs: number): void {
    const turns = Math.floor((nowMs - this.#turnedAt) / TURN_MS)
    if (turns < 1) return
    this.#before = turns === 1 ? this.#now : fresh()
    this.#now = fresh()
    this.#turnedAt += turns * TURN_MS
  }
}

function fresh(): Histogram {
  return { buckets: new Uint32Array(BUCKETS), count: 0, max: 0 }
}
