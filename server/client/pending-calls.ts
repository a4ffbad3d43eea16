// Calls on their way: each settles once, by its answer, by a lost connection, by its own timeout or by its
// caller's signal. A server answers in the order of requests, so sent calls are a plain queue.

import type { JuteReader } from '#shared/jute/reader.ts'
import { ERROR_CODES } from '#shared/zk/errors.ts'
import type { ReplyBody } from '#shared/zk/reply.ts'
import type { ClientRequest, MultiOp } from '#shared/zk/request.ts'
import type { Zxid } from '#shared/zk/zxid.ts'
import { onceAborted } from './abort.ts'
import { errorFor, requestTimeout } from './errors.ts'

export interface CallOptions {
  /** Rejects the call with its reason; whether the server carries it out stays open. */
  readonly signal?: AbortSignal
  /** Rejects the call with RequestTimeoutError after so long; Infinity for never. Default: the client's `callTimeoutMs`. */
  readonly timeoutMs?: number
}

export interface Outcome {
  /** 0, or one of ERROR_CODES. */
  readonly err: number
  readonly zxid: Zxid
}

/** Runs when the answer has been read, before anything that came after it: the moment to arm a watch. */
export type OnOutcome = (outcome: Outcome) => void

/** What an answer is to the caller. One for all calls of a kind: a call that waits is as small as it can be. */
export interface Answer<T> {
  readonly take: (body: ReplyBody) => T
  /** Reads the body itself, and `take` is not asked: for answers too long to be decoded in one go. */
  readonly read?: (reader: JuteReader) => T
  /** The value for a node that is not there, where that is no error. */
  readonly absent?: T
}

export const WHOLE_BODY: Answer<ReplyBody> = { take: (body) => body }

/** Timers of Node hold no more; a longer timeout is none. */
const TIMER_MAX_MS = 2 ** 31 - 1

/** A call as queues and connections see it, whatever it resolves with. */
export interface PendingCall {
  readonly request: ClientRequest
  /** Monotonic ms. */
  readonly createdAt: number
  /** Monotonic ms, and the xid, once it is sent; 0 before. */
  sentAt: number
  xid: number
  /** True when nobody waits for it any more; when it is sent, its answer is still to be read. */
  readonly settled: boolean
  /** Its answer. Also when the caller has gone: the server did what was asked, so a watch is there. */
  succeed(body: ReplyBody, zxid: Zxid): void
  /** As `succeed`, with a body that the call reads by itself; false when it does not. */
  succeedReading(reader: JuteReader, zxid: Zxid): boolean
  /** Its answer, an error code. */
  refuse(err: number, zxid: Zxid): void
  /** No answer will come. */
  fail(makeError: (path: string | null) => unknown): void
}

export class Call<T> implements PendingCall {
  readonly request: ClientRequest
  readonly promise: Promise<T>
  readonly createdAt = performance.now()
  sentAt = 0
  xid = 0
  readonly #path: string | null
  readonly #answer: Answer<T>
  readonly #onOutcome: OnOutcome | null
  // Set by the constructor of the promise, which runs at once.
  #resolve: (value: T) => void = nothing
  #reject: (cause: unknown) => void = nothing
  #settled = false
  #dispose: (() => void) | null = null

  /** @param path as the caller knows it, for errors */
  constructor(
    request: ClientRequest,
    path: string | null,
    answer: Answer<T>,
    { signal, timeoutMs = Number.POSITIVE_INFINITY }: CallOptions,
    onOutcome: OnOutcome | null,
  ) {
    this.request = request
    this.#path = path
    this.#answer = answer
    this.#onOutcome = onOutcome
    this.promise = new Promise<T>((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    if (signal || timeoutMs <= TIMER_MAX_MS) this.#limit(signal, timeoutMs)
  }

  get settled(): boolean {
    return this.#settled
  }

  succeed(body: ReplyBody, zxid: Zxid): void {
    this.#onOutcome?.({ err: ERROR_CODES.OK, zxid })
    if (this.#settle()) this.#resolve(this.#answer.take(body))
  }

  succeedReading(reader: JuteReader, zxid: Zxid): boolean {
    const { read } = this.#answer
    if (!read) return false
    const value = read(reader)
    this.#onOutcome?.({ err: ERROR_CODES.OK, zxid })
    if (this.#settle()) this.#resolve(value)
    return true
  }

  refuse(err: number, zxid: Zxid): void {
    this.#onOutcome?.({ err, zxid })
    if (!this.#settle()) return
    const { absent } = this.#answer
    if (err === ERROR_CODES.NONODE && absent !== undefined) this.#resolve(absent)
    else this.#reject(errorFor(err, this.#path))
  }

  fail(makeError: (path: string | null) => unknown): void {
    if (this.#settle()) this.#reject(makeError(this.#path))
  }

  #settle(): boolean {
    if (this.#settled) return false
    this.#settled = true
    if (this.#dispose) this.#dispose()
    this.#dispose = null
    return true
  }

  #limit(signal: AbortSignal | undefined, timeoutMs: number): void {
    const timer = timeoutMs > TIMER_MAX_MS ? null : setTimeout(() => this.fail(requestTimeout), timeoutMs)
    let forget = nothing
    this.#dispose = () => {
      if (timer) clearTimeout(timer)
      forget()
    }
    if (signal) forget = onceAborted(signal, () => this.fail(() => signal.reason))
  }
}

function nothing(): void {}

/** The promise, or what the options say when that comes first. What was promised goes on. */
export async function within<T>(promise: Promise<T>, { signal, timeoutMs }: CallOptions): Promise<T> {
  if (!signal && timeoutMs === undefined) return promise
  const { promise: over, reject } = withResolvers<never>()
  const timer =
    timeoutMs === undefined || timeoutMs > TIMER_MAX_MS ? null : setTimeout(() => reject(requestTimeout()), timeoutMs)
  const forget = signal ? onceAborted(signal, () => reject(signal.reason)) : nothing
  try {
    return await Promise.race([promise, over])
  } finally {
    if (timer) clearTimeout(timer)
    forget()
  }
}

/** Bytes beside the data of an operation: its path apart, headers, an ACL. */
const OPERATION_BYTES = 64

/** About how long the frame of a request is, as far as data decides. */
export function requestBytes(request: ClientRequest | MultiOp): number {
  switch (request.type) {
    case 'setData':
    case 'create':
    case 'create2':
    case 'createContainer':
    case 'createTTL':
      return request.data === null ? 0 : request.data.length + request.path.length
    case 'multi':
      return request.ops.reduce((sum, op) => sum + OPERATION_BYTES + requestBytes(op) + op.path.length, 0)
    default:
      return 0
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
    if (this.#head === this.#items.length) {
      this.#items.length = 0
      this.#head = 0
    } else if (this.#head > COMPACT_FROM && this.#head * 2 > this.#items.length) this.#items = this.drain()
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
