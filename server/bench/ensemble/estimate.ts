// How long a run will take, roughly, so that nobody waits in the dark.

import { DEFAULT_SECONDS, type EnsembleOptions } from './arguments.ts'
import { parseCell } from './cells.ts'
import { SOAK_SECONDS } from './long-scenarios.ts'
import { FAILOVERS_PER_ROUND } from './suite.ts'

/** Around each cell: opening, reading the sample, and for `create` removing what was made. */
const CELL_EXTRA_SECONDS = 0.5
const CREATE_EXTRA_SECONDS = 5
const START_SECONDS = 5

/** Of one contestant, once, in seconds: measured on a machine of two processors. */
const ALONE_SECONDS: Readonly<Record<string, number>> = { memory: 6, million: 240 }
const COLD_START_SECONDS = 3
const FAILOVER_SECONDS = 6

export function estimateSeconds(options: EnsembleOptions, contestants: number): number {
  const { repeats } = options
  const alsoWarm = ['watch-', 'connect-'].filter((kind) => options.cells.some((name) => name.startsWith(kind))).length
  let seconds = (START_SECONDS + options.serverWarmUpSeconds * (1 + alsoWarm / 2)) * contestants
  const measured = options.warmUpSeconds + (options.seconds ?? DEFAULT_SECONDS)
  for (const name of options.cells) {
    const alone = ALONE_SECONDS[name]
    if (alone !== undefined) seconds += alone * contestants
    else if (name === 'idle') seconds += ((options.seconds ?? SOAK_SECONDS) + START_SECONDS) * contestants
    else if (name === 'cold-start') seconds += COLD_START_SECONDS * repeats * contestants
    else if (name === 'failover') seconds += FAILOVER_SECONDS * FAILOVERS_PER_ROUND * repeats * contestants
    else {
      const extra = parseCell(name)?.op === 'create' ? CREATE_EXTRA_SECONDS : CELL_EXTRA_SECONDS
      seconds += (measured + extra) * contestants * repeats
    }
  }
  return seconds
}
