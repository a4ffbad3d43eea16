// The arguments of `npm run bench -- ensemble`, read and checked before anything starts.

import { err, ok, type Result } from '#shared/base/result.ts'
import { expandCells } from './cells.ts'

export interface EnsembleOptions {
  /** Names of cells and scenarios. */
  readonly cells: readonly string[]
  readonly members: number
  readonly repeats: number
  /** How long a cell is measured; null: its own default. */
  readonly seconds: number | null
  /** Before each cell, and before the first one. */
  readonly warmUpSeconds: number
  readonly serverWarmUpSeconds: number
  readonly seed: number
  readonly apacheJvm: readonly string[]
  readonly withApache: boolean
  /** A commit of ours that takes part too. */
  readonly against: string | null
  /** Where data goes; null: the system's folder for temporary files. */
  readonly dir: string | null
  readonly jsonFile: string | null
  readonly reportFile: string
}

export const DEFAULT_SECONDS = 3
const DEFAULTS: EnsembleOptions = {
  cells: [],
  members: 3,
  repeats: 3,
  seconds: null,
  warmUpSeconds: 1,
  serverWarmUpSeconds: 20,
  seed: 1,
  apacheJvm: ['-Xmx1g'],
  withApache: true,
  against: null,
  dir: null,
  jsonFile: null,
  reportFile: 'bench-report.md',
}
const MEMBERS = [1, 3, 5]
const SECONDS_MAX = 86_400
const REPEATS_MAX = 100

export const ENSEMBLE_USAGE = [
  '  --cells a,b,c       cells, scenarios and groups: quick, key, matrix, scenarios, default, all, million, idle',
  '  --quick             the same as --cells quick --repeats 1',
  '  --members 1|3|5     servers of each ensemble (3)',
  '  --repeats N         rounds, alternating between the ensembles (3)',
  '  --seconds N         measured for each cell and round (3; idle: 600)',
  '  --warm-up N         seconds before that (1)',
  '  --server-warm-up N  seconds of writes and reads before the first cell (20)',
  '  --seed N            which keys are chosen (1)',
  '  --against COMMIT    builds that commit of ours and lets it take part',
  '  --no-apache         ours only',
  '  --apache-jvm OPTS   options of its Java virtual machine (-Xmx1g)',
  '  --dir PATH          an existing folder on a real disk for the data',
  '  --json FILE         writes all figures',
  '  --report FILE       writes the report (bench-report.md)',
].join('\n')

/** The options, or a sentence that says what is wrong. */
export function readEnsembleOptions(args: readonly string[]): Result<EnsembleOptions, string> {
  const options: { -readonly [K in keyof EnsembleOptions]: EnsembleOptions[K] } = { ...DEFAULTS }
  let words: readonly string[] = ['default']
  for (let i = 0; i < args.length; i += 1) {
    const name = args[i] ?? ''
    if (name === '--quick') {
      words = ['quick']
      options.repeats = 1
      continue
    }
    if (name === '--no-apache') {
      options.withApache = false
      continue
    }
    const value = args[i + 1]
    if (!TAKES_VALUE.has(name)) return err(`There is no option ${name}.`)
    if (value === undefined || value === '') return err(`${name} needs a value.`)
    i += 1
    const number = Number(value)
    const whole = (least: number, most: number): boolean =>
      Number.isSafeInteger(number) && number >= least && number <= most
    switch (name) {
      case '--cells':
        words = value.split(',').filter((word) => word !== '')
        break
      case '--members':
        if (!MEMBERS.includes(number)) return err('--members takes 1, 3 or 5.')
        options.members = number
        break
      case '--repeats':
        if (!whole(1, REPEATS_MAX)) return err(`--repeats takes a whole number from 1 to ${REPEATS_MAX}.`)
        options.repeats = number
        break
      case '--seconds':
        if (!whole(1, SECONDS_MAX)) return err(`--seconds takes a whole number from 1 to ${SECONDS_MAX}.`)
        options.seconds = number
        break
      case '--warm-up':
        if (!whole(0, SECONDS_MAX)) return err(`--warm-up takes a whole number from 0 to ${SECONDS_MAX}.`)
        options.warmUpSeconds = number
        break
      case '--server-warm-up':
        if (!whole(0, SECONDS_MAX)) return err(`--server-warm-up takes a whole number from 0 to ${SECONDS_MAX}.`)
        options.serverWarmUpSeconds = number
        break
      case '--seed':
        if (!whole(0, 2 ** 31)) return err('--seed takes a whole number from 0 to 2147483648.')
        options.seed = number
        break
      case '--against':
        if (value.startsWith('-')) return err('--against takes a commit.')
        options.against = value
        break
      case '--apache-jvm':
        options.apacheJvm = value.split(' ').filter((word) => word !== '')
        break
      case '--dir':
        options.dir = value
        break
      case '--json':
        options.jsonFile = value
        break
      default:
        options.reportFile = value
    }
  }
  const cells = expandCells(words)
  if (typeof cells === 'string') return err(cells)
  if (cells.length === 0) return err('--cells names nothing to measure.')
  if (options.members === 1 && cells.includes('failover')) {
    const rest = cells.filter((name) => name !== 'failover')
    if (rest.length === 0) return err('failover needs --members 3 or 5: with one member nobody can take over.')
    return ok({ ...options, cells: rest })
  }
  return ok({ ...options, cells })
}

const TAKES_VALUE = new Set([
  ...[
    '--cells',
    '--members',
    '--repeats',
    '--seconds',
    '--warm-up',
    '--server-warm-up',
    '--seed',
    '--against',
    '--apache-jvm',
  ],
  ...['--dir', '--json', '--report'],
])
