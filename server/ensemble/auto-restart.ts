// Starts again what has died without being asked to, where that is wanted: after a while, and not for ever. What was
// stopped or killed on request stays down.

import type { ProcessChange } from './member-process.ts'

const RESTART_DELAY_MS = 1000
/** So many ends of one member within the window; then somebody has to look at it. */
export const RESTARTS_MAX = 5
const WINDOW_MS = 120_000

export interface AutoRestartOptions {
  /** Called for a member that has no process; it may have one again by then, and must not throw. */
  readonly start: (sid: number) => void
  /** It has ended too often. */
  readonly onGivenUp: (sid: number) => void
}

export class AutoRestart {
  enabled: boolean
  readonly #options: AutoRestartOptions
  /** Monotonic times of unexpected ends. */
  readonly #ends = new Map<number, number[]>()
  readonly #timers = new Set<NodeJS.Timeout>()

  constructor(enabled: boolean, options: AutoRestartOptions) {
    this.enabled = enabled
    this.#options = options
  }

  onProcess({ sid, end }: ProcessChange): void {
    if (!this.enabled || !end || end.expected || end.exitCode === 0) return
    const nowMs = performance.now()
    const ends = [...(this.#ends.get(sid) ?? []).filter((at) => at > nowMs - WINDOW_MS), nowMs]
    this.#ends.set(sid, ends)
    if (ends.length > RESTARTS_MAX) return this.#options.onGivenUp(sid)
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      if (this.enabled) this.#options.start(sid)
    }, RESTART_DELAY_MS)
    this.#timers.add(timer)
  }

  close(): void {
    this.enabled = false
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
  }
}
