// The names of what can be measured, and the groups of them. `set-100B-c8-o16`: setData of 100 bytes on 8 connections
// with 16 requests in flight on each.

import type { CellOp, LoadCell } from '../load/jobs.ts'

/** Everything that is not a load of one kind. */
export const SCENARIOS = [
  'watch-oneshot',
  'watch-persistent',
  'watch-oneshot-o1',
  'watch-persistent-o1',
  'connect-c32',
  'connect-c128',
  'failover',
  'cold-start',
  'memory',
  'million',
  'idle',
] as const
export type Scenario = (typeof SCENARIOS)[number]

const SHAPES = [1, 8, 64].flatMap((connections) => [1, 16, 100].map((outstanding) => [connections, outstanding]))
const SIZES = [100, 1024]
const SIZED_OPS = ['create', 'set', 'get', 'exists', 'mixed90']

/** Every cell of the project's bars. */
const MATRIX = [
  ...SIZED_OPS.flatMap((op) => SIZES.flatMap((bytes) => SHAPES.map(([c, o]) => `${op}-${bytes}B-c${c}-o${o}`))),
  ...SHAPES.map(([c, o]) => `children10-c${c}-o${o}`),
]
const KEY = [
  ...['1-o1', '64-o1', '8-o16', '64-o100'].flatMap((shape) => [`set-100B-c${shape}`, `get-100B-c${shape}`]),
  ...['set-1024B', 'mixed90-100B', 'create-100B', 'exists-100B', 'children10'].map((load) => `${load}-c8-o16`),
  ...['set-100B-rate1000', 'mixed90-100B-rate5000'],
]
const SHORT_SCENARIOS = ['memory', 'cold-start', 'watch-oneshot', 'watch-persistent', 'connect-c128', 'failover']

export const GROUPS: Readonly<Record<string, readonly string[]>> = {
  quick: ['set-100B-c1-o1', 'get-100B-c1-o1', 'set-100B-c8-o16', 'get-100B-c8-o16', 'mixed90-100B-c8-o16'],
  key: KEY,
  matrix: MATRIX,
  scenarios: SHORT_SCENARIOS,
  default: [...KEY, ...SHORT_SCENARIOS],
  all: [...MATRIX, ...KEY.filter((name) => name.includes('rate')), ...SHORT_SCENARIOS],
}

const CELL = /^(create|set|get|exists|mixed90)-(\d+)B-(?:c(\d+)-o(\d+)|rate(\d+))$/
const CHILDREN_CELL = /^children10-c(\d+)-o(\d+)$/
/** A fixed rate is spread over so many connections, each with at most so many requests in flight. */
const RATE_CONNECTIONS = 8
const RATE_OUTSTANDING = 1024
const LIMITS = { bytes: 1024 * 1024, connections: 500, outstanding: 10_000, rate: 1_000_000 }

/** The load of a cell's name; null when it is not one. */
export function parseCell(name: string): LoadCell | null {
  const listing = CHILDREN_CELL.exec(name)
  if (listing) return within({ op: 'children', bytes: 0, ...shape(listing[1], listing[2]) })
  const [, op, bytes, connections, outstanding, rate] = CELL.exec(name) ?? []
  if (op === undefined) return null
  const load = { op: op as CellOp, bytes: Number(bytes) } // one of those in the pattern
  if (rate === undefined) return within({ ...load, ...shape(connections, outstanding) })
  const ratePerSecond = Number(rate)
  return within({ ...load, connections: RATE_CONNECTIONS, outstanding: RATE_OUTSTANDING, ratePerSecond })
}

export function isScenario(name: string): name is Scenario {
  return (SCENARIOS as readonly string[]).includes(name)
}

/** The names that `words` stand for, groups spelled out, each once; or what is wrong. */
export function expandCells(words: readonly string[]): readonly string[] | string {
  const names: string[] = []
  for (const word of words) {
    const group = Object.hasOwn(GROUPS, word) ? GROUPS[word] : undefined
    if (!group && !isScenario(word) && !parseCell(word))
      return (
        `There is no cell ${JSON.stringify(word)}. A cell is set-100B-c8-o16 (create, set, get, exists, mixed90), ` +
        `children10-c8-o16, set-100B-rate1000, or one of ${SCENARIOS.join(', ')}; groups are ${Object.keys(GROUPS).join(', ')}.`
      )
    for (const name of group ?? [word]) if (!names.includes(name)) names.push(name)
  }
  return names
}

function shape(connections = '', outstanding = ''): Pick<LoadCell, 'connections' | 'outstanding' | 'ratePerSecond'> {
  return { connections: Number(connections), outstanding: Number(outstanding), ratePerSecond: null }
}

/** Data holds a stamp of eight bytes; the rest keeps the generator's memory within bounds. */
function within(cell: LoadCell): LoadCell | null {
  const { bytes, connections, outstanding, ratePerSecond } = cell
  if (cell.op !== 'children' && (bytes < 8 || bytes > LIMITS.bytes)) return null
  if (connections < 1 || connections > LIMITS.connections) return null
  if (outstanding < 1 || outstanding > LIMITS.outstanding) return null
  if (ratePerSecond !== null && (ratePerSecond < 1 || ratePerSecond > LIMITS.rate)) return null
  return cell
}
