// Who is asking: the access token of this start, an API token, or a login's cookie with its anti-forgery token. What is
// found is an authority, asked again at each use: a removed user, an expired token or a logout ends it at once, also on
// sockets that are open. Rules, S-3, S-4.

import { type Access, tokenIsRight } from '../access.ts'
import type { AuditSink } from '../api/perform.ts'
import type { Role } from '../api/roles.ts'
import { PASSWORD_FRESH_MS_MAX, USER_FILE_CHECK_MS } from '../limits.ts'
import { RequestError } from '../request-error.ts'
import { LoginLimits } from './login-limits.ts'
import { CSRF_PREFIX, LoginSessions, type NewLogin } from './login-sessions.ts'
import { COST, type Cost, hashPassword, isWeaker, passwordIsRight } from './password.ts'
import { API_TOKEN_PREFIX, tokenHash, type User, UserFile } from './user-file.ts'

export interface Authority {
  /** `access token`, or the name of a user or of an API token. */
  readonly user: string
  /** What it may now; null: nothing any more. */
  role(): Role | null
  /** It is in use: an idle login ends. */
  used(): void
  /** It is a login whose password was entered too long ago for what is dangerous; never so for tokens. */
  mustProve(): boolean
  /** The password once more; rejects as `login` does. Null where there is none. */
  readonly prove: ((password: string, address: string, source: string) => Promise<void>) | null
  /** Ends a login; null where there is none to end. */
  readonly logout: (() => void) | null
}

export interface AuthenticatorOptions {
  readonly access: () => Access
  readonly audit: AuditSink
  /** null: the access token is the only way in. */
  readonly userFile: string | null
  readonly onProblem: (sentence: string) => void
  /** Milliseconds since 1970. */
  readonly now?: () => number
  /** What a password hash costs; a cheaper one in the user file is made anew at the next login. */
  readonly cost?: Cost
}

export interface Credentials {
  /** Access token, API token, or anti-forgery token. */
  readonly token: string | null
  /** The login's id. */
  readonly cookie: string | null
}

interface Where {
  readonly address: string
  readonly source: string
}

/** A token has no password to enter again, and no login to end. */
const TOKEN = { used: () => undefined, mustProve: () => false, prove: null, logout: null }

export class Authenticator {
  readonly #options: AuthenticatorOptions
  readonly #now: () => number
  readonly #users: UserFile
  readonly #logins = new LoginSessions()
  readonly #limits = new LoginLimits()
  readonly #cost: Cost
  readonly #timer: NodeJS.Timeout

  /** Throws an Error with a sentence when the user file is wrong. */
  constructor(options: AuthenticatorOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
    this.#cost = options.cost ?? COST
    this.#users = new UserFile(options.userFile, options.onProblem)
    this.#timer = setInterval(() => void this.refresh(), USER_FILE_CHECK_MS)
    this.#timer.unref()
  }

  /** Whether there is anybody who could log in. */
  get hasUsers(): boolean {
    return this.#users.list.users.length > 0
  }

  /** Looks whether the user file has changed. */
  async refresh(): Promise<void> {
    await this.#users.refresh()
    this.#logins.sweep(this.#now(), (login) => this.#userOf(login.user)?.password === login.passwordHash)
  }

  close(): void {
    clearInterval(this.#timer)
  }

  /** Null when they are worth nothing. */
  identify({ token, cookie }: Credentials): Authority | null {
    if (token === null) return null
    if (token.startsWith(CSRF_PREFIX)) return cookie === null ? null : this.#byLogin(cookie, token)
    if (token.startsWith(API_TOKEN_PREFIX)) return this.#byApiToken(token)
    if (!tokenIsRight(this.#options.access(), token)) return null
    return { user: 'access token', role: () => 'admin', ...TOKEN }
  }

  /** Rejects with RequestError: LOGIN, the same for every reason; RATE. Each try is a record of the audit log. */
  async login(name: string, password: string, address: string, source: string): Promise<NewLogin & { role: Role }> {
    const user = await this.#check('login', name, password, { address, source })
    return { ...this.#logins.start(name, user.password, this.#now()), role: user.role }
  }

  /** One try with a password, counted and written down. */
  async #check(action: string, name: string, password: string, { address, source }: Where): Promise<User> {
    const waitMs = this.#limits.waitMs(name, address, this.#now())
    if (waitMs > 0) {
      const seconds = Math.ceil(waitMs / 1000)
      throw new RequestError('RATE', `Too many logins have failed. Try again in ${seconds} seconds.`)
    }
    await this.#users.refresh()
    const user = this.#userOf(name)
    // Counted before the slow part, so that many at once are no way around it.
    this.#limits.failed(name, address, this.#now())
    const right = await passwordIsRight(user?.password ?? null, password)
    const record = { action, user: name, role: user?.role ?? 'none', address, source, target: {}, facts: {} }
    const { audit } = this.#options
    await audit.record({ ...record, outcome: right && user ? 'done' : 'LOGIN' })
    if (audit.problem !== null) throw new RequestError('AUDIT', audit.problem)
    if (!user || !right) throw new RequestError('LOGIN', 'This name and password do not fit together.')
    this.#limits.succeeded(name, address)
    if (isWeaker(user.password, this.#cost)) void this.#rehash(user, password)
    return user
  }

  /** Behind the login: whoever waits for it need not wait for this. */
  async #rehash({ name, password: from }: User, password: string): Promise<void> {
    try {
      const to = await hashPassword(password, this.#cost)
      if (this.#users.rehash(name, from, to)) this.#logins.rehashed(name, from, to)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      this.#options.onProblem(`The password of ${name} keeps its weaker hash: ${why}`)
    }
  }

  #byLogin(cookie: string, csrf: string): Authority | null {
    const login = this.#logins.find(cookie, csrf, this.#now())
    if (!login) return null
    return {
      user: login.user,
      role: () => {
        const user = this.#userOf(login.user)
        const holds = this.#logins.has(login, this.#now()) && user?.password === login.passwordHash
        return holds ? (user?.role ?? null) : null
      },
      used: () => {
        login.usedAt = this.#now()
      },
      mustProve: () => this.#now() - login.provedAt > PASSWORD_FRESH_MS_MAX,
      prove: async (password, address, source) => {
        await this.#check('prove-password', login.user, password, { address, source })
        login.provedAt = this.#now()
      },
      logout: () => this.#logins.end(login),
    }
  }

  #byApiToken(token: string): Authority | null {
    const sha256 = tokenHash(token)
    const find = () => {
      const found = this.#users.list.tokens.find((known) => known.sha256 === sha256)
      return found && Date.parse(found.expires) > this.#now() ? found : null
    }
    const found = find()
    return found && { user: found.name, role: () => find()?.role ?? null, ...TOKEN }
  }

  #userOf(name: string) {
    return this.#users.list.users.find((user) => user.name === name) ?? null
  }
}
