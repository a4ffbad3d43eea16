// Reads for work that takes minutes: an answer that does not come in time, or a session that is just being made anew, ends
// a single request of a person, but not a search that has looked at half a million znodes. It asks again, for a while.

import { setTimeout as delay } from 'node:timers/promises'
import type { EnsembleReader } from '../ensemble-reader.ts'
import { PATIENCE_MS } from '../limits.ts'
import { RequestError } from '../request-error.ts'

/** What a walk asks. */
export type TreeReader = Pick<EnsembleReader, 'packedChildren' | 'countBelow' | 'stat' | 'data'>

/** Errors that pass by themselves: reads do no harm twice. */
const PASSING: readonly string[] = ['NO_ANSWER', 'NO_SESSION']
const AGAIN_MS = 500

export class PatientReader implements TreeReader {
  readonly #reader: TreeReader
  readonly #signal: AbortSignal
  readonly #patienceMs: number

  /** @param signal ends the waiting: the error is then that of the last try */
  constructor(reader: TreeReader, signal: AbortSignal, patienceMs = PATIENCE_MS) {
    this.#reader = reader
    this.#signal = signal
    this.#patienceMs = patienceMs
  }

  packedChildren(path: string): ReturnType<TreeReader['packedChildren']> {
    return this.#again(() => this.#reader.packedChildren(path))
  }

  countBelow(path: string): Promise<number> {
    return this.#again(() => this.#reader.countBelow(path))
  }

  stat(path: string): ReturnType<TreeReader['stat']> {
    return this.#again(() => this.#reader.stat(path))
  }

  data(path: string): ReturnType<TreeReader['data']> {
    return this.#again(() => this.#reader.data(path))
  }

  async #again<T>(ask: () => Promise<T>): Promise<T> {
    const from = performance.now()
    for (;;) {
      try {
        return await ask()
      } catch (error) {
        const passes = error instanceof RequestError && PASSING.includes(error.code)
        if (!passes || this.#signal.aborted || performance.now() - from > this.#patienceMs) throw error
        await delay(AGAIN_MS, undefined, { signal: this.#signal }).catch(() => {
          throw error
        })
      }
    }
  }
}
