// How fast somebody may guess: failures are counted by account and by address, and after a few each further one doubles
// the wait. Nothing is locked for good, or an attacker could lock out the operator. Rule: A-3.

import { LOGIN_COUNTERS_MAX, LOGIN_FAILURES_FREE, LOGIN_WAIT_FIRST_MS, LOGIN_WAIT_LAST_MS } from '../limits.ts'

interface Failures {
  count: number
  /** No try before this time. */
  until: number
}

export class LoginLimits {
  /** Oldest failure first. */
  readonly #failures = new Map<string, Failures>()

  /** How long to wait before the next try, in ms; 0: now. */
  waitMs(account: string, address: string, nowMs: number): number {
    return Math.max(0, ...keys(account, address).map((key) => (this.#failures.get(key)?.until ?? 0) - nowMs))
  }

  failed(account: string, address: string, nowMs: number): void {
    for (const key of keys(account, address)) {
      const known = this.#failures.get(key) ?? { count: 0, until: 0 }
      // After a quiet time as long as the longest wait it starts anew.
      const count = known.until + LOGIN_WAIT_LAST_MS < nowMs && known.until > 0 ? 1 : known.count + 1
      const over = count - LOGIN_FAILURES_FREE
      const wait = over < 0 ? 0 : Math.min(LOGIN_WAIT_LAST_MS, LOGIN_WAIT_FIRST_MS * 2 ** over)
      this.#failures.delete(key)
      this.#failures.set(key, { count, until: nowMs + wait })
      const [oldest] = this.#failures.keys()
      if (this.#failures.size > LOGIN_COUNTERS_MAX && oldest !== undefined) this.#failures.delete(oldest)
    }
  }

  /** Takes back the failure that this try was counted as; of the address no more than that, or one good login would pay for many bad ones. */
  succeeded(account: string, address: string): void {
    const [ofAccount, ofAddress] = keys(account, address)
    this.#failures.delete(ofAccount)
    const known = this.#failures.get(ofAddress)
    if (!known) return
    known.count -= 1
    known.until = 0
    if (known.count === 0) this.#failures.delete(ofAddress)
  }
}

function keys(account: string, address: string): readonly [string, string] {
  return [`account ${account}`, `address ${address}`]
}
