// Order and epochs of zxids in their `0x…` text form, without turning them into numbers: the fold compares
// thousands a second, and lower-case hex without leading zeros sorts by length, then by character.

import { formatEpochCounter, parseZxid } from '../zk/zxid.ts'

/** `0x` and the eight digits of the counter. */
const PREFIX_AND_COUNTER = 10

/** Negative when `a` is the older, 0 when equal. Both as formatZxid writes them, not negative. */
export function compareZxidText(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length
  return a < b ? -1 : a > b ? 1 : 0
}

export function newerZxid(a: string, b: string): string {
  return compareZxidText(a, b) >= 0 ? a : b
}

/** The hex digits of the epoch; empty for epoch 0. */
export function epochText(zxid: string): string {
  return zxid.length <= PREFIX_AND_COUNTER ? '' : zxid.slice(2, -8)
}

/** The low 32 bits. */
export function counterOfText(zxid: string): number {
  return Number.parseInt(zxid.length <= PREFIX_AND_COUNTER ? zxid.slice(2) : zxid.slice(-8), 16)
}

/** The zxid of an epoch (as epochText gives it) and a counter; the inverse of the two above. */
export function zxidText(epoch: string, counter: number): string {
  const low = counter.toString(16)
  return epoch === '' ? `0x${low}` : `0x${epoch}${low.padStart(8, '0')}`
}

/** `1/3` for sentences; the text itself when it is no zxid. */
export function readableZxid(zxid: string): string {
  const parsed = parseZxid(zxid)
  return parsed === null ? zxid : formatEpochCounter(parsed)
}
