// What is measured besides loads, each against one contestant: watches, sessions, failover, cold start and memory.
// How a million znodes and a long soak are measured is in long-scenarios.ts.

import type { Checks } from '../load/jobs.ts'
import { memoryOf } from '../load/processor.ts'
import { wallMs } from '../load/retrying.ts'
import { DEFAULT_SECONDS } from './arguments.ts'
import type { Scenario } from './cells.ts'
import type { Contestant } from './contestant.ts'
import type { Round } from './results.ts'
import type { RunningEnsemble } from './running-ensemble.ts'
import type { Suite } from './suite.ts'

const WATCHERS = 1000
/** So many that the servers always have events to send: with 16 both were slower. */
const WRITES_UNDER_WAY = 64
const STEADY_MS = 1000
const IDLE_MS = 3000
const MB = 1024 * 1024

/** With checks taken out, the result's numbers as figures. */
export function asRound(
  cell: string,
  contestant: string,
  { checks, ...figures }: Readonly<Record<string, number | Checks>> & { readonly checks?: Checks },
): Round {
  const { failed, examples, sampled } = checks ?? { failed: 0, examples: [], sampled: 0 }
  return { cell, contestant, figures: figures as Record<string, number>, failed, examples, sampled } // all but checks
}

export type OnRunning = Exclude<Scenario, 'cold-start' | 'memory' | 'million' | 'idle'>

/** A scenario on an ensemble that runs and goes on running. */
export async function measureOnRunning(
  { generator, options }: Suite,
  ensemble: RunningEnsemble,
  cell: OnRunning,
  round: number,
): Promise<Round> {
  const { target, contestant } = ensemble
  const times = { warmUpMs: options.warmUpSeconds * 1000, measureMs: (options.seconds ?? DEFAULT_SECONDS) * 1000 }
  switch (cell) {
    case 'watch-oneshot':
    case 'watch-oneshot-o1':
    case 'watch-persistent':
    case 'watch-persistent-o1': {
      const kind = cell.startsWith('watch-oneshot') ? 'oneshot' : 'persistent'
      const plan = { kind, watchers: WATCHERS, writesUnderWay: cell.endsWith('-o1') ? 1 : WRITES_UNDER_WAY } as const
      const result = await generator.run({ type: 'fanOut', target, plan, ...times })
      return asRound(cell, contestant.name, { ...result })
    }
    case 'connect-c32':
    case 'connect-c128': {
      const lanes = cell === 'connect-c32' ? 32 : 128
      return asRound(cell, contestant.name, { ...(await generator.run({ type: 'connect', target, lanes, ...times })) })
    }
    case 'failover': {
      const leader = await ensemble.leader()
      if (!leader) throw new Error(`${contestant.name} has no leader`)
      const leaderIndex = ensemble.places.indexOf(leader)
      // In turns: a client of the leader, a client of a follower.
      const clientIndex = (leaderIndex + (round % 2)) % ensemble.places.length
      const leaderPid = ensemble.pid(leader.sid)
      const plan = { ports: target.ports, leaderPid, clientIndex, steadyMs: STEADY_MS }
      const result = await generator.run({ type: 'failover', ...plan })
      ensemble.start()
      await ensemble.ready()
      return asRound(cell, contestant.name, { ...result })
    }
  }
}

/** Fresh servers without data, started together, until the first acknowledged write. */
export async function measureColdStart({ arena, generator }: Suite, contestant: Contestant): Promise<Round> {
  const ensemble = await arena.make(contestant)
  const coldStartMs = await startUntilWritten(generator, ensemble)
  await arena.remove(ensemble)
  return asRound('cold-start', contestant.name, { coldStartMs })
}

/** Starts every server; milliseconds from then to the first acknowledged write. */
export async function startUntilWritten(generator: Suite['generator'], ensemble: RunningEnsemble): Promise<number> {
  const written = generator.run({ type: 'firstWrite', ports: ensemble.places.map(({ clientPort }) => clientPort) })
  const startMs = wallMs()
  ensemble.start()
  return (await written).atWallMs - startMs
}

/** The largest member, without data and clients. */
export async function measureMemory({ arena }: Suite, contestant: Contestant): Promise<Round> {
  const ensemble = await arena.make(contestant)
  ensemble.start()
  await ensemble.ready()
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS))
  const { residentMb } = memoryFigures(ensemble)
  await arena.remove(ensemble)
  return asRound('memory', contestant.name, { residentMb })
}

/** Of the largest member: what is resident now, and the most that ever was. */
export function memoryFigures(ensemble: RunningEnsemble): { residentMb: number; peakMb: number } {
  const all = ensemble.target.pids.map((pid) => memoryOf(pid))
  return {
    residentMb: Math.max(...all.map((memory) => memory?.resident ?? Number.NaN)) / MB,
    peakMb: Math.max(...all.map((memory) => memory?.peak ?? Number.NaN)) / MB,
  }
}
