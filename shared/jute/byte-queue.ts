// Bytes that have arrived and are not used up yet, always in one piece. Chunks that are used up at once
// are never copied; only a torn rest is. What has been added is never written again, so windows on it hold for as long
// as anybody keeps them. Who cuts them into frames or packets decides how many may wait.

import type { JuteReader } from './reader.ts'

const EMPTY = new Uint8Array(0)

export class ByteQueue {
  #bytes: Uint8Array = EMPTY
  #start = 0
  #end = 0
  /** True while `#bytes` is our own memory, with room to append; false while it is the caller's chunk. */
  #own = false

  get length(): number {
    return this.#end - this.#start
  }

  /** Adds a chunk, which must not change until it is used up. */
  push(chunk: Uint8Array): void {
    const rest = this.length
    if (rest === 0) {
      this.#bytes = chunk
      this.#start = 0
      this.#end = chunk.length
      this.#own = false
      return
    }
    if (!this.#own || this.#end + chunk.length > this.#bytes.length) {
      // At least doubling keeps a large frame that comes in many small chunks linear.
      const grown = new Uint8Array(Math.max(rest + chunk.length, this.#own ? rest * 2 : 0))
      grown.set(this.#bytes.subarray(this.#start, this.#end))
      this.#bytes = grown
      this.#start = 0
      this.#end = rest
      this.#own = true
    }
    this.#bytes.set(chunk, this.#end)
    this.#end += chunk.length
  }

  /** The waiting bytes from `from` to `to`, as a window. */
  view(from = 0, to = this.length): Uint8Array {
    const start = this.#start + from
    const end = this.#start + Math.min(to, this.length)
    // Not subarray: of Node's Buffer that is several times slower.
    return new Uint8Array(this.#bytes.buffer, this.#bytes.byteOffset + start, Math.max(0, end - start))
  }

  /** Sets `reader` on the waiting bytes from `from` to `to`, without a window of their own. */
  read(reader: JuteReader, from: number, to: number): void {
    reader.window(this.#bytes, this.#start + from, this.#start + Math.min(to, this.length))
  }

  /** The big-endian int at the front, or null while fewer than four bytes wait. */
  peekInt(): number | null {
    if (this.length < 4) return null
    let value = 0
    for (let i = this.#start; i < this.#start + 4; i += 1) value = (value << 8) | (this.#bytes[i] ?? 0)
    return value
  }

  /** Uses up the first `count` bytes. */
  consume(count: number): void {
    this.#start += Math.min(count, this.length)
    if (this.#start === this.#end) {
      this.#bytes = EMPTY
      this.#start = 0
      this.#end = 0
      this.#own = false
    }
  }
}
