// Durations in logarithmic buckets: eight an octave from a tenth of a millisecond to a day, so that quantiles are
// within 9 % and the size does not depend on how many there were.

const FIRST_MS = 0.1
const PER_OCTAVE = 8
/** 0.1 ms × 2^30 is a little more than a day. */
const BUCKETS = 30 * PER_OCTAVE

export interface LogHistogram {
  readonly counts: number[]
  count: number
  sumMs: number
  maxMs: number
}

export function createHistogram(): LogHistogram {
  return { counts: new Array<number>(BUCKETS).fill(0), count: 0, sumMs: 0, maxMs: 0 }
}

/** Shorter ones count as the shortest, longer ones as the longest; sum and maximum stay exact. */
export function addDuration(histogram: LogHistogram, ms: number): void {
  const at = Math.floor(Math.log2(Math.max(ms, FIRST_MS) / FIRST_MS) * PER_OCTAVE)
  const bucket = Math.min(at, BUCKETS - 1)
  histogram.counts[bucket] = (histogram.counts[bucket] ?? 0) + 1
  histogram.count += 1
  histogram.sumMs += Math.max(0, ms)
  histogram.maxMs = Math.max(histogram.maxMs, ms)
}

/** The upper bound of the bucket in which the quantile lies, at most the maximum; null when there are none. */
export function quantileMs({ counts, count, maxMs }: LogHistogram, q: number): number | null {
  if (count === 0) return null
  let left = Math.ceil(q * count)
  for (const [bucket, n] of counts.entries()) {
    left -= n
    if (left <= 0) return Math.min(maxMs, bucketFromMs(bucket + 1))
  }
  return maxMs
}

/** Where a bucket begins. */
export function bucketFromMs(bucket: number): number {
  return FIRST_MS * 2 ** (bucket / PER_OCTAVE)
}

export interface HistogramSummary {
  readonly count: number
  readonly meanMs: number | null
  readonly p50Ms: number | null
  readonly p95Ms: number | null
  readonly p99Ms: number | null
  readonly maxMs: number | null
  /** Buckets that are not empty: where they begin, where they end, how many. */
  readonly buckets: readonly { readonly fromMs: number; readonly toMs: number; readonly count: number }[]
}

export function summarize(histogram: LogHistogram): HistogramSummary {
  const { counts, count, sumMs, maxMs } = histogram
  const buckets = counts.flatMap((n, i) =>
    n > 0 ? [{ fromMs: bucketFromMs(i), toMs: bucketFromMs(i + 1), count: n }] : [],
  )
  const [p50Ms, p95Ms, p99Ms] = [0.5, 0.95, 0.99].map((q) => quantileMs(histogram, q))
  const meanMs = count === 0 ? null : sumMs / count
  return {
    count,
    meanMs,
    p50Ms: p50Ms ?? null,
    p95Ms: p95Ms ?? null,
    p99Ms: p99Ms ?? null,
    maxMs: count === 0 ? null : maxMs,
    buckets,
  }
}
