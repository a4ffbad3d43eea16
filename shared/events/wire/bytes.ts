// The numbers and texts of an event frame as bytes: variable-length numbers, and texts that are written once a frame and
// named by a number after that. The layout of a frame is in fields.ts.

import { tryUtf8Decode, utf8Encode } from '../../base/text.ts'

/** What a frame may not hold, or a frame cut short: whoever sent it is no member of this version. */
export class FrameError extends Error {
  override readonly name = 'FrameError'
}

/** Texts that one frame remembers; further ones are written out each time. */
const TEXTS_MAX = 4096
/** Whole numbers below this go as two to a byte and a bit; everything else takes nine bytes. */
const WHOLE_MAX = 2 ** 50
const START_BYTES = 4096
/** Longer texts are left to the encoder. */
const PLAIN_MAX = 256

export class ByteWriter {
  #bytes = new Uint8Array(START_BYTES)
  #view = new DataView(this.#bytes.buffer)
  #at = 0
  readonly #texts = new Map<string, number>()

  get length(): number {
    return this.#at
  }

  byte(value: number): void {
    this.#grow(1)
    this.#bytes[this.#at] = value
    this.#at += 1
  }

  /** Whole, from 0 to 2^53 - 1: seven bits a byte, the lowest first. */
  unsigned(value: number): void {
    this.#grow(8)
    let rest = value
    if (rest < 2 ** 31) {
      for (; rest >= 0x80; rest >>>= 7) {
        this.#bytes[this.#at] = (rest & 0x7f) | 0x80
        this.#at += 1
      }
    }
    while (rest >= 0x80) {
      this.#bytes[this.#at] = (rest % 0x80) | 0x80
      this.#at += 1
      rest = Math.floor(rest / 0x80)
    }
    this.#bytes[this.#at] = rest
    this.#at += 1
  }

  float(value: number): void {
    this.#grow(8)
    this.#view.setFloat64(this.#at, value)
    this.#at += 8
  }

  /** Any number but NaN: an even code for a whole one, or 1 and the eight bytes of a double. */
  number(value: number): void {
    if (Number.isInteger(value) && value < WHOLE_MAX && value > -WHOLE_MAX) {
      this.unsigned((value >= 0 ? value * 2 : value * -2 - 1) * 2)
    } else {
      this.unsigned(1)
      this.float(value)
    }
  }

  /** `0x` and up to 16 lower-case digits, without leading zeros: high half, low half. */
  hex(text: string): void {
    const split = Math.max(2, text.length - 8)
    this.unsigned(hexValue(text, 2, split))
    this.unsigned(hexValue(text, split, text.length))
  }

  /** 0 and the text when it is new to this frame, else its number, from 1. */
  text(value: string): void {
    const known = this.#texts.get(value)
    if (known !== undefined) return this.unsigned(known)
    this.unsigned(0)
    if (!this.#plain(value)) {
      const bytes = utf8Encode(value)
      this.unsigned(bytes.length)
      this.#grow(bytes.length)
      this.#bytes.set(bytes, this.#at)
      this.#at += bytes.length
    }
    if (this.#texts.size < TEXTS_MAX) this.#texts.set(value, this.#texts.size + 1)
  }

  /** Writes length and text when all of it is ASCII, which is quicker than the encoder; else nothing. */
  #plain(value: string): boolean {
    const { length } = value
    if (length > PLAIN_MAX) return false
    const before = this.#at
    this.unsigned(length)
    this.#grow(length)
    for (let i = 0; i < length; i += 1) {
      const unit = value.charCodeAt(i)
      if (unit >= 0x80) {
        this.#at = before
        return false
      }
      this.#bytes[this.#at + i] = unit
    }
    this.#at += length
    return true
  }

  /** A copy of what was written; the writer is empty afterwards. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#at)
    this.#at = 0
    this.#texts.clear()
    return taken
  }

  #grow(more: number): void {
    const needed = this.#at + more
    if (needed <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2))
    grown.set(this.#bytes.subarray(0, this.#at))
    this.#bytes = grown
    this.#view = new DataView(grown.buffer)
  }
}

/** Of the lower-case digits from one place to another; 0 of none. */
function hexValue(text: string, from: number, to: number): number {
  let value = 0
  for (let i = from; i < to; i += 1) {
    const unit = text.charCodeAt(i)
    value = value * 16 + (unit > 0x39 ? unit - 0x57 : unit - 0x30)
  }
  return value
}

/** Every method throws FrameError when the bytes end too early or hold what cannot be. */
export class ByteReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #texts: string[] = []
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  get remaining(): number {
    return this.#bytes.length - this.#at
  }

  byte(): number {
    const value = this.#bytes[this.#at]
    if (value === undefined) throw new FrameError('the frame ends within an event')
    this.#at += 1
    return value
  }

  unsigned(): number {
    let value = 0
    let scale = 1
    for (let i = 0; i < 8; i += 1) {
      const byte = this.byte()
      value += (byte & 0x7f) * scale
      if (byte < 0x80) {
        if (!Number.isSafeInteger(value)) break
        return value
      }
      scale *= 0x80
    }
    throw new FrameError('a number that is too large')
  }

  float(): number {
    if (this.remaining < 8) throw new FrameError('the frame ends within a number')
    const value = this.#view.getFloat64(this.#at)
    this.#at += 8
    if (!Number.isFinite(value)) throw new FrameError('a number that is none')
    return value
  }

  number(): number {
    const code = this.unsigned()
    if (code === 1) return this.float()
    if (code % 2 === 1) throw new FrameError('a number of an unknown kind')
    const zigzag = code / 2
    return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2
  }

  hex(): string {
    const high = this.unsigned()
    const low = this.unsigned()
    if (high > 0xffffffff || low > 0xffffffff) throw new FrameError('more than 64 bits')
    return high === 0 ? `0x${low.toString(16)}` : `0x${high.toString(16)}${low.toString(16).padStart(8, '0')}`
  }

  text(): string {
    const known = this.unsigned()
    if (known > 0) {
      const text = this.#texts[known - 1]
      if (text === undefined) throw new FrameError('a text that the frame has not brought')
      return text
    }
    const length = this.unsigned()
    if (length > this.remaining) throw new FrameError('the frame ends within a text')
    const text = tryUtf8Decode(this.#bytes.subarray(this.#at, this.#at + length))
    if (text === null) throw new FrameError('a text that is not UTF-8')
    this.#at += length
    if (this.#texts.length < TEXTS_MAX) this.#texts.push(text)
    return text
  }
}
