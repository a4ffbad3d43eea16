// Writes jute values into one growing piece of memory that is used again and again: a server writes all
// answers of a turn into it and hands them to the socket at once. What a record consists of is in records/.

import { assert } from '../base/assert.ts'
import { utf8Encode } from '../base/text.ts'
import type { SessionId } from '../zk/ids.ts'
import type { Zxid } from '../zk/zxid.ts'

/** The most that one writer holds before it is emptied: far above any frame, far below what memory allows. */
export const WRITER_BYTES_MAX = 2 ** 30
/** What an emptied writer keeps; a rare large answer does not pin its memory for good. */
const KEPT_BYTES_MAX = 2 ** 20
/** Made room for at once: what a million names of usual length take, and not a thousand times a name that is very long. */
const ROOM_BYTES_MAX = 2 ** 25
const TWO_32 = 2 ** 32

export class JuteWriter {
  #bytes: Uint8Array
  #view: DataView
  #at = 0

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity)
    this.#view = new DataView(this.#bytes.buffer)
  }

  /** How many bytes have been written. */
  get length(): number {
    return this.#at
  }

  int(value: number): void {
    const at = this.#grow(4)
    this.#view.setInt32(at, value)
  }

  byte(value: number): void {
    const at = this.#grow(1)
    this.#view.setUint8(at, value)
  }

  bool(value: boolean): void {
    this.byte(value ? 1 : 0)
  }

  zxid(value: Zxid): void {
    this.longNumber(value)
  }

  sessionId(value: SessionId): void {
    this.long(value)
  }

  /** Signed or unsigned: the low 64 bits. */
  long(value: bigint): void {
    const at = this.#grow(8)
    this.#view.setBigUint64(at, value)
  }

  /** A safe integer, or Java's Long.MIN_VALUE. */
  longNumber(value: number): void {
    const at = this.#grow(8)
    const high = Math.floor(value / TWO_32)
    this.#view.setInt32(at, high)
    this.#view.setUint32(at + 4, value - high * TWO_32)
  }

  ustring(value: string | null): void {
    if (value === null) {
      this.int(-1)
      return
    }
    const at = this.#grow(4 + value.length)
    const start = at + 4
    for (let i = 0; i < value.length; i += 1) {
      const unit = value.charCodeAt(i)
      if (unit >= 0x80) {
        this.#at = at
        this.buffer(utf8Encode(value))
        return
      }
      this.#bytes[start + i] = unit
    }
    this.#view.setInt32(at, value.length)
  }

  /** A vector of what each string is from `from` on, none of which is cut out as a string of its own. */
  tails(items: readonly string[], from: number): void {
    this.int(items.length)
    // Names of one parent are mostly of one length: room for all of them at once spares copies of what is written.
    const [first = ''] = items
    this.#at = this.#grow(Math.min(ROOM_BYTES_MAX, items.length * (4 + first.length - from)))
    for (const item of items) {
      const start = this.#grow(4 + item.length - from) + 4
      const bytes = this.#bytes
      let i = from
      for (; i < item.length; i += 1) {
        const unit = item.charCodeAt(i)
        if (unit >= 0x80) break
        bytes[start + i - from] = unit
      }
      if (i === item.length) {
        this.#view.setInt32(start - 4, item.length - from)
      } else {
        this.#at = start - 4
        this.buffer(utf8Encode(item.slice(from)))
      }
    }
  }

  buffer(value: Uint8Array | null): void {
    if (value === null) {
      this.int(-1)
      return
    }
    this.int(value.length)
    this.raw(value)
  }

  /** A string without a length before it. */
  text(value: string): void {
    this.raw(utf8Encode(value))
  }

  /** Bytes without a length before them. */
  raw(value: Uint8Array): void {
    const at = this.#grow(value.length)
    this.#bytes.set(value, at)
  }

  vector<T>(items: readonly T[] | null, writeItem: (writer: JuteWriter, item: T) => void): void {
    if (items === null) {
      this.int(-1)
      return
    }
    this.int(items.length)
    for (const item of items) writeItem(this, item)
  }

  /** Leaves room for a length; what is written until `endLength` of the returned place is what it counts. */
  beginLength(): number {
    return this.#grow(4)
  }

  endLength(place: number): void {
    this.#view.setInt32(place, this.#at - place - 4)
  }

  /** What has been written, as a window that holds until the next write. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#at)
  }

  /** The memory at whose front lie the `length` bytes that have been written; holds until the next write. */
  memory(): Uint8Array {
    return this.#bytes
  }

  /** What has been written, as a copy; the writer is empty afterwards. */
  take(): Uint8Array {
    const copy = this.#bytes.slice(0, this.#at)
    this.clear()
    return copy
  }

  clear(): void {
    this.#at = 0
    if (this.#bytes.length > KEPT_BYTES_MAX) this.#resize(KEPT_BYTES_MAX)
  }

  /** Makes room and returns where it starts. */
  #grow(bytes: number): number {
    const at = this.#at
    this.#at = at + bytes
    if (this.#at > this.#bytes.length) {
      assert(this.#at <= WRITER_BYTES_MAX, 'a writer is emptied before it holds a gigabyte')
      this.#resize(Math.min(WRITER_BYTES_MAX, Math.max(this.#at, this.#bytes.length * 2)))
    }
    return at
  }

  #resize(capacity: number): void {
    const bytes = new Uint8Array(capacity)
    bytes.set(this.#bytes.subarray(0, Math.min(this.#bytes.length, capacity)))
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer)
  }
}

/** For vectors of strings. */
export function writeString(writer: JuteWriter, value: string): void {
  writer.ustring(value)
}
