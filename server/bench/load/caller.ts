// A client for what is not measured: preparing znodes, reading samples, cleaning up. One promise a request, many
// requests in flight.

import { JuteReader } from '#shared/jute/reader.ts'
import { readReply } from '#shared/jute/records/reply.ts'
import { opOf } from '#shared/jute/records/request.ts'
import { OP_CODES, XIDS } from '#shared/zk/op.ts'
import type { ReplyBody } from '#shared/zk/reply.ts'
import type { ClientRequest } from '#shared/zk/request.ts'
import { frameOf } from './frames.ts'
import { type SessionKey, Wire, type WireOwner } from './wire.ts'

const IN_FLIGHT_MAX = 256
const OPEN_TIMEOUT_MS = 30_000
const SESSION_TIMEOUT_MS = 30_000

export interface Answer {
  readonly err: number
  readonly body: ReplyBody
}

interface Waiting {
  readonly xid: number
  readonly op: number
  readonly settle: (answer: Answer) => void
  readonly fail: (error: Error) => void
}

export class Caller implements WireOwner {
  readonly #wire: Wire
  readonly #waiting: Waiting[] = []
  readonly #opened: Promise<void>
  #settleOpened: (why: string | null) => void = () => undefined
  #nextXid = 1
  #closedBecause: string | null = null

  private constructor(port: number, timeoutMs: number, again: SessionKey | null, openTimeoutMs: number) {
    this.#opened = new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#wire.end(), openTimeoutMs)
      this.#settleOpened = (why) => {
        clearTimeout(timer)
        if (why === null) resolve()
        else reject(new Error(`no session on port ${port}: ${why}`))
      }
    })
    this.#wire = new Wire(port, timeoutMs, this, again)
  }

  /** Connects and gets a session. Rejects when the server closes the connection instead. */
  static async open(
    port: number,
    timeoutMs = SESSION_TIMEOUT_MS,
    again: SessionKey | null = null,
    openTimeoutMs = OPEN_TIMEOUT_MS,
  ): Promise<Caller> {
    const caller = new Caller(port, timeoutMs, again, openTimeoutMs)
    await caller.#opened
    return caller
  }

  /** To come back with, on another connection. */
  get session(): SessionKey | null {
    return this.#wire.session
  }

  /** Resolves with the answer, whatever its err; rejects when the connection ends first. */
  ask(request: ClientRequest): Promise<Answer> {
    return new Promise((settle, fail) => {
      if (this.#closedBecause !== null) return fail(new Error(this.#closedBecause))
      const ping = request.type === 'ping'
      const xid = ping ? XIDS.ping : this.#nextXid
      if (!ping) this.#nextXid += 1
      this.#waiting.push({ xid, op: opOf(request), settle, fail })
      this.#wire.write(frameOf(request, xid))
    })
  }

  /** Asks `count` times, so many at once that the server is busy; shows each answer. */
  async askAll(
    count: number,
    request: (index: number) => ClientRequest,
    show: (answer: Answer, index: number) => void,
  ): Promise<void> {
    let next = 0
    const lane = async (): Promise<void> => {
      while (next < count) {
        const index = next
        next += 1
        show(await this.ask(request(index)), index)
      }
    }
    await Promise.all(Array.from({ length: Math.min(IN_FLIGHT_MAX, count) }, lane))
  }

  /** Closes the session, then the connection. */
  async close(): Promise<void> {
    await this.ask({ type: 'closeSession' }).catch(() => undefined)
    this.#wire.end()
  }

  /** The connection only; the session lives on. */
  drop(): void {
    this.#wire.end()
  }

  onOpen(): void {
    this.#settleOpened(null)
  }

  onFrame(view: DataView, at: number, end: number): void {
    const waiting = this.#waiting.shift()
    if (!waiting) return
    const xid = view.getInt32(at)
    if (xid !== waiting.xid) return waiting.fail(new Error(`the answer to xid ${waiting.xid} was due, ${xid} came`))
    // A copy: what is read may be kept.
    const bytes = new Uint8Array(view.buffer.slice(view.byteOffset + at, view.byteOffset + end))
    const { err, body } = readReply(new JuteReader(bytes), waiting.op)
    waiting.settle({ err, body })
  }

  onTurn(): void {}

  onClosed(why: string): void {
    this.#closedBecause = why
    this.#settleOpened(why)
    for (const { op, settle, fail } of this.#waiting.splice(0)) {
      // A server may close before its answer to closeSession is read.
      if (op === OP_CODES.closeSession) settle({ err: 0, body: { type: 'none' } })
      else fail(new Error(why))
    }
  }
}
