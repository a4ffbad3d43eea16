// Waiting in tests: on conditions, never on a length of time.

import { isDeepStrictEqual } from 'node:util'
import type { PersistentEvent } from '../watch-registry.ts'

const WAIT_MAX_MS = 20_000
const POLL_MS = 5

/** Resolves when `condition` holds. */
export async function until(condition: () => boolean, what = 'the condition'): Promise<void> {
  const deadline = performance.now() + WAIT_MAX_MS
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`waited ${WAIT_MAX_MS} ms in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

/** Collects what a listener is told. */
export class EventLog<T = PersistentEvent> {
  readonly events: T[] = []
  /** The listener. */
  readonly push = (event: T): void => {
    this.events.push(event)
  }

  /** Resolves when an event like this has come so many times. */
  async has(wanted: T, times = 1): Promise<void> {
    const like = () => this.events.filter((event) => isDeepStrictEqual(event, wanted))
    const what = () => `${JSON.stringify(wanted)} among ${JSON.stringify(this.events)}`
    await until(() => like().length >= times).catch(() => {
      throw new Error(`waited in vain for ${what()}`)
    })
  }
}
