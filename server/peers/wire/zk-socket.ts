// A connection on a client port of which every byte is ours: frames go out as they are given, and whatever comes back
// is kept in order, undecoded. Requests may be pipelined.

import net from 'node:net'
import { Framer } from '#shared/jute/framer.ts'
import { JuteReader } from '#shared/jute/reader.ts'
import { writeRequest } from '#shared/jute/records/client-frame.ts'
import { readConnectResponse, writeConnectRequest } from '#shared/jute/records/connect.ts'
import { readReply } from '#shared/jute/records/reply.ts'
import { opOf } from '#shared/jute/records/request.ts'
import { JuteWriter } from '#shared/jute/writer.ts'
import { NO_SESSION } from '#shared/zk/ids.ts'
import type { ReplyBody } from '#shared/zk/reply.ts'
import type { ClientRequest, ConnectRequest, ConnectResponse } from '#shared/zk/request.ts'
import { ZERO_ZXID, type Zxid } from '#shared/zk/zxid.ts'

const FRAME_BYTES_MAX = 2 ** 28
const EVENT_XID = -1

export interface Answer {
  readonly xid: number
  readonly zxid: Zxid
  readonly err: number
  readonly body: ReplyBody
}

type Waiter = { readonly resolve: (frame: Uint8Array) => void; readonly reject: (why: Error) => void }

export const NEW_SESSION: ConnectRequest = {
  protocolVersion: 0,
  lastZxidSeen: ZERO_ZXID,
  timeoutMs: 10_000,
  sessionId: NO_SESSION,
  passwd: new Uint8Array(16),
  readOnly: false,
}

export class ZkSocket {
  readonly #socket: net.Socket
  readonly #framer = new Framer(FRAME_BYTES_MAX)
  readonly #waiters: Waiter[] = []
  readonly #writer = new JuteWriter()
  #lastXid = 0
  #closed = false
  /** Watch events, as frames. */
  readonly events: Uint8Array[] = []
  session: ConnectResponse | null = null

  private constructor(socket: net.Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => this.#onData(chunk))
    socket.on('error', () => undefined)
    socket.on('close', () => {
      this.#closed = true
      for (const { reject } of this.#waiters.splice(0)) reject(new Error('the server closed the connection'))
    })
  }

  /** A TCP connection that has said nothing yet. */
  static open(port: number): Promise<ZkSocket> {
    return new Promise((resolve, reject) => {
      const socket = net.connect(port, '127.0.0.1', () => resolve(new ZkSocket(socket)))
      socket.on('error', reject)
    })
  }

  /** With a session. Rejects when the server closes the connection instead, or the session is over. */
  static async connect(port: number, fields: Partial<ConnectRequest> = {}): Promise<ZkSocket> {
    const socket = await ZkSocket.open(port)
    const session = await socket.hello(fields)
    if (session.timeoutMs > 0) return socket
    socket.close()
    throw new Error('the session is over')
  }

  get closed(): boolean {
    return this.#closed
  }

  async hello(fields: Partial<ConnectRequest> = {}): Promise<ConnectResponse> {
    const frame = await this.exchange((writer) => writeConnectRequest(writer, { ...NEW_SESSION, ...fields }))
    this.session = readConnectResponse(new JuteReader(frame))
    return this.session
  }

  /** The answer, decoded. */
  async ask(request: ClientRequest): Promise<Answer> {
    this.#lastXid += 1
    const xid = this.#lastXid
    const frame = await this.exchange((writer) => writeRequest(writer, xid, request))
    return readReply(new JuteReader(frame), opOf(request))
  }

  /** Sends what `write` writes as one frame; the next frame that is not an event. */
  exchange(write: (writer: JuteWriter) => void): Promise<Uint8Array> {
    const place = this.#writer.beginLength()
    write(this.#writer)
    this.#writer.endLength(place)
    return this.exchangeBytes(this.#writer.take())
  }

  /** The bytes as they are, their length included; the next frame that is not an event. */
  exchangeBytes(bytes: Uint8Array): Promise<Uint8Array> {
    if (this.#closed) return Promise.reject(new Error('the connection is closed'))
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject })
      this.#socket.write(bytes)
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #onData(chunk: Buffer): void {
    this.#framer.push(chunk)
    for (let frame = this.#framer.next(); frame.type === 'frame'; frame = this.#framer.next()) {
      const bytes = frame.bytes.slice()
      const isEvent = this.session !== null && new DataView(bytes.buffer).getInt32(0) === EVENT_XID
      if (isEvent) this.events.push(bytes)
      else this.#waiters.shift()?.resolve(bytes)
    }
  }
}
