// Named warnings about a directory of contenders, each with the children it is about. Only what one
// look at the directory can prove; what needs the watch table is left to others.
// Source: locks-and-recipes.md §2.9.

import { type Sighting, sessionInName } from './child-name.ts'
import type { Contender, ContentionOptions, Lint } from './contract.ts'
import { NEAR_OVERFLOW } from './sequence.ts'

/** All lints that hold for the contenders of these libraries, in a fixed order. */
export function findLints(
  libraries: readonly (readonly Sighting[])[],
  contenders: readonly Contender[],
  options: ContentionOptions,
): Lint[] {
  const all = libraries.flat()
  const names = (sightings: readonly Sighting[]) => sightings.map((sighting) => sighting.child.name)
  const foreign = contenders.filter((contender) => contender.kind === 'foreign').map((contender) => contender.name)
  const lints: Lint[] = [
    {
      name: 'mixed libraries',
      children: libraries.length > 1 ? names(all) : [],
      params: {},
    },
    {
      name: 'foreign child blocks',
      children: foreign,
      params: {},
    },
    {
      name: 'reader beside a plain lock',
      children: names(all.filter((s) => s.family === 'kazoo' && s.kind === 'write')),
      params: {},
    },
    {
      name: 'persistent contender',
      children: names(all.filter((s) => s.child.ephemeralOwner === 0n && contendsForOwnership(s))),
      params: {},
    },
    {
      name: 'duplicate owner',
      children: names(withSharedOwner(all)),
      params: {},
    },
    {
      name: 'stale owner',
      children: names(all.filter(isStale)),
      params: {},
    },
    {
      name: 'near overflow',
      children: names(all.filter((s) => s.sequence > NEAR_OVERFLOW || s.sequence < 0)),
      params: {},
    },
    {
      name: 'permits unknown',
      children: options.permits === undefined ? names(all.filter((s) => s.kind === 'permit')) : [],
      params: {},
    },
  ]
  return lints.filter((lint) => lint.children.length > 0)
}

function contendsForOwnership(sighting: Sighting): boolean {
  return sighting.recipe !== 'queue' && !(sighting.family === 'accumulo' && sighting.child.name.startsWith('flock#'))
}

/** Accumulo's processes stand in runs, leases are taken many at once, a downgraded reader repeats a number. */
function withSharedOwner(all: readonly Sighting[]): Sighting[] {
  const numbersOf = new Map<bigint, Set<number>>()
  const single = all.filter((s) => s.kind !== 'lease' && s.kind !== 'claim' && s.family !== 'accumulo')
  for (const { child, sequence } of single) {
    const numbers = numbersOf.get(child.ephemeralOwner) ?? new Set()
    numbersOf.set(child.ephemeralOwner, numbers.add(sequence))
  }
  return single.filter(
    ({ child }) => child.ephemeralOwner !== 0n && (numbersOf.get(child.ephemeralOwner)?.size ?? 0) > 1,
  )
}

function isStale(sighting: Sighting): boolean {
  const session = sessionInName(sighting)
  return session !== null && session !== sighting.child.ephemeralOwner
}
