// What one connection sends: records are appended to one piece of memory and handed to the socket once, at
// the end of the turn. Knows how much waits, so that its owner can decide what to do about a slow reader.

import type { Socket } from 'node:net'
import { JuteWriter } from '#shared/jute/writer.ts'
import type { Turn } from './turn.ts'

/** How long a connection that is being ended may take to read what is left. */
export const END_GRACE_MS = 5000

export class SocketWriter {
  /** Append here, then call `touch`. */
  readonly records = new JuteWriter()
  readonly #socket: Socket
  readonly #turn: Turn
  readonly #onFlushed: (() => void) | null
  readonly #flushTask: () => void
  #scheduled = false
  #ending = false
  #onWritten: (() => void)[] = []

  /** `onFlushed`: something was handed to the socket. Node says `drain` only when it could not pass it on at once. */
  constructor(socket: Socket, turn: Turn, onFlushed: (() => void) | null = null) {
    this.#socket = socket
    this.#turn = turn
    this.#onFlushed = onFlushed
    this.#flushTask = () => this.flush()
  }

  /** Sends what has been appended at the end of this turn. */
  touch(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    this.#turn.atEnd(this.#flushTask)
  }

  /** Calls back once what has been appended so far is with the operating system. */
  onceWritten(callback: () => void): void {
    this.#onWritten.push(callback)
  }

  /** Bytes that the other side has not taken yet. */
  get queuedBytes(): number {
    return this.records.length + this.#socket.writableLength
  }

  flush(): void {
    this.#scheduled = false
    if (this.records.length === 0) return
    const onWritten = this.#onWritten
    if (onWritten.length > 0) this.#onWritten = []
    if (this.#socket.destroyed || this.#ending) {
      this.records.clear()
      return
    }
    // From Buffer's pool: an array of its own for each small write, and a Buffer around it, cost 5 % of the write.
    const bytes = Buffer.from(this.records.view())
    this.records.clear()
    if (onWritten.length === 0) this.#socket.write(bytes)
    else
      this.#socket.write(bytes, (error) => {
        if (!error) for (const callback of onWritten) callback()
      })
    this.#onFlushed?.()
  }

  /** Sends what is left, then ends the connection; a reader that does not take it is cut off. */
  end(): void {
    if (this.#ending) return
    this.flush()
    this.#ending = true
    if (this.#socket.destroyed) return
    this.#socket.end()
    const timer = setTimeout(() => this.#socket.destroy(), END_GRACE_MS)
    this.#socket.once('close', () => clearTimeout(timer))
    this.#socket.resume()
  }
}
