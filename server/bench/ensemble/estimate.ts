// How long a run will take, roughly, so that nobody waits in the dark.

import { DEFAULT_SECONDS, type EnsembleOptions } from './arguments.ts'
import { isScenario, parseCell } from './cells.ts'

/** Around each cell: opening, reading the sample, and for `create` removing what was made. */
const CELL_EXTRA_SECONDS = 0.5
const CREATE_EXTRA_SECONDS = 5
const START_SECONDS = 5

export function estimateSeconds(options: EnsembleOptions, contestants: number): number {
  let seconds = START_SECONDS * contestants
  const measured = options.warmUpSeconds + (options.seconds ?? DEFAULT_SECONDS)
  for (const name of options.cells) {
    if (isScenario(name)) continue
    const extra = parseCell(name)?.op === 'create' ? CREATE_EXTRA_SECONDS : CELL_EXTRA_SECONDS
    seconds += (measured + extra) * contestants * options.repeats
  }
  return seconds
}
