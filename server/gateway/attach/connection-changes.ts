// Lists of connections, read every few seconds, as connections that come and go. A connection is an address with a
// session; it gets a number here, because its server's own is not told.

import type { GatewayEvent } from '#shared/events/socket-protocol.ts'
import type { ClientConnection } from './read-words.ts'

export class ConnectionChanges {
  readonly #sid: number
  readonly #known = new Map<string, number>()
  #last = 0

  constructor(sid: number) {
    this.#sid = sid
  }

  /** Nobody knows which are there: what comes next is told from the start. */
  forget(): void {
    this.#known.clear()
  }

  /** What `now` is beside what was there before. */
  changes(now: readonly ClientConnection[], t: number): readonly GatewayEvent[] {
    const sid = this.#sid
    const events: GatewayEvent[] = []
    const seen = new Set<string>()
    for (const { address, session, timeoutMs } of now) {
      const key = `${address} ${session}`
      seen.add(key)
      if (this.#known.has(key)) continue
      this.#last += 1
      this.#known.set(key, this.#last)
      events.push({ type: 'connected', t, sid, conn: this.#last, address, session, timeoutMs })
    }
    for (const [key, conn] of this.#known) {
      if (seen.has(key)) continue
      this.#known.delete(key)
      events.push({ type: 'disconnected', t, sid, conn, reason: 'it is no longer listed' })
    }
    return events
  }
}
