// One round of a load cell on one contestant: its figures under the names that bars.ts knows.

import type { Load } from '../load/jobs.ts'
import { DEFAULT_SECONDS, type EnsembleOptions } from './arguments.ts'
import { parseCell } from './cells.ts'
import type { GeneratorProcess } from './generator-process.ts'
import type { Round } from './results.ts'
import type { RunningEnsemble } from './running-ensemble.ts'

/** @param round counts from 0; each has keys of its own choice, the same for all contestants */
export async function measureCell(
  generator: GeneratorProcess,
  options: EnsembleOptions,
  ensemble: RunningEnsemble,
  cell: string,
  round: number,
): Promise<Round> {
  const load = parseCell(cell)
  if (!load) throw new Error(`${cell} is not a load cell`)
  const result = await generator.run({
    type: 'cell',
    target: ensemble.target,
    cell: load,
    seed: options.seed + round * 1000,
    warmUpMs: options.warmUpSeconds * 1000,
    measureMs: (options.seconds ?? DEFAULT_SECONDS) * 1000,
  })
  return roundOf(cell, ensemble.contestant.name, result)
}

export function roundOf(cell: string, contestant: string, load: Load): Round {
  const { checks, serverCpuSeconds: _each, operations: _operations, seconds: _seconds, ...figures } = load
  return { cell, contestant, figures, failed: checks.failed, examples: checks.examples, sampled: checks.sampled }
}
