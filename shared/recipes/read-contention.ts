// Reads the children of one directory as a lock, read–write lock, semaphore, election or queue: who holds
// it and who waits for whom. Names decide (child-name.ts), each library's own rules order (order.ts).
// It sees one directory at one moment: watch tables, sibling directories and history are left to others.

import { readChildName, readUnknownName, type Sighting } from './child-name.ts'
import type { Contender, Contention, ContentionOptions, LockChild, Recipe } from './contract.ts'
import { findLints } from './lints.ts'
import { lineUp } from './order.ts'

const NOTHING: Contention = { recipe: 'unknown', family: null, confidence: 'guess', contenders: [], lints: [] }

/**
 * What the children of a directory contend for. Children that follow no convention are left out, unless
 * they block; a directory without contenders reads as `unknown` with an empty list.
 */
export function readContention(children: readonly LockChild[], options: ContentionOptions = {}): Contention {
  const sightings = children.map(readChildName).filter((sighting) => sighting !== null)
  const known = sightings.length > 0 && !isDoubleBarrier(children, sightings)
  const libraries = known ? groupByLibrary(sightings) : unknownLibraries(children)
  const main = libraries[0]?.[0]
  if (!main) return NOTHING

  const lines = libraries.map((own) => lineUp(own, children, options))
  const contenders = onlyOnce(lines.flat())
  return {
    recipe: recipeOf(libraries[0] ?? []),
    family: main.family,
    confidence: known ? 'likely' : 'guess',
    contenders,
    lints: findLints(libraries, contenders, options),
  }
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
function unknownLibraries(children: readonly LockChild[]): Sighting[][] {
  const sightings = children.map(readUnknownName).filter((sighting) => sighting !== null)
  const groups = groupBy(sightings, (sighting) => sighting.maker ?? '')
  return groups.filter(risesWithCreation).sort((a, b) => b.length - a.length)
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
