// What may be asked of the nemesis, and the words of --help.

import { parseArgs } from 'node:util'
import { err, ok, type Result } from '#shared/base/result.ts'
import { FAULT_KINDS, type FaultKind } from './plan.ts'

export interface NemesisArguments {
  readonly minutes: number
  readonly seed: number
  readonly members: number
  readonly faults: readonly FaultKind[]
  readonly clients: number
  /** Mean pause of a client between two pieces of work. */
  readonly pauseMs: number
  /** Where the report goes as JSON; null: nowhere. */
  readonly report: string | null
  /** Where members and evidence live; null: a fresh temporary directory, removed after a clean run. */
  readonly dir: string | null
}

export const HELP = `Breaks a real ensemble while clients use it, then checks everything that they saw.

  npm run nemesis                             ten minutes, every kind of fault
  npm run nemesis -- --seed 7 --minutes 1     the faults of seed 7

  --minutes N     how long faults happen, parts allowed (default 10)
  --seed N        draws faults and work (default: drawn, and printed)
  --members N     3, 5, 7 … up to 9 (default 3)
  --faults LIST   of ${FAULT_KINDS.join(',')} (default: all)
  --clients N     sessions at work, 1 to 64 (default 8)
  --pause MS      mean pause of a client between two pieces of work (default 30)
  --report FILE   the report as JSON
  --dir DIR       where members and evidence live; must be new (default: a temporary directory, kept after a violation)
  --mutant ID     members with one of the deliberate defects of \`npm run mutants\`: shows what the checks find

The plan of faults is the same for a seed. When processes run, and so what a fault hits, is not: a seed that failed may
pass. What failed is kept, and is enough to find the reason.
Exit code: 0 clean, 1 a violation or a run that could not be judged, 2 wrong arguments.
`

const SEED_MAX = 2 ** 32 - 1

/** The error is a sentence for the person at the keyboard; null: they asked for help. */
export function readArguments(
  args: readonly string[],
  freshSeed: () => number,
): Result<NemesisArguments | null, string> {
  let values: Record<string, string | boolean | undefined>
  try {
    const text = { type: 'string' } as const
    values = parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h' },
        ...{ minutes: text, seed: text, members: text, faults: text },
        ...{ clients: text, pause: text, report: text, dir: text },
      },
    }).values
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error))
  }
  if (values.help) return ok(null)
  const text = (name: string) => (typeof values[name] === 'string' ? values[name] : null)
  const problems: string[] = []
  const number = (name: string, fallback: number, min: number, max: number, whole = true): number => {
    const given = text(name)
    if (given === null) return fallback
    const value = Number(given)
    if (given !== '' && value >= min && value <= max && (!whole || Number.isInteger(value))) return value
    problems.push(`--${name} ${given}: give a ${whole ? 'whole ' : ''}number from ${min} to ${max}`)
    return fallback
  }
  const faults = readFaults(text('faults'), problems)
  const read: NemesisArguments = {
    minutes: number('minutes', 10, 0.05, 24 * 60, false),
    seed: number('seed', -1, 0, SEED_MAX),
    members: number('members', 3, 1, 9),
    faults,
    clients: number('clients', 8, 1, 64),
    pauseMs: number('pause', 30, 1, 60_000),
    report: text('report'),
    dir: text('dir'),
  }
  const [problem] = problems
  if (problem !== undefined) return err(problem)
  return ok(read.seed === -1 ? { ...read, seed: freshSeed() } : read)
}

function readFaults(list: string | null, problems: string[]): readonly FaultKind[] {
  if (list === null) return FAULT_KINDS
  const names = list.split(',').map((name) => name.trim())
  const wrong = names.find((name) => !FAULT_KINDS.some((kind) => kind === name))
  if (wrong !== undefined) problems.push(`--faults: there is no fault "${wrong}"; there are ${FAULT_KINDS.join(', ')}`)
  return FAULT_KINDS.filter((kind) => names.includes(kind))
}
