// Puts a million packed names in order without standing in anybody's way: by their bytes, from the first on, in portions
// between which others have their turn. It sorts where names begin; the bytes stay where they are.

import { setImmediate as nextTurn } from 'node:timers/promises'
import type { PackedNames } from '../../client/answers.ts'

/** Names looked at in one portion: some milliseconds. */
const PORTION = 20_000
/** Up to this length a part is sorted by insertion, and up to the other one byte after the other. */
const SHORT_MAX = 24
const NARROW_MAX = 4000
const LENGTH_BYTES = 4
/** One for each byte, and one before them for names that end here. */
const BUCKETS = 257
/** Bytes that are sorted by at once in a long part, two at a time, the last two first. */
const KEY_BYTES = 8
const WORD_BYTES = 4
const DIGIT_BITS = 16
const DIGITS = 2 ** DIGIT_BITS
/** In a key, from the last on. */
const DIGITS_OF_KEY = 4

/** Where name `start` ends. */
export function endOf(bytes: Uint8Array, start: number): number {
  const at = start - LENGTH_BYTES
  return (
    start +
    (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0))
  )
}

/** Below 0 when name `a` comes before name `b`; the first `from` bytes are known to be the same. */
export function compareNames(bytes: Uint8Array, a: number, b: number, from = 0): number {
  const endA = endOf(bytes, a)
  const endB = endOf(bytes, b)
  let [atA, atB] = [a + from, b + from]
  while (atA < endA && atB < endB) {
    const difference = (bytes[atA] ?? 0) - (bytes[atB] ?? 0)
    if (difference !== 0) return difference
    atA += 1
    atB += 1
  }
  return endA - atA - (endB - atB)
}

interface Part {
  readonly low: number
  readonly high: number
  /** Bytes that are the same in all of it. */
  readonly depth: number
}

/** Changes `starts`. Members tell children as they were created, which is often their order: that is seen at once. */
export async function sortNames({ bytes, starts }: PackedNames): Promise<void> {
  if (await isSorted(bytes, starts)) return
  const parts: Part[] = [{ low: 0, high: starts.length, depth: 0 }]
  let work = 0
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    const count = part.high - part.low
    if (count <= SHORT_MAX) insert(bytes, starts, part)
    else if (count <= NARROW_MAX) split(bytes, starts, part, parts)
    else await splitLong(bytes, starts, part, parts)
    work += count
    if (work < PORTION) continue
    work = 0
    await nextTurn()
  }
}

async function isSorted(bytes: Uint8Array, starts: Uint32Array): Promise<boolean> {
  for (let i = 1; i < starts.length; i += 1) {
    if (compareNames(bytes, starts[i - 1] ?? 0, starts[i] ?? 0) > 0) return false
    if (i % PORTION === 0) await nextTurn()
  }
  return true
}

function insert(bytes: Uint8Array, starts: Uint32Array, { low, high, depth }: Part): void {
  for (let i = low + 1; i < high; i += 1) {
    const start = starts[i] ?? 0
    let at = i
    for (; at > low && compareNames(bytes, starts[at - 1] ?? 0, start, depth) > 0; at -= 1)
      starts[at] = starts[at - 1] ?? 0
    starts[at] = start
  }
}

/** Names with the next eight bytes of each, as two words. */
interface Keyed {
  readonly names: Uint32Array<ArrayBuffer>
  readonly high: Uint32Array<ArrayBuffer>
  readonly low: Uint32Array<ArrayBuffer>
}

function createKeyed(length: number): Keyed {
  return { names: new Uint32Array(length), high: new Uint32Array(length), low: new Uint32Array(length) }
}

/** By the next eight bytes in which it is not all the same; what has these in common is still to be sorted. */
async function splitLong(
  bytes: Uint8Array,
  starts: Uint32Array,
  { low, high, depth }: Part,
  parts: Part[],
): Promise<void> {
  const at = depth + (await sharedBytes(bytes, starts, { low, high, depth }))
  const count = high - low
  let [from, to] = [createKeyed(count), createKeyed(count)]
  const counts = Array.from({ length: DIGITS_OF_KEY }, () => new Uint32Array(DIGITS))
  for (let i = 0; i < count; i += 1) {
    const name = starts[low + i] ?? 0
    from.names[i] = name
    from.high[i] = wordOf(bytes, name, at)
    from.low[i] = wordOf(bytes, name, at + WORD_BYTES)
    for (let digit = 0; digit < DIGITS_OF_KEY; digit += 1) {
      const of = counts[digit]
      const value = digitOf(from, i, digit)
      if (of) of[value] = (of[value] ?? 0) + 1
    }
    if (i % PORTION === PORTION - 1) await nextTurn()
  }
  for (const [digit, places] of counts.entries()) {
    // All the same: the order stays.
    if (places[digitOf(from, 0, digit)] === count) continue
    await byDigit(from, to, digit, places)
    ;[from, to] = [to, from]
  }
  starts.set(from.names, low)
  for (let first = 0; first < count; ) {
    let next = first + 1
    while (next < count && from.low[next] === from.low[first] && from.high[next] === from.high[first]) next += 1
    if (next - first > 1) parts.push({ low: low + first, high: low + next, depth: at + KEY_BYTES })
    first = next
  }
}

/** How many bytes more all of them have in common. */
async function sharedBytes(bytes: Uint8Array, starts: Uint32Array, { low, high, depth }: Part): Promise<number> {
  const first = (starts[low] ?? 0) + depth
  let shared = Math.max(0, endOf(bytes, starts[low] ?? 0) - first)
  for (let i = low + 1; i < high && shared > 0; i += 1) {
    const other = (starts[i] ?? 0) + depth
    shared = Math.min(shared, Math.max(0, endOf(bytes, starts[i] ?? 0) - other))
    let same = 0
    while (same < shared && bytes[other + same] === bytes[first + same]) same += 1
    shared = same
    if (i % PORTION === 0) await nextTurn()
  }
  return shared
}

/** No name holds a zero byte, so that zeros can stand for what is behind its end. */
function wordOf(bytes: Uint8Array, start: number, depth: number): number {
  const end = endOf(bytes, start)
  const at = start + depth
  let word = 0
  for (let i = at; i < at + WORD_BYTES; i += 1) word = (word << 8) | (i < end ? (bytes[i] ?? 0) : 0)
  return word >>> 0
}

function digitOf({ high, low }: Keyed, i: number, digit: number): number {
  const word = (digit < 2 ? low[i] : high[i]) ?? 0
  return digit % 2 === 0 ? word & (DIGITS - 1) : word >>> DIGIT_BITS
}

/** Into `to`, in the order of one digit; those that are the same there stay as they were. Changes `places`, the counts. */
async function byDigit(from: Keyed, to: Keyed, digit: number, places: Uint32Array): Promise<void> {
  let next = 0
  for (let value = 0; value < DIGITS; value += 1) {
    const count = places[value] ?? 0
    places[value] = next
    next += count
  }
  for (let i = 0; i < from.names.length; i += 1) {
    const value = digitOf(from, i, digit)
    const place = places[value] ?? 0
    places[value] = place + 1
    to.names[place] = from.names[i] ?? 0
    to.high[place] = from.high[i] ?? 0
    to.low[place] = from.low[i] ?? 0
    if (i % PORTION === PORTION - 1) await nextTurn()
  }
}

/** Into parts that begin with the same byte more, which are still to be sorted. */
function split(bytes: Uint8Array, starts: Uint32Array, { low, high, depth }: Part, parts: Part[]): void {
  const aside = new Uint32Array(high - low)
  const ends = new Uint32Array(BUCKETS)
  for (let i = low; i < high; i += 1) {
    const bucket = bucketOf(bytes, starts[i] ?? 0, depth)
    ends[bucket] = (ends[bucket] ?? 0) + 1
  }
  let from = low
  for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
    const count = ends[bucket] ?? 0
    if (count > 1 && bucket > 0) parts.push({ low: from, high: from + count, depth: depth + 1 })
    ends[bucket] = from
    from += count
    // All the same: nothing is to be moved.
    if (count === high - low) return
  }
  for (let i = low; i < high; i += 1) {
    const start = starts[i] ?? 0
    const bucket = bucketOf(bytes, start, depth)
    const to = ends[bucket] ?? 0
    aside[to - low] = start
    ends[bucket] = to + 1
  }
  starts.set(aside, low)
}

function bucketOf(bytes: Uint8Array, start: number, depth: number): number {
  const at = start + depth
  return at < endOf(bytes, start) ? (bytes[at] ?? 0) + 1 : 0
}
