// A server without sockets for unit tests: it speaks the protocol's bytes over a pair of streams, keeps what
// it was sent, and answers as the test says. It has no tree.

import { type Duplex, duplexPair } from 'node:stream'
import { Framer } from '#shared/jute/framer.ts'
import { JuteReader } from '#shared/jute/reader.ts'
import { type ClientFrame, decodeClientFrame } from '#shared/jute/records/client-frame.ts'
import { readConnectRequest, writeConnectResponse } from '#shared/jute/records/connect.ts'
import { writeReply } from '#shared/jute/records/reply.ts'
import { writeWatchEvent } from '#shared/jute/records/watch-event.ts'
import { JuteWriter } from '#shared/jute/writer.ts'
import { asSessionId } from '#shared/zk/ids.ts'
import { NO_BODY, type ReplyBody } from '#shared/zk/reply.ts'
import type { ClientRequest, ConnectRequest } from '#shared/zk/request.ts'
import type { Stat } from '#shared/zk/stat.ts'
import type { WatchEvent } from '#shared/zk/watch.ts'
import { makeZxid, NO_ZXID, ZERO_ZXID, type Zxid } from '#shared/zk/zxid.ts'
import type { Dial } from '../connection.ts'
import type { ServerAddress } from '../server-list.ts'

export const FAKE_SESSION = asSessionId(0xf200_0000_0000_0007n)
export const FAKE_STAT: Stat = {
  czxid: makeZxid(1, 1),
  mzxid: makeZxid(1, 1),
  pzxid: makeZxid(1, 1),
  ctime: 0,
  mtime: 0,
  version: 0,
  cversion: 0,
  aversion: 0,
  ephemeralOwner: asSessionId(0n),
  dataLength: 0,
  numChildren: 0,
}

/** accept: a session; expired: the session is unknown; close: as a server without quorum; silent: no answer. */
export type Welcome = 'accept' | 'expired' | 'close' | 'silent'
/** An error code, a body, or nothing: the test answers by itself. */
export type Answer = number | ReplyBody | null

export class FakeServer {
  readonly connections: FakeConnection[] = []
  readonly dialled: ServerAddress[] = []
  timeoutMs = 10_000
  welcome: (hello: ConnectRequest) => Welcome = () => 'accept'
  answer: (request: ClientRequest) => Answer = answerEverything
  zxid: Zxid = makeZxid(1, 1)

  readonly dial: Dial = (server) => {
    this.dialled.push(server)
    const [clientEnd, serverEnd] = duplexPair()
    this.connections.push(new FakeConnection(this, serverEnd))
    return clientEnd
  }

  get last(): FakeConnection {
    const connection = this.connections.at(-1)
    if (!connection) throw new Error('nobody has connected')
    return connection
  }
}

/** Takes what a client with a larger limit of its own sends. */
const FRAME_BYTES_MAX = 2 ** 24

export class FakeConnection {
  hello: ConnectRequest | null = null
  /** All frames after the first, pings apart. */
  readonly frames: ClientFrame[] = []
  pings = 0
  readonly #server: FakeServer
  readonly #stream: Duplex
  readonly #framer = new Framer(FRAME_BYTES_MAX)

  constructor(server: FakeServer, stream: Duplex) {
    this.#server = server
    this.#stream = stream
    stream.on('error', () => {})
    stream.on('data', (chunk: Buffer) => {
      this.#framer.push(chunk)
      for (let read = this.#framer.next(); read.type === 'frame'; read = this.#framer.next()) this.#onFrame(read.bytes)
    })
  }

  get requests(): ClientRequest[] {
    return this.frames.flatMap((frame) => (frame.type === 'request' ? [frame.request] : []))
  }

  reply(xid: number, answer: number | ReplyBody, zxid: Zxid = this.#server.zxid): void {
    const [err, body] = typeof answer === 'number' ? [answer, NO_BODY] : [0, answer]
    this.#frame((writer) => writeReply(writer, xid, zxid, err, body))
  }

  event(event: WatchEvent): void {
    this.#frame((writer) => writeWatchEvent(writer, NO_ZXID, event))
  }

  raw(bytes: Uint8Array): void {
    this.#stream.write(bytes)
  }

  close(): void {
    this.#stream.end()
    this.#stream.destroy()
  }

  #onFrame(bytes: Uint8Array): void {
    if (this.hello === null) {
      this.#greet(readConnectRequest(new JuteReader(bytes)))
      return
    }
    const frame = decodeClientFrame(bytes)
    if (frame.type === 'request' && frame.request.type === 'ping') {
      this.pings += 1
      this.reply(-2, NO_BODY)
      return
    }
    this.frames.push(frame)
    if (frame.type === 'auth') this.reply(-4, NO_BODY, ZERO_ZXID)
    if (frame.type !== 'request') return
    const answer = this.#server.answer(frame.request)
    if (answer !== null) this.reply(frame.xid, answer)
    if (answer !== null && frame.request.type === 'closeSession') this.close()
  }

  #greet(hello: ConnectRequest): void {
    this.hello = hello
    const welcome = this.#server.welcome(hello)
    if (welcome === 'close') this.close()
    if (welcome === 'close' || welcome === 'silent') return
    const valid = welcome === 'accept'
    this.#frame((writer) =>
      writeConnectResponse(writer, {
        protocolVersion: 0,
        timeoutMs: valid ? this.#server.timeoutMs : 0,
        sessionId: asSessionId(valid ? FAKE_SESSION : 0n),
        passwd: new Uint8Array(16).fill(valid ? 7 : 0),
        readOnly: false,
      }),
    )
  }

  #frame(write: (writer: JuteWriter) => void): void {
    const writer = new JuteWriter()
    const place = writer.beginLength()
    write(writer)
    writer.endLength(place)
    if (!this.#stream.destroyed) this.#stream.write(writer.take())
  }
}

function answerEverything(request: ClientRequest): Answer {
  switch (request.type) {
    case 'create2':
      return { type: 'pathStat', path: request.path, stat: FAKE_STAT }
    case 'getData':
      return { type: 'data', data: null, stat: FAKE_STAT }
    case 'exists':
    case 'setData':
      return { type: 'stat', stat: FAKE_STAT }
    case 'getChildren2':
      return { type: 'childrenStat', children: [], stat: FAKE_STAT }
    case 'sync':
      return { type: 'path', path: request.path }
    case 'addWatch':
      return { type: 'errorCode', err: 0 }
    default:
      return NO_BODY
  }
}
