// Cuts a byte stream into frames: four bytes of length, most significant first, then that many bytes.

export class FrameTooLarge extends Error {
  override readonly name = 'FrameTooLarge'
}

const LENGTH_BYTES = 4

export class FrameReader {
  readonly #bytesMax: number
  #chunks: Buffer[] = []
  #size = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** The frames that `chunk` completes, in order. Throws FrameTooLarge; the stream is lost then. */
  push(chunk: Buffer): Buffer[] {
    this.#chunks.push(chunk)
    this.#size += chunk.length
    const frames: Buffer[] = []
    while (this.#size >= LENGTH_BYTES) {
      const length = this.#head(LENGTH_BYTES).readUInt32BE(0)
      if (length > this.#bytesMax)
        throw new FrameTooLarge(`a frame of ${length} bytes; at most ${this.#bytesMax} are accepted`)
      if (this.#size < LENGTH_BYTES + length) break
      const whole = this.#head(LENGTH_BYTES + length)
      frames.push(whole.subarray(LENGTH_BYTES, LENGTH_BYTES + length))
      this.#chunks = [whole.subarray(LENGTH_BYTES + length)]
      this.#size -= LENGTH_BYTES + length
    }
    return frames
  }

  /** The first chunk, made to hold at least `bytes`; joins chunks only when it must. */
  #head(bytes: number): Buffer {
    const [first] = this.#chunks
    if (first && first.length >= bytes) return first
    const joined = Buffer.concat(this.#chunks)
    this.#chunks = [joined]
    return joined
  }
}
