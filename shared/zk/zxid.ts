// A transaction id: epoch in the high 32 bits, counter in the low 32. Held as a double, which is exact
// while the epoch stays below EPOCH_MAX; this is the one file that knows so. On the wire it is eight
// bytes, in JSON and on screen `0x100000003`, in transcripts `1/3`.
// Source: ZooKeeper's ZxidUtils; the special values -1 and Long.MIN are election.md §3 and §5.

import { assert } from '../base/assert.ts'
import type { Brand } from '../base/brand.ts'

export type Zxid = Brand<number, 'Zxid'>

/** Epochs at or above this cannot be held exactly: 2^53 / 2^32. */
export const EPOCH_MAX = 2 ** 21
export const COUNTER_MAX = 0xffffffff
const TWO_32 = 2 ** 32

export const ZERO_ZXID = 0 as Zxid
/** "None": replies and packets that carry no zxid; also an untrusted, empty database. */
export const NO_ZXID = -1 as Zxid
/** What observers put into their votes (Java's Long.MIN_VALUE, a power of two and so exact). */
export const MIN_LONG_ZXID = -(2 ** 63) as Zxid

export function makeZxid(epoch: number, counter: number): Zxid {
  assert(epoch >= 0 && epoch < EPOCH_MAX, 'an epoch is below 2^21, so that a double holds its zxids exactly')
  assert(counter >= 0 && counter <= COUNTER_MAX, 'a counter fits 32 bits')
  return (epoch * TWO_32 + counter) as Zxid
}

export function epochOf(zxid: Zxid): number {
  return Math.floor(zxid / TWO_32)
}

export function counterOf(zxid: Zxid): number {
  return zxid - Math.floor(zxid / TWO_32) * TWO_32
}

/** The two halves as written on the wire: high as a signed, low as an unsigned 32-bit integer. */
export function zxidFromHalves(high: number, low: number): Zxid | null {
  const value = high * TWO_32 + low
  if (Number.isSafeInteger(value)) return value as Zxid
  return high === -(2 ** 31) && low === 0 ? MIN_LONG_ZXID : null
}

/** `0x100000003`; negative values as ZooKeeper prints them: `0xffffffffffffffff`. */
export function formatZxid(zxid: Zxid): string {
  return zxid >= 0 ? `0x${zxid.toString(16)}` : `0x${BigInt.asUintN(64, BigInt(zxid)).toString(16)}`
}

/** The form of transcripts and of the page: `1/3` is the third transaction of epoch 1. */
export function formatEpochCounter(zxid: Zxid): string {
  return zxid < 0 ? String(zxid) : `${epochOf(zxid)}/${counterOf(zxid)}`
}

/** Reads `0x…`, `0xffffffffffffffff` included; `null` when it is not one that we can hold exactly. */
export function parseZxid(text: string): Zxid | null {
  if (!/^0x[0-9a-f]{1,16}$/i.test(text)) return null
  const value = BigInt.asIntN(64, BigInt(text))
  return zxidFromHalves(Number(value >> 32n), Number(value & 0xffffffffn))
}
