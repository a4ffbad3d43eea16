// The order of a whole run: everybody's ensemble is started and warmed up, then each cell is measured in turns, A/B/A/B,
// so that what disturbs the machine disturbs all alike. What is measured in a cell is in other files.

import type { Job } from '../load/jobs.ts'
import type { Arena } from './arena.ts'
import type { EnsembleOptions } from './arguments.ts'
import { isScenario, parseCell } from './cells.ts'
import type { Contestant } from './contestant.ts'
import type { GeneratorProcess } from './generator-process.ts'
import { measureMillion, measureSoak } from './long-scenarios.ts'
import { measureCell } from './measure-cell.ts'
import type { Round } from './results.ts'
import type { RunningEnsemble } from './running-ensemble.ts'
import { measureColdStart, measureMemory, measureOnRunning } from './scenarios.ts'

export interface Suite {
  readonly options: EnsembleOptions
  readonly contestants: readonly Contestant[]
  readonly arena: Arena
  readonly generator: GeneratorProcess
  readonly say: (line: string) => void
}

/** Writes and reads share the time to warm up; watches and sessions, where they are measured, take as long each. */
const WARM_UP_LOADS = 2

/** Trials differ much: two for each round. */
export const FAILOVERS_PER_ROUND = 2

/** Measures everything. `onRound` hears of each round as it is done. */
export async function runSuite(suite: Suite, onRound: (round: Round) => void): Promise<void> {
  const { options, contestants, arena } = suite
  const { cells, repeats } = options
  await alone(suite, onRound)
  const onRunning = cells.filter((name) => !isAlone(name))
  if (onRunning.length === 0) return
  const ensembles: RunningEnsemble[] = []
  for (const contestant of contestants) ensembles.push(await startPrepared(suite, contestant, onRunning))
  // The leader is killed last: what was warm is cold afterwards.
  const ordered = [
    ...onRunning.filter((name) => name !== 'failover'),
    ...onRunning.filter((name) => name === 'failover'),
  ]
  for (const cell of ordered) {
    for (let round = 0; round < (cell === 'failover' ? repeats * FAILOVERS_PER_ROUND : repeats); round += 1) {
      for (const ensemble of inTurn(ensembles, round)) onRound(await measure(suite, ensemble, cell, round))
    }
  }
  for (const ensemble of ensembles) await arena.remove(ensemble)
}

/** Who begins changes from round to round. */
export function inTurn<T>(all: readonly T[], round: number): T[] {
  const first = round % Math.max(all.length, 1)
  return [...all.slice(first), ...all.slice(0, first)]
}

type Alone = 'cold-start' | 'memory' | 'million' | 'idle'

function isAlone(name: string): name is Alone {
  return name === 'cold-start' || name === 'memory' || name === 'million' || name === 'idle'
}

/** Scenarios that start servers of their own, while no other runs. */
async function alone(suite: Suite, onRound: (round: Round) => void): Promise<void> {
  const { cells, repeats } = suite.options
  for (const cell of cells.filter(isAlone)) {
    for (let round = 0; round < (cell === 'cold-start' ? repeats : 1); round += 1) {
      for (const contestant of inTurn(suite.contestants, round)) onRound(await MEASURE_ALONE[cell](suite, contestant))
    }
  }
}

const MEASURE_ALONE: Readonly<Record<Alone, (suite: Suite, contestant: Contestant) => Promise<Round>>> = {
  'cold-start': measureColdStart,
  memory: measureMemory,
  million: measureMillion,
  idle: measureSoak,
}

function measure(suite: Suite, ensemble: RunningEnsemble, cell: string, round: number): Promise<Round> {
  if (!isScenario(cell)) return measureCell(suite.generator, suite.options, ensemble, cell, round)
  if (isAlone(cell)) throw new Error(`${cell} starts its own servers`)
  return measureOnRunning(suite, ensemble, cell, round)
}

/** A virtual machine compiles what runs often: nobody is measured before that. */
async function startPrepared(suite: Suite, contestant: Contestant, cells: readonly string[]): Promise<RunningEnsemble> {
  const { arena, generator, options, say } = suite
  const ensemble = await arena.make(contestant)
  ensemble.start()
  await ensemble.ready()
  const sizes = new Set(cells.map((name) => parseCell(name)?.bytes ?? 0).filter((bytes) => bytes > 0))
  const { target } = ensemble
  await generator.run({ type: 'prepare', target, sizes: [...sizes.add(100)] })
  if (options.serverWarmUpSeconds > 0) {
    const times = { warmUpMs: 0, measureMs: (options.serverWarmUpSeconds * 1000) / WARM_UP_LOADS }
    const shape = { bytes: 100, connections: 8, outstanding: 16, ratePerSecond: null }
    const jobs: Job[] = (['set', 'get'] as const).map((op) => {
      return { type: 'cell', target, cell: { op, ...shape }, seed: 0, ...times }
    })
    // What loads of reads and writes do not touch.
    if (cells.some((name) => name.startsWith('watch-')))
      jobs.push({ type: 'fanOut', target, plan: { kind: 'oneshot', watchers: 100, writesUnderWay: 16 }, ...times })
    if (cells.some((name) => name.startsWith('connect-'))) jobs.push({ type: 'connect', target, lanes: 32, ...times })
    say(`  warming up ${contestant.name}: ${(jobs.length * times.measureMs) / 1000} s of what will be measured`)
    for (const job of jobs) await generator.run(job)
  }
  return ensemble
}
