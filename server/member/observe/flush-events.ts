// What is told of group commits: all are counted, the slow ones and a few of the others are told singly. Part of
// observe.ts.

import type { Clock } from '../clock.ts'
import type { FlushListener } from '../traffic.ts'
import type { Activity } from './activity.ts'
import type { Said } from './watch-events.ts'

/** One that took longer is always told. */
export const SLOW_FLUSH_MS = 20
/** Of the others at most one in so many milliseconds. */
export const FLUSH_EVERY_MS = 50

export function createFlushEvents(options: {
  readonly clock: Clock
  readonly activity: () => Activity
  readonly say: (event: Said) => void
}): FlushListener {
  let tellFromMs = 0
  return (ms, txns, bytes) => {
    const counts = options.activity()
    counts.flushes += 1
    counts.flushMs += ms
    counts.flushMaxMs = Math.max(counts.flushMaxMs, ms)
    counts.flushedTxns += txns
    counts.flushedBytes += bytes
    const now = options.clock.monotonicMs()
    if (ms < SLOW_FLUSH_MS && now < tellFromMs) return
    tellFromMs = now + FLUSH_EVERY_MS
    counts.flushesTold += 1
    options.say({ type: 'flush', ms, txns, bytes })
  }
}
