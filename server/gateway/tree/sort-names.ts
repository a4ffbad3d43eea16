// Puts a million packed names in order without standing in anybody's way: by their bytes, from the first on, in portions
// between which others have their turn. It sorts where names begin; the bytes stay where they are.

import { setImmediate as nextTurn } from 'node:timers/promises'
import type { PackedNames } from '../../client/answers.ts'

/** Names looked at in one portion: some milliseconds. */
const PORTION = 50_000
/** Up to this length a part is sorted by insertion, and up to the other one byte after the other. */
const SHORT_MAX = 24
const NARROW_MAX = 4000
const LENGTH_BYTES = 4
/** One for each byte, and one before them for names that end here. */
const BUCKETS = 257
/** Bytes that are sorted by at once in a long part, and the two halves in which that is done. */
const KEY_BYTES = 4
const HALF_BITS = 16
const HALVES = 2 ** HALF_BITS

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

/** By the next four bytes in which it is not all the same; what has these in common is still to be sorted. */
async function splitLong(
  bytes: Uint8Array,
  starts: Uint32Array,
  { low, high, depth }: Part,
  parts: Part[],
): Promise<void> {
  const at = depth + (await sharedBytes(bytes, starts, { low, high, depth }))
  let names = starts.slice(low, high)
  let keys = new Uint32Array(names.length)
  for (let i = 0; i < keys.length; i += 1) {
    keys[i] = keyOf(bytes, names[i] ?? 0, at)
    if (i % PORTION === PORTION - 1) await nextTurn()
  }
  for (const shift of [0, HALF_BITS]) [names, keys] = await byHalf(names, keys, shift)
  starts.set(names, low)
  for (let from = 0; from < keys.length; ) {
    let to = from + 1
    while (to < keys.length && keys[to] === keys[from]) to += 1
    if (to - from > 1) parts.push({ low: low + from, high: low + to, depth: at + KEY_BYTES })
    from = to
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
function keyOf(bytes: Uint8Array, start: number, depth: number): number {
  const end = endOf(bytes, start)
  let key = 0
  for (let i = start + depth; i < start + depth + KEY_BYTES; i += 1) key = (key << 8) | (i < end ? (bytes[i] ?? 0) : 0)
  return key >>> 0
}

/** Names and keys in the order of one half of the keys; those that are the same there stay as they were. */
async function byHalf(
  names: Uint32Array,
  keys: Uint32Array,
  shift: number,
): Promise<[Uint32Array<ArrayBuffer>, Uint32Array<ArrayBuffer>]> {
  const places = new Uint32Array(HALVES)
  for (const key of keys) {
    const half = (key >>> shift) & (HALVES - 1)
    places[half] = (places[half] ?? 0) + 1
  }
  let from = 0
  for (let half = 0; half < HALVES; half += 1) {
    const count = places[half] ?? 0
    places[half] = from
    from += count
  }
  const [sortedNames, sortedKeys] = [new Uint32Array(names.length), new Uint32Array(names.length)]
  for (let i = 0; i < keys.length; i += 1) {
    const key = keys[i] ?? 0
    const half = (key >>> shift) & (HALVES - 1)
    const to = places[half] ?? 0
    places[half] = to + 1
    sortedNames[to] = names[i] ?? 0
    sortedKeys[to] = key
    if (i % PORTION === PORTION - 1) await nextTurn()
  }
  return [sortedNames, sortedKeys]
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
