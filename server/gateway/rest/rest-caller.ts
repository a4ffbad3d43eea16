// Who makes a REST request: it must come from our page or from no browser at all, with a token or a login, and not too
// fast. What it may is then the table's business. Rules: S-1, S-3, N-4.

import { randomUUID } from 'node:crypto'
import type { Request, RequestHandler, Response } from 'express'
import { type Access, bearerToken, clientAddress, comesFromOurPage, loginCookie } from '../access.ts'
import type { Authenticator, Authority } from '../auth/authenticator.ts'
import { REQUESTS_BURST, REQUESTS_PER_SECOND, REST_CALLERS_MAX } from '../limits.ts'
import type { PageClient } from '../page-client.ts'
import { RateLimit } from '../rate-limit.ts'
import { sendProblem } from './problem.ts'

/** The header that carries a login's anti-forgery token. */
export const CSRF_HEADER = 'X-Zabscope-Csrf'

const authorities = new WeakMap<Request, Authority>()

/** The authority that `requireCaller` has found. */
export function authorityOf(request: Request): Authority {
  const authority = authorities.get(request)
  if (!authority) throw new Error('a route of the API is not behind requireCaller')
  return authority
}

/** For all of the API, also its login. */
export function requireOurPage(access: () => Access): RequestHandler {
  return (request, response, next) => {
    response.set('Cache-Control', 'no-store')
    if (comesFromOurPage(access(), request)) next()
    else sendProblem(response, 'ORIGIN', 'Another site’s page has sent this; only our own may.')
  }
}

/** For all of the API but its login. */
/** @param now in ms, only ever more; tests have a clock of their own */
export function requireCaller(
  access: () => Access,
  authenticator: Authenticator,
  now: () => number = () => performance.now(),
): RequestHandler {
  const rates = new Rates(now)
  return (request, response, next) => {
    const token = bearerToken(request) ?? request.get(CSRF_HEADER)?.slice(0, 256) ?? null
    const authority = authenticator.identify({ token, cookie: loginCookie(access(), request) })
    if (!authority || authority.role() === null)
      return sendProblem(response, 'TOKEN', 'Send an access token as `Authorization: Bearer …`, or log in.')
    if (!rates.take(`${authority.user} ${clientAddress(access(), request)}`))
      return sendProblem(response, 'RATE', 'Too many requests at once. Wait a second and try again.')
    authority.used()
    authorities.set(request, authority)
    next()
  }
}

/** The caller as services see it, for as long as the request lasts. */
export function restClient(access: Access, request: Request, response: Response): PageClient {
  const { user, role, mustProve } = authorityOf(request)
  const gone = new AbortController()
  // What a finished request has started goes on.
  response.on('close', () => {
    if (!response.writableFinished) gone.abort()
  })
  return {
    id: `rest-${randomUUID()}`,
    user,
    role: role() ?? 'viewer',
    mustProve: mustProve(),
    ...clusterOf(request),
    address: clientAddress(access, request),
    gone: gone.signal,
    emit: () => undefined,
  }
}

/** The query field that says which cluster a request is about, on every route; without it the gateway's first. */
export const CLUSTER_FIELD = 'cluster'

function clusterOf(request: Request): Pick<PageClient, 'cluster'> {
  const given = request.query[CLUSTER_FIELD]
  // Given twice, it is a list: then it is none that exists.
  return given === undefined ? {} : { cluster: String(given).slice(0, 64) }
}

/** One allowance a caller; that of whoever asked longest ago is forgotten first. */
class Rates {
  readonly #rates = new Map<string, RateLimit>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  take(caller: string): boolean {
    const now = this.#now()
    const rate = this.#rates.get(caller) ?? new RateLimit(REQUESTS_PER_SECOND, REQUESTS_BURST, now)
    this.#rates.delete(caller)
    this.#rates.set(caller, rate)
    const [oldest] = this.#rates.keys()
    if (this.#rates.size > REST_CALLERS_MAX && oldest !== undefined) this.#rates.delete(oldest)
    return rate.take(now)
  }
}
