// What has happened, numbered: the newest events for pages that reconnect, and the view that all events fold
// into for those that come fresh. The longer past is history/recorder.ts; sending is sockets.ts's business.

import { randomUUID } from 'node:crypto'
import { applyEvent } from '#shared/events/apply-event.ts'
import { type ClusterView, emptyClusterView } from '#shared/events/cluster-view.ts'
import type { GatewayEvent, NumberedEvents } from '#shared/events/socket-protocol.ts'
import type { WindowLimits } from './history/event-window.ts'
import { Recorder } from './history/recorder.ts'
import { HISTORY_EVENTS_MAX } from './limits.ts'

export class History {
  /** Whose numbers these are: another gateway's, and another cluster's, begin anew. */
  readonly id: string = randomUUID()
  readonly view: ClusterView = emptyClusterView()
  readonly recorder: Recorder
  readonly #ring: GatewayEvent[] = []
  #lastSeq = 0

  /** `limits`: of the recorder; its own when left out. */
  constructor(limits?: WindowLimits) {
    this.recorder = new Recorder(limits, this.view)
  }

  /** The number of the newest event; 0 before the first. */
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
    const kept = Math.min(this.#lastSeq, HISTORY_EVENTS_MAX)
    if (seq > this.#lastSeq || seq < this.#lastSeq - kept) return null
    const events: GatewayEvent[] = []
    for (let i = seq; i < this.#lastSeq; i += 1) {
      const event = this.#ring[i % HISTORY_EVENTS_MAX]
      if (event) events.push(event)
    }
    return { seq: seq + 1, events }
  }
}
