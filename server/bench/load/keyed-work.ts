// Work on the keys of one connection: get, set, exists, and a mix. No other connection writes these keys, so what an
// answer must hold is known exactly: the version, and data stamped with key and version.

import { createPrng, nextUint32, type Prng } from '#shared/base/prng.ts'
import {
  frameOf,
  REPLY_HEADER_BYTES,
  STAMP_BYTES,
  STAT_BYTES,
  STAT_DATA_LENGTH_AT,
  STAT_VERSION_AT,
  stampedData,
  stampVersionAt,
} from './frames.ts'
import { keyPath } from './layout.ts'
import type { Work } from './work.ts'

export type KeyedOp = 'get' | 'set' | 'exists'

export interface KeyedPlan {
  readonly root: string
  readonly bytes: number
  /** Numbers of the keys of this connection. */
  readonly keys: readonly number[]
  /** Their versions now. */
  readonly versions: readonly number[]
  readonly op: KeyedOp
  /** Of 100 operations, so many are setData instead of `op`. */
  readonly setsOf100: number
  readonly slots: number
  readonly seed: number
}

export class KeyedWork implements Work {
  readonly frameBytesMax: number
  readonly #plan: KeyedPlan
  readonly #prng: Prng
  readonly #reads: readonly Buffer[]
  readonly #sets: readonly Buffer[]
  readonly #stampAt: number
  /** By place in `keys`: the version at the last answer, and after all that has been sent. */
  readonly #acknowledged: Int32Array
  readonly #sent: Int32Array
  /** By slot: which key, and whether it is set. */
  readonly #keyOfSlot: Uint16Array
  readonly #isSet: Uint8Array

  constructor(plan: KeyedPlan) {
    this.#plan = plan
    this.#prng = createPrng(plan.seed)
    const type = plan.op === 'exists' ? 'exists' : 'getData'
    this.#reads = plan.keys.map((key) => frameOf({ type, path: keyPath(plan.root, key), watch: false }))
    this.#sets = plan.keys.map((key) =>
      frameOf({ type: 'setData', path: keyPath(plan.root, key), data: stampedData(plan.bytes, key, 0), version: -1 }),
    )
    this.frameBytesMax = Math.max(...[...this.#reads, ...this.#sets].map((frame) => frame.length))
    this.#stampAt = this.#sets[0] ? stampVersionAt(this.#sets[0], plan.bytes) : 0
    this.#acknowledged = Int32Array.from(plan.versions)
    this.#sent = Int32Array.from(plan.versions)
    this.#keyOfSlot = new Uint16Array(plan.slots)
    this.#isSet = new Uint8Array(plan.slots)
  }

  next(slot: number, into: Buffer, at: number): number {
    const key = nextUint32(this.#prng) % this.#plan.keys.length
    const percent = this.#plan.setsOf100
    const isSet = this.#plan.op === 'set' || (percent > 0 && nextUint32(this.#prng) % 100 < percent)
    this.#keyOfSlot[slot] = key
    this.#isSet[slot] = isSet ? 1 : 0
    const frame = (isSet ? this.#sets : this.#reads)[key]
    if (!frame) return 0
    into.set(frame, at)
    if (isSet) {
      const version = (this.#sent[key] ?? 0) + 1
      this.#sent[key] = version
      into.writeInt32BE(version, at + this.#stampAt)
    }
    return frame.length
  }

  wrong(slot: number, view: DataView, at: number, end: number): string | null {
    const key = this.#keyOfSlot[slot] ?? 0
    if (this.#isSet[slot]) {
      const version = (this.#acknowledged[key] ?? 0) + 1
      this.#acknowledged[key] = version
      if (end - at !== REPLY_HEADER_BYTES + STAT_BYTES) return `a setData is answered with ${end - at} bytes`
      return this.#wrongStat(key, version, view, at + REPLY_HEADER_BYTES)
    }
    const version = this.#acknowledged[key] ?? 0
    if (this.#plan.op === 'exists') return this.#wrongStat(key, version, view, at + REPLY_HEADER_BYTES)
    const { bytes, keys } = this.#plan
    const data = at + REPLY_HEADER_BYTES + 4
    if (end !== data + bytes + STAT_BYTES || view.getInt32(data - 4) !== bytes)
      return `getData is answered with ${end - at} bytes`
    if (bytes >= STAMP_BYTES && (view.getInt32(data) !== keys[key] || view.getInt32(data + 4) !== version))
      return `key ${keys[key]} at version ${version} holds the data of ${view.getInt32(data)} at ${view.getInt32(data + 4)}`
    return this.#wrongStat(key, version, view, data + bytes)
  }

  /** The keys with the versions that they must now have, everything sent being answered. */
  versions(): readonly (readonly [key: number, version: number])[] {
    return this.#plan.keys.map((key, place) => [key, this.#acknowledged[place] ?? 0])
  }

  #wrongStat(key: number, version: number, view: DataView, at: number): string | null {
    const got = view.getInt32(at + STAT_VERSION_AT)
    if (got !== version) return `key ${this.#plan.keys[key]} has version ${got} where ${version} was due`
    const length = view.getInt32(at + STAT_DATA_LENGTH_AT)
    return length === this.#plan.bytes ? null : `key ${this.#plan.keys[key]} has ${length} bytes`
  }
}
