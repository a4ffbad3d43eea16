// Users and API tokens, from one JSON file that an admin keeps: names, roles, hashes. The gateway reads it, and again
// when it has changed, so that a removed user or token ends at once. Rules.

import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { z } from 'zod'
import { err, ok, type Result } from '#shared/base/result.ts'
import { ROLES } from '../api/roles.ts'
import { USERS_MAX } from '../limits.ts'
import { parseHash } from './password.ts'

const TOKEN_BYTES = 32
/** What makes a leaked token recognisable. */
export const API_TOKEN_PREFIX = 'zabscope_'

const name = z.string().regex(/^[\w.@-]{1,64}$/, 'a name has letters, digits and . _ @ -, at most 64 of them')
const password = z.string().superRefine((text, context) => {
  const parsed = parseHash(text)
  if (!parsed.ok) context.addIssue({ code: 'custom', message: parsed.error })
})
const user = z.strictObject({ name, role: z.enum(ROLES), password })
const token = z.strictObject({
  name,
  role: z.enum(ROLES),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  expires: z.iso.datetime(),
})
const schema = z.strictObject({
  users: z.array(user).max(USERS_MAX).default([]),
  tokens: z.array(token).max(USERS_MAX).default([]),
})

export type User = z.infer<typeof user>
export type ApiToken = z.infer<typeof token>
export type UserList = z.infer<typeof schema>

export const NO_USERS: UserList = { users: [], tokens: [] }

/** The error is a sentence with the file's name. */
export function readUserFile(path: string): Result<UserList, string> {
  try {
    return parseUsers(readFileSync(path, 'utf8'), path)
  } catch (error) {
    return err(`The user file ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}.`)
  }
}

export function parseUsers(text: string, path: string): Result<UserList, string> {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return err(`The user file ${path} is not JSON.`)
  }
  const read = schema.safeParse(json)
  if (!read.success) {
    const [issue] = read.error.issues
    return err(`The user file ${path} is wrong at ${issue?.path.join('.') || 'its top'}: ${issue?.message}.`)
  }
  const names = [...read.data.users, ...read.data.tokens].map((entry) => entry.name)
  const twice = names.find((entry, index) => names.indexOf(entry) !== index)
  return twice === undefined ? ok(read.data) : err(`The user file ${path} has the name ${twice} twice.`)
}

/** Whole or not at all: a gateway may be reading it. Throws as writeFileSync does. */
export function writeUserFile(path: string, list: UserList): void {
  const next = `${path}.new`
  try {
    writeFileSync(next, `${JSON.stringify(list, null, 2)}\n`, { mode: 0o600 })
    chmodSync(next, 0o600)
    renameSync(next, path)
  } catch (error) {
    rmSync(next, { force: true })
    throw error
  }
}

/** A fresh API token; only its hash is to be kept. */
export function makeApiToken(): { readonly token: string; readonly sha256: string } {
  const text = `${API_TOKEN_PREFIX}${randomBytes(TOKEN_BYTES).toString('base64url')}`
  return { token: text, sha256: tokenHash(text) }
}

export function tokenHash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** The list as the file has it now. */
export class UserFile {
  readonly #path: string | null
  readonly #onProblem: (sentence: string) => void
  #list: UserList = NO_USERS
  #stamp = ''

  /** @param path null: no users. Throws an Error with a sentence when the file is wrong at the start. */
  constructor(path: string | null, onProblem: (sentence: string) => void) {
    this.#path = path
    this.#onProblem = onProblem
    if (path === null) return
    const read = readUserFile(path)
    if (!read.ok) throw new Error(read.error)
    this.#list = read.value
  }

  get list(): UserList {
    return this.#list
  }

  /**
   * The same password of a user with a new hash, unless the file has another one by now; false: nothing was
   * written. Throws as writeUserFile does.
   */
  rehash(name: string, from: string, to: string): boolean {
    if (this.#path === null) return false
    const read = readUserFile(this.#path)
    if (!read.ok || !read.value.users.some((user) => user.name === name && user.password === from)) return false
    const users = read.value.users.map((user) => (user.name === name ? { ...user, password: to } : user))
    writeUserFile(this.#path, { ...read.value, users })
    this.#list = { ...read.value, users }
    return true
  }

  /** Reads the file again if it has changed. A file that has become wrong or has gone lets nobody in. */
  async refresh(): Promise<void> {
    if (this.#path === null) return
    const stamp = await stat(this.#path).then(
      ({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`,
      () => 'gone',
    )
    if (stamp === this.#stamp) return
    this.#stamp = stamp
    const read = readUserFile(this.#path)
    if (!read.ok) this.#onProblem(`${read.error} Until it is mended, no user and no API token is let in.`)
    this.#list = read.ok ? read.value : NO_USERS
  }
}
