// One connection under load: keeps so many requests in flight (closed loop), or sends when it is told to (open loop).
// Frames are copied into a ring of memory that was allocated before; nothing is allocated for a request.

import { XIDS } from '#shared/zk/op.ts'
import { OrderCheck } from './check-order.ts'
import type { Complaints } from './complaints.ts'
import { CLOSE_XID, frameOf, XID_AT } from './frames.ts'
import type { Histogram } from './histogram.ts'
import { Wire, type WireOwner } from './wire.ts'
import type { Work } from './work.ts'

const SESSION_TIMEOUT_MS = 30_000
const PING = frameOf({ type: 'ping' }, XIDS.ping)

/** What all connections of a run share. */
export interface Tally {
  /** Answers are counted and timed while this is true. */
  measuring: boolean
  readonly latencies: Histogram
  readonly complaints: Complaints
  /** Answers with another err than 0 are complaints; so is everything else that is not as it should be. */
  answered: number
}

export interface LoaderEvents {
  onOpen(): void
  /** Nothing is in flight any more, after `stop`. */
  onIdle(): void
  onClosed(why: string): void
}

export class Loader implements WireOwner {
  readonly #work: Work
  readonly #tally: Tally
  readonly #events: LoaderEvents
  readonly #wire: Wire
  readonly #slots: number
  readonly #isClosedLoop: boolean
  readonly #order = new OrderCheck()
  /** Twice what can be in flight: a frame is never written over before its answer came. */
  readonly #ring: Buffer
  readonly #sentAtMs: Float64Array
  #ringAt = 0
  #nextXid = 1
  #oldestXid = 1
  #left: number
  #isStopping = false

  /** @param limit how many requests in all; Infinity for no end */
  constructor(
    port: number,
    plan: { readonly work: Work; readonly slots: number; readonly isClosedLoop: boolean; readonly limit: number },
    tally: Tally,
    events: LoaderEvents,
  ) {
    this.#work = plan.work
    this.#tally = tally
    this.#events = events
    this.#slots = plan.slots
    this.#isClosedLoop = plan.isClosedLoop
    this.#left = plan.limit
    this.#ring = Buffer.allocUnsafeSlow(2 * (plan.slots + 1) * plan.work.frameBytesMax)
    this.#sentAtMs = new Float64Array(plan.slots)
    this.#wire = new Wire(port, SESSION_TIMEOUT_MS, this)
  }

  get inFlight(): number {
    return this.#nextXid - this.#oldestXid
  }

  start(): void {
    if (this.#isClosedLoop) this.send(this.#slots)
  }

  /** Sends up to `count` requests in one write; returns how many there was room for. */
  send(count: number): number {
    const room = Math.min(count, this.#slots - this.inFlight, this.#left)
    if (room <= 0) return 0
    const nowMs = performance.now()
    let from = this.#ringAt
    for (let i = 0; i < room; i += 1) {
      if (this.#ringAt + this.#work.frameBytesMax > this.#ring.length) {
        this.#wire.write(this.#ring.subarray(from, this.#ringAt))
        this.#ringAt = 0
        from = 0
      }
      const slot = this.#nextXid % this.#slots
      const length = this.#work.next(slot, this.#ring, this.#ringAt)
      this.#ring.writeInt32BE(this.#nextXid, this.#ringAt + XID_AT)
      this.#sentAtMs[slot] = nowMs
      this.#ringAt += length
      this.#nextXid += 1
    }
    this.#left -= room
    this.#wire.write(this.#ring.subarray(from, this.#ringAt))
    return room
  }

  /** Sends nothing more; `onIdle` follows when everything is answered. */
  stop(): void {
    this.#isStopping = true
    if (this.inFlight === 0) this.#events.onIdle()
  }

  /** For one that has reached its limit while others go on: its session must not expire. */
  pingWhenIdle(): void {
    if (this.inFlight === 0) this.#wire.write(PING)
  }

  close(): void {
    this.#wire.end()
  }

  /** The bytes are not a request of ours, so they do not count: to close a session, for one. */
  writeRaw(bytes: Uint8Array): void {
    this.#wire.write(bytes)
  }

  onOpen(): void {
    this.#events.onOpen()
  }

  onFrame(view: DataView, at: number, end: number): void {
    const tally = this.#tally
    if (this.inFlight === 0) {
      const xid = view.getInt32(at)
      if (xid !== CLOSE_XID && xid !== XIDS.ping) tally.complaints.add('an answer came that nothing waits for')
      return
    }
    const xid = this.#oldestXid
    this.#oldestXid += 1
    const wrong = this.#order.wrong(view, at, xid)
    if (wrong !== null) tally.complaints.add(wrong)
    const slot = xid % this.#slots
    const err = view.getInt32(at + 12)
    if (err !== 0) tally.complaints.add(`xid ${xid} is answered with error ${err}`)
    else {
      const fault = this.#work.wrong(slot, view, at, end)
      if (fault !== null) tally.complaints.add(fault)
    }
    if (tally.measuring) {
      tally.answered += 1
      tally.latencies.record((this.#wire.readAtMs - (this.#sentAtMs[slot] ?? 0)) * 1000)
    }
  }

  onTurn(): void {
    if (this.#isClosedLoop && !this.#isStopping) this.send(this.#slots - this.inFlight)
    if (this.inFlight === 0 && (this.#isStopping || this.#left <= 0)) this.#events.onIdle()
  }

  onClosed(why: string): void {
    this.#events.onClosed(why)
  }
}
