// Who is logged in: sessions in memory, so that a restart ends them all. The id travels in a cookie that scripts cannot
// read; alone it is worth nothing, because the anti-forgery token must come along in a header. Rules, S-3.

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { LOGIN_IDLE_MS_MAX, LOGIN_MS_MAX, LOGINS_MAX } from '../limits.ts'

const ID_BYTES = 32
export const CSRF_PREFIX = 'csrf_'

export interface LoginSession {
  readonly user: string
  /** The password's hash as the user file has it: another one ends the session. */
  passwordHash: string
  readonly startedAt: number
  /** When the password was last entered. */
  provedAt: number
  readonly csrf: string
  usedAt: number
}

export interface NewLogin {
  /** For the cookie. */
  readonly id: string
  /** For the header and the socket's handshake. */
  readonly csrf: string
}

export class LoginSessions {
  /** By the hash of the id; oldest login first. */
  readonly #sessions = new Map<string, LoginSession>()

  start(user: string, passwordHash: string, nowMs: number): NewLogin {
    const id = randomBytes(ID_BYTES).toString('base64url')
    const csrf = `${CSRF_PREFIX}${randomBytes(ID_BYTES).toString('base64url')}`
    this.#sessions.set(hashOf(id), { user, passwordHash, startedAt: nowMs, provedAt: nowMs, usedAt: nowMs, csrf })
    const [oldest] = this.#sessions.keys()
    if (this.#sessions.size > LOGINS_MAX && oldest !== undefined) this.#sessions.delete(oldest)
    return { id, csrf }
  }

  /** Null when cookie and token do not belong to one live session. */
  find(id: string, csrf: string, nowMs: number): LoginSession | null {
    const session = this.#sessions.get(hashOf(id))
    if (!session || !isLive(session, nowMs) || !sameText(session.csrf, csrf)) return null
    session.usedAt = nowMs
    return session
  }

  /** Whether it has neither ended nor been ended; looking does not keep it alive. */
  has(session: LoginSession, nowMs: number): boolean {
    return isLive(session, nowMs) && [...this.#sessions.values()].includes(session)
  }

  /** The same password has another hash from now on. */
  rehashed(user: string, from: string, to: string): void {
    for (const session of this.#sessions.values())
      if (session.user === user && session.passwordHash === from) session.passwordHash = to
  }

  end(session: LoginSession): void {
    for (const [key, known] of this.#sessions) if (known === session) this.#sessions.delete(key)
  }

  /** Forgets those whose time is over, and those that `keep` does not want. */
  sweep(nowMs: number, keep: (session: LoginSession) => boolean): void {
    for (const [key, session] of this.#sessions)
      if (!isLive(session, nowMs) || !keep(session)) this.#sessions.delete(key)
  }
}

function isLive({ startedAt, usedAt }: LoginSession, nowMs: number): boolean {
  return nowMs - startedAt < LOGIN_MS_MAX && nowMs - usedAt < LOGIN_IDLE_MS_MAX
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function sameText(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}
