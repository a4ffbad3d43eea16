// Who a client says it is. Servers forget it with the connection, so every new connection hears it again.
// Servers answer auth packets apart from requests, in the order in which they came.

import type { AuthPacket } from '#shared/jute/records/client-frame.ts'
import { withResolvers } from './pending-calls.ts'

/** More identities than any caller has; each is sent again at every reconnect. */
export const CREDENTIALS_MAX = 100

interface Sent {
  readonly resolve: () => void
  readonly reject: (cause: Error) => void
}

export class Credentials {
  readonly #packets: AuthPacket[] = []
  #sent: Sent[] = []

  /** Everything there is to say on a new connection. */
  get packets(): readonly AuthPacket[] {
    return this.#packets
  }

  remember(packet: AuthPacket): void {
    if (this.#packets.length >= CREDENTIALS_MAX) {
      throw new RangeError(`a client sends at most ${CREDENTIALS_MAX} credentials; connect another client`)
    }
    this.#packets.push(packet)
  }

  /** One packet has been sent; settles with its answer. */
  sent(): Promise<void> {
    const { promise, resolve, reject } = withResolvers<void>()
    this.#sent.push({ resolve, reject })
    return promise
  }

  /** @param cause null when the server took it */
  answered(cause: Error | null): void {
    const sent = this.#sent.shift()
    if (cause) sent?.reject(cause)
    else sent?.resolve()
  }

  /** The connection is lost: the next one repeats them. */
  connectionLost(): void {
    for (const { resolve } of this.#sent.splice(0)) resolve()
  }

  end(cause: Error): void {
    for (const { reject } of this.#sent.splice(0)) reject(cause)
  }
}
