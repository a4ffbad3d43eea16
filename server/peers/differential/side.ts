// One of the two servers that are compared: it is given steps, and says in one text each what came back, with what may
// differ between two servers masked: session ids, passwords, wall-clock times, epochs, the order of unordered lists.

import { JuteReader } from '#shared/jute/reader.ts'
import { writeAuthPacket, writeRequest } from '#shared/jute/records/client-frame.ts'
import { readConnectResponse, writeConnectRequest } from '#shared/jute/records/connect.ts'
import { readReplyHeader } from '#shared/jute/records/header.ts'
import { readReply, writeReply } from '#shared/jute/records/reply.ts'
import { opOf } from '#shared/jute/records/request.ts'
import { readWatchEvent } from '#shared/jute/records/watch-event.ts'
import { JuteWriter } from '#shared/jute/writer.ts'
import { asSessionId, NO_SESSION, type SessionId } from '#shared/zk/ids.ts'
import type { ClientRequest, ConnectResponse } from '#shared/zk/request.ts'
import { counterOf, epochOf, makeZxid, ZERO_ZXID, type Zxid } from '#shared/zk/zxid.ts'
import { within } from '../harness/wait-for.ts'
import { ZkSocket } from '../wire/zk-socket.ts'
import type { Hello, Place, Step } from './step.ts'

const ANSWER_TIMEOUT_MS = 5000
/** Anything later than this is a wall-clock time, in ms since 1970; zxids and counts of a run are far below. */
const TIME_MIN = 1_000_000_000_000

interface Connection {
  readonly socket: ZkSocket
  session: number | null
  xid: number
  lastZxid: Zxid
}

export class Side {
  readonly name: string
  readonly #port: number
  readonly #connections = new Map<Place, Connection>()
  /** In the order of their first answers; what a session is called on both sides. */
  readonly #sessions: ConnectResponse[] = []
  #lastZxid: Zxid = ZERO_ZXID

  constructor(name: string, port: number) {
    this.name = name
    this.#port = port
  }

  /** What happens on every place: the answer first, then the watch events, then who was cut off. */
  async run(step: Step): Promise<string> {
    const answer = await within('an answer', ANSWER_TIMEOUT_MS, this.#perform(step)).catch((error: Error) => {
      return /closed the connection|connection is closed/.test(error.message) ? 'closed' : `no answer: ${error.message}`
    })
    return [answer, ...(await this.#aftermath())].join('\n')
  }

  /** The counter of the last zxid that any connection has seen. */
  get lastZxid(): Zxid {
    return this.#lastZxid
  }

  /** How many sessions it has given out. */
  get sessions(): number {
    return this.#sessions.length
  }

  close(): void {
    for (const { socket } of this.#connections.values()) socket.close()
  }

  #perform(step: Step): Promise<string> {
    if (step.type === 'open') return this.#open(step.at, step.hello)
    const connection = this.#connections.get(step.at)
    if (!connection) return Promise.resolve('nothing is open here')
    switch (step.type) {
      case 'ask':
        return this.#ask(connection, step.request)
      case 'auth':
        return this.#exchangeRaw(connection, (writer) =>
          writeAuthPacket(writer, { scheme: step.scheme, auth: Buffer.from(step.auth) }),
        )
      case 'raw':
        return this.#exchangeRaw(connection, step.write)
      case 'bytes':
        return connection.socket.exchangeBytes(Buffer.from(step.hex, 'hex')).then((frame) => this.#maskRaw(frame))
      case 'drop':
        connection.socket.close()
        this.#connections.delete(step.at)
        return Promise.resolve('dropped')
    }
  }

  async #open(at: Place, hello: Hello): Promise<string> {
    const before = this.#connections.get(at)
    before?.socket.close()
    this.#connections.delete(at)
    const resumed = hello.resume === null ? null : (this.#sessions[hello.resume] ?? null)
    const right = resumed?.passwd ?? new Uint8Array(16)
    const passwd = { right, wrong: new Uint8Array(16).fill(7), null: null, short: new Uint8Array(3) }[hello.passwd]
    const socket = await ZkSocket.open(this.#port)
    const frame = await socket.exchange((writer) =>
      writeConnectRequest(writer, {
        protocolVersion: 0,
        lastZxidSeen: hello.zxidAhead === null ? ZERO_ZXID : this.#shifted(hello.zxidAhead),
        timeoutMs: hello.timeoutMs,
        sessionId: resumed?.sessionId ?? NO_SESSION,
        passwd,
        readOnly: hello.readOnly,
      }),
    )
    const response = readConnectResponse(new JuteReader(frame))
    socket.session = response
    const known = this.#sessions.findIndex(({ sessionId }) => sessionId === response.sessionId)
    if (response.timeoutMs > 0 && known < 0) this.#sessions.push(response)
    const session = response.timeoutMs > 0 ? (known < 0 ? this.#sessions.length - 1 : known) : null
    if (session !== null) this.#connections.set(at, { socket, session, xid: 0, lastZxid: this.#lastZxid })
    const { protocolVersion, timeoutMs, readOnly } = response
    const password =
      resumed && session !== null ? Buffer.compare(response.passwd, resumed.passwd) : response.passwd.length
    return JSON.stringify({ bytes: frame.length, protocolVersion, timeoutMs, readOnly, session, password })
  }

  async #ask(connection: Connection, asked: ClientRequest): Promise<string> {
    connection.xid += 1
    const { xid } = connection
    const request = this.#inOurNumbers(asked)
    const frame = await connection.socket.exchange((writer) => writeRequest(writer, xid, request))
    const reply = readReply(new JuteReader(frame), opOf(request))
    if (reply.zxid > 0) {
      connection.lastZxid = reply.zxid
      this.#lastZxid = Math.max(this.#lastZxid, reply.zxid) as Zxid
    }
    // What we could not write again byte for byte, we have not understood.
    const again = new JuteWriter()
    writeReply(again, reply.xid, reply.zxid, reply.err, reply.body)
    const exact = Buffer.compare(again.take(), frame) === 0 ? '' : ` ${Buffer.from(frame).toString('hex')}`
    return this.#masked({ ...reply, zxid: this.#maskZxid(reply.zxid) }) + exact
  }

  async #exchangeRaw(connection: Connection, write: (writer: JuteWriter) => void): Promise<string> {
    const answer = this.#maskRaw(await connection.socket.exchange(write))
    // Some answers are the last: then the next request finds the connection closed.
    const alive = await connection.socket
      .exchange((writer) => writeRequest(writer, -2, { type: 'ping' }))
      .then(
        () => 'goes on',
        () => 'closed',
      )
    return `${answer}, ${alive}`
  }

  #maskRaw(frame: Uint8Array): string {
    if (frame.length < 16) return Buffer.from(frame).toString('hex')
    const { xid, zxid, err } = readReplyHeader(new JuteReader(frame))
    return JSON.stringify({
      xid,
      zxid: this.#maskZxid(zxid),
      err,
      rest: Buffer.from(frame.subarray(16)).toString('hex'),
    })
  }

  /** Every connection answers a ping: events that belong to this step are in front of it. */
  async #aftermath(): Promise<string[]> {
    const lines: string[] = []
    for (const [at, { socket, session }] of this.#connections) {
      const alive = await within(
        'a ping',
        ANSWER_TIMEOUT_MS,
        socket.exchange((writer) => writeRequest(writer, -2, { type: 'ping' })),
      ).then(
        () => true,
        () => false,
      )
      for (const frame of socket.events.splice(0)) {
        const reader = new JuteReader(frame)
        const { err } = readReplyHeader(reader)
        lines.push(`event on ${at}: ${err} ${JSON.stringify(readWatchEvent(reader))}`)
      }
      if (alive) continue
      this.#connections.delete(at)
      lines.push(`connection ${at} of session ${session} is closed`)
    }
    return lines
  }

  #inOurNumbers(request: ClientRequest): ClientRequest {
    if (request.type !== 'setWatches' && request.type !== 'setWatches2') return request
    return { ...request, relativeZxid: makeZxid(epochOf(this.#lastZxid), counterOf(request.relativeZxid)) }
  }

  #shifted(ahead: number): Zxid {
    return Math.max(0, this.#lastZxid + ahead) as Zxid
  }

  #maskZxid(zxid: Zxid): number {
    return zxid < 0 ? zxid : counterOf(zxid)
  }

  #masked(value: unknown): string {
    const owners = new Map<SessionId, number>(
      this.#sessions.map(({ sessionId }, index) => [asSessionId(sessionId), index]),
    )
    return JSON.stringify(value, (key, field: unknown) => {
      if (typeof field === 'bigint')
        return owners.has(asSessionId(field)) ? `session ${owners.get(asSessionId(field))}` : `${field}`
      if (key.endsWith('zxid') && typeof field === 'number') return field < 0 ? field : counterOf(field as Zxid)
      if (key.endsWith('time') && typeof field === 'number') return field > TIME_MIN ? 'now' : field
      if (key === 'children' || key === 'paths') return [...(field as string[])].sort()
      if (key === 'ids')
        return [...(field as { scheme: string; id: string }[])].sort((a, b) =>
          a.scheme + a.id < b.scheme + b.id ? -1 : 1,
        )
      return field instanceof Uint8Array ? Buffer.from(field).toString('hex') : field
    })
  }
}
