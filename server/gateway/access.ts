// Who may talk to the gateway at all: the Host and Origin allow-lists and the access token of this start.
// Pure decisions about headers; http-server.ts applies them to every request and upgrade.
// Rules: security.md N-2 (Host), S-2 (Origin), A-5 (token).

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '[::1]']
const HTTP_PORT = 80
const TOKEN_BYTES = 32

export interface Access {
  /** 256 random bits, base64url; new at each start. */
  readonly token: string
  /** Exact `Host` values. */
  readonly hosts: ReadonlySet<string>
  /** Exact `Origin` values. */
  readonly origins: ReadonlySet<string>
}

/** Access to a gateway that listens on `port` of the loopback. */
export function makeAccess(port: number, token: string = makeToken()): Access {
  const hosts = LOOPBACK_NAMES.flatMap((name) => (port === HTTP_PORT ? [name, `${name}:80`] : [`${name}:${port}`]))
  return { token, hosts: new Set(hosts), origins: new Set(hosts.map((host) => `http://${host}`)) }
}

export function makeToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url')
}

/** Compared in constant time, whatever the length of what was given. */
export function tokenIsRight(access: Access, given: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(access.token))
}

/** The token of an `Authorization: Bearer …` header; null without one. */
export function bearerToken(request: IncomingMessage): string | null {
  return /^Bearer ([\w.~+/=-]{1,256})$/.exec(request.headers.authorization ?? '')?.[1] ?? null
}

/** One Host header with an allowed value, and a target that names no other host. */
export function hostIsAllowed(access: Access, request: IncomingMessage): boolean {
  const { rawHeaders } = request
  const hosts = rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === 'host')
  const [host] = hosts
  return hosts.length === 1 && host !== undefined && access.hosts.has(host) && (request.url ?? '').startsWith('/')
}

/**
 * For upgrades, which CORS does not cover: an exact Origin; without any (no browser does that) only with the
 * token as bearer and without cookies.
 */
export function originIsAllowed(access: Access, request: IncomingMessage): boolean {
  const { origin, cookie } = request.headers
  if (origin !== undefined) return access.origins.has(origin)
  const bearer = bearerToken(request)
  return cookie === undefined && bearer !== null && tokenIsRight(access, bearer)
}
