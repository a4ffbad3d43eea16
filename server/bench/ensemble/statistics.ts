// Medians with what they lie between, and ratios of them.

export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** Of at least one value; without any, all three are NaN. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const half = Math.floor(sorted.length / 2)
  const upper = sorted[half] ?? Number.NaN
  const median = sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2
  return { median, min: sorted[0] ?? Number.NaN, max: sorted.at(-1) ?? Number.NaN }
}

/** Ours over theirs, of medians; null where there is nothing to compare. */
export function ratioOf(ours: Spread | undefined, theirs: Spread | undefined): number | null {
  if (!ours || !theirs || !(theirs.median > 0) || !Number.isFinite(ours.median)) return null
  return ours.median / theirs.median
}

/** Three digits that count: 1234, 12.3, 0.123. */
export function formatFigure(value: number): string {
  if (!Number.isFinite(value)) return '-'
  if (value === 0) return '0'
  const size = Math.abs(value)
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3)
}

/** `1234 [1200..1300]`; only the median when there is one value. */
export function formatSpread({ median, min, max }: Spread): string {
  const middle = formatFigure(median)
  return min === max ? middle : `${middle} [${formatFigure(min)}..${formatFigure(max)}]`
}
