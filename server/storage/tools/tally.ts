// How many transactions of which type, of how many sessions, and how large: a log at a glance.

import type { Entry } from '#shared/zk/txn.ts'

/** Sessions that are told apart; a log with more says "more than". */
const SESSIONS_MAX = 1_000_000

export class Tally {
  readonly #types = new Map<string, number>()
  readonly #sessions = new Set<bigint>()
  #records = 0
  #bytes = 0
  #largest = 0

  /** `bytes`: of the txn in its record. */
  add(entry: Entry, bytes: number): void {
    const { type } = entry.txn
    this.#types.set(type, (this.#types.get(type) ?? 0) + 1)
    if (this.#sessions.size < SESSIONS_MAX) this.#sessions.add(entry.sessionId)
    this.#records += 1
    this.#bytes += bytes
    this.#largest = Math.max(this.#largest, bytes)
  }

  text(): string {
    const types = this.#sorted().map(([type, count]) => `${count} ${type}`)
    const sessions = `${this.#sessions.size === SESSIONS_MAX ? 'more than ' : ''}${this.#sessions.size} sessions`
    return `${this.#records} transactions of ${sessions} (${types.join(', ')}), ${this.#bytes} bytes, the largest ${this.#largest}`
  }

  object(): Record<string, unknown> {
    return {
      records: this.#records,
      bytes: this.#bytes,
      largest: this.#largest,
      sessions: this.#sessions.size,
      types: Object.fromEntries(this.#sorted()),
    }
  }

  #sorted(): [string, number][] {
    return [...this.#types].sort((a, b) => b[1] - a[1])
  }
}
