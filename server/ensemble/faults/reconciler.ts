// Keeps one member's seams as the active faults say: tells it what is new, ends what is over, and says everything again
// to a process that has started meanwhile. Which faults there are is fault-service.ts's business.

import { setTimeout as delay } from 'node:timers/promises'
import { EnsembleError } from '../ensemble-error.ts'
import type { LastingEffect } from './effects.ts'

/** The member ends a fault by itself this much later than we would: for the case that we are gone. */
const TTL_MARGIN_MS = 2000
/** What a member accepts at most. */
const TTL_MS_MAX = 600_000
/** A member that has just started may not listen yet. */
const TRIES = 20
const RETRY_MS = 100

export interface WantedEffect {
  /** Of the fault. */
  readonly id: string
  readonly effect: LastingEffect
  /** Monotonic. */
  readonly endsAtMs: number
}

export interface ReconcilerOptions {
  /** What should hold now, newest last; of two on the same thing the newer one counts. */
  readonly wanted: () => readonly WantedEffect[]
  /** One command to the member; rejects when it refuses or does not answer. */
  readonly tell: (command: object) => Promise<unknown>
  /** Its process runs, and is not paused. */
  readonly canHear: () => boolean
}

export class Reconciler {
  readonly #options: ReconcilerOptions
  /** What the present process was told: on what → by which fault; null: it may have heard it. */
  #told = new Map<string, string | null>()
  #work: Promise<void> = Promise.resolve()
  #process = 0

  constructor(options: ReconcilerOptions) {
    this.#options = options
  }

  /** The process has ended: the next one knows of nothing. */
  forget(): void {
    this.#told = new Map()
    this.#process += 1
  }

  /** Resolves when the member is as wanted, or cannot hear; rejects when it will not. One after the other. */
  reconcile(): Promise<void> {
    const work = this.#work.then(() => this.#reconcile())
    this.#work = work.catch(() => undefined)
    return work
  }

  async #reconcile(): Promise<void> {
    if (!this.#options.canHear()) return
    const told = this.#told
    const wanted = new Map(this.#options.wanted().map((one) => [one.effect.on, one]))
    for (const on of [...told.keys()]) {
      if (wanted.has(on)) continue
      if (await this.#tell({ type: 'end', on })) told.delete(on)
    }
    for (const [on, { id, effect, endsAtMs }] of wanted) {
      const leftMs = Math.ceil(endsAtMs - performance.now())
      if (told.get(on) === id || leftMs <= 0) continue
      told.set(on, null)
      const heard = await this.#tell({ ...effect.command, ttlMs: Math.min(TTL_MS_MAX, leftMs + TTL_MARGIN_MS) })
      if (heard) told.set(on, id)
    }
  }

  /** False: gone or paused; whoever comes next, or the same one when it goes on, is told everything that is left. */
  async #tell(command: object): Promise<boolean> {
    const process = this.#process
    for (let tries = 1; ; tries += 1) {
      try {
        await this.#options.tell(command)
        return true
      } catch (error) {
        if (process !== this.#process || !this.#options.canHear()) return false
        if (tries === TRIES || (error instanceof EnsembleError && error.code === 'REFUSED')) throw error
      }
      await delay(RETRY_MS)
    }
  }
}
