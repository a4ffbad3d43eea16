// A JAAS login configuration, as Apache's servers are given one: sections of login modules with options. Only
// ZooKeeper's DigestLoginModule means something here. Syntax: javax.security.auth.login.Configuration.

import { err, ok, type Result } from '#shared/base/result.ts'

/** Options of one section: `user_bob` → `bobsecret`. */
export type JaasOptions = ReadonlyMap<string, string>

export interface JaasSection {
  /** Class names, in order. */
  readonly modules: readonly string[]
  /** Those of all modules together. */
  readonly options: JaasOptions
}

const DIGEST_MODULE = 'org.apache.zookeeper.server.auth.DigestLoginModule'
const FLAGS = ['required', 'requisite', 'sufficient', 'optional']
/** Comments; then text in quotes, a word, or one of the signs. */
const TOKEN = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"((?:[^"\\\n]|\\.)*)"|[\w.$*\-@:/]+|[{};=]/g

/** Sections by name; the error says what is wrong in words. */
export function parseJaas(text: string): Result<ReadonlyMap<string, JaasSection>, string> {
  const tokens: { readonly text: string; readonly isQuoted: boolean }[] = []
  let end = 0
  for (const match of text.matchAll(TOKEN)) {
    if (text.slice(end, match.index).trim() !== '') break
    end = match.index + match[0].length
    if (match[0].startsWith('//') || match[0].startsWith('/*')) continue
    const isQuoted = match[1] !== undefined
    tokens.push({ text: isQuoted ? unescaped(match[1] ?? '') : match[0], isQuoted })
  }
  const left = text.slice(end).trim()
  if (left !== '') return err(`it cannot be read from ${JSON.stringify(left.slice(0, 10))} on`)
  const sections = new Map<string, JaasSection>()
  let at = 0
  const next = () => tokens[at++]?.text ?? ''
  const sees = (sign: string) => tokens[at]?.text === sign && !tokens[at]?.isQuoted
  while (at < tokens.length) {
    const name = next()
    if (next() !== '{') return err(`write { after ${name}`)
    const modules: string[] = []
    const options = new Map<string, string>()
    while (!sees('}')) {
      modules.push(next())
      const flag = next()
      if (!FLAGS.includes(flag.toLowerCase()))
        return err(`in section ${name}: write one of ${FLAGS.join(', ')} after ${modules.at(-1)}`)
      while (!sees(';')) {
        const key = next()
        if (next() !== '=' || at >= tokens.length) return err(`in section ${name}: write ${key}="…" and end with ;`)
        const value = next()
        if (value.includes('${')) return err(`in section ${name}: ${key} refers to a Java property; write its value`)
        options.set(key, value)
      }
      at += 1
    }
    at += 1
    if (!sees(';')) return err(`write }; at the end of section ${name}`)
    at += 1
    sections.set(name, { modules, options })
  }
  return ok(sections)
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_all, letter: string) => ({ n: '\n', t: '\t', r: '\r' })[letter] ?? letter)
}

/** Names and passwords of a server's section, or why it cannot be used. */
export function digestUsers(section: JaasSection): Result<ReadonlyMap<string, string>, string> {
  const problem = moduleProblem(section)
  if (problem !== null) return err(problem)
  const users = new Map<string, string>()
  for (const [key, password] of section.options) {
    if (!key.startsWith('user_')) continue
    const user = key.slice('user_'.length)
    // Such a name is rewritten by Kerberos rules, which nobody has here.
    if (user.includes('@')) return err(`the user ${user} has the form of a Kerberos principal, which is not supported`)
    users.set(user, password)
  }
  return users.size > 0 ? ok(users) : err('it has no user_NAME="password"')
}

/** Whom a learner's section speaks for. */
export function digestLogin(
  section: JaasSection,
): Result<{ readonly user: string; readonly password: string }, string> {
  const problem = moduleProblem(section)
  if (problem !== null) return err(problem)
  const user = section.options.get('username')
  const password = section.options.get('password')
  return user && password !== undefined ? ok({ user, password }) : err('it needs username="…" and password="…"')
}

function moduleProblem({ modules }: JaasSection): string | null {
  const other = modules.find((module) => module !== DIGEST_MODULE)
  if (other === undefined) return modules.length > 0 ? null : 'it names no login module'
  const kerberos = other.includes('Krb5') ? 'Kerberos (GSSAPI) is not supported' : `${other} is not supported`
  return `${kerberos}; only ${DIGEST_MODULE} is`
}
