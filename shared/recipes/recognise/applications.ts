// Finds the application to which a path belongs, at the root or below a chroot. A match below a chroot is less
// sure; where a row asks for data and the node's data is known and other, there is none.

import type { Recipe } from '../contract.ts'
import { APPLICATION_ROWS, type ApplicationRole, type ApplicationRow } from './application-paths.ts'

export interface Application {
  readonly system: string
  readonly role: ApplicationRole
  /** What stands before the application's own path; empty at the root. */
  readonly chroot: string
  readonly recipe: Recipe | null
  /** The path of the table, for the person who asks why. */
  readonly pattern: string
}

interface Compiled {
  readonly row: ApplicationRow
  readonly atRoot: RegExp
  readonly below: RegExp
  /** Literal characters: the row with more of them says more. */
  readonly weight: number
}

const COMPILED: readonly Compiled[] = APPLICATION_ROWS.map((row) => {
  const source = compile(row.path)
  return {
    row,
    atRoot: new RegExp(`^${source}$`),
    below: new RegExp(`^(?<chroot>(?:/[^/]+)+?)${source}$`),
    weight: row.path.replace(/:+\w+/g, '').length,
  }
})

/** Answers kept: histories ask for the same path at every change. */
const KEPT_MAX = 500
/** Characters of a node's data that decide. */
const DATA_MAX = 2048
const kept = new Map<string, Application | null>()

/** The application whose path this is; `data` is the node's, as text, null when not known. At the root wins, then the most literal. */
export function applicationOf(path: string, data: string | null): Application | null {
  const text = data?.slice(0, DATA_MAX) ?? null
  const key = `${path}\0${text}`
  const known = kept.get(key)
  if (known !== undefined) return known
  const found = findApplication(path, text)
  kept.set(key, found)
  const [oldest] = kept.keys()
  if (kept.size > KEPT_MAX && oldest !== undefined) kept.delete(oldest)
  return found
}

function findApplication(path: string, data: string | null): Application | null {
  const fits = (row: ApplicationRow) => row.data === undefined || data === null || row.data.test(data)
  const rooted = COMPILED.filter(({ row, atRoot }) => atRoot.test(path) && fits(row))
  const best = heaviest(rooted)
  if (best) return describe(best, '')
  // Below a chroot, a single literal part such as `/leader_election` or `/controller` proves nothing without its data.
  const below = COMPILED.flatMap((compiled) => {
    const chroot = compiled.below.exec(path)?.groups?.chroot
    const telling = compiled.row.data === undefined ? isTelling(compiled.row.path) : data !== null
    return chroot !== undefined && telling && !startsLoosely(compiled.row.path) && fits(compiled.row)
      ? [{ compiled, chroot }]
      : []
  })
  const found = heaviest(below.map(({ compiled }) => compiled))
  return found ? describe(found, below.find(({ compiled }) => compiled === found)?.chroot ?? '') : null
}

function heaviest(all: readonly Compiled[]): Compiled | null {
  return all.reduce<Compiled | null>((best, each) => (best && best.weight >= each.weight ? best : each), null)
}

function describe({ row }: Compiled, chroot: string): Application {
  const { system, role, recipe, path } = row
  return { system, role, chroot, recipe, pattern: path }
}

/** `/:cluster/…` and `/::table/…` take a chroot in already. */
function startsLoosely(path: string): boolean {
  return path.startsWith('/:')
}

/** Two literal parts, or one that nobody calls a node by chance. */
function isTelling(path: string): boolean {
  const literals = path.split('/').filter((part) => part !== '' && !part.startsWith(':'))
  return literals.length >= 2 || literals.some((part) => /[_\-A-Z0-9]/.test(part))
}

function compile(path: string): string {
  return path
    .split('/')
    .slice(1)
    .map((part) => {
      if (part.startsWith('::')) return '/.+'
      if (part.startsWith(':')) return '/[^/]+'
      if (part.startsWith('{')) return `/(?:${part.slice(1, -1).split(',').map(literal).join('|')})`
      return `/${literal(part)}`
    })
    .join('')
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\-]/g, '\\$&')
}
