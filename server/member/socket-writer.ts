// What one connection sends: records are appended to one piece of memory and handed to the socket once, at
// the end of the turn. Knows how much waits, so that its owner can decide what to do about a slow reader.

import { writeSync } from 'node:fs'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { JuteWriter } from '#shared/jute/writer.ts'
import type { DisturbedLink } from '../faults/disturbed-link.ts'
import type { Turn } from './turn.ts'

/** How long a connection that is being ended may take to read what is left. */
export const END_GRACE_MS = 5000

export class SocketWriter {
  /** Append here, then call `touch`. */
  readonly records = new JuteWriter()
  /** A fault that everything takes its way through; null: none ever was on this connection. */
  detour: DisturbedLink | null = null
  #socket: Socket
  readonly #turn: Turn
  readonly #onFlushed: (() => void) | null
  readonly #flushTask: () => void
  #scheduled = false
  #ending = false
  #onWritten: (() => void)[] = []
  /** null: not asked for yet. */
  #fd: number | null = null

  /** `onFlushed`: something was handed to the socket. Node says `drain` only when it could not pass it on at once. */
  constructor(socket: Socket, turn: Turn, onFlushed: (() => void) | null = null) {
    this.#socket = socket
    this.#turn = turn
    this.#onFlushed = onFlushed
    this.#flushTask = () => this.flush()
  }

  /** From now on this one is written, which stands before the one so far. */
  swap(socket: Socket): void {
    this.#socket = socket
    this.#fd = -1
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
    const held = this.detour === null ? 0 : this.detour.outBytes
    return this.records.length + this.#socket.writableLength + held
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
    if (this.detour !== null) {
      const held = Buffer.from(this.records.view())
      this.records.clear()
      this.detour.write(held, onWritten)
      this.#onFlushed?.()
      return
    }
    const written = this.#writeDirectly()
    // From Buffer's pool: an array of its own for each small write, and a Buffer around it, cost 5 % of the write.
    const bytes = written === this.records.length ? null : Buffer.from(this.records.view().subarray(written))
    this.records.clear()
    if (bytes === null) for (const callback of onWritten) callback()
    else if (onWritten.length === 0) this.#socket.write(bytes)
    else
      this.#socket.write(bytes, (error) => {
        if (!error) for (const callback of onWritten) callback()
      })
    this.#onFlushed?.()
  }

  /**
   * Sends what is left, then ends the connection; a reader that does not take it is cut off.
   * @param atOnce the other side has nothing more to say: when the system has everything, nothing is waited for
   */
  end(atOnce = false): void {
    if (this.#ending) return
    this.flush()
    this.#ending = true
    if (this.detour === null) this.#end(atOnce)
    else this.detour.after(() => this.#end(atOnce))
  }

  #end(atOnce: boolean): void {
    if (this.#socket.destroyed) return
    if (atOnce && this.#socket.writableLength === 0) {
      this.#socket.destroy()
      return
    }
    this.#socket.end()
    const timer = setTimeout(() => this.#socket.destroy(), END_GRACE_MS)
    this.#socket.once('close', () => clearTimeout(timer))
    this.#socket.resume()
  }

  /**
   * Hands what waits to the operating system without Node's streams, which cost as much again as the rest of a small
   * write; the stream gets what cannot be taken now, and finds out for itself what is wrong with a socket.
   * @returns how many bytes have been taken
   */
  #writeDirectly(): number {
    if (this.#socket.writableLength > 0 || this.#socket.connecting) return 0
    this.#fd ??= descriptorOf(this.#socket)
    if (this.#fd < 0) return 0
    try {
      return writeSync(this.#fd, this.records.memory(), 0, this.records.length)
    } catch {
      return 0
    }
  }
}

/** Good until the socket is destroyed; -1 where there is none to be had: TLS, other systems, a connection in between. */
function descriptorOf(socket: Socket): number {
  if (socket instanceof TLSSocket) return -1
  return (socket as { readonly _handle?: { readonly fd?: number } | null })._handle?.fd ?? -1
}
