// Calls on their way: each settles once, by its answer, by a lost connection, by its own timeout or by its
// caller's signal. A server answers in the order of requests, so sent calls are a plain queue.

import { ERROR_CODES } from '#shared/zk/errors.ts'
import type { ReplyBody } from '#shared/zk/reply.ts'
import type { ClientRequest } from '#shared/zk/request.ts'
import type { Zxid } from '#shared/zk/zxid.ts'
import { errorFor, requestTimeout } from './errors.ts'

export interface CallOptions {
  /** Rejects the call with its reason; whether the server carries it out stays open. */
  readonly signal?: AbortSignal
  /** Rejects the call with RequestTimeoutError after so long. */
  readonly timeoutMs?: number
}

export interface Outcome {
  /** 0, or one of ERROR_CODES. */
  readonly err: number
  readonly zxid: Zxid
}

/** Runs when the answer has been read, before anything that came after it: the moment to arm a watch. */
export type OnOutcome = (outcome: Outcome) => void

export class Call {
  readonly request: ClientRequest
  readonly answer: Promise<ReplyBody>
  /** Monotonic ms; 0 until it is sent. */
  sentAt = 0
  readonly createdAt = performance.now()
  readonly #path: string | null
  readonly #onOutcome: OnOutcome | null
  readonly #resolve: (body: ReplyBody) => void
  readonly #reject: (cause: unknown) => void
  #settled = false
  #dispose: (() => void) | null = null

  /** @param path as the caller knows it, for errors */
  constructor(request: ClientRequest, path: string | null, options: CallOptions, onOutcome: OnOutcome | null) {
    this.request = request
    this.#path = path
    this.#onOutcome = onOutcome
    const { promise, resolve, reject } = withResolvers<ReplyBody>()
    this.answer = promise
    this.#resolve = resolve
    this.#reject = reject
    this.#limit(options)
  }

  /** True when nobody waits for it any more; when it is sent, its answer is still to be read. */
  get settled(): boolean {
    return this.#settled
  }

  /** Its answer. Also when the caller has gone: the server did what was asked, so a watch is there. */
  succeed(body: ReplyBody, zxid: Zxid): void {
    this.#onOutcome?.({ err: ERROR_CODES.OK, zxid })
    if (this.#settle()) this.#resolve(body)
  }

  /** Its answer, an error code. */
  refuse(err: number, zxid: Zxid): void {
    this.#onOutcome?.({ err, zxid })
    if (this.#settle()) this.#reject(errorFor(err, this.#path))
  }

  /** No answer will come. */
  fail(makeError: (path: string | null) => unknown): void {
    if (this.#settle()) this.#reject(makeError(this.#path))
  }

  #settle(): boolean {
    if (this.#settled) return false
    this.#settled = true
    this.#dispose?.()
    this.#dispose = null
    return true
  }

  #limit({ signal, timeoutMs }: CallOptions): void {
    if (!signal && timeoutMs === undefined) return
    const onAbort = () => this.fail(() => signal?.reason)
    const timer = timeoutMs === undefined ? null : setTimeout(() => this.fail(requestTimeout), timeoutMs)
    this.#dispose = () => {
      if (timer) clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    }
    signal?.addEventListener('abort', onAbort)
    if (signal?.aborted) onAbort()
  }
}

interface Resolvers<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
  readonly reject: (cause: unknown) => void
}

/** Promise.withResolvers, which Node has only from 22 on. */
export function withResolvers<T>(): Resolvers<T> {
  let resolve: (value: T) => void = () => {}
  let reject: (cause: unknown) => void = () => {}
  const promise = new Promise<T>((onValue, onCause) => {
    resolve = onValue
    reject = onCause
  })
  return { promise, resolve, reject }
}

/** Places of taken items that a Fifo keeps before it moves the rest up. */
const COMPACT_FROM = 256

/** First in, first out; taking is cheap however many wait. */
export class Fifo<T> {
  #items: T[] = []
  #head = 0

  get length(): number {
    return this.#items.length - this.#head
  }

  push(item: T): void {
    this.#items.push(item)
  }

  shift(): T | undefined {
    const item = this.#items[this.#head]
    if (item === undefined) return undefined
    this.#head += 1
    const empty = this.#head === this.#items.length
    if (empty || (this.#head > COMPACT_FROM && this.#head * 2 > this.#items.length)) this.#items = this.drain()
    return item
  }

  /** Takes all of them. */
  drain(): T[] {
    const rest = this.#items.slice(this.#head)
    this.#items = []
    this.#head = 0
    return rest
  }
}
