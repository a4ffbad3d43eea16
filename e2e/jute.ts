// The few jute types that zk-client.ts needs, written and read.

export class Writer {
  readonly #parts: Buffer[] = []

  int(value: number): this {
    const part = Buffer.alloc(4)
    part.writeInt32BE(value)
    this.#parts.push(part)
    return this
  }

  long(value: bigint): this {
    const part = Buffer.alloc(8)
    part.writeBigInt64BE(value)
    this.#parts.push(part)
    return this
  }

  bool(value: boolean): this {
    this.#parts.push(Buffer.from([value ? 1 : 0]))
    return this
  }

  bytes(value: Buffer): this {
    this.int(value.length).#parts.push(value)
    return this
  }

  text(value: string): this {
    return this.bytes(Buffer.from(value))
  }

  /** The fields of another record after ours. */
  raw(other: Writer): this {
    this.#parts.push(...other.#parts)
    return this
  }

  /** All fields with the length before them. */
  frame(): Buffer {
    const content = Buffer.concat(this.#parts)
    return Buffer.concat([new Writer().int(content.length).#parts[0] ?? Buffer.alloc(0), content])
  }
}

export class Reader {
  readonly #content: Buffer
  #at = 0

  constructor(content: Buffer) {
    this.#content = content
  }

  int(): number {
    this.#at += 4
    return this.#content.readInt32BE(this.#at - 4)
  }

  long(): bigint {
    this.#at += 8
    return this.#content.readBigInt64BE(this.#at - 8)
  }

  /** Null reads as empty. */
  bytes(): Buffer {
    const length = Math.max(0, this.int())
    this.#at += length
    return this.#content.subarray(this.#at - length, this.#at)
  }

  text(): string {
    return this.bytes().toString()
  }

  /** czxid mzxid ctime mtime, version cversion aversion, ephemeralOwner, dataLength numChildren, pzxid. */
  stat(): { version: number } {
    for (let i = 0; i < 4; i += 1) this.long()
    const version = this.int()
    this.#at += 36
    return { version }
  }
}
