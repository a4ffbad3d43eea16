// What was measured, and what came of it: for each cell and contestant the figures of every round; from them medians,
// ratios and verdicts.

import { type Bar, barsOf, isMet, missFactor } from './bars.ts'
import { ratioOf, type Spread, spreadOf } from './statistics.ts'

/** One round of one cell on one contestant. `figures` may hold more than has a bar. */
export interface Round {
  readonly cell: string
  readonly contestant: string
  readonly figures: Readonly<Record<string, number>>
  /** Answers that were not as they should be, and the first of them in words. */
  readonly failed: number
  readonly examples: readonly string[]
  readonly sampled: number
}

export interface Verdict {
  readonly cell: string
  readonly bar: Bar
  /** Null when there is nothing to compare with. */
  readonly figure: number | null
  readonly isMet: boolean | null
  /** 1 is on the bar; above, missed by that factor. */
  readonly miss: number
}

export const OURS = 'ours'
export const APACHE = 'apache'

/** By metric: the spread over the rounds of that cell and contestant. */
export function spreads(rounds: readonly Round[], cell: string, contestant: string): Map<string, Spread> {
  const mine = rounds.filter((round) => round.cell === cell && round.contestant === contestant)
  const metrics = new Set(mine.flatMap(({ figures }) => Object.keys(figures)))
  return new Map(
    [...metrics].map((metric) => {
      const values = mine.map(({ figures }) => figures[metric]).filter((value) => value !== undefined)
      return [metric, spreadOf(values)]
    }),
  )
}

/** The ratio of medians of ours to `other`; null where one of them has none. */
export function ratio(rounds: readonly Round[], cell: string, metric: string, other: string): number | null {
  return ratioOf(spreads(rounds, cell, OURS).get(metric), spreads(rounds, cell, other).get(metric))
}

/** Every bar of the cells that were measured. */
export function verdicts(rounds: readonly Round[]): Verdict[] {
  return cellsOf(rounds).flatMap((cell) =>
    barsOf(cell).map((bar) => {
      const figure =
        bar.of === 'ratio'
          ? ratio(rounds, cell, bar.metric, APACHE)
          : (spreads(rounds, cell, OURS).get(bar.metric)?.median ?? null)
      if (figure === null) return { cell, bar, figure, isMet: null, miss: 0 }
      return { cell, bar, figure, isMet: isMet(bar, figure), miss: missFactor(bar, figure) }
    }),
  )
}

/** In the order in which they were measured first. */
export function cellsOf(rounds: readonly Round[]): string[] {
  return [...new Set(rounds.map(({ cell }) => cell))]
}

export function contestantsOf(rounds: readonly Round[]): string[] {
  return [...new Set(rounds.map(({ contestant }) => contestant))]
}
