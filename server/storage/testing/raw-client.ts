// A client of any ZooKeeper server that sends whatever it is told to and gives back every answer, for tests
// against the reference. Requests may be sent without waiting for answers.

import { once } from 'node:events'
import net from 'node:net'
import { JuteReader } from '#shared/jute/reader.ts'
import { writeAuthPacket, writeRequest } from '#shared/jute/records/client-frame.ts'
import { readConnectResponse, writeConnectRequest } from '#shared/jute/records/connect.ts'
import { readReply } from '#shared/jute/records/reply.ts'
import { opOf } from '#shared/jute/records/request.ts'
import { JuteWriter } from '#shared/jute/writer.ts'
import { NO_SESSION, type SessionId } from '#shared/zk/ids.ts'
import type { ReplyBody } from '#shared/zk/reply.ts'
import type { ClientRequest } from '#shared/zk/request.ts'
import { ZERO_ZXID, type Zxid } from '#shared/zk/zxid.ts'

export interface Answer {
  readonly xid: number
  readonly zxid: Zxid
  readonly err: number
  readonly body: ReplyBody
}

const EVENT_XID = -1

export class RawClient {
  readonly #socket: net.Socket
  readonly #writer = new JuteWriter()
  #received: Buffer = Buffer.alloc(0)
  #frames: { readonly resolve: (frame: Buffer) => void; readonly reject: (why: Error) => void }[] = []
  #lastXid = 0
  sessionId: SessionId = NO_SESSION

  private constructor(socket: net.Socket) {
    this.#socket = socket
    socket.on('data', (chunk) => this.#onData(chunk))
    socket.on('error', () => undefined)
    socket.on('close', () => {
      for (const { reject } of this.#frames) reject(new Error('the server closed the connection'))
      this.#frames = []
    })
  }

  /** With a session. `from` is the address that the server sees. */
  static async connect(port: number, from = '127.0.0.1'): Promise<RawClient> {
    const socket = net.connect({ port, host: '127.0.0.1', localAddress: from })
    await once(socket, 'connect')
    const client = new RawClient(socket)
    const hello = { protocolVersion: 0, lastZxidSeen: ZERO_ZXID, timeoutMs: 30_000, passwd: null, readOnly: false }
    const frame = await client.#exchange((writer) => writeConnectRequest(writer, { ...hello, sessionId: NO_SESSION }))
    client.sessionId = readConnectResponse(new JuteReader(frame)).sessionId
    return client
  }

  /** As `user` with the password `secret`. */
  async authenticate(user: string): Promise<number> {
    const packet = { scheme: 'digest', auth: Buffer.from(`${user}:secret`) }
    const frame = await this.#exchange((writer) => writeAuthPacket(writer, packet))
    return frame.readInt32BE(12)
  }

  /** Resolves with the answer; rejects when the connection ends before. */
  async ask(request: ClientRequest): Promise<Answer> {
    this.#lastXid += 1
    const xid = this.#lastXid
    const frame = await this.#exchange((writer) => writeRequest(writer, xid, request))
    return readReply(new JuteReader(frame), opOf(request))
  }

  /** Any bytes as one frame behind a header of this xid and op; the answer's error. */
  async askBytes(op: number, record: Uint8Array): Promise<number> {
    this.#lastXid += 1
    const xid = this.#lastXid
    const frame = await this.#exchange((writer) => {
      writer.int(xid)
      writer.int(op)
      writer.raw(record)
    })
    return frame.readInt32BE(12)
  }

  get lastXid(): number {
    return this.#lastXid
  }

  close(): void {
    this.#socket.destroy()
  }

  #exchange(write: (writer: JuteWriter) => void): Promise<Buffer> {
    const place = this.#writer.beginLength()
    write(this.#writer)
    this.#writer.endLength(place)
    return new Promise((resolve, reject) => {
      this.#frames.push({ resolve, reject })
      this.#socket.write(this.#writer.take())
    })
  }

  #onData(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk])
    while (this.#received.length >= 4 && this.#received.length >= 4 + this.#received.readInt32BE(0)) {
      const frame = this.#received.subarray(4, 4 + this.#received.readInt32BE(0))
      this.#received = this.#received.subarray(4 + frame.length)
      if (frame.readInt32BE(0) === EVENT_XID) continue
      this.#frames.shift()?.resolve(frame)
    }
  }
}
