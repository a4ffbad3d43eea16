// Long requests: how many run at once, how far each is, and how to cancel one. A request ends also when its page or its
// HTTP request has gone, and after a time that nobody waits longer than.

import type { SearchMatch } from '#shared/events/tree-requests.ts'
import { JOB_MS_MAX, JOBS_MAX, JOBS_PER_CLIENT_MAX, PROGRESS_INTERVAL_MS } from '../limits.ts'
import type { PageClient } from '../page-client.ts'
import { RequestError } from '../request-error.ts'

export interface Job {
  readonly signal: AbortSignal
  /** Tells the page, at most so often. */
  progress(done: number, total: number | null, matches?: readonly SearchMatch[]): void
}

export class Jobs {
  readonly #running = new Map<PageClient, Map<number | symbol, AbortController>>()
  #count = 0

  get count(): number {
    return this.#count
  }

  /** @param number the page's own, for progress and cancel. Rejects with RequestError BUSY, or as `work` does. */
  async run<T>(client: PageClient, number: number | undefined, work: (job: Job) => Promise<T>): Promise<T> {
    const own = this.#running.get(client) ?? new Map<number | symbol, AbortController>()
    const key = number ?? Symbol('unnumbered')
    if (this.#count >= JOBS_MAX || own.size >= JOBS_PER_CLIENT_MAX)
      throw new RequestError('BUSY', 'Several long requests run already. Wait for one to end, or cancel it.')
    if (own.has(key)) throw new RequestError('WRONG_STATE', 'A request with this job number runs already.')
    const stop = new AbortController()
    const signal = AbortSignal.any([stop.signal, client.gone, AbortSignal.timeout(JOB_MS_MAX)])
    own.set(key, stop)
    this.#running.set(client, own)
    this.#count += 1
    let toldAt = 0
    let waiting: SearchMatch[] = []
    const progress: Job['progress'] = (done, total, matches = []) => {
      waiting.push(...matches)
      const now = performance.now()
      if (number === undefined || now - toldAt < PROGRESS_INTERVAL_MS) return
      toldAt = now
      client.emit('job:progress', { job: number, done, total, matches: waiting })
      waiting = []
    }
    try {
      return await work({ signal, progress })
    } finally {
      this.#count -= 1
      own.delete(key)
      if (own.size === 0) this.#running.delete(client)
    }
  }

  /** Throws RequestError NO_LONGER when there is none of this number. */
  cancel(client: PageClient, number: number): void {
    const stop = this.#running.get(client)?.get(number)
    if (!stop) throw new RequestError('NO_LONGER', 'This request has ended already.')
    stop.abort()
  }
}
