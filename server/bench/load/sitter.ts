// One idle session of a soak: a connection with a few watches, pinged from time to time.

import { XIDS } from '#shared/zk/op.ts'
import type { Complaints } from './complaints.ts'
import { frameOf } from './frames.ts'
import { pending } from './pending.ts'
import { Wire, type WireOwner } from './wire.ts'

const SESSION_TIMEOUT_MS = 30_000
const PING = frameOf({ type: 'ping' }, XIDS.ping)

export class Sitter implements WireOwner {
  readonly #wire: Wire
  readonly #paths: readonly string[]
  readonly #complaints: Complaints
  readonly #ready = pending<void>()
  #answers = 0
  #pingedAtMs = 0
  #isClosing = false
  isOpen = false
  events = 0
  slowestPingMs = 0

  constructor(port: number, paths: readonly string[], complaints: Complaints) {
    this.#paths = paths
    this.#complaints = complaints
    this.#wire = new Wire(port, SESSION_TIMEOUT_MS, this)
  }

  /** All watches are set. Rejects when the connection ends first. */
  get ready(): Promise<void> {
    return this.#ready.promise
  }

  ping(): void {
    if (!this.isOpen) return
    this.#pingedAtMs = performance.now()
    this.#wire.write(PING)
  }

  close(): void {
    this.#isClosing = true
    this.#wire.end()
  }

  onOpen(): void {
    this.isOpen = true
    if (this.#paths.length === 0) this.#ready.resolve()
    for (const [index, path] of this.#paths.entries())
      this.#wire.write(frameOf({ type: 'exists', path, watch: true }, index + 1))
  }

  onFrame(view: DataView, at: number): void {
    const xid = view.getInt32(at)
    if (xid === XIDS.notification) this.events += 1
    else if (xid === XIDS.ping) {
      this.slowestPingMs = Math.max(this.slowestPingMs, this.#wire.readAtMs - this.#pingedAtMs)
    } else {
      const err = view.getInt32(at + 12)
      if (err !== 0) this.#complaints.add(`setting a watch failed with error ${err}`)
      this.#answers += 1
      if (this.#answers === this.#paths.length) this.#ready.resolve()
    }
  }

  onTurn(): void {}

  onClosed(why: string): void {
    this.isOpen = false
    if (!this.#isClosing) this.#complaints.add(`an idle session's connection ended: ${why}`)
    this.#ready.reject(new Error(why))
    // Nobody may be waiting for it any more.
    this.#ready.promise.catch(() => undefined)
  }
}
