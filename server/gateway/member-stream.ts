// The gateway's ear at one member: connects to its event port, proves itself with the ensemble's secret, and
// passes on what is said as gateway events. Connects again for as long as the member's process lives.

import { connect, type Socket } from 'node:net'
import type { Logger } from 'pino'
import type { StreamHello } from '#shared/events/cluster-event.ts'
import type { GatewayEvent } from '#shared/events/socket-protocol.ts'
import { decodeFrame } from '#shared/events/wire/decode.ts'
import { helloSchema } from './event-schema.ts'
import { FrameReader } from './frame-reader.ts'
import { RECONNECT_FIRST_MS, RECONNECT_LAST_MS, STREAM_FRAME_BYTES_MAX } from './limits.ts'

export interface MemberStreamOptions {
  readonly sid: number
  readonly host: string
  readonly port: number
  /** Lower-case hex. */
  readonly secret: string
  readonly onHello: (hello: StreamHello) => void
  readonly onEvent: (event: GatewayEvent) => void
  readonly onDown: () => void
  readonly log: Logger
}

export class MemberStream {
  readonly #options: MemberStreamOptions
  #wanted = false
  #socket: Socket | null = null
  #up = false
  #retryMs = RECONNECT_FIRST_MS
  #timer: NodeJS.Timeout | null = null

  constructor(options: MemberStreamOptions) {
    this.#options = options
  }

  /** The process lives: connect, and again whenever the link breaks. */
  open(): void {
    this.#wanted = true
    this.#retryMs = RECONNECT_FIRST_MS
    if (!this.#socket) this.#connect()
  }

  /** The process is gone, or the gateway ends. */
  close(): void {
    this.#wanted = false
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    this.#socket?.destroy()
  }

  #connect(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    const { host, port, secret } = this.#options
    const socket = connect({ host, port, noDelay: true })
    const frames = new FrameReader(STREAM_FRAME_BYTES_MAX)
    this.#socket = socket
    socket.on('connect', () => socket.write(`${secret}\n`))
    socket.on('data', (chunk) => {
      try {
        for (const frame of frames.push(chunk)) this.#onFrame(frame)
      } catch (error) {
        this.#options.log.warn({ sid: this.#options.sid, err: error }, 'event stream broken off')
        socket.destroy()
      }
    })
    socket.on('error', () => undefined) // `close` follows.
    socket.on('close', () => this.#onClose(socket))
  }

  #onClose(socket: Socket): void {
    if (this.#socket !== socket) return
    this.#socket = null
    if (this.#up) this.#options.onDown()
    this.#up = false
    if (!this.#wanted) return
    this.#timer = setTimeout(() => this.#connect(), this.#retryMs)
    this.#retryMs = Math.min(RECONNECT_LAST_MS, this.#retryMs * 1.5)
  }

  /** Throws when the frame is not what a member sends. */
  #onFrame(frame: Buffer): void {
    const { sid, onHello, onEvent } = this.#options
    if (!this.#up) {
      const hello = helloSchema.parse(JSON.parse(frame.toString('utf8')))
      if (hello.sid !== sid) throw new Error(`member ${hello.sid} answers on the event port of member ${sid}`)
      this.#up = true
      this.#retryMs = RECONNECT_FIRST_MS
      onHello(hello)
      return
    }
    for (const event of decodeFrame(frame)) {
      if (event.sid !== sid) throw new Error(`member ${sid} speaks for member ${event.sid}`)
      onEvent(event)
    }
  }
}
