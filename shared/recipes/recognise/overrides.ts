// What a person says about a directory: a glob of paths and the recipe there. It wins over everything that
// names, flags and data tell. Storing overrides is left to others.

import type { Recipe } from '../contract.ts'

/** What a person can say; `none`: not a lock, whatever it looks like. */
export const OVERRIDE_RECIPES = [
  ...(['none', 'lock', 'read-write lock', 'semaphore', 'election', 'queue', 'single node', 'lease'] as const),
  ...(['barrier', 'double barrier', 'group', 'discovery', 'counter', 'partitions'] as const),
] as const satisfies readonly (Recipe | 'none')[]

export interface Override {
  /** `*`: one part of a path, `**`: any number of parts, `?`: one character. */
  readonly glob: string
  readonly recipe: (typeof OVERRIDE_RECIPES)[number]
  /** How many may hold, for a semaphore that does not store it. */
  readonly permits: number | null
}

export const OVERRIDES_MAX = 200
export const GLOB_LENGTH_MAX = 512

/** Why a glob is not one, as a sentence; null when it is. */
export function globProblem(glob: string): string | null {
  if (!glob.startsWith('/')) return 'A pattern of paths starts with "/".'
  if (glob.length > GLOB_LENGTH_MAX) return `A pattern of paths has at most ${GLOB_LENGTH_MAX} characters.`
  if (/\*{3}/.test(glob) || /[^/]\*\*|\*\*[^/]/.test(glob)) return '"**" stands alone between two "/".'
  return null
}

/** The most specific one that matches: with the most literal characters; of equals the last in the list. */
export function overrideFor(path: string, overrides: readonly Override[]): Override | null {
  let best: Override | null = null
  for (const override of overrides) {
    if (best !== null && literals(override) < literals(best)) continue
    if (matchesGlob(override.glob, path)) best = override
  }
  return best
}

function literals({ glob }: Override): number {
  return glob.replace(/[*?]/g, '').length
}

/** By parts, without a regular expression: a hostile glob costs parts × parts at most. */
export function matchesGlob(glob: string, path: string): boolean {
  return matchParts(glob.split('/'), path.split('/'))
}

function matchParts(globs: readonly string[], parts: readonly string[]): boolean {
  // reached[j]: the globs so far match the first j parts.
  let reached = [true, ...parts.map(() => false)]
  for (const glob of globs) {
    const next = [glob === '**' && reached[0] === true]
    parts.forEach((part, j) => {
      const step = reached[j] === true && glob !== '**' && matchPart(glob, part)
      next.push(glob === '**' ? reached[j + 1] === true || next[j] === true : step)
    })
    reached = next
  }
  return reached[parts.length] === true
}

/** `*` and `?` within one part; going back only to the last `*`. */
function matchPart(glob: string, part: string): boolean {
  let g = 0
  let p = 0
  let star = -1
  let mark = 0
  while (p < part.length) {
    if (glob[g] === '?' || (glob[g] !== '*' && glob[g] === part[p])) {
      g += 1
      p += 1
    } else if (glob[g] === '*') {
      star = g
      mark = p
      g += 1
    } else if (star >= 0) {
      g = star + 1
      mark += 1
      p = mark
    } else return false
  }
  while (glob[g] === '*') g += 1
  return g === glob.length
}
