// From a request to its answer, the same way from sockets and from REST: known name, permission, shape, then the
// service; and one record in the audit log for whatever changes something, also when it was refused. How fast one
// caller may ask is for the caller's side (dispatcher.ts, rest.ts).

import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import type { Answer } from '#shared/events/socket-protocol.ts'
import type { PageClient } from '../page-client.ts'
import { explainError, refusal } from '../request-error.ts'
import type { Handlers } from './handlers.ts'
import type { ActionName } from './operation.ts'
import { explainIssues, isRequestName, mayAsk, OPERATIONS, operation } from './table.ts'

/** A record of the audit log. Actor, time and source come from the gateway, never from the request. */
export interface AuditEntry {
  readonly action: string
  readonly user: string
  readonly role: string
  readonly address: string
  /** The socket or REST request it came by. */
  readonly source: string
  /** `done`, or the code of the refusal. */
  readonly outcome: string
  /** The request's plain fields, without data and secrets. */
  readonly target: Readonly<Record<string, unknown>>
  /** What the service noted: versions, sizes, digests before and after. */
  readonly facts: Readonly<Record<string, unknown>>
}

export interface AuditSink {
  /** A sentence when records cannot be written now; then nothing may be changed. */
  readonly problem: string | null
  /** Settles when the record is written, or known not to be; `problem` tells. */
  record(entry: AuditEntry): Promise<void>
}

/** Who answers, and about which cluster. */
export interface Scope {
  /** For the audit log. */
  readonly cluster: string
  readonly handlers: Handlers
  /** Why an operation cannot be used on this cluster; left out: all can. */
  readonly refuses?: (name: ActionName) => Refusal | null
}

export interface PerformerOptions {
  /** Of the cluster that a caller looks at; null when there is none of that id, or none any more. */
  readonly scopeOf: (client: PageClient) => Scope | null
  readonly audit: AuditSink
  readonly log: Logger
}

/** With a sentence for whoever asked. */
export interface Refusal {
  readonly code: string
  readonly message: string
}

const TARGET_TEXT_MAX = 1024
/** Fields that never reach a log. */
const SECRET_FIELD = /data|base64|password|secret|token|acl/i

export class Performer {
  readonly #options: PerformerOptions

  constructor(options: PerformerOptions) {
    this.#options = options
  }

  /** Never rejects. */
  async answer(client: PageClient, name: string, payload: unknown): Promise<Answer<unknown>> {
    if (!isRequestName(name) || name === 'hello')
      return refusal('UNKNOWN', 'There is no such request. Reload the page.')
    if (!operation(name).audited) return this.#answerKnown(client, name, payload, () => undefined)
    const { audit } = this.#options
    if (audit.problem !== null) return refusal('AUDIT', audit.problem)
    const facts: Record<string, unknown> = {}
    const cluster = this.#options.scopeOf(client)?.cluster
    if (cluster !== undefined) facts.cluster = cluster
    const answer = await this.#answerKnown(client, name, payload, (more) => Object.assign(facts, more))
    const { user, role, address, id } = client
    const outcome = answer.ok ? 'done' : answer.code
    await audit.record({ action: name, user, role, address, source: id, outcome, target: targetOf(payload), facts })
    return answer
  }

  async #answerKnown<Name extends ActionName>(
    client: PageClient,
    name: Name,
    payload: unknown,
    trail: (facts: Readonly<Record<string, unknown>>) => void,
  ): Promise<Answer<unknown>> {
    if (!mayAsk(client.role, name))
      return refusal('FORBIDDEN', `This needs the role ${operation(name).role}; yours is ${client.role}.`)
    const request = OPERATIONS[name].input.safeParse(payload)
    if (!request.success) return refusal('MALFORMED', explainIssues(name, request.error))
    const scope = this.#options.scopeOf(client)
    if (!scope) return refusal('NO_SUCH_CLUSTER', 'There is no such cluster here, or no longer. See cluster:list.')
    const refused = scope.refuses?.(name)
    if (refused) return refusal(refused.code, refused.message)
    if (client.mustProve && OPERATIONS[name].asksPassword?.(request.data))
      return refusal('REAUTH', 'Enter your password again for this: it was entered too long ago.')
    try {
      return { ok: true, value: await scope.handlers[name](client, request.data, trail) }
    } catch (error) {
      const known = explainError(error)
      if (known) return refusal(known.code, known.message)
      const id = randomUUID()
      this.#options.log.error({ id, request: name, err: error }, 'request failed')
      return refusal('INTERNAL', `The gateway could not do this. Its log says why, under ${id}.`)
    }
  }
}

/** Short plain fields of what was asked, whether it was well formed or not. */
function targetOf(payload: unknown): Readonly<Record<string, unknown>> {
  if (typeof payload !== 'object' || payload === null) return {}
  const plain = Object.entries(payload).filter(([name, value]) => isPlain(value) && !SECRET_FIELD.test(name))
  return Object.fromEntries(plain.slice(0, 20).map(([name, value]) => [name.slice(0, 64), shortened(value)]))
}

function isPlain(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value)
}

function shortened(value: unknown): unknown {
  return typeof value === 'string' ? value.slice(0, TARGET_TEXT_MAX) : value
}
