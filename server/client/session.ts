// A session across connections: identity, the calls on their way, the next server when one is lost. On each
// new connection it first says who it is (auth) and what it watches. It knows frames and requests; paths,
// results and what callers see are for zookeeper.ts. Source: ClientCnxn, client-protocol.md §3–4.

import type { JuteReader } from '#shared/jute/reader.ts'
import { type AuthPacket, writeAuthPacket } from '#shared/jute/records/client-frame.ts'
import { opOf } from '#shared/jute/records/request.ts'
import { readWatchEvent } from '#shared/jute/records/watch-event.ts'
import { ERROR_CODES } from '#shared/zk/errors.ts'
import { NO_SESSION, type SessionId } from '#shared/zk/ids.ts'
import { XIDS } from '#shared/zk/op.ts'
import type { ReplyBody } from '#shared/zk/reply.ts'
import type { ClientRequest, ConnectResponse, SetWatchesRequest } from '#shared/zk/request.ts'
import { ZERO_ZXID, type Zxid } from '#shared/zk/zxid.ts'
import { CallQueue } from './call-queue.ts'
import { Connection } from './connection.ts'
import { Credentials } from './credentials.ts'
import type { Dial } from './dial.ts'
import {
  badArguments,
  ClientClosedError,
  connectionLoss,
  errorFor,
  sessionExpired,
  TooManyRequestsError,
} from './errors.ts'
import { Heartbeat } from './heartbeat.ts'
import { Listeners } from './listeners.ts'
import {
  type Answer,
  Call,
  type CallOptions,
  type OnOutcome,
  type PendingCall,
  requestBytes,
  WHOLE_BODY,
  within,
} from './pending-calls.ts'
import { readAnswer } from './read-answer.ts'
import { searchReadWrite } from './read-write-search.ts'
import { SaslExchange, type SaslOptions } from './sasl-exchange.ts'
import { formatAddress, retryDelayMs, type ServerAddress, type ServerList } from './server-list.ts'
import type { SessionState, StateChange } from './session-state.ts'
import type { WatchRegistry } from './watch-registry.ts'

export interface SessionOptions {
  readonly servers: ServerList
  readonly dial: Dial
  readonly sessionTimeoutMs: number
  readonly handshakeTimeoutMs: number
  /** Calls without an answer at one time. */
  readonly outstandingMax: number
  readonly frameBytesMax: number
  readonly requestBytesMax: number
  readonly random: () => number
  /** For calls that say nothing of their own; Infinity for none. */
  readonly callTimeoutMs: number
  readonly canBeReadOnly: boolean
  readonly sasl: SaslOptions | null
  /** Said on every connection. */
  readonly auth: readonly AuthPacket[]
  /** The one to go on with; null for a new one. */
  readonly resume: SessionKey | null
}

/** What a session is resumed with. Who knows it has the session. */
export interface SessionKey {
  readonly id: SessionId
  readonly passwd: Uint8Array
}

const PASSWD_BYTES = 16
const NO_PASSWD: Uint8Array = new Uint8Array(PASSWD_BYTES)
const NO_OPTIONS: CallOptions = {}

export class Session {
  readonly states = new Listeners<StateChange>()
  readonly #options: SessionOptions
  readonly #watches: WatchRegistry
  #state: SessionState = 'connecting'
  #endCause: Error | null = null
  #lastProblem: Error | null = null
  #sessionId: SessionId = NO_SESSION
  #passwd = NO_PASSWD
  /** A session that only a read-only server knows is nothing that another server could go on with. */
  #readWriteSeen = false
  #readOnly = false
  #stopSearch: (() => void) | null = null
  #closing: Promise<void> | null = null
  #timeoutMs: number
  #lastZxidSeen: Zxid = ZERO_ZXID
  #leaseFrom = 0
  #connection: Connection | null = null
  #heartbeat: Heartbeat | null = null
  #retry: NodeJS.Timeout | null = null
  #failures = 0
  readonly #defaults: CallOptions
  readonly #calls = new CallQueue()
  readonly #credentials = new Credentials()

  constructor(options: SessionOptions, watches: WatchRegistry) {
    this.#options = options
    this.#watches = watches
    this.#timeoutMs = options.sessionTimeoutMs
    this.#defaults =
      options.callTimeoutMs === Number.POSITIVE_INFINITY ? NO_OPTIONS : { timeoutMs: options.callTimeoutMs }
    for (const packet of options.auth) this.#credentials.remember(packet)
    if (options.resume) {
      this.#sessionId = options.resume.id
      this.#passwd = options.resume.passwd
      this.#readWriteSeen = true
    }
    this.#connect()
  }

  get state(): SessionState {
    return this.#state
  }
  get sessionId(): SessionId {
    return this.#sessionId
  }
  get passwd(): Uint8Array {
    return this.#passwd
  }
  /** True while connected to a server that only reads. */
  get readOnly(): boolean {
    return this.#readOnly
  }
  /** As negotiated; as asked for until there is a session. */
  get timeoutMs(): number {
    return this.#timeoutMs
  }
  get lastZxidSeen(): Zxid {
    return this.#lastZxidSeen
  }
  /** Why the last connection, or the last try, failed. */
  get lastProblem(): Error | null {
    return this.#lastProblem
  }
  get server(): ServerAddress | null {
    return this.#state === 'connected' ? (this.#connection?.server ?? null) : null
  }
  /** So long, at least, no server will let the session expire, whatever happens to the link. */
  get leaseRemainingMs(): number {
    return Math.max(0, this.#leaseFrom + this.#timeoutMs - performance.now())
  }

  /** Asks a server; a call made without a connection waits for the next one, at most for the session timeout. */
  call(
    request: ClientRequest,
    path: string | null,
    options: CallOptions = NO_OPTIONS,
    onOutcome: OnOutcome | null = null,
  ): Promise<ReplyBody> {
    return this.ask(request, path, WHOLE_BODY, options, onOutcome)
  }

  /** As `call`, and resolves with what `answer` makes of the reply. */
  ask<T>(
    request: ClientRequest,
    path: string | null,
    answer: Answer<T>,
    options: CallOptions = NO_OPTIONS,
    onOutcome: OnOutcome | null = null,
  ): Promise<T> {
    if (this.#endCause) return Promise.reject(this.#endCause)
    if (this.#closing) return Promise.reject(new ClientClosedError())
    if (options.signal?.aborted) return Promise.reject(options.signal.reason)
    const { outstandingMax, requestBytesMax } = this.#options
    // A server closes the connection on a frame that is too long, and all else that is in flight is lost with it.
    if (requestBytes(request) > requestBytesMax) return Promise.reject(tooLong(requestBytesMax, path))
    if (this.#calls.length >= outstandingMax) return Promise.reject(new TooManyRequestsError(outstandingMax))
    const call = new Call(request, path, answer, this.#withDefaults(options), onOutcome)
    if (this.#state === 'connected') this.#send(call)
    else this.#calls.hold(call)
    return call.promise
  }

  /** Lets the calls that are on their way be answered, ends the session on the server, unless it is to be kept, then here. */
  close(timeoutMs: number, keepSession = false): Promise<void> {
    this.#closing ??= this.#sayFarewell(timeoutMs, keepSession)
    return this.#closing
  }

  async #sayFarewell(timeoutMs: number, keepSession: boolean): Promise<void> {
    // Answers come in order: the last one says that all others are there.
    const last = keepSession ? ({ type: 'sync', path: '/' } as const) : ({ type: 'closeSession' } as const)
    if (this.#state === 'connected') await this.call(last, null, { timeoutMs }).catch(() => {})
    this.end('closed', new ClientClosedError())
  }

  /** Resolves when the server has taken it, at once without a connection; every later connection repeats it. */
  async addAuth(packet: AuthPacket, options: CallOptions = NO_OPTIONS): Promise<void> {
    if (this.#endCause) throw this.#endCause
    options.signal?.throwIfAborted()
    this.#credentials.remember(packet)
    if (this.#state === 'connected') await within(this.#sendAuth(packet), this.#withDefaults(options))
  }

  /** Final: nothing is sent any more, everything that waits is rejected. */
  end(state: 'lost' | 'closed', cause: Error, makeError: (path: string | null) => Error = () => cause): void {
    if (this.#endCause) return
    this.#endCause = cause
    if (this.#retry) clearTimeout(this.#retry)
    this.#retry = null
    this.#connection?.destroy(cause)
    this.#disconnect(makeError)
    this.#credentials.end(cause)
    this.#enter(state, cause)
    this.#watches.end(state === 'lost' ? cause : null)
  }

  /** Asks for watches outside of a reconnect. */
  setWatches(request: SetWatchesRequest): void {
    if (this.#state !== 'connected' || !this.#connection) return
    this.#sendWatches(this.#connection, [request], () => {})
  }

  /** Closes the connection, and so starts a reconnect. */
  dropConnection(cause: Error): void {
    this.#connection?.destroy(cause)
  }

  #connect(): void {
    this.#retry = null
    const { servers, dial, sessionTimeoutMs, handshakeTimeoutMs, frameBytesMax, canBeReadOnly, sasl } = this.#options
    const hello = {
      protocolVersion: 0,
      lastZxidSeen: this.#lastZxidSeen,
      timeoutMs: sessionTimeoutMs,
      sessionId: this.#readWriteSeen ? this.#sessionId : NO_SESSION,
      passwd: this.#readWriteSeen ? this.#passwd : NO_PASSWD,
      readOnly: canBeReadOnly,
    }
    const connection = new Connection(
      { server: servers.next(), dial, hello, sasl: sasl && new SaslExchange(sasl), handshakeTimeoutMs, frameBytesMax },
      {
        onOpen: (response) => this.#onOpen(connection, response),
        onFrame: (reader) => this.#onFrame(reader),
        onClose: (cause) => this.#onClose(cause),
        onRefused: (cause) => this.end('lost', cause),
      },
    )
    this.#connection = connection
  }

  #onOpen(connection: Connection, response: ConnectResponse): void {
    if (response.timeoutMs <= 0) {
      this.end('lost', sessionExpired(), sessionExpired)
      return
    }
    const again = this.#state === 'suspended'
    this.#sessionId = response.sessionId
    // The response is read from memory that others own; it is small and stays for long.
    this.#passwd = response.passwd.slice()
    this.#readOnly = response.readOnly === true
    if (this.#readOnly) this.#search(connection)
    else this.#readWriteSeen = true
    this.#timeoutMs = response.timeoutMs
    this.#leaseFrom = connection.startedAt
    this.#failures = 0
    this.#heartbeat = new Heartbeat(connection, response.timeoutMs)
    for (const packet of this.#credentials.packets) this.#sendAuth(packet).catch(() => {}) // a refusal ends the session
    if (again) {
      const requests = this.#watches.toSetWatches(this.#lastZxidSeen)
      this.#sendWatches(connection, requests, () => this.#watches.reportGap())
    }
    for (const call of this.#calls.takeHeld()) this.#send(call)
    this.#enter('connected', null)
  }

  /** A server without a quorum is better than none, until there is one with. */
  #search(connection: Connection): void {
    const { servers, dial, handshakeTimeoutMs } = this.#options
    this.#stopSearch = searchReadWrite({ servers: servers.all, dial, timeoutMs: handshakeTimeoutMs }, (server) => {
      servers.prefer(server)
      connection.destroy(new Error(`the server ${formatAddress(server)} can write`))
    })
  }

  #withDefaults(options: CallOptions): CallOptions {
    const { timeoutMs } = this.#defaults
    if (timeoutMs === undefined || options.timeoutMs !== undefined) return options
    return options.signal ? { signal: options.signal, timeoutMs } : this.#defaults
  }

  #sendWatches(connection: Connection, requests: readonly SetWatchesRequest[], onDone: () => void): void {
    requests.forEach((request, i) => {
      const call = new Call(request, null, WHOLE_BODY, NO_OPTIONS, null)
      this.#send(call, XIDS.setWatches)
      call.promise.then(
        () => i === requests.length - 1 && onDone(),
        (cause: Error) => connection.destroy(new Error('the server did not take our watches', { cause })),
      )
    })
  }

  #send(call: PendingCall, special: number | null = null): void {
    const xid = this.#calls.markSent(call, special)
    this.#connection?.sendRequest(xid, call.request)
  }

  #sendAuth(packet: AuthPacket): Promise<void> {
    this.#connection?.send((writer) => writeAuthPacket(writer, packet))
    return this.#credentials.sent()
  }

  #onFrame(reader: JuteReader): void {
    const xid = reader.int()
    const zxid = reader.zxid()
    const err = reader.int()
    // Notifications before 3.9 carry -1, auth answers 0: neither says what we have seen.
    if (zxid > this.#lastZxidSeen) this.#lastZxidSeen = zxid
    if (xid === XIDS.auth) this.#onAuthAnswer(err)
    else if (xid === XIDS.notification) this.#watches.fire(readWatchEvent(reader))
    else if (xid === XIDS.ping) this.#leaseFrom = Math.max(this.#leaseFrom, this.#heartbeat?.pingAnswered() ?? 0)
    else this.#onAnswer(xid, zxid, err, reader)
  }

  #onAnswer(xid: number, zxid: Zxid, err: number, reader: JuteReader): void {
    const call = this.#calls.take(xid, connectionLoss)
    this.#leaseFrom = Math.max(this.#leaseFrom, call.sentAt)
    if (err !== ERROR_CODES.OK) {
      call.refuse(err, zxid)
      return
    }
    try {
      if (!call.succeedReading(reader, zxid)) call.succeed(readAnswer(reader, opOf(call.request)), zxid)
    } catch (cause) {
      // The connection is of no more use, and this call is no longer among those that its end rejects.
      call.fail(connectionLoss)
      throw cause
    }
  }

  #onAuthAnswer(err: number): void {
    const cause = err === ERROR_CODES.OK ? null : errorFor(err)
    this.#credentials.answered(cause)
    if (cause) this.end('lost', cause)
  }

  #onClose(cause: Error): void {
    this.#connection = null
    this.#lastProblem = cause
    if (this.#endCause) return
    const wasConnected = this.#state === 'connected'
    if (wasConnected) {
      this.#disconnect(connectionLoss)
      this.#credentials.connectionLost()
      this.#enter('suspended', cause)
    } else {
      this.#failures += 1
      // A call waits for a connection no longer than a server would wait for us.
      this.#calls.dropOlderThan(this.#timeoutMs, connectionLoss)
    }
    if (this.#endCause === null)
      this.#retry = setTimeout(() => this.#connect(), retryDelayMs(this.#failures, this.#options))
  }

  #disconnect(makeError: (path: string | null) => Error): void {
    this.#stopSearch?.()
    this.#stopSearch = null
    this.#readOnly = false
    this.#heartbeat?.stop()
    this.#heartbeat = null
    this.#calls.failAll(makeError)
  }

  #enter(state: SessionState, cause: Error | null): void {
    this.#state = state
    this.states.call({ state, server: this.server, readOnly: this.#readOnly, cause })
  }
}

function tooLong(limit: number, path: string | null): Error {
  return badArguments(`a request of more than ${limit} bytes, which servers do not take (jute.maxbuffer)`, path)
}
