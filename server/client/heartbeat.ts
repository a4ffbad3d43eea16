// Keeps one connection's session alive with pings, and notices when its server has gone silent.
// The times are those of the Java client: client-protocol.md §3.3.

import { writeRequestHeader } from '#shared/jute/records/header.ts'
import { OP_CODES, XIDS } from '#shared/zk/op.ts'
import type { Connection } from './connection.ts'

const PING_EVERY_MAX_MS = 10_000

export class Heartbeat {
  readonly #connection: Connection
  readonly #pingEveryMs: number
  readonly #silenceMaxMs: number
  #timer: NodeJS.Timeout | null = null
  /** When the pings without an answer were sent: two at most, then the silence has lasted too long. */
  readonly #pings: number[] = []

  /** @param sessionTimeoutMs as negotiated */
  constructor(connection: Connection, sessionTimeoutMs: number) {
    this.#connection = connection
    this.#pingEveryMs = Math.min(sessionTimeoutMs / 3, PING_EVERY_MAX_MS)
    this.#silenceMaxMs = (sessionTimeoutMs * 2) / 3
    this.#schedule()
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }

  /** Takes the answer to the oldest ping; says when that ping was sent, in monotonic ms. */
  pingAnswered(): number {
    return this.#pings.shift() ?? 0
  }

  #schedule(): void {
    const { lastWriteAt, lastReadAt } = this.#connection
    const next = Math.min(lastWriteAt + this.#pingEveryMs, lastReadAt + this.#silenceMaxMs)
    // After a pause of this process both are overdue. What has arrived meanwhile is read before the
    // immediate runs, so a server that did answer is not taken for silent.
    this.#timer = setTimeout(() => setImmediate(() => this.#check()), Math.max(1, next - performance.now()))
  }

  #check(): void {
    if (this.#timer === null) return
    const now = performance.now()
    if (now - this.#connection.lastReadAt >= this.#silenceMaxMs) {
      this.#connection.destroy(new Error(`the server has been silent for ${Math.round(this.#silenceMaxMs)} ms`))
      return
    }
    if (now - this.#connection.lastWriteAt >= this.#pingEveryMs) {
      this.#pings.push(now)
      this.#connection.send((writer) => writeRequestHeader(writer, XIDS.ping, OP_CODES.ping))
    }
    this.#schedule()
  }
}
