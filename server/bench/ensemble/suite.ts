// The order of a whole run: everybody's ensemble is started, then each cell is measured in turns, A/B/A/B, so that what
// disturbs the machine disturbs all alike. What a scenario does is in its own file.

import type { Arena } from './arena.ts'
import type { EnsembleOptions } from './arguments.ts'
import { isScenario, parseCell } from './cells.ts'
import type { Contestant } from './contestant.ts'
import type { GeneratorProcess } from './generator-process.ts'
import { measureCell } from './measure-cell.ts'
import type { Round } from './results.ts'
import type { RunningEnsemble } from './running-ensemble.ts'

export interface Suite {
  readonly options: EnsembleOptions
  readonly contestants: readonly Contestant[]
  readonly arena: Arena
  readonly generator: GeneratorProcess
  readonly say: (line: string) => void
}

/** Measures everything. `onRound` hears of each round as it is done. */
export async function runSuite(suite: Suite, onRound: (round: Round) => void): Promise<void> {
  const { options, contestants, arena, generator } = suite
  const loads = options.cells.filter((name) => !isScenario(name))
  const ensembles: RunningEnsemble[] = []
  for (const contestant of contestants) ensembles.push(await startPrepared(suite, contestant, loads))
  for (const cell of loads) {
    for (let round = 0; round < options.repeats; round += 1) {
      for (const ensemble of inTurn(ensembles, round))
        onRound(await measureCell(generator, options, ensemble, cell, round))
    }
  }
  for (const ensemble of ensembles) await arena.remove(ensemble)
}

/** Who begins changes from round to round. */
export function inTurn<T>(all: readonly T[], round: number): T[] {
  const first = round % Math.max(all.length, 1)
  return [...all.slice(first), ...all.slice(0, first)]
}

async function startPrepared(
  { arena, generator }: Suite,
  contestant: Contestant,
  cells: readonly string[],
): Promise<RunningEnsemble> {
  const ensemble = await arena.make(contestant)
  ensemble.start()
  await ensemble.ready()
  const sizes = new Set(cells.map((name) => parseCell(name)?.bytes ?? 0).filter((bytes) => bytes > 0))
  await generator.run({ type: 'prepare', target: ensemble.target, sizes: [...sizes] })
  return ensemble
}
