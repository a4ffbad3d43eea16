// One connection to one server: dial, handshake (with SASL, where asked for), then frames both ways. Frames of one turn
// of the event loop go out together. What frames mean, and what follows a lost connection, is for session.ts.

import type { Duplex } from 'node:stream'
import { Framer } from '#shared/jute/framer.ts'
import { JuteReader } from '#shared/jute/reader.ts'
import { writeRequest, writeSaslRequest } from '#shared/jute/records/client-frame.ts'
import { readConnectResponse, writeConnectRequest } from '#shared/jute/records/connect.ts'
import { JuteWriter } from '#shared/jute/writer.ts'
import type { ClientRequest, ConnectRequest, ConnectResponse } from '#shared/zk/request.ts'
import type { Dial } from './dial.ts'
import { AuthFailedError } from './errors.ts'
import type { SaslExchange } from './sasl-exchange.ts'
import { formatAddress, type ServerAddress } from './server-list.ts'

export type { Dial } from './dial.ts'

export interface ConnectionOptions {
  readonly server: ServerAddress
  readonly dial: Dial
  readonly hello: ConnectRequest
  /** What proves who we are before anything is asked; null when nothing does. */
  readonly sasl: SaslExchange | null
  /** From the dial to the end of the handshake. */
  readonly handshakeTimeoutMs: number
  /** The longest frame taken from the server. */
  readonly frameBytesMax: number
}

/** Each is called synchronously; onClose once, and nothing after it. */
export interface ConnectionHandlers {
  onOpen(response: ConnectResponse): void
  /** The reader stands at the start of a frame, and holds until this returns. */
  onFrame(reader: JuteReader): void
  onClose(cause: Error): void
  /** The server will not have us; onClose follows unless the handler ends the connection itself. */
  onRefused(cause: AuthFailedError): void
}

const EMPTY = new Uint8Array(0)
/** Xids of the handshake; nothing else is on its way. */
const SASL_XID = 1

export class Connection {
  readonly server: ServerAddress
  /** Monotonic ms of the first and the last bytes written and of the last read. */
  readonly startedAt = performance.now()
  lastWriteAt = this.startedAt
  lastReadAt = this.startedAt
  readonly #stream: Duplex | null
  readonly #framer: Framer
  readonly #reader: JuteReader
  readonly #handlers: ConnectionHandlers
  readonly #writer = new JuteWriter()
  readonly #sasl: SaslExchange | null
  readonly #handshakeTimer: NodeJS.Timeout
  readonly #flush = () => this.#writeOut()
  #response: ConnectResponse | null = null
  #opened = false
  #closed = false

  constructor(options: ConnectionOptions, handlers: ConnectionHandlers) {
    this.server = options.server
    this.#handlers = handlers
    this.#framer = new Framer(options.frameBytesMax)
    this.#reader = new JuteReader(EMPTY, 0, 0, options.frameBytesMax)
    this.#sasl = options.sasl
    const { handshakeTimeoutMs } = options
    this.#handshakeTimer = setTimeout(() => {
      this.destroy(this.#problem(`did not answer the handshake within ${handshakeTimeoutMs} ms`))
    }, handshakeTimeoutMs)
    this.#stream = this.#open(options)
    this.send((writer) => writeConnectRequest(writer, options.hello))
  }

  /** Sends one frame, in order with the others. */
  send(writeBody: (writer: JuteWriter) => void): void {
    if (this.#closed) return
    if (this.#writer.length === 0) process.nextTick(this.#flush)
    const place = this.#writer.beginLength()
    writeBody(this.#writer)
    this.#writer.endLength(place)
  }

  /** As `send`, for what is sent most: nothing is allocated. */
  sendRequest(xid: number, request: ClientRequest): void {
    if (this.#closed) return
    if (this.#writer.length === 0) process.nextTick(this.#flush)
    const place = this.#writer.beginLength()
    writeRequest(this.#writer, xid, request)
    this.#writer.endLength(place)
  }

  /** Closes it, whatever its state. */
  destroy(cause: Error): void {
    if (this.#closed) return
    this.#closed = true
    clearTimeout(this.#handshakeTimer)
    this.#stream?.destroy()
    this.#handlers.onClose(cause)
  }

  #open({ dial, server }: ConnectionOptions): Duplex | null {
    try {
      const stream = dial(server)
      stream.on('data', (chunk: Buffer) => this.#onData(chunk))
      stream.on('error', (cause) => this.destroy(this.#problem(`cannot be reached: ${sayWhy(cause)}`, cause)))
      stream.on('close', () => this.destroy(this.#problem('closed the connection')))
      stream.on('end', () => this.destroy(this.#problem('closed the connection')))
      return stream
    } catch (cause) {
      const why = cause instanceof Error ? sayWhy(cause) : String(cause)
      // Not at once: whoever made us does not know us yet.
      process.nextTick(() => this.destroy(this.#problem(`could not be dialled: ${why}`, cause)))
      return null
    }
  }

  #writeOut(): void {
    if (this.#closed) return
    this.lastWriteAt = performance.now()
    this.#stream?.write(this.#writer.take())
  }

  #onData(chunk: Uint8Array): void {
    if (this.#closed) return
    this.lastReadAt = performance.now()
    this.#framer.push(chunk)
    try {
      this.#onFrames()
    } catch (cause) {
      this.destroy(this.#problem('sent something that is not the client protocol', cause))
    }
  }

  #onFrames(): void {
    const reader = this.#reader
    while (!this.#closed) {
      const read = this.#framer.read(reader)
      if (read === false) return
      if (read !== true) this.destroy(this.#problem(`sent a frame of ${read} bytes`))
      else if (this.#opened) this.#handlers.onFrame(reader)
      else this.#onHandshake(reader)
    }
  }

  #onHandshake(frame: JuteReader): void {
    if (this.#response === null) {
      this.#response = readConnectResponse(frame)
      // A session that is over has nobody to authenticate.
      if (this.#sasl === null || this.#response.timeoutMs <= 0) this.#onReady(this.#response)
      else this.#sendToken(this.#sasl.opening)
      return
    }
    try {
      const token = this.#sasl?.next(frame) ?? null
      if (token === null) this.#onReady(this.#response)
      else this.#sendToken(token)
    } catch (cause) {
      if (!(cause instanceof AuthFailedError)) throw cause
      this.#handlers.onRefused(cause)
      this.destroy(cause)
    }
  }

  #sendToken(token: Uint8Array): void {
    this.send((writer) => writeSaslRequest(writer, SASL_XID, token))
  }

  #onReady(response: ConnectResponse): void {
    clearTimeout(this.#handshakeTimer)
    this.#opened = true
    this.#handlers.onOpen(response)
  }

  #problem(what: string, cause?: unknown): Error {
    return new Error(`the server ${formatAddress(this.server)} ${what}`, { cause })
  }
}

/** Several addresses that all failed make an AggregateError, which has a code but no message. */
function sayWhy(cause: Error): string {
  return cause.message || ('code' in cause ? String(cause.code) : cause.name)
}
