// What a lock protects, outside of ZooKeeper: a counter that is read, increased and written back. It can check fencing
// tokens, or believe everybody; then a write that comes too late undoes what others did meanwhile.

import { formatZxid, type Zxid } from '#shared/zk/zxid.ts'

export interface WriteAnswer {
  readonly accepted: boolean
  /** As the end of a sentence. */
  readonly reason: string
  /** Somebody else's increment is gone by this write. */
  readonly lostUpdate: boolean
}

export class FencedResource {
  #value = 0
  /** The highest token that has written. */
  #token: Zxid | null = null

  get value(): number {
    return this.#value
  }

  /** @param fencing whether a token below the highest one so far is refused */
  write(value: number, token: Zxid, fencing: boolean): WriteAnswer {
    const stale = this.#token !== null && token < this.#token
    if (stale && fencing) {
      const reason = `token ${formatZxid(token)} is older than ${formatZxid(this.#token ?? token)}, which has written since`
      return { accepted: false, reason, lostUpdate: false }
    }
    const lostUpdate = value <= this.#value
    this.#value = value
    if (!stale) this.#token = token
    const reason = stale ? `nobody compared token ${formatZxid(token)} with a newer one` : 'it holds the newest token'
    return { accepted: true, reason, lostUpdate }
  }
}
