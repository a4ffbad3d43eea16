// A moment of the past as a page needs it to show it and to step from it: the view a little before, and the events on both
// sides. Folding takes its time, so it is done a chunk at a time, for one page after the other.

import { setImmediate as nextTurn } from 'node:timers/promises'
import { applyEvent } from '#shared/events/apply-event.ts'
import type { ClusterView } from '#shared/events/cluster-view.ts'
import { type HistoryMoment, MOMENT_EVENTS_MAX } from '#shared/events/history-protocol.ts'
import type { GatewayEvent } from '#shared/events/socket-protocol.ts'
import { RequestError } from '../request-error.ts'
import type { EventWindow } from './event-window.ts'

/** Pages that wait for theirs, beside the one that is served. */
const WAITING_MAX = 8
/** Events that came so much later may have happened before the moment. */
const OVERTAKING_MS_MAX = 5000

export class Moments {
  readonly #window: EventWindow
  #work: Promise<unknown> = Promise.resolve()
  #waiting = 0

  constructor(window: EventWindow) {
    this.#window = window
  }

  /** Throws RequestError: BUSY when too many wait, BAD_ARGUMENT when nothing is held of that time. */
  async at(atMs: number): Promise<HistoryMoment> {
    const { fromMs } = this.#window
    if (fromMs === null || atMs < fromMs)
      throw new RequestError('BAD_ARGUMENT', 'The history does not reach back so far; choose a later moment.')
    if (this.#waiting >= WAITING_MAX) throw new RequestError('BUSY', 'Other pages are looking back; try again.')
    this.#waiting += 1
    const found = this.#work.then(() => this.#find(atMs))
    this.#work = found.catch(() => undefined)
    try {
      return await found
    } finally {
      this.#waiting -= 1
    }
  }

  async #find(atMs: number): Promise<HistoryMoment> {
    const { view, chunks } = this.#window.beginning(atMs)
    let before: GatewayEvent[] = []
    const after: GatewayEvent[] = []
    for (const events of chunks()) {
      for (const event of events) {
        if (event.t <= atMs) before.push(event)
        else after.push(event)
      }
      // The newest are kept: they are to be stepped through, and what comes late has its place among them.
      if (before.length > 4 * MOMENT_EVENTS_MAX) before = foldAllBut(view, before, 2 * MOMENT_EVENTS_MAX)
      if (after.length > MOMENT_EVENTS_MAX && (events[0]?.t ?? 0) > atMs + OVERTAKING_MS_MAX) break
      await nextTurn()
    }
    before = foldAllBut(view, before, MOMENT_EVENTS_MAX)
    const events = [...before, ...after.sort(byTime).slice(0, MOMENT_EVENTS_MAX)]
    return { view, events, before: before.length, heldFromMs: this.#window.fromMs }
  }
}

/** Streams overtake each other a little; the order within one stays. */
function byTime(a: GatewayEvent, b: GatewayEvent): number {
  return a.t - b.t
}

function foldAllBut(view: ClusterView, events: readonly GatewayEvent[], kept: number): GatewayEvent[] {
  const inOrder = events.toSorted(byTime)
  const count = Math.max(0, inOrder.length - kept)
  for (const event of inOrder.slice(0, count)) applyEvent(view, event)
  return inOrder.slice(count)
}
