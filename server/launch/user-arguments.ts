// The arguments of `zabscope user` and `zabscope audit`.

import { parseArgs } from 'node:util'
import { err, ok, type Result } from '#shared/base/result.ts'
import { ROLES, type Role } from '../gateway/api/roles.ts'

export type UserCommand =
  | { readonly type: 'user'; readonly verb: 'add'; readonly file: string; readonly name: string; readonly role: Role }
  | { readonly type: 'user'; readonly verb: 'remove'; readonly file: string; readonly name: string }
  | {
      readonly type: 'user'
      readonly verb: 'token'
      readonly file: string
      readonly name: string
      readonly role: Role
      readonly days: number
    }
  | { readonly type: 'user'; readonly verb: 'list'; readonly file: string }
  | { readonly type: 'audit'; readonly path: string }

const FILE_DEFAULT = './users.json'
const DAYS_DEFAULT = '90'
const DAYS_MAX = 3650

export const USER_HELP = `
Users, in a file for up --users (--file FILE, default ${FILE_DEFAULT})
  user add NAME --role ${ROLES.join('|')}   asks for a password, or reads it from a pipe
  user token NAME --role ROLE [--days ${DAYS_DEFAULT}]     an API token, shown once
  user remove NAME                          a user or a token; both end at once, also where they are logged in
  user list
`

/** The error is a sentence. */
export function readUserArguments(args: readonly string[]): Result<UserCommand, string> {
  const options = {
    file: { type: 'string', default: FILE_DEFAULT },
    role: { type: 'string' },
    days: { type: 'string', default: DAYS_DEFAULT },
  } as const
  let parsed: { values: { file: string; role?: string; days: string }; positionals: string[] }
  try {
    parsed = parseArgs({ args: [...args], options, strict: true, allowPositionals: true })
  } catch (error) {
    const [sentence = 'unreadable'] = (error instanceof Error ? error.message : String(error)).split('. ')
    return err(`${sentence.replace(/\.?$/, '.')} See zabscope --help.`)
  }
  const { file, role: wanted, days: dayText } = parsed.values
  const [verb, name, ...more] = parsed.positionals
  if (verb === 'list' && name === undefined) return ok({ type: 'user', verb, file })
  if (name === undefined || more.length > 0 || (verb !== 'add' && verb !== 'remove' && verb !== 'token'))
    return err('Say what to do with whom: zabscope user add|remove|token NAME, or zabscope user list.')
  if (!/^[\w.@-]{1,64}$/.test(name)) return err('A name has letters, digits and . _ @ -, at most 64 of them.')
  if (verb === 'remove') return ok({ type: 'user', verb, file, name })
  const role = ROLES.find((known) => known === wanted)
  if (role === undefined) return err(`--role takes one of ${ROLES.join(', ')}.`)
  if (verb === 'add') return ok({ type: 'user', verb, file, name, role })
  const days = Number(dayText)
  if (!/^\d{1,4}$/.test(dayText) || days < 1 || days > DAYS_MAX)
    return err(`--days takes a number from 1 to ${DAYS_MAX}, not ${JSON.stringify(dayText)}.`)
  return ok({ type: 'user', verb, file, name, role, days })
}

/** The error is a sentence. */
export function readAuditArguments(args: readonly string[]): Result<UserCommand, string> {
  const [path, more] = args
  if (path === undefined || path.startsWith('-') || more !== undefined)
    return err('Give audit one thing, the data directory or the file: zabscope audit ./data')
  return ok({ type: 'audit', path })
}
