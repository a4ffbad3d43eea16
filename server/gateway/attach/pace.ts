// Spreads requests to an attached ensemble over time: so many a second, with some at once (O-7). Who asks waits.

import { setTimeout as delay } from 'node:timers/promises'
import { RateLimit } from '../rate-limit.ts'
import { SESSION_REQUESTS_BURST, SESSION_REQUESTS_PER_SECOND } from './attach-limits.ts'

const WAIT_MS = 5

/** @param perSecond more wait; those that wait are bounded by how many may be outstanding */
export function pacer(perSecond = SESSION_REQUESTS_PER_SECOND, burst = SESSION_REQUESTS_BURST): () => Promise<void> {
  const rate = new RateLimit(perSecond, burst, performance.now())
  return async () => {
    while (!rate.take(performance.now())) await delay(WAIT_MS)
  }
}
