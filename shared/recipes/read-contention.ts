// Reads the children of one directory as a lock, read–write lock, semaphore, election or queue: who holds
// it and who waits for whom. Names decide (child-name.ts), each library's own rules order (order.ts).
// It sees one directory at one moment: watch tables, sibling directories and history are left to others.

import { readChildName, readUnknownName, type Sighting } from './child-name.ts'
import type { Contender, Contention, ContentionOptions, Lint, LockChild, Recipe } from './contract.ts'
import { findLints } from './lints.ts'
import { lineUp } from './order.ts'

const NOTHING: Contention = { recipe: 'unknown', family: null, confidence: 'guess', contenders: [], lints: [] }

/** One library's sightings in a directory, and the contenders as it orders them. */
export interface Line {
  readonly sightings: readonly Sighting[]
  readonly contenders: readonly Contender[]
}

/**
 * What the children of a directory contend for. Children that follow no convention are left out, unless
 * they block; a directory without contenders reads as `unknown` with an empty list.
 */
export function readContention(children: readonly LockChild[], options: ContentionOptions = {}): Contention {
  return contentionOf(readLines(children, options), children, options)
}

/** The same of lines that are read already. */
export function contentionOf(
  { known, lines }: Lines,
  children: readonly LockChild[],
  options: ContentionOptions,
): Contention {
  const main = lines[0]?.sightings[0]
  if (!main) return NOTHING
  const contenders = onlyOnce(lines.flatMap((line) => line.contenders))
  const libraries = lines.map((line) => line.sightings)
  return {
    recipe: recipeOf(libraries[0] ?? []),
    family: main.family,
    confidence: known ? 'likely' : 'guess',
    contenders,
    lints: [...findLints(libraries, contenders, options), ...harmlessStrangers(children, lines)],
  }
}

export interface Lines {
  /** False when they are of no library that we know. */
  readonly known: boolean
  readonly lines: readonly Line[]
}

/** A line for each library in the directory, the longest first. */
export function readLines(children: readonly LockChild[], options: ContentionOptions): Lines {
  const sightings = children.map(readChildName).filter((sighting) => sighting !== null)
  const known = sightings.length > 0 && !isDoubleBarrier(children, sightings)
  const libraries = known ? groupByLibrary(sightings) : unknownLibraries(children, options)
  return { known, lines: libraries.map((own) => ({ sightings: own, contenders: lineUp(own, children, options) })) }
}

/** Members of kazoo's double barrier look like leases of its semaphore, but `ready` stands beside them. */
function isDoubleBarrier(children: readonly LockChild[], sightings: readonly Sighting[]): boolean {
  return (
    sightings.every((sighting) => sighting.kind === 'lease' && sighting.suffix === '') && hasName(children, 'ready')
  )
}

function hasName(children: readonly LockChild[], name: string): boolean {
  return children.some((child) => child.name === name)
}

/**
 * One group for all that see each other: readers and writers together, Curator's mutex and latch apart.
 * The largest group comes first.
 */
function groupByLibrary(sightings: readonly Sighting[]): Sighting[][] {
  const groups = groupBy(sightings, (sighting) => `${sighting.family} ${sharedRecipe(sighting)}`)
  return groups.map(asReadWrite).sort((a, b) => b.length - a.length)
}

function groupBy(sightings: readonly Sighting[], keyOf: (sighting: Sighting) => string): Sighting[][] {
  const groups = new Map<string, Sighting[]>()
  for (const sighting of sightings) {
    const group = groups.get(keyOf(sighting))
    if (group) group.push(sighting)
    else groups.set(keyOf(sighting), [sighting])
  }
  return [...groups.values()]
}

function sharedRecipe({ family, recipe }: Sighting): Recipe | 'any lock' {
  const apart = family === 'curator' && recipe === 'lock'
  return !apart && (recipe === 'lock' || recipe === 'read-write lock') ? 'any lock' : recipe
}

/** Beside readers, a plain lock is the writer: kazoo and Accumulo name the two alike. */
function asReadWrite(own: Sighting[]): Sighting[] {
  if (recipeOf(own) !== 'read-write lock') return own
  return own.map((sighting) => (sighting.kind === 'lock' ? { ...sighting, kind: 'write' } : sighting))
}

function recipeOf(own: readonly Sighting[]): Recipe {
  if (own.some((sighting) => sighting.recipe === 'read-write lock')) return 'read-write lock'
  return own[0]?.recipe ?? 'unknown'
}

/**
 * Sequential ephemerals of libraries that we do not know, by the constant part of their names. A group
 * whose numbers do not rise in the order of creation has other numbers in its names: no contenders.
 */
function unknownLibraries(children: readonly LockChild[], { creates }: ContentionOptions): Sighting[][] {
  const sightings = children.map(readUnknownName).filter((sighting) => sighting !== null)
  const groups = groupBy(sightings, (sighting) => sighting.maker ?? '')
  const given = (own: Sighting[]) => creates === undefined || own.every((sighting) => sighting.sequence < creates)
  return groups.filter((own) => given(own) && risesWithCreation(own)).sort((a, b) => b.length - a.length)
}

function risesWithCreation(own: readonly Sighting[]): boolean {
  const created = own.toSorted((a, b) => a.child.czxid - b.child.czxid)
  return created.every((sighting, i) => {
    const before = created[i - 1]
    return before === undefined || before.sequence < sighting.sequence || sighting.sequence < 0
  })
}

/** A child that blocks Curator and contends in another library is listed as what it is there. */
function onlyOnce(contenders: readonly Contender[]): Contender[] {
  const own = new Set(contenders.filter((c) => c.kind !== 'foreign').map((c) => c.name))
  const seen = new Set<string>()
  return contenders.filter((contender) => {
    if (seen.has(contender.name) || (contender.kind === 'foreign' && own.has(contender.name))) return false
    seen.add(contender.name)
    return true
  })
}

/** Curator takes every child for a contender; those that sort last hurt nobody. */
function harmlessStrangers(children: readonly LockChild[], lines: readonly Line[]): Lint[] {
  const curator = lines.some(({ sightings }) => sightings[0]?.family === 'curator' && sightings[0].recipe !== 'queue')
  if (!curator) return []
  const known = new Set(lines.flatMap((line) => line.contenders.map(({ name }) => name)))
  const names = children.map(({ name }) => name).filter((name) => !known.has(name))
  return names.length > 0 ? [{ name: 'foreign child ignored', children: names, params: {} }] : []
}
