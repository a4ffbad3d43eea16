// Keeps the bytes of entries for their whole way, so that log and learners share one encoding. A bounded
// cache, by identity; what has been pushed out is encoded again (txn.ts). Bytes stand together in slabs,
// because one small allocation an entry costs more than encoding it.

import type { Entry } from '../../zk/txn.ts'
import { counterOf } from '../../zk/zxid.ts'

/** Powers of two: slots are chosen by the low bits of the zxid. At most 64 MiB, when each entry came in a chunk of its own. */
const SMALL_SLOTS = 1024
const LARGE_SLOTS = 16
const SMALL_BYTES_MAX = 16_384
const SLAB_BYTES = 65_536

interface Slots {
  readonly entries: (Entry | undefined)[]
  readonly bytes: Uint8Array[]
}

const EMPTY = new Uint8Array(0)
const small = makeSlots(SMALL_SLOTS)
const large = makeSlots(LARGE_SLOTS)
let slab = EMPTY
let slabUsed = 0

/** The bytes kept for this very entry; shared, so not to be changed. */
export function findEntryBytes(entry: Entry): Uint8Array | undefined {
  return find(small, entry) ?? find(large, entry)
}

/** Keeps a copy of `bytes` for `entry` and returns the copy. */
export function keepEntryBytes(entry: Entry, bytes: Uint8Array): Uint8Array {
  const copy = bytes.length <= SMALL_BYTES_MAX ? copyToSlab(bytes) : new Uint8Array(bytes)
  keep(entry, copy)
  return copy
}

/** Keeps `bytes` themselves, which are never written again; a copy when they would keep too much memory alive. */
export function keepEntryWindow(entry: Entry, bytes: Uint8Array): void {
  if (bytes.buffer.byteLength <= SLAB_BYTES) keep(entry, bytes)
  else keepEntryBytes(entry, bytes)
}

function keep(entry: Entry, bytes: Uint8Array): void {
  const slots = bytes.length <= SMALL_BYTES_MAX ? small : large
  const slot = slotOf(slots, entry)
  slots.entries[slot] = entry
  slots.bytes[slot] = bytes
}

function makeSlots(count: number): Slots {
  return {
    entries: Array.from<undefined>({ length: count }),
    bytes: Array.from<Uint8Array>({ length: count }).fill(EMPTY),
  }
}

function slotOf(slots: Slots, entry: Entry): number {
  return counterOf(entry.zxid) & (slots.entries.length - 1)
}

function find(slots: Slots, entry: Entry): Uint8Array | undefined {
  const slot = slotOf(slots, entry)
  return slots.entries[slot] === entry ? slots.bytes[slot] : undefined
}

/** A slab goes when the last entry in it has left the cache and whoever was given its bytes. */
function copyToSlab(bytes: Uint8Array): Uint8Array {
  if (slabUsed + bytes.length > slab.length) {
    slab = new Uint8Array(SLAB_BYTES)
    slabUsed = 0
  }
  const copy = new Uint8Array(slab.buffer, slabUsed, bytes.length)
  copy.set(bytes)
  slabUsed += bytes.length
  return copy
}
