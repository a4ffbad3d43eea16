// Waiting for a while, or for something to happen, given up when a signal says so. No listener stays behind: the
// signals of a workload live as long as it does.

import { orAborted } from '../../client/recipes/reconnect.ts'

/** Resolves after `ms`; throws the reason of the first signal that aborts. */
export function pause(ms: number, ...signals: AbortSignal[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer)
      for (const signal of signals) signal.removeEventListener('abort', onAbort)
    }
    const onAbort = () => {
      end()
      reject(signals.find((signal) => signal.aborted)?.reason)
    }
    const timer = setTimeout(() => {
      end()
      resolve()
    }, ms)
    for (const signal of signals) signal.addEventListener('abort', onAbort)
    if (signals.some((signal) => signal.aborted)) onAbort()
  })
}

/** Something that has happened or not; waiting for it can be given up. */
export class Bell {
  #ring = (): void => undefined
  #rung = false
  readonly #heard = new Promise<void>((resolve) => {
    this.#ring = resolve
  })

  get rung(): boolean {
    return this.#rung
  }

  readonly ring = (): void => {
    this.#rung = true
    this.#ring()
  }

  /** Resolves once it has rung; throws the reason of the signal. */
  heard(signal: AbortSignal): Promise<void> {
    return orAborted(this.#heard, signal)
  }
}

/**
 * Paces turns at a rate that may change: resolves when the next one is due. What was missed is not made up for, so
 * that after a stall there is no burst.
 */
export class Pace {
  readonly #perSecond: () => number
  #nextAt = performance.now()

  constructor(perSecond: () => number) {
    this.#perSecond = perSecond
  }

  async next(signal: AbortSignal): Promise<void> {
    const now = performance.now()
    this.#nextAt = Math.max(now, this.#nextAt + 1000 / this.#perSecond())
    await pause(this.#nextAt - now, signal)
  }
}
