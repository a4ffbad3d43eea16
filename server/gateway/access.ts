// Who may talk to the gateway at all: the Host and Origin allow-lists and the access token of this start.
// Pure decisions about headers; http-server.ts applies them to every request and upgrade.
// Rules: security.md N-2 (Host), N-4 (forwarded headers), S-2 (Origin), A-5 (token).

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { BlockList, isIPv6 } from 'node:net'
import { err, ok, type Result } from '#shared/base/result.ts'

const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '[::1]']
const HTTP_PORT = 80
const TOKEN_BYTES = 32

export interface Access {
  /** 256 random bits, base64url; new at each start unless it was set. */
  readonly token: string
  /** Exact `Host` values. */
  readonly hosts: ReadonlySet<string>
  /** Exact `Origin` values. */
  readonly origins: ReadonlySet<string>
  /** Whose `X-Forwarded-…` headers count. */
  readonly proxies: BlockList
  /** Names the cookie of logins; another gateway on this machine has another one. */
  readonly cookieName: string
}

export interface AccessOptions {
  readonly token?: string
  /** Origins under which browsers reach the gateway through proxies: `https://zk.example.org`. */
  readonly publicOrigins?: readonly string[]
  readonly proxies?: BlockList
}

/** Access to a gateway that listens on `port` of the loopback, and is perhaps reached through proxies. */
export function makeAccess(port: number, options: AccessOptions = {}): Access {
  const { token = makeToken(), publicOrigins = [], proxies = new BlockList() } = options
  const hosts = LOOPBACK_NAMES.flatMap((name) => (port === HTTP_PORT ? [name, `${name}:80`] : [`${name}:${port}`]))
  return {
    token,
    hosts: new Set([...hosts, ...publicOrigins.map((origin) => new URL(origin).host)]),
    origins: new Set([...hosts.map((host) => `http://${host}`), ...publicOrigins]),
    proxies,
    cookieName: `zabscope-${createHash('sha256').update(token).digest('hex').slice(0, 12)}`,
  }
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

/** The cookie that carries a login's id; over TLS it has the prefix that ties it to this host alone. */
export function loginCookie(access: Access, request: IncomingMessage): string | null {
  const cookies = (request.headers.cookie ?? '').split(/; */)
  const names = [`__Host-${access.cookieName}=`, `${access.cookieName}=`]
  const found = names.flatMap((name) => cookies.filter((cookie) => cookie.startsWith(name)).slice(0, 1))[0]
  const value = found?.slice(found.indexOf('=') + 1)
  return value !== undefined && /^[\w-]{43}$/.test(value) ? value : null
}

/** One Host header with an allowed value, and a target that names no other host. */
export function hostIsAllowed(access: Access, request: IncomingMessage): boolean {
  const { rawHeaders } = request
  const hosts = rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === 'host')
  const [host] = hosts
  if (hosts.length !== 1 || host === undefined || !(request.url ?? '').startsWith('/')) return false
  return access.hosts.has(forwarded(access, request, 'x-forwarded-host') ?? host)
}

/**
 * For upgrades, which CORS does not cover: an exact Origin; without any (no browser does that) only with a
 * bearer token that is worth something, and without cookies.
 */
export function originIsAllowed(
  access: Access,
  request: IncomingMessage,
  mayEnter: (token: string) => boolean = (token) => tokenIsRight(access, token),
): boolean {
  const { origin, cookie } = request.headers
  if (origin !== undefined) return access.origins.has(origin)
  const bearer = bearerToken(request)
  return cookie === undefined && bearer !== null && mayEnter(bearer)
}

/**
 * Whether a browser sent this on behalf of our own page, or something that is no browser did (S-1). `Sec-Fetch-Site`
 * cannot be forged by a page; older browsers send only `Origin`.
 */
export function comesFromOurPage(access: Access, request: IncomingMessage): boolean {
  const { origin, cookie } = request.headers
  if (origin !== undefined && !access.origins.has(origin)) return false
  const site = request.headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin' || (site === 'none' && request.method === 'GET')
  return origin !== undefined || cookie === undefined || request.method === 'GET'
}

/** Whose request it is: the connection's other end, or whom a configured proxy names. */
export function clientAddress(access: Access, request: IncomingMessage): string {
  let address = plainAddress(request.socket.remoteAddress ?? '')
  const chain = String(request.headers['x-forwarded-for'] ?? '').split(',')
  // From the nearest proxy outwards, as long as those who say so are ours.
  while (isProxy(access, address)) {
    const before = plainAddress(chain.pop()?.trim() ?? '')
    if (!/^[\da-f.:]{2,45}$/i.test(before)) return address
    address = before
  }
  return address
}

/** Whether the person's connection is encrypted, as a configured proxy says. */
export function isEncrypted(access: Access, request: IncomingMessage): boolean {
  return forwarded(access, request, 'x-forwarded-proto') === 'https'
}

/** Whether a password may travel this way: encrypted, or within this machine (N-5). */
export function mayCarryPasswords(access: Access, request: IncomingMessage): boolean {
  if (isEncrypted(access, request)) return true
  const name = (request.headers.host ?? '').replace(/:\d+$/, '')
  return LOOPBACK_NAMES.includes(name) && forwarded(access, request, 'x-forwarded-host') === null
}

function forwarded(access: Access, request: IncomingMessage, header: string): string | null {
  const value = request.headers[header]
  return typeof value === 'string' && isProxy(access, plainAddress(request.socket.remoteAddress ?? '')) ? value : null
}

function isProxy(access: Access, address: string): boolean {
  return address !== '' && access.proxies.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}

/** `::ffff:10.0.0.1` is 10.0.0.1. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '')
}

/** Addresses and networks: `10.0.0.1`, `172.16.0.0/12`. The error is a sentence. */
export function proxyList(texts: readonly string[]): Result<BlockList, string> {
  const list = new BlockList()
  for (const text of texts) {
    const [address = '', bits] = text.split('/')
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    try {
      if (bits === undefined) list.addAddress(address, family)
      else list.addSubnet(address, Number(bits), family)
    } catch {
      return err(`${JSON.stringify(text)} is neither an address nor a network such as 172.16.0.0/12.`)
    }
  }
  return ok(list)
}
