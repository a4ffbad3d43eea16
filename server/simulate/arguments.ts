// What may be asked of the simulator, and the words of --help.

import { parseArgs } from 'node:util'
import { err, ok, type Result } from '#shared/base/result.ts'

export interface SimArguments {
  readonly firstSeed: number
  readonly runs: number
  readonly voters: number | null
  readonly observers: number | null
  /** A file with one run, as a failing seed leaves it. */
  readonly spec: string | null
  readonly checks: boolean
  readonly speed: boolean
}

export const HELP = `Breaks simulated ensembles and checks every step of the real core.

  npm run sim -- --runs 1000           a thousand runs from seed 1
  npm run sim -- --seed 17             run 17 alone
  npm run sim -- --spec failed-17.json a run from a file

  --seed N        the first seed (default 1)
  --runs N        how many seeds (default 1)
  --voters N      voters of the ensemble, 1 to 9 (default: drawn by the seed)
  --observers N   observers, 0 to 4 (default: drawn by the seed)
  --no-checks     only the core's own assertions
  --speed         measure steps per second with and without checkers (always done with 100 runs or more)
`

const RUNS_MAX = 10_000_000

/** The error is a sentence for the person at the keyboard; null: they asked for help. */
export function readArguments(args: readonly string[]): Result<SimArguments | null, string> {
  let values: Record<string, string | boolean | undefined>
  try {
    values = parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h' },
        seed: { type: 'string' },
        runs: { type: 'string' },
        voters: { type: 'string' },
        observers: { type: 'string' },
        spec: { type: 'string' },
        'no-checks': { type: 'boolean' },
        speed: { type: 'boolean' },
      },
    }).values
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error))
  }
  if (values.help) return ok(null)
  const seed = readNumber('seed', values.seed ?? '1', 0, 2 ** 40)
  const runs = readNumber('runs', values.runs ?? '1', 1, RUNS_MAX)
  const voters = values.voters === undefined ? ok(null) : readNumber('voters', values.voters, 1, 9)
  const observers = values.observers === undefined ? ok(null) : readNumber('observers', values.observers, 0, 4)
  if (!seed.ok) return seed
  if (!runs.ok) return runs
  if (!voters.ok) return voters
  if (!observers.ok) return observers
  return ok({
    firstSeed: seed.value,
    runs: runs.value,
    voters: voters.value,
    observers: observers.value,
    spec: typeof values.spec === 'string' ? values.spec : null,
    checks: values['no-checks'] !== true,
    speed: values.speed === true || runs.value >= 100,
  })
}

function readNumber(name: string, text: string | boolean, min: number, max: number): Result<number, string> {
  const value = Number(text)
  if (typeof text === 'string' && /^\d+$/.test(text) && value >= min && value <= max) return ok(value)
  return err(`--${name} ${text}: give a whole number from ${min} to ${max}`)
}
