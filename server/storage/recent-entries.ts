// The newest entries found while reading the logs: contiguous, bounded, and exact about where they start,
// because a learner is served from them (O-16, trap 4925).

import { DecodeError } from '#shared/jute/reader.ts'
import { readEntry } from '#shared/jute/records/txn.ts'
import type { Entry } from '#shared/zk/txn.ts'
import type { Zxid } from '#shared/zk/zxid.ts'

interface Kept {
  readonly zxid: Zxid
  /** Bytes are decoded only if they are among the last ones at the end. */
  readonly entry: Entry | Uint8Array
}

export class RecentEntries {
  readonly #max: number
  #kept: Kept[] = []
  #after: Zxid

  constructor(max: number, after: Zxid) {
    this.#max = max
    this.#after = after
  }

  /** Forgets everything: the next entry follows directly on `after`. */
  restartAfter(after: Zxid): void {
    this.#kept = []
    this.#after = after
  }

  /** Forgets everything: what comes directly before `zxid` is not known. */
  restartBefore(zxid: Zxid): void {
    this.restartAfter((zxid - 1) as Zxid) // no entry lies between two numbers
  }

  push(zxid: Zxid, entry: Entry | Uint8Array): void {
    this.#kept.push({ zxid, entry })
    if (this.#kept.length >= 2 * this.#max) this.#trim()
  }

  /**
   * The entries, when they end with `lastZxid`; otherwise none, after `lastZxid`.
   * @param notBefore only those after this
   */
  take(lastZxid: Zxid, notBefore: Zxid): { readonly recent: readonly Entry[]; readonly recentAfter: Zxid } {
    this.#trim()
    while (this.#after < notBefore && this.#kept.length > 0 && (this.#kept[0]?.zxid ?? notBefore) <= notBefore)
      this.#kept.shift()
    if (this.#after < notBefore) this.#after = notBefore
    const none = { recent: [], recentAfter: lastZxid }
    if (this.#kept.at(-1)?.zxid !== lastZxid) return none
    try {
      return {
        recent: this.#kept.map(({ entry }) => (entry instanceof Uint8Array ? readEntry(entry) : entry)),
        recentAfter: this.#after,
      }
    } catch (error) {
      // An old record that the snapshot already covers: the tree does not need it.
      if (error instanceof DecodeError) return none
      throw error
    }
  }

  #trim(): void {
    const surplus = this.#kept.length - this.#max
    if (surplus <= 0) return
    const dropped = this.#kept.splice(0, surplus).at(-1)
    if (dropped) this.#after = dropped.zxid
  }
}
