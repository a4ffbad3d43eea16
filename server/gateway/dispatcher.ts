// The requests of one page: how fast they may come and how many may wait. Everything else is the same for every way
// of asking, and is api/perform.ts's business.

import type { Answer } from '#shared/events/socket-protocol.ts'
import type { Performer } from './api/perform.ts'
import { isRequestName, operation } from './api/table.ts'
import { OVERLOADED, type Overload } from './http/overload.ts'
import { PENDING_REQUESTS_MAX, REQUESTS_BURST, REQUESTS_PER_SECOND } from './limits.ts'
import type { PageClient } from './page-client.ts'
import { RateLimit } from './rate-limit.ts'
import { refusal } from './request-error.ts'

export class Dispatcher {
  readonly #performer: Performer
  readonly #client: () => PageClient
  readonly #overload: Pick<Overload, 'turnAway'>
  readonly #rate: RateLimit
  #pending = 0

  /** @param client as whom the page asks now: it may look at another cluster than before */
  constructor(performer: Performer, client: () => PageClient, overload: Pick<Overload, 'turnAway'>, nowMs: number) {
    this.#performer = performer
    this.#client = client
    this.#overload = overload
    this.#rate = new RateLimit(REQUESTS_PER_SECOND, REQUESTS_BURST, nowMs)
  }

  /** Takes one request from the page's allowance; false when it asks too fast. */
  takeTurn(nowMs: number): boolean {
    return this.#rate.take(nowMs)
  }

  /** Never rejects. The caller has counted the request with takeTurn. */
  async answer(name: string, payload: unknown): Promise<Answer<unknown>> {
    if (isRequestName(name) && operation(name).restOnly)
      return refusal('UNKNOWN', 'This answers with a file; ask for it over REST, see /api/openapi.json.')
    if (isRequestName(name) && !operation(name).audited && this.#overload.turnAway()) return refusal('BUSY', OVERLOADED)
    if (this.#pending >= PENDING_REQUESTS_MAX)
      return refusal('BUSY', 'Too many of your requests wait for the ensemble. Try again when it answers.')
    this.#pending += 1
    const answer = await this.#performer.answer(this.#client(), name, payload)
    this.#pending -= 1
    return answer
  }
}
