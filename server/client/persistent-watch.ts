// The caller's end of a persistent watch: a callback, an async iterator, or both. What it is told comes
// from the watch registry; how the server is made to forget it is the client's business.

import type { PersistentEvent, PersistentListener, PersistentMode } from './watch-registry.ts'

/** Events that may wait for a slow iterator. When they get more, they are dropped, and a `gap` stands for them. */
export const WAITING_EVENTS_MAX = 10_000

export interface PersistentWatch extends AsyncIterable<PersistentEvent> {
  readonly path: string
  readonly mode: PersistentMode
  /** Ends it here and, when it was the last of its kind on this path, on the server. */
  remove(): Promise<void>
}

export class WatchHandle implements PersistentWatch, PersistentListener {
  readonly path: string
  readonly mode: PersistentMode
  readonly #onEvent: ((event: PersistentEvent) => void) | null
  readonly #remove: (handle: WatchHandle) => Promise<void>
  readonly #iterators = new Set<EventQueue>()
  #ended: { readonly cause: Error | null } | null = null

  /** @param path as the caller knows it */
  constructor(
    path: string,
    mode: PersistentMode,
    onEvent: ((event: PersistentEvent) => void) | null,
    remove: (handle: WatchHandle) => Promise<void>,
  ) {
    this.path = path
    this.mode = mode
    this.#onEvent = onEvent
    this.#remove = remove
  }

  onEvent(event: PersistentEvent): void {
    for (const queue of this.#iterators) queue.push(event, this.path)
    this.#onEvent?.(event)
  }

  onEnd(cause: Error | null): void {
    if (this.#ended) return
    this.#ended = { cause }
    for (const queue of this.#iterators) queue.end(cause)
  }

  async remove(): Promise<void> {
    if (!this.#ended) await this.#remove(this)
  }

  /** Events from now on. Ends with the watch; throws when the session was lost. */
  [Symbol.asyncIterator](): AsyncIterator<PersistentEvent, undefined> {
    const queue = new EventQueue()
    if (this.#ended) queue.end(this.#ended.cause)
    this.#iterators.add(queue)
    return {
      next: () => queue.next(),
      return: async () => {
        this.#iterators.delete(queue)
        queue.end(null)
        return { done: true, value: undefined }
      },
    }
  }
}

type Step = IteratorResult<PersistentEvent, undefined>
interface Waiter {
  readonly resolve: (step: Step) => void
  readonly reject: (cause: Error) => void
}

/** Either events wait for a reader or readers wait for an event. */
class EventQueue {
  #events: PersistentEvent[] = []
  readonly #waiters: Waiter[] = []
  #ended: { readonly cause: Error | null } | null = null

  push(event: PersistentEvent, watchedPath: string): void {
    if (this.#ended) return
    const waiter = this.#waiters.shift()
    if (waiter) {
      waiter.resolve({ done: false, value: event })
      return
    }
    if (this.#events.length >= WAITING_EVENTS_MAX) this.#events = [{ type: 'gap', path: watchedPath }]
    this.#events.push(event)
  }

  end(cause: Error | null): void {
    this.#ended ??= { cause }
    for (const waiter of this.#waiters.splice(0)) this.#settle(waiter, cause)
  }

  next(): Promise<Step> {
    const event = this.#events.shift()
    if (event) return Promise.resolve({ done: false, value: event })
    return new Promise((resolve, reject) => {
      const waiter = { resolve, reject }
      if (this.#ended) this.#settle(waiter, this.#ended.cause)
      else this.#waiters.push(waiter)
    })
  }

  #settle(waiter: Waiter, cause: Error | null): void {
    if (cause) waiter.reject(cause)
    else waiter.resolve({ done: true, value: undefined })
  }
}
