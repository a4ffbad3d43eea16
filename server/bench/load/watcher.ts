// A connection that waits for events on one znode, and counts them: one-shot watches are set again after each event,
// persistent ones stay. It checks that each event is one that was due.

import type { Complaints } from './complaints.ts'
import { createFrameSender, type FrameSender } from './frame-sender.ts'
import { frameOf, REPLY_HEADER_BYTES, STAT_BYTES, STAT_VERSION_AT } from './frames.ts'
import { Wire, type WireOwner } from './wire.ts'

const SESSION_TIMEOUT_MS = 30_000
const NODE_DATA_CHANGED = 3
const PERSISTENT = 0
const NOTIFICATION_XID = -1

export type WatchKind = 'oneshot' | 'persistent'

export interface WatcherEvents {
  /** The watch is set, at this version of the znode: at first, and for one-shot watches again after each event. */
  onArmed(version: number): void
  /**
   * What one read brought.
   * @param version of the znode, by the write that the first event is about: the first one after the watch was set
   * @param count of events, about this write and those behind it; 1 for a one-shot watch
   * @param atMs performance.now() of that read
   */
  onEvents(version: number, count: number, atMs: number): void
  onClosed(why: string): void
}

export class Watcher implements WireOwner {
  readonly #wire: Wire
  readonly #kind: WatchKind
  readonly #complaints: Complaints
  readonly #events: WatcherEvents
  readonly #arm: FrameSender
  #isArmed = false
  /** Of the znode as far as this watcher knows; -1 while unknown. */
  #version = -1
  /** Events of the read that is being handled. */
  #count = 0

  /** The znode is at version 0 and is not written before all watches are set. */
  constructor(port: number, path: string, kind: WatchKind, complaints: Complaints, events: WatcherEvents) {
    this.#kind = kind
    this.#complaints = complaints
    this.#events = events
    this.#wire = new Wire(port, SESSION_TIMEOUT_MS, this)
    const request =
      kind === 'oneshot'
        ? ({ type: 'getData', path, watch: true } as const)
        : ({ type: 'addWatch', path, mode: PERSISTENT } as const)
    this.#arm = createFrameSender(this.#wire, frameOf(request))
  }

  close(): void {
    this.#wire.end()
  }

  onOpen(): void {
    this.#arm()
  }

  onFrame(view: DataView, at: number, end: number): void {
    if (view.getInt32(at) === NOTIFICATION_XID) this.#onNotification(view, at)
    else this.#onArmAnswer(view, at, end)
  }

  onTurn(): void {
    if (this.#count === 0) return
    const count = this.#count
    this.#count = 0
    this.#events.onEvents(this.#version + 1, count, this.#wire.readAtMs)
    this.#version += count
  }

  onClosed(why: string): void {
    this.#events.onClosed(why)
  }

  #onNotification(view: DataView, at: number): void {
    const type = view.getInt32(at + REPLY_HEADER_BYTES)
    if (type !== NODE_DATA_CHANGED) this.#complaints.add(`an event of type ${type} came`)
    if (!this.#isArmed) this.#complaints.add('an event came without a watch')
    if (this.#kind === 'persistent') {
      this.#count += 1
      return
    }
    this.#events.onEvents(this.#version + 1, 1, this.#wire.readAtMs)
    this.#isArmed = false
    this.#arm()
  }

  #onArmAnswer(view: DataView, at: number, end: number): void {
    const err = view.getInt32(at + 12)
    if (err !== 0) this.#complaints.add(`setting a watch failed with error ${err}`)
    else if (this.#kind === 'oneshot') {
      const version = view.getInt32(end - STAT_BYTES + STAT_VERSION_AT)
      // A read after the event sees what the event is about.
      if (version <= this.#version) this.#complaints.add(`after an event the version is ${version} as before`)
      this.#version = version
    } else this.#version = 0
    this.#isArmed = true
    this.#events.onArmed(this.#version)
  }
}
