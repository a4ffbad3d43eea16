// A client that does not give up: tries one server after the other, every 10 ms, until one gives it a session.

import { Caller } from './caller.ts'
import { portAt } from './prepare.ts'
import type { SessionKey } from './wire.ts'

export const RETRY_MS = 10
/** A server that takes the connection and says nothing is given up. */
const ATTEMPT_TIMEOUT_MS = 1000
const SESSION_TIMEOUT_MS = 30_000

/** Rejects only when `deadlineMs` (performance.now()) has passed. `first` is the index of the port to begin with. */
export async function openRetrying(
  ports: readonly number[],
  first: number,
  deadlineMs: number,
  again: () => SessionKey | null = () => null,
): Promise<Caller> {
  for (let attempt = first; ; attempt += 1) {
    const port = portAt(ports, attempt)
    try {
      return await Caller.open(port, SESSION_TIMEOUT_MS, again(), ATTEMPT_TIMEOUT_MS)
    } catch (error) {
      if (performance.now() > deadlineMs) throw error
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
  }
}

/** Milliseconds since 1970, with fractions: the same in all processes of a machine. */
export function wallMs(): number {
  return performance.timeOrigin + performance.now()
}
