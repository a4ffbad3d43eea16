// `zabscope user …` and `zabscope audit …`: edits the user file, and checks audit logs. A password is typed or piped in,
// never an argument, which everybody on the machine could read.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { AUDIT_FILE } from '../gateway/audit/audit-log.ts'
import { chainProblem } from '../gateway/audit/record.ts'
import { hashPassword, passwordProblem } from '../gateway/auth/password.ts'
import { makeApiToken, NO_USERS, readUserFile, type UserList, writeUserFile } from '../gateway/auth/user-file.ts'
import type { UserCommand } from './user-arguments.ts'

const DAY_MS = 24 * 60 * 60 * 1000
/** Longer lines are no passwords. */
const LINE_MAX = 1024

/** Resolves with the exit code. Rejects with an Error: a sentence. */
export async function runUserTool(command: UserCommand, print: (line: string) => void): Promise<number> {
  if (command.type === 'audit') return checkAudit(command.path, print)
  const list = readList(command.file)
  const { users, tokens } = list
  switch (command.verb) {
    case 'list':
      for (const { name, role } of users) print(`user   ${name}  ${role}`)
      for (const { name, role, expires } of tokens) print(`token  ${name}  ${role}  until ${expires}`)
      return 0
    case 'remove': {
      const without = {
        users: users.filter(({ name }) => name !== command.name),
        tokens: tokens.filter(({ name }) => name !== command.name),
      }
      if (without.users.length + without.tokens.length === users.length + tokens.length)
        throw new Error(`There is no ${command.name} in ${command.file}.`)
      writeUserFile(command.file, without)
      return 0
    }
    case 'add': {
      refuseTwice(tokens, command.name, command.file)
      const password = await readPassword(`Password for ${command.name}: `)
      const problem = passwordProblem(password)
      if (problem) throw new Error(problem)
      const user = { name: command.name, role: command.role, password: await hashPassword(password) }
      writeUserFile(command.file, { tokens, users: [...users.filter(({ name }) => name !== command.name), user] })
      print(`${command.name} is a ${command.role} in ${command.file}. Start with: zabscope up --users ${command.file}`)
      return 0
    }
    case 'token': {
      refuseTwice([...users, ...tokens], command.name, command.file)
      const { token, sha256 } = makeApiToken()
      const expires = new Date(Date.now() + command.days * DAY_MS).toISOString()
      const entry = { name: command.name, role: command.role, sha256, expires }
      writeUserFile(command.file, { users, tokens: [...tokens, entry] })
      print(token)
      return 0
    }
  }
}

function readList(file: string): UserList {
  if (!existsSync(file)) return NO_USERS
  const read = readUserFile(file)
  if (!read.ok) throw new Error(read.error)
  return read.value
}

function refuseTwice(known: readonly { readonly name: string }[], name: string, file: string): void {
  if (known.some((entry) => entry.name === name))
    throw new Error(`There is a ${name} in ${file} already. Remove it first.`)
}

/** One line from a pipe, or typed without being shown. */
async function readPassword(prompt: string): Promise<string> {
  const { stdin, stderr } = process
  if (stdin.isTTY) {
    stderr.write(prompt)
    stdin.setRawMode(true)
  }
  let line = ''
  try {
    for await (const chunk of stdin) {
      for (const character of String(chunk)) {
        if (character === '\n' || character === '\r' || character === '\u0004') return line
        if (character === '\u0003') throw new Error('Nothing was changed.')
        line = character === '\u007f' || character === '\b' ? line.slice(0, -1) : line + character
      }
      if (line.length > LINE_MAX) throw new Error('A password is shorter than this.')
    }
    return line
  } finally {
    if (stdin.isTTY) {
      stdin.setRawMode(false)
      stderr.write('\n')
    }
    stdin.destroy()
  }
}

/** Oldest file first: audit.log.2, audit.log.1, audit.log. */
function checkAudit(path: string, print: (line: string) => void): number {
  const files = statSync(path).isDirectory()
    ? readdirSync(path)
        .filter((name) => name === AUDIT_FILE || /^audit\.log\.\d+$/.test(name))
        .sort((a, b) => numberOf(b) - numberOf(a))
        .map((name) => join(path, name))
    : [path]
  if (files.length === 0) throw new Error(`There is no ${AUDIT_FILE} in ${path}.`)
  const lines = files.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== ''),
  )
  const problem = chainProblem(lines)
  print(problem ?? `${lines.length} records in ${files.length} files; none was changed or taken out from between.`)
  return problem === null ? 0 : 1
}

function numberOf(name: string): number {
  return Number(/\.(\d+)$/.exec(name)?.[1] ?? 0)
}
