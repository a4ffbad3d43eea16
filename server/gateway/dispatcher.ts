// From a message of a page to its answer: known name, rate, permission, shape, then the service; and a line in
// the audit log for whatever changes something. The same way for every request, so that none can forget a step.

import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import type { Answer } from '#shared/events/socket-protocol.ts'
import { PENDING_REQUESTS_MAX, REQUESTS_BURST, REQUESTS_PER_SECOND } from './limits.ts'
import type { PageClient } from './page-client.ts'
import { AUDITED, isRequestName, mayAsk } from './permissions.ts'
import { RateLimit } from './rate-limit.ts'
import { explainError, refusal } from './request-error.ts'
import type { ActionName, Handlers } from './request-handlers.ts'
import { explainIssues, REQUEST_SCHEMAS } from './request-schemas.ts'

export class Dispatcher {
  readonly #handlers: Handlers
  readonly #client: PageClient
  readonly #log: Logger
  readonly #rate: RateLimit
  #pending = 0

  constructor(handlers: Handlers, client: PageClient, log: Logger, nowMs: number) {
    this.#handlers = handlers
    this.#client = client
    this.#log = log
    this.#rate = new RateLimit(REQUESTS_PER_SECOND, REQUESTS_BURST, nowMs)
  }

  /** Takes one request from the page's allowance; false when it asks too fast. */
  takeTurn(nowMs: number): boolean {
    return this.#rate.take(nowMs)
  }

  /** Never rejects. The caller has counted the request with takeTurn. */
  async answer(name: string, payload: unknown): Promise<Answer<unknown>> {
    if (!isRequestName(name) || name === 'hello')
      return refusal('UNKNOWN', 'There is no such request. Reload the page.')
    if (!mayAsk(this.#client.role, name)) return refusal('FORBIDDEN', 'Your role does not allow this.')
    if (this.#pending >= PENDING_REQUESTS_MAX)
      return refusal('BUSY', 'Too many of your requests wait for the ensemble. Try again when it answers.')
    this.#pending += 1
    const answer = await this.#carryOut(name, payload)
    this.#pending -= 1
    if (AUDITED.has(name)) this.#audit(name, payload, answer)
    return answer
  }

  async #carryOut<Name extends ActionName>(name: Name, payload: unknown): Promise<Answer<unknown>> {
    const request = REQUEST_SCHEMAS[name].safeParse(payload)
    if (!request.success) return refusal('MALFORMED', explainIssues(name, request.error))
    try {
      return { ok: true, value: await this.#handlers[name](this.#client, request.data) }
    } catch (error) {
      const known = explainError(error)
      if (known) return refusal(known.code, known.message)
      const id = randomUUID()
      this.#log.error({ id, request: name, err: error }, 'request failed')
      return refusal('INTERNAL', `The gateway could not do this. Its log says why, under ${id}.`)
    }
  }

  #audit(name: ActionName, payload: unknown, answer: Answer<unknown>): void {
    const { id, role, address } = this.#client
    const outcome = answer.ok ? 'done' : answer.code
    const sid = typeof payload === 'object' && payload && 'sid' in payload ? Number(payload.sid) : null
    this.#log.info({ audit: true, action: name, sid, outcome, socket: id, role, address }, 'audit')
  }
}
