// What has happened, numbered: the newest events for pages that reconnect, and the view that all events fold
// into for those that come fresh. The longer past is history/recorder.ts; sending is sockets.ts's business.

import { applyEvent } from '#shared/events/apply-event.ts'
import { type ClusterView, emptyClusterView } from '#shared/events/cluster-view.ts'
import type { GatewayEvent, NumberedEvents } from '#shared/events/socket-protocol.ts'
import type { WindowLimits } from './history/event-window.ts'
import { Recorder } from './history/recorder.ts'
import { HISTORY_EVENTS_MAX } from './limits.ts'

export class History {
  readonly view: ClusterView = emptyClusterView()
  readonly recorder: Recorder
  readonly #ring: GatewayEvent[] = []
  readonly #startSeq: number
  #lastSeq: number

  /** `limits`: of the recorder; its own when left out. `startSeq`: the number before that of the first event. */
  constructor(limits?: WindowLimits, startSeq = 0) {
    this.recorder = new Recorder(limits)
    this.#startSeq = startSeq
    this.#lastSeq = startSeq
  }

  /** How many events there were. */
  get events(): number {
    return this.#lastSeq - this.#startSeq
  }

  /** The number of the newest event; `startSeq` before the first. */
  get lastSeq(): number {
    return this.#lastSeq
  }

  append(event: GatewayEvent): void {
    const before = this.view.totals.committed
    applyEvent(this.view, event)
    this.recorder.append(event, this.view.totals.committed - before)
    this.#ring[this.#lastSeq % HISTORY_EVENTS_MAX] = event
    this.#lastSeq += 1
  }

  /** Everything after number `seq`; null when some of it is gone, or `seq` is not from this history. */
  since(seq: number): NumberedEvents | null {
    const kept = Math.min(this.events, HISTORY_EVENTS_MAX)
    if (seq > this.#lastSeq || seq < this.#lastSeq - kept) return null
    const events: GatewayEvent[] = []
    for (let i = seq; i < this.#lastSeq; i += 1) {
      const event = this.#ring[i % HISTORY_EVENTS_MAX]
      if (event) events.push(event)
    }
    return { seq: seq + 1, events }
  }
}

/**
 * Where the numbers of a history that begins at `nowMs` start: beyond all that an earlier gateway can have given. A page that
 * outlived its gateway, with a token that did, would otherwise be told to go on in the middle of another story.
 */
export function startSeqAt(nowMs: number): number {
  const seq = Math.floor(nowMs) * EVENTS_PER_MS_MAX
  return seq - (seq % HISTORY_EVENTS_MAX)
}

/** On average over the life of a gateway. Exact as a double until the year 2255. */
const EVENTS_PER_MS_MAX = 1000
