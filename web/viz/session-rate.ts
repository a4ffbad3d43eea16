// How often a session asks: over the requests that were told singly. Busy members tell only samples, so it is a least.

import type { RequestNote } from './chronicle/chronicle.ts'

export const RATE_WINDOW_MS = 10_000
/** A rate over less time is none. */
const WINDOW_LEAST_MS = 1000

/** Requests per second, at least; 0 when none was told. `now`: ms since 1970 by the servers' clock. */
export function sessionRate(requests: readonly RequestNote[], session: string, now: number): number {
  let told = 0
  let from = now - RATE_WINDOW_MS
  // As many as are kept may not reach back so far.
  const oldest = requests[0]?.t
  if (oldest !== undefined && oldest > from && requests.length >= NOTES_THAT_MAY_BE_CUT) from = oldest
  for (let i = requests.length - 1; i >= 0; i -= 1) {
    const request = requests[i]
    if (!request || request.t < from) break
    if (request.session === session) told += 1
  }
  return (told * 1000) / Math.max(WINDOW_LEAST_MS, now - from)
}

/** The chronicle keeps no fewer than this once it has begun to forget. */
const NOTES_THAT_MAY_BE_CUT = 2000
