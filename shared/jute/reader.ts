// Reads jute values out of a window of bytes. Whatever runs past the window, or breaks a limit, throws
// DecodeError; nothing else is thrown and nothing is allocated before its length has been checked.
// What a record consists of is in records/.

import { tryUtf8Decode } from '../base/text.ts'
import { NO_SESSION, type SessionId } from '../zk/ids.ts'
import { type Zxid, zxidFromHalves } from '../zk/zxid.ts'
import { joinSurrogates } from './cesu8.ts'

/** The bytes are not what they should be. The message says what was wrong, for a log line. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError'
}

/** The longest string or buffer, in bytes: jute.maxbuffer plus jute.maxbuffer.extrasize, by default the same. */
export const VALUE_BYTES_MAX = 2 * 0xfffff

/** ASCII up to here is put together eight characters at a time: for short strings that beats a decoder. */
const SHORT_STRING_BYTES = 32
/** What a window may keep alive, see `bytesStay`: a chunk from a socket is not larger. */
export const KEPT_BYTES_MAX = 65_536
const TWO_32 = 2 ** 32
const LONG_MIN = -(2 ** 63)

export class JuteReader {
  #view: DataView
  /** The same memory, for copies and windows: made when first needed. */
  #bytes: Uint8Array | null = null
  /** What `window` was last given: to ask a typed array for its buffer costs as much as to read an int. */
  #source: Uint8Array
  #at = 0
  #end = 0
  readonly #valueBytesMax: number
  readonly #bytesStay: boolean

  /**
   * @param bytes not copied: must not change while this reads from it
   * @param valueBytesMax the longest string or buffer that is accepted
   * @param bytesStay what is read from is never written again, as in chunks from a socket: buffers are windows on it
   */
  constructor(bytes: Uint8Array, start = 0, end = bytes.length, valueBytesMax = VALUE_BYTES_MAX, bytesStay = false) {
    this.#view = new DataView(bytes.buffer)
    this.#source = bytes
    this.#valueBytesMax = valueBytesMax
    this.#bytesStay = bytesStay
    this.window(bytes, start, end)
  }

  /** Continues with bytes start … end of something else; cheap when it shares its ArrayBuffer with the last. */
  window(bytes: Uint8Array, start = 0, end = bytes.length): this {
    if (bytes !== this.#source) {
      this.#source = bytes
      if (bytes.buffer !== this.#view.buffer) {
        this.#view = new DataView(bytes.buffer)
        this.#bytes = null
      }
    }
    this.#at = bytes.byteOffset + start
    this.#end = bytes.byteOffset + Math.min(end, bytes.length)
    return this
  }

  /** How many bytes are left. */
  get remaining(): number {
    return this.#end - this.#at
  }

  int(): number {
    const at = this.#take(4)
    return this.#view.getInt32(at)
  }

  /** The next int, which stays to be read. */
  peekInt(): number {
    const value = this.int()
    this.#at -= 4
    return value
  }

  /** Takes `bytes` if they come next. */
  takeIf(bytes: Uint8Array): boolean {
    if (this.remaining < bytes.length) return false
    for (let i = bytes.length - 1; i >= 0; i -= 1) {
      if (this.#view.getUint8(this.#at + i) !== bytes[i]) return false
    }
    this.#at += bytes.length
    return true
  }

  byte(): number {
    const at = this.#take(1)
    return this.#view.getUint8(at)
  }

  /** Any byte but 0 is true. */
  bool(): boolean {
    return this.byte() !== 0
  }

  /** A long that is a zxid. */
  zxid(): Zxid {
    const at = this.#take(8)
    const zxid = zxidFromHalves(this.#view.getInt32(at), this.#view.getUint32(at + 4))
    if (zxid === null) throw new DecodeError('a zxid of an epoch from 2^21 on is not supported')
    return zxid
  }

  /** A long that is a session id. */
  sessionId(): SessionId {
    const at = this.#take(8)
    // Most znodes of a snapshot have no owner: they need no bigint each.
    if (this.#view.getInt32(at) === 0 && this.#view.getInt32(at + 4) === 0) return NO_SESSION
    return this.#view.getBigUint64(at) as SessionId // unsigned already
  }

  /** A long, signed. */
  long(): bigint {
    const at = this.#take(8)
    return this.#view.getBigInt64(at)
  }

  /** A long, unsigned. */
  ulong(): bigint {
    const at = this.#take(8)
    return this.#view.getBigUint64(at)
  }

  /** A long that a double holds exactly: a safe integer, or Java's Long.MIN_VALUE. */
  longNumber(): number {
    const at = this.#take(8)
    const high = this.#view.getInt32(at)
    const low = this.#view.getUint32(at + 4)
    const value = high * TWO_32 + low
    if (Number.isSafeInteger(value) || (value === LONG_MIN && low === 0)) return value
    throw new DecodeError('a long is outside ±2^53')
  }

  /** A string that may be null. */
  ustring(): string | null {
    const length = this.#length()
    return length < 0 ? null : this.text(length)
  }

  /** A string that must not be null. */
  string(): string {
    const length = this.#length()
    if (length < 0) throw new DecodeError('a string is null that must not be')
    return this.text(length)
  }

  /**
   * A buffer that may be null, as a copy: what is decoded may outlive the bytes it came in. Where those stay it is a
   * window: a small copy outside of V8's heap costs more than all else that is done to decode a write.
   */
  buffer(): Uint8Array | null {
    const length = this.#length()
    if (length < 0) return null
    const at = this.#take(length)
    const { buffer } = this.#view
    if (this.#bytesStay && buffer.byteLength <= KEPT_BYTES_MAX) return new Uint8Array(buffer, at, length)
    // One allocation that is not filled with zeros first: twice as fast as a new array and `set`.
    return this.#memory().slice(at, at + length)
  }

  /** Like `buffer`, but a window on the bytes being read: to be used up before they change. */
  bufferView(): Uint8Array | null {
    const length = this.#length()
    return length < 0 ? null : this.#window(length)
  }

  /** The next `length` bytes, as a window on the bytes being read. */
  raw(length: number): Uint8Array {
    return this.#window(length)
  }

  /** Passes over bytes that somebody else reads. */
  skip(bytes: number): void {
    this.#take(bytes)
  }

  /** All that is left, as a window on the bytes being read; it stays to be read. */
  peekRest(): Uint8Array {
    return new Uint8Array(this.#view.buffer, this.#at, this.remaining)
  }

  /** The next `length` bytes as a string, without a length before them. */
  text(length: number): string {
    const at = this.#take(length)
    if (length <= SHORT_STRING_BYTES) {
      const ascii = shortAscii(this.#view, at, at + length)
      if (ascii !== null) return ascii
    }
    return longText(new Uint8Array(this.#view.buffer, at, length))
  }

  /**
   * A vector that may be null.
   * @param itemBytesMin the fewest bytes that an item takes: no count may promise more items than could follow
   */
  vector<T>(itemBytesMin: number, readItem: (reader: JuteReader) => T): T[] | null {
    const count = this.int()
    if (count === -1) return null
    if (count < 0 || count * itemBytesMin > this.remaining) {
      throw new DecodeError(`a vector of ${count} items does not fit into ${this.remaining} bytes`)
    }
    const items: T[] = []
    for (let i = 0; i < count; i += 1) items.push(readItem(this))
    return items
  }

  /** A vector where null means empty. */
  list<T>(itemBytesMin: number, readItem: (reader: JuteReader) => T): T[] {
    return this.vector(itemBytesMin, readItem) ?? []
  }

  /** Length of a string or buffer: -1 for null, else checked against the limit and the bytes left. */
  #length(): number {
    const length = this.int()
    if (length === -1) return -1
    if (length < 0 || length > this.#valueBytesMax) {
      throw new DecodeError(`a length of ${length}; the limit is ${this.#valueBytesMax}`)
    }
    if (length > this.remaining) throw new DecodeError(`a value of ${length} bytes, where ${this.remaining} are left`)
    return length
  }

  #take(bytes: number): number {
    const at = this.#at
    if (bytes < 0) throw new DecodeError(`a length of ${bytes}`)
    if (at + bytes > this.#end) throw new DecodeError(`the record ends ${at + bytes - this.#end} bytes early`)
    this.#at = at + bytes
    return at
  }

  #window(length: number): Uint8Array {
    return new Uint8Array(this.#view.buffer, this.#take(length), length)
  }

  #memory(): Uint8Array {
    this.#bytes ??= new Uint8Array(this.#view.buffer)
    return this.#bytes
  }
}

function longText(bytes: Uint8Array): string {
  const text = tryUtf8Decode(bytes)
  if (text !== null) return text
  const joined = joinSurrogates(bytes)
  const again = joined && tryUtf8Decode(joined)
  if (again === null) throw new DecodeError('a string is not UTF-8')
  return again
}

/** The bytes as a string, or null when one of them is not ASCII. */
function shortAscii(view: DataView, start: number, end: number): string | null {
  let text = ''
  let at = start
  for (; at + 8 <= end; at += 8) {
    const high = view.getUint32(at)
    const low = view.getUint32(at + 4)
    if (((high | low) & 0x80808080) !== 0) return null
    text += String.fromCharCode(
      high >>> 24,
      (high >>> 16) & 0xff,
      (high >>> 8) & 0xff,
      high & 0xff,
      low >>> 24,
      (low >>> 16) & 0xff,
      (low >>> 8) & 0xff,
      low & 0xff,
    )
  }
  if (at + 4 <= end) {
    const four = view.getUint32(at)
    if ((four & 0x80808080) !== 0) return null
    text += String.fromCharCode(four >>> 24, (four >>> 16) & 0xff, (four >>> 8) & 0xff, four & 0xff)
    at += 4
  }
  for (; at < end; at += 1) {
    const unit = view.getUint8(at)
    if (unit >= 0x80) return null
    text += String.fromCharCode(unit)
  }
  return text
}

/** For vectors of strings: 4 bytes at least, each. */
export function readString(reader: JuteReader): string {
  return reader.string()
}
