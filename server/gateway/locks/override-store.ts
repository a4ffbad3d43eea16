// What people have said about lock directories, kept in a file beside the audit log. It is small, changes rarely and
// is written whole, under another name first, so that a crash leaves the old one.

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'
import { globProblem, OVERRIDE_RECIPES, OVERRIDES_MAX, type Override } from '#shared/recipes/recognise/overrides.ts'
import { RequestError } from '../request-error.ts'

const override = z.strictObject({
  glob: z.string().refine((glob) => globProblem(glob) === null),
  recipe: z.enum(OVERRIDE_RECIPES),
  permits: z.int().min(1).nullable(),
})
const file = z.array(override).max(OVERRIDES_MAX)

export class OverrideStore {
  readonly #path: string | null
  #all: readonly Override[] = []

  /** Keeps them in memory only when `path` is null. Throws an Error with a sentence when the file is there and is not one of ours. */
  constructor(path: string | null) {
    this.#path = path
    if (path !== null) this.#all = read(path)
  }

  get all(): readonly Override[] {
    return this.#all
  }

  /** `recipe` null forgets the glob. Throws RequestError LIMIT when there are too many. */
  set(glob: string, recipe: Override['recipe'] | null, permits: number | null): readonly Override[] {
    const others = this.#all.filter((each) => each.glob !== glob)
    const next = recipe === null ? others : [...others, { glob, recipe, permits }]
    if (next.length > OVERRIDES_MAX)
      throw new RequestError('LIMIT', `There are ${OVERRIDES_MAX} such patterns already. Take some back first.`)
    if (this.#path !== null) write(this.#path, next)
    this.#all = next
    return next
  }
}

function read(path: string): readonly Override[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
  try {
    return file.parse(JSON.parse(text))
  } catch (cause) {
    throw new Error(`${path} is not a list of lock patterns. Correct it or move it away.`, { cause })
  }
}

function write(path: string, all: readonly Override[]): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(`${path}.new`, `${JSON.stringify(all, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}
