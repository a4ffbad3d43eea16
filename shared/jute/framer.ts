// Cuts a stream into frames: a four-byte length, then so many bytes. Used on client ports and election
// ports; the quorum port's packets have no lengths (records/packet.ts).

import { ByteQueue } from './byte-queue.ts'
import type { JuteReader } from './reader.ts'

/** The longest frame of a client, jute.maxbuffer. */
export const CLIENT_FRAME_BYTES_MAX = 0xfffff
/** The longest message on an election port. */
export const ELECTION_FRAME_BYTES_MAX = 524_288

export type FrameRead =
  | { readonly type: 'frame'; readonly bytes: Uint8Array }
  | { readonly type: 'incomplete' }
  /** No frame of this length is allowed (longer than the limit, empty, negative): the stream is of no more use. */
  | { readonly type: 'badLength'; readonly length: number }

const INCOMPLETE: FrameRead = { type: 'incomplete' }

export class Framer {
  readonly #queue = new ByteQueue()
  readonly #frameBytesMax: number

  /** Holds at most frameBytesMax plus one chunk, when `next` is called until it says incomplete. */
  constructor(frameBytesMax: number = CLIENT_FRAME_BYTES_MAX) {
    this.#frameBytesMax = frameBytesMax
  }

  /** How many bytes wait. */
  get length(): number {
    return this.#queue.length
  }

  /** Adds what has arrived. The chunk must not change any more. */
  push(chunk: Uint8Array): void {
    this.#queue.push(chunk)
  }

  /** The next whole frame, without its length. */
  next(): FrameRead {
    const length = this.#queue.peekInt()
    if (length === null) return INCOMPLETE
    if (length <= 0 || length > this.#frameBytesMax) return { type: 'badLength', length }
    if (this.#queue.length < 4 + length) return INCOMPLETE
    const bytes = this.#queue.view(4, 4 + length)
    this.#queue.consume(4 + length)
    return { type: 'frame', bytes }
  }

  /**
   * Like `next`, but sets `reader` on the frame: true when there is one, false when it is not whole yet, and its length
   * when none of that length is allowed. Nothing is allocated.
   */
  read(reader: JuteReader): boolean | number {
    const length = this.#queue.peekInt()
    if (length === null) return false
    if (length <= 0 || length > this.#frameBytesMax) return length
    if (this.#queue.length < 4 + length) return false
    this.#queue.read(reader, 4, 4 + length)
    this.#queue.consume(4 + length)
    return true
  }

  /** The first four bytes as Latin-1, for four-letter words; null while fewer wait. */
  peekWord(): string | null {
    return this.#queue.length < 4 ? null : String.fromCharCode(...this.#queue.view(0, 4))
  }

  /** Uses up bytes that precede the first frame, such as an election handshake. */
  skip(count: number): void {
    this.#queue.consume(count)
  }

  /** All waiting bytes, as a window. */
  view(): Uint8Array {
    return this.#queue.view()
  }
}
