// The caller's end of a persistent watch: a callback, an async iterator, or both. What it is told comes
// from the watch registry; how the server is made to forget it is the client's business.

import type { NodeState } from './answers.ts'
import { ConnectionLossError } from './errors.ts'
import { callListener } from './listeners.ts'
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
  readonly #reread: ((path: string) => Promise<NodeState | null>) | null
  readonly #remove: (handle: WatchHandle) => Promise<void>
  readonly #iterators = new Set<EventQueue>()
  #ended: { readonly cause: Error | null } | null = null

  /**
   * @param path as the caller knows it
   * @param reread reads the node at a gap; null when the caller does so by itself
   */
  constructor(
    path: string,
    mode: PersistentMode,
    onEvent: ((event: PersistentEvent) => void) | null,
    reread: ((path: string) => Promise<NodeState | null>) | null,
    remove: (handle: WatchHandle) => Promise<void>,
  ) {
    this.path = path
    this.mode = mode
    this.#onEvent = onEvent
    this.#reread = reread
    this.#remove = remove
  }

  onEvent(event: PersistentEvent): void {
    if (event.type === 'gap' && this.#reread) void this.#tellGap(this.#reread)
    else this.#tell(event)
  }

  /** What was told before the answer is in it; what comes after it is told after it. */
  async #tellGap(reread: (path: string) => Promise<NodeState | null>): Promise<void> {
    const { path } = this
    try {
      const node = await reread(path)
      this.#tell({ type: 'gap', path, node })
    } catch (error) {
      // The next connection brings the next gap; the end of a session is told by itself.
      if (!(error instanceof ConnectionLossError)) this.#tell({ type: 'gap', path })
    }
  }

  #tell(event: PersistentEvent): void {
    if (this.#ended) return
    for (const queue of this.#iterators) queue.push(event, this.path)
    if (this.#onEvent) callListener(this.#onEvent, event)
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
