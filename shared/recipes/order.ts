// How each library orders its directory and what a contender in it waits for. Libraries disagree about
// negative suffixes and about children that they did not make; each one is followed here, not averaged.
// Source: locks-and-recipes.md §1.4 and §2.8.

import type { Sighting } from './child-name.ts'
import type { Contender, ContentionOptions, Kind, LockChild } from './contract.ts'

/** One child in the order of one library. */
interface Place {
  readonly name: string
  readonly kind: Kind
  readonly sequence: number
  readonly key: number | string
  readonly child: LockChild
  readonly maker: string | null
  /** Kazoo's pattern wants ten digits: it overlooks `-000000001`. */
  readonly seenByOthers: boolean
}

/** What Curator looks for in a name to find the part that it sorts by. */
const CURATOR_LOCK_NAMES: Readonly<Partial<Record<Kind, readonly string[]>>> = {
  lock: ['lock-'],
  candidate: ['latch-'],
  lease: ['lease-'],
  read: ['__READ__', '__WRIT__'],
  write: ['__READ__', '__WRIT__'],
}

/** The contenders of one library, in its order; `children` is the whole directory, as Curator never filters. */
export function lineUp(
  own: readonly Sighting[],
  children: readonly LockChild[],
  options: ContentionOptions,
): Contender[] {
  const first = own[0]
  if (!first) return []
  const places = own.map(placeOf)
  const lockNames = first.family === 'curator' ? CURATOR_LOCK_NAMES[first.kind] : undefined
  if (lockNames) places.push(...strangers(own, children, lockNames))
  places.sort(compareBy(first))

  if (first.kind === 'lease') return places.filter((place) => place.kind === 'lease').map((place) => hold(place))
  if (first.recipe === 'queue') return places.map((place) => (place.kind === 'claim' ? hold(place) : wait(place, null)))
  if (options.permits !== undefined || first.kind === 'permit') return standInPermits(places, options.permits ?? 1)
  if (first.family === 'accumulo' && first.recipe === 'lock') return standInRuns(places)
  return dropHarmless(standInLine(places, first))
}

function placeOf(sighting: Sighting): Place {
  const { child, kind, sequence, maker, family, suffix } = sighting
  const seenByOthers = family !== 'kazoo' || suffix === '' || /^-?\d{10}$/.test(suffix)
  return { name: child.name, kind, sequence, key: keyOf(sighting), child, maker, seenByOthers }
}

function keyOf({ family, kind, suffix, sequence, child }: Sighting): number | string {
  switch (family) {
    case 'curator':
      return afterLast(child.name, CURATOR_LOCK_NAMES[kind] ?? [])
    case 'kazoo':
      return suffix
    case 'zookeeper-c':
      return afterLast(child.name, ['-'])
    case 'aiozk':
      return Number(suffix.slice(-10))
    case 'ruby-zk':
      return Math.abs(sequence)
    default:
      return sequence
  }
}

/** Curator's fixForSorting; a name without the lock's name is compared whole. */
function afterLast(name: string, lockNames: readonly string[]): string {
  let rest = name
  for (const lockName of lockNames) {
    const at = rest.lastIndexOf(lockName)
    if (at >= 0) rest = rest.slice(at + lockName.length)
  }
  return rest
}

function strangers(own: readonly Sighting[], children: readonly LockChild[], lockNames: readonly string[]): Place[] {
  const known = new Set(own.map((sighting) => sighting.child.name))
  return children
    .filter((child) => !known.has(child.name))
    .map((child) => ({
      name: child.name,
      kind: 'foreign',
      sequence: 0,
      key: afterLast(child.name, lockNames),
      child,
      maker: null,
      seenByOthers: true,
    }))
}

function compareBy(first: Sighting): (a: Place, b: Place) => number {
  // Equal keys: Curator's downgraded reader stands behind its own writer; the others go on by the name.
  const byCreation = first.family === 'curator' || first.family === 'unknown'
  return (a, b) => {
    if (a.key !== b.key) return a.key < b.key ? -1 : 1
    if (byCreation && a.child.czxid !== b.child.czxid) return a.child.czxid - b.child.czxid
    return a.name < b.name ? -1 : 1
  }
}

/** True when a contender of kind `mine` cannot go before one of kind `other` that is ahead of it. */
export function yields(mine: Kind, other: Kind): boolean {
  if (mine === 'read') return other === 'write'
  if (mine === 'update') return other !== 'read'
  return true
}

function standInLine(places: readonly Place[], library: Sighting): Contender[] {
  // Curator's reader sleeps on the first writer of the directory, everybody else on the nearest in the way.
  // Mesos and Spark: all members look at the leader.
  const onFirst = library.family === 'mesos' || library.family === 'spark'
  const firstOf = new Map<Kind, number>()
  const lastOf = new Map<Kind, number>()
  const line: Contender[] = []
  places.forEach((place, i) => {
    const toFirst = onFirst || (library.family === 'curator' && place.kind === 'read')
    let target = -1
    for (const [kind, at] of toFirst ? firstOf : lastOf) {
      if (!yields(place.kind, kind)) continue
      target = target < 0 ? at : toFirst ? Math.min(target, at) : Math.max(target, at)
    }
    const before = places[target]
    const held = before === undefined || place.kind === 'foreign' || isDowngraded(place, places[i - 1], line[i - 1])
    line.push(held ? hold(place) : wait(place, before.name))
    if (!place.seenByOthers) return
    if (!firstOf.has(place.kind)) firstOf.set(place.kind, i)
    lastOf.set(place.kind, i)
  })
  return line
}

/** A session that holds Curator's write lock takes the read lock: same number, granted at once. */
function isDowngraded(place: Place, previous: Place | undefined, before: Contender | undefined): boolean {
  if (place.kind !== 'read' || previous?.kind !== 'write' || previous.key !== place.key) return false
  return before?.role === 'holder' && previous.child.ephemeralOwner === place.child.ephemeralOwner
}

/** A child that nobody waits behind is no contender; one that stands ahead blocks for as long as it exists. */
function dropHarmless(line: readonly Contender[]): Contender[] {
  const inTheWay = new Set(line.map((contender) => contender.waitsFor))
  return line.filter((contender) => contender.kind !== 'foreign' || inTheWay.has(contender.name))
}

/** The first `permits` hold; each later one sleeps on the one that many places ahead. */
function standInPermits(places: readonly Place[], permits: number): Contender[] {
  return places.map((place, i) => {
    const ahead = places[i - permits]
    return ahead ? wait(place, ahead.name) : hold(place)
  })
}

/** Accumulo: a process may own several nodes in a row; waiters sleep on the lowest of the run before theirs. */
function standInRuns(places: readonly Place[]): Contender[] {
  let run: Place | undefined
  let before: Place | undefined
  return places.map((place) => {
    if (run?.maker !== place.maker) {
      before = run
      run = place
    }
    return before ? wait(place, before.name) : hold(place)
  })
}

function hold({ name, sequence, kind }: Place): Contender {
  return { name, sequence, kind, role: 'holder', waitsFor: null }
}

function wait({ name, sequence, kind }: Place, waitsFor: string | null): Contender {
  return { name, sequence, kind, role: 'waiting', waitsFor }
}
