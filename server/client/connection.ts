// One connection to one server: dial, handshake, then frames both ways. Frames of one turn of the event
// loop go out together. What frames mean, and what follows a lost connection, is for session.ts.

import net from 'node:net'
import type { Duplex } from 'node:stream'
import { Framer } from '#shared/jute/framer.ts'
import { JuteReader } from '#shared/jute/reader.ts'
import { readConnectResponse, writeConnectRequest } from '#shared/jute/records/connect.ts'
import { JuteWriter } from '#shared/jute/writer.ts'
import type { ConnectRequest, ConnectResponse } from '#shared/zk/request.ts'
import { formatAddress, type ServerAddress } from './server-list.ts'

/** Opens a stream of bytes to a server; errors come as events of the stream. */
export type Dial = (server: ServerAddress) => Duplex

export const dialTcp: Dial = ({ host, port }) => net.connect({ host, port, noDelay: true })

export interface ConnectionOptions {
  readonly server: ServerAddress
  readonly dial: Dial
  readonly hello: ConnectRequest
  /** From the dial to the ConnectResponse. */
  readonly handshakeTimeoutMs: number
  /** The longest frame taken from the server. */
  readonly frameBytesMax: number
}

/** Each is called synchronously; onClose once, and nothing after it. */
export interface ConnectionHandlers {
  onOpen(response: ConnectResponse): void
  /** The frame is a window that holds until this returns. */
  onFrame(frame: Uint8Array): void
  onClose(cause: Error): void
}

export class Connection {
  readonly server: ServerAddress
  /** Monotonic ms of the first and the last bytes written and of the last read. */
  readonly startedAt = performance.now()
  lastWriteAt = this.startedAt
  lastReadAt = this.startedAt
  readonly #stream: Duplex
  readonly #framer: Framer
  readonly #handlers: ConnectionHandlers
  readonly #writer = new JuteWriter()
  readonly #valueBytesMax: number
  readonly #handshakeTimer: NodeJS.Timeout
  #opened = false
  #closed = false

  constructor(options: ConnectionOptions, handlers: ConnectionHandlers) {
    this.server = options.server
    this.#handlers = handlers
    this.#framer = new Framer(options.frameBytesMax)
    this.#valueBytesMax = options.frameBytesMax
    const { handshakeTimeoutMs } = options
    this.#handshakeTimer = setTimeout(() => {
      this.destroy(this.#problem(`did not answer the handshake within ${handshakeTimeoutMs} ms`))
    }, handshakeTimeoutMs)
    this.#stream = options.dial(options.server)
    this.#stream.on('data', (chunk: Buffer) => this.#onData(chunk))
    this.#stream.on('error', (cause) => this.destroy(this.#problem('cannot be reached', cause)))
    this.#stream.on('close', () => this.destroy(this.#problem('closed the connection')))
    this.#stream.on('end', () => this.destroy(this.#problem('closed the connection')))
    this.send((writer) => writeConnectRequest(writer, options.hello))
  }

  /** Sends one frame, in order with the others. */
  send(writeBody: (writer: JuteWriter) => void): void {
    if (this.#closed) return
    if (this.#writer.length === 0) process.nextTick(() => this.#flush())
    const place = this.#writer.beginLength()
    writeBody(this.#writer)
    this.#writer.endLength(place)
    this.lastWriteAt = performance.now()
  }

  /** Closes it, whatever its state. */
  destroy(cause: Error): void {
    if (this.#closed) return
    this.#closed = true
    clearTimeout(this.#handshakeTimer)
    this.#stream.destroy()
    this.#handlers.onClose(cause)
  }

  #flush(): void {
    if (!this.#closed) this.#stream.write(this.#writer.take())
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
    while (!this.#closed) {
      const read = this.#framer.next()
      if (read.type === 'incomplete') return
      if (read.type === 'badLength') this.destroy(this.#problem(`sent a frame of ${read.length} bytes`))
      else if (this.#opened) this.#handlers.onFrame(read.bytes)
      else this.#onResponse(read.bytes)
    }
  }

  #onResponse(frame: Uint8Array): void {
    const response = readConnectResponse(new JuteReader(frame, 0, frame.length, this.#valueBytesMax))
    clearTimeout(this.#handshakeTimer)
    this.#opened = true
    this.#handlers.onOpen(response)
  }

  #problem(what: string, cause?: unknown): Error {
    return new Error(`the server ${formatAddress(this.server)} ${what}`, { cause })
  }
}
