// A session across connections: identity, the calls on their way, the next server when one is lost. On each
// new connection it first says who it is (auth) and what it watches. It knows frames and requests; paths,
// results and what callers see are for zookeeper.ts. Source: ClientCnxn, client-protocol.md §3–4.

import { JuteReader } from '#shared/jute/reader.ts'
import { type AuthPacket, writeAuthPacket, writeRequest } from '#shared/jute/records/client-frame.ts'
import { readReplyHeader } from '#shared/jute/records/header.ts'
import { readReplyBody } from '#shared/jute/records/reply.ts'
import { opOf } from '#shared/jute/records/request.ts'
import { readWatchEvent } from '#shared/jute/records/watch-event.ts'
import { ERROR_CODES } from '#shared/zk/errors.ts'
import { NO_SESSION, type SessionId } from '#shared/zk/ids.ts'
import { XIDS } from '#shared/zk/op.ts'
import type { ReplyBody } from '#shared/zk/reply.ts'
import type { ClientRequest, ConnectResponse, SetWatchesRequest } from '#shared/zk/request.ts'
import { ZERO_ZXID, type Zxid } from '#shared/zk/zxid.ts'
import { CallQueue } from './call-queue.ts'
import { Connection, type Dial } from './connection.ts'
import { Credentials } from './credentials.ts'
import { connectionLoss, errorFor, sessionExpired, TooManyRequestsError } from './errors.ts'
import { Heartbeat } from './heartbeat.ts'
import { Listeners } from './listeners.ts'
import { Call, type CallOptions, type OnOutcome } from './pending-calls.ts'
import { retryDelayMs, type ServerAddress, type ServerList } from './server-list.ts'
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
  readonly random: () => number
}

const PASSWD_BYTES = 16

export class Session {
  readonly states = new Listeners<StateChange>()
  readonly #options: SessionOptions
  readonly #watches: WatchRegistry
  #state: SessionState = 'connecting'
  #endCause: Error | null = null
  #lastProblem: Error | null = null
  #sessionId: SessionId = NO_SESSION
  #passwd: Uint8Array = new Uint8Array(PASSWD_BYTES)
  #timeoutMs: number
  #lastZxidSeen: Zxid = ZERO_ZXID
  #leaseFrom = 0
  #connection: Connection | null = null
  #heartbeat: Heartbeat | null = null
  #retry: NodeJS.Timeout | null = null
  #failures = 0
  readonly #calls = new CallQueue()
  readonly #credentials = new Credentials()

  constructor(options: SessionOptions, watches: WatchRegistry) {
    this.#options = options
    this.#watches = watches
    this.#timeoutMs = options.sessionTimeoutMs
    this.#connect()
  }

  get state(): SessionState {
    return this.#state
  }
  get sessionId(): SessionId {
    return this.#sessionId
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
    options: CallOptions = {},
    onOutcome: OnOutcome | null = null,
  ): Promise<ReplyBody> {
    if (this.#endCause) return Promise.reject(this.#endCause)
    const { outstandingMax } = this.#options
    if (this.#calls.length >= outstandingMax) {
      return Promise.reject(new TooManyRequestsError(outstandingMax))
    }
    const call = new Call(request, path, options, onOutcome)
    if (this.#state === 'connected') this.#send(call)
    else this.#calls.hold(call)
    return call.answer
  }

  /** Resolves when the server has taken it, at once without a connection; every later connection repeats it. */
  async addAuth(packet: AuthPacket): Promise<void> {
    if (this.#endCause) throw this.#endCause
    this.#credentials.remember(packet)
    if (this.#state === 'connected') await this.#sendAuth(packet)
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
    const { servers, dial, sessionTimeoutMs, handshakeTimeoutMs, frameBytesMax } = this.#options
    const hello = {
      protocolVersion: 0,
      lastZxidSeen: this.#lastZxidSeen,
      timeoutMs: sessionTimeoutMs,
      sessionId: this.#sessionId,
      passwd: this.#passwd,
      readOnly: false,
    }
    const connection = new Connection(
      { server: servers.next(), dial, hello, handshakeTimeoutMs, frameBytesMax },
      {
        onOpen: (response) => this.#onOpen(connection, response),
        onFrame: (frame) => this.#onFrame(frame),
        onClose: (cause) => this.#onClose(cause),
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
    this.#passwd = response.passwd
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

  #sendWatches(connection: Connection, requests: readonly SetWatchesRequest[], onDone: () => void): void {
    requests.forEach((request, i) => {
      const call = new Call(request, null, {}, null)
      this.#send(call, XIDS.setWatches)
      call.answer.then(
        () => i === requests.length - 1 && onDone(),
        (cause: Error) => connection.destroy(new Error('the server did not take our watches', { cause })),
      )
    })
  }

  #send(call: Call, special: number | null = null): void {
    const xid = this.#calls.markSent(call, special)
    this.#connection?.send((writer) => writeRequest(writer, xid, call.request))
  }

  #sendAuth(packet: AuthPacket): Promise<void> {
    this.#connection?.send((writer) => writeAuthPacket(writer, packet))
    return this.#credentials.sent()
  }

  #onFrame(frame: Uint8Array): void {
    const reader = new JuteReader(frame, 0, frame.length, this.#options.frameBytesMax)
    const { xid, zxid, err } = readReplyHeader(reader)
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
      call.succeed(readReplyBody(reader, opOf(call.request)), zxid)
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
    this.#heartbeat?.stop()
    this.#heartbeat = null
    this.#calls.failAll(makeError)
  }

  #enter(state: SessionState, cause: Error | null): void {
    this.#state = state
    this.states.call({ state, server: this.server, cause })
  }
}
