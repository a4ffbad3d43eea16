// A number that everybody may change: Curator's SharedCount (4 bytes), its DistributedAtomicLong (8 bytes), kazoo's Counter
// (text). All of them set the value that they read, with its version, and try again when somebody was faster.

import { tryUtf8Decode, utf8Encode } from '#shared/base/text.ts'
import { ERROR_CODES } from '#shared/zk/errors.ts'
import { BadVersionError, badArguments, NoNodeError } from '../errors.ts'
import { TransactionFailedError } from '../transaction.ts'
import type { ZooKeeper } from '../zookeeper.ts'
import { ensurePath } from './ensure-path.ts'
import { type Following, follow } from './follow.ts'
import { commitOnce, type OnceOptions } from './receipt.ts'
import { retryOnLoss } from './reconnect.ts'

/** int32: SharedCount, and kazoo's with `support_curator`. int64: DistributedAtomicLong. text: kazoo's whole numbers. */
export type CounterFormat = 'int32' | 'int64' | 'text'

export interface CounterOptions extends OnceOptions {
  /** Default `int64`. */
  readonly format?: CounterFormat
}

export class SharedCounter {
  readonly #zk: ZooKeeper
  readonly #path: string
  readonly #format: CounterFormat
  readonly #receipts: string | null

  /** Nothing is made before it is first written; a counter that is not there, or empty, is 0. */
  constructor(zk: ZooKeeper, path: string, options: CounterOptions = {}) {
    this.#zk = zk
    this.#path = path
    this.#format = options.format ?? 'int64'
    this.#receipts = options.exactlyOnce ? `${path}-receipts` : null
  }

  async get(): Promise<bigint> {
    return (await retryOnLoss(this.#zk, () => this.#read())).value
  }

  /**
   * Adds, `amount` may be negative; resolves with the new value. RangeError when that does not fit the format. For
   * a lost answer see `exactlyOnce`.
   */
  async add(amount: bigint | number): Promise<bigint> {
    return await this.update((value) => value + BigInt(amount))
  }

  /** Sets, whatever it was. */
  async set(value: bigint | number): Promise<void> {
    await this.update(() => BigInt(value))
  }

  /** True when it was `expected` and is now `value`. */
  async compareAndSet(expected: bigint | number, value: bigint | number): Promise<boolean> {
    let matches = false
    await this.update((now) => {
      matches = now === BigInt(expected)
      return matches ? BigInt(value) : null
    })
    return matches
  }

  /** Calls `change` with the value until what it returns could be set; null leaves it as it is. Resolves with the value then. */
  async update(change: (value: bigint) => bigint | null): Promise<bigint> {
    for (;;) {
      const { value, version } = await retryOnLoss(this.#zk, () => this.#read())
      const next = change(value)
      if (next === null) return value
      const data = encodeCounter(next, this.#format)
      if (version === null) await retryOnLoss(this.#zk, () => ensurePath(this.#zk, this.#path))
      else if (await this.#trySet(data, version)) return next
    }
  }

  /** Tells `onValue` the value, now and after every change. */
  watch(onValue: (value: bigint) => void): Promise<Following> {
    return follow(this.#zk, async (onChange, isOpen) => {
      if (!(await this.#zk.exists(this.#path, { watch: onChange }))) {
        if (isOpen()) onValue(0n)
        return
      }
      const { value } = await this.#read()
      if (isOpen()) onValue(value)
    })
  }

  async #read(): Promise<{ value: bigint; version: number | null }> {
    try {
      const { data, stat } = await this.#zk.getData(this.#path)
      return { value: decodeCounter(data, this.#format, this.#path), version: stat.version }
    } catch (error) {
      if (error instanceof NoNodeError) return { value: 0n, version: null }
      throw error
    }
  }

  /** False when somebody was faster. */
  async #trySet(data: Uint8Array, version: number): Promise<boolean> {
    try {
      if (this.#receipts === null) await this.#zk.setData(this.#path, data, version)
      else await commitOnce(this.#zk, this.#receipts, (transaction) => transaction.setData(this.#path, data, version))
      return true
    } catch (error) {
      const failed = error instanceof TransactionFailedError ? error.code : null
      const beaten = error instanceof BadVersionError || failed === ERROR_CODES.BADVERSION
      if (beaten || error instanceof NoNodeError || failed === ERROR_CODES.NONODE) return false
      throw error
    }
  }
}

const BITS = { int32: 32, int64: 64 } as const

/** Throws RangeError when the value does not fit. */
export function encodeCounter(value: bigint, format: CounterFormat): Uint8Array {
  if (format === 'text') return utf8Encode(String(value))
  const bits = BITS[format]
  if (BigInt.asIntN(bits, value) !== value) throw new RangeError(`${value} does not fit into a counter of ${bits} bits`)
  const bytes = new Uint8Array(bits / 8)
  const view = new DataView(bytes.buffer)
  if (bits === 32) view.setInt32(0, Number(value))
  else view.setBigInt64(0, value)
  return bytes
}

/** Empty data is 0. Throws BadArgumentsError for data of another format. */
export function decodeCounter(data: Uint8Array | null, format: CounterFormat, path: string): bigint {
  if (data === null || data.length === 0) return 0n
  if (format === 'text') {
    const text = tryUtf8Decode(data) ?? ''
    if (/^[+-]?\d+$/.test(text)) return BigInt(text.replace('+', ''))
    throw badArguments('this is no whole number in text, as a counter of format "text" has it', path)
  }
  if (data.length !== BITS[format] / 8)
    throw badArguments(`${data.length} bytes are no counter of format ${format}; another one wrote it`, path)
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  return format === 'int32' ? BigInt(view.getInt32(0)) : view.getBigInt64(0)
}
