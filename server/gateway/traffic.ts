// Bytes over the sockets of one client, also those of sockets that have gone.

import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

export class Traffic {
  readonly #open = new Set<Socket>()
  #sent = 0
  #received = 0

  /** Counts what goes over `stream` from now on, and hands it back. */
  count(stream: Duplex): Duplex {
    if (!(stream instanceof Socket)) return stream
    this.#open.add(stream)
    stream.once('close', () => {
      this.#open.delete(stream)
      this.#sent += stream.bytesWritten
      this.#received += stream.bytesRead
    })
    return stream
  }

  get bytes(): { readonly bytesSent: number; readonly bytesReceived: number } {
    let [bytesSent, bytesReceived] = [this.#sent, this.#received]
    for (const { bytesWritten, bytesRead } of this.#open) {
      bytesSent += bytesWritten
      bytesReceived += bytesRead
    }
    return { bytesSent, bytesReceived }
  }
}
