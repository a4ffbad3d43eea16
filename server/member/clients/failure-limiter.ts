// How many wrong session passwords one address may try: a public session id must not be worth guessing at,
// nor worth a log line each. Source: security.md ZK-4b.

export const FAILURES_MAX = 20
export const WINDOW_MS = 10_000
/** Addresses remembered; beyond, the oldest is forgotten. */
const ADDRESSES_MAX = 10_000

export interface FailureLimiter {
  mayTry(address: string, nowMs: number): boolean
  /** True for the first failure of a window: the one that is worth a log line. */
  failed(address: string, nowMs: number): boolean
}

export function createFailureLimiter(): FailureLimiter {
  const windows = new Map<string, { count: number; readonly endsMs: number }>()
  const current = (address: string, nowMs: number) => {
    const window = windows.get(address)
    if (window && window.endsMs > nowMs) return window
    windows.delete(address)
    return null
  }
  return {
    mayTry: (address, nowMs) => (current(address, nowMs)?.count ?? 0) < FAILURES_MAX,
    failed(address, nowMs) {
      const window = current(address, nowMs)
      if (window) {
        window.count += 1
        return false
      }
      const oldest = windows.size >= ADDRESSES_MAX ? windows.keys().next() : null
      if (oldest && !oldest.done) windows.delete(oldest.value)
      windows.set(address, { count: 1, endsMs: nowMs + WINDOW_MS })
      return true
    },
  }
}
