// Where the data of znodes lies. An Uint8Array of its own costs each znode some 350 bytes beside the data, so
// small data is copied behind one another into slabs. A slab is written once and never again: what was read from
// it stays as it was. What is deleted or replaced leaves a hole; a slab that is half holes is given up, and what
// still lives in it moves on.

import { createStatStore, type StatStore } from './node-stat.ts'

/** Some bytes, as a window on an array that may hold those of others; `null` and 0 for data that is null. */
export interface DataWindow {
  dataBytes: Uint8Array | null
  dataAt: number
  dataLength: number
}

interface Slab {
  readonly bytes: Uint8Array
  /** How much of it has been written, and how much of that is in use. */
  written: number
  live: number
  /** Whose data was written into it; some have gone since. */
  readonly owners: DataWindow[]
}

export interface DataStore {
  /** Where the numbers of the same znodes lie. */
  readonly stats: StatStore
  /** The slab that is being filled; one of `slabs`. */
  open: Slab | null
  readonly slabs: Map<Uint8Array, Slab>
}

const SLAB_BYTES = 32 * 1024
/** Larger data keeps an array of its own, which costs it little in proportion. */
const SHARED_BYTES_MAX = 2 * 1024

/** Up to here a loop is faster than a window that is made to copy from. */
const LOOPED_BYTES_MAX = 256

const NOTHING = new Uint8Array(0)

export function createDataStore(): DataStore {
  return { stats: createStatStore(), open: null, slabs: new Map() }
}

/** What somebody else keeps, as a window: for data on its way. */
export function windowOn(data: Uint8Array | null): DataWindow {
  return { dataBytes: data, dataAt: 0, dataLength: data === null ? 0 : data.length }
}

/** The data: not to be changed, and good for as long as anybody holds it. */
export function dataOf({ dataBytes, dataAt, dataLength }: DataWindow): Uint8Array | null {
  if (dataBytes === null || (dataAt === 0 && dataLength === dataBytes.length)) return dataBytes
  return dataBytes.subarray(dataAt, dataAt + dataLength)
}

/** Lets `owner`, which holds none, have a copy of `data`; what is large and alone in its memory is kept as it is. */
export function putData(store: DataStore, owner: DataWindow, data: Uint8Array | null): void {
  if (data === null || data.length === 0) {
    owner.dataBytes = data === null ? null : NOTHING
    owner.dataAt = 0
    owner.dataLength = 0
  } else if (data.length > SHARED_BYTES_MAX) {
    owner.dataBytes = data.buffer.byteLength === data.length ? data : new Uint8Array(data)
    owner.dataAt = 0
    owner.dataLength = data.length
  } else {
    share(store, owner, data, 0, data.length)
  }
}

/** The same for data that lies in `from`, which may change afterwards. */
export function copyData(store: DataStore, owner: DataWindow, from: DataWindow): void {
  const { dataBytes, dataAt, dataLength } = from
  if (dataBytes === null || dataLength === 0 || dataLength > SHARED_BYTES_MAX) {
    // Not `slice`, which does not copy where the array is a Buffer.
    putData(store, owner, dataBytes && new Uint8Array(dataBytes.subarray(dataAt, dataAt + dataLength)))
  } else {
    share(store, owner, dataBytes, dataAt, dataLength)
  }
}

function share(store: DataStore, owner: DataWindow, from: Uint8Array, start: number, length: number): void {
  const slab = openSlab(store, length)
  const { bytes } = slab
  const at = slab.written
  if (length === from.length) bytes.set(from, at)
  else if (length > LOOPED_BYTES_MAX) bytes.set(from.subarray(start, start + length), at)
  else for (let i = 0; i < length; i += 1) bytes[at + i] = from[start + i] ?? 0
  slab.written += length
  slab.live += length
  slab.owners.push(owner)
  owner.dataBytes = bytes
  owner.dataAt = at
  owner.dataLength = length
}

/** The slab that is being filled, if `length` bytes have room there, else the next one. */
function openSlab(store: DataStore, length: number): Slab {
  const full = store.open
  if (full !== null && full.written + length <= SLAB_BYTES) return full
  const slab: Slab = { bytes: new Uint8Array(SLAB_BYTES), written: 0, live: 0, owners: [] }
  store.slabs.set(slab.bytes, slab)
  store.open = slab
  if (full !== null) clean(store, full)
  return slab
}

/** `owner` is gone, or is about to get other data. */
export function dropData(store: DataStore, owner: DataWindow): void {
  const { dataBytes: bytes, dataLength } = owner
  owner.dataBytes = null
  owner.dataAt = 0
  owner.dataLength = 0
  const slab = bytes === null ? undefined : store.slabs.get(bytes)
  if (slab === undefined) return
  slab.live -= dataLength
  if (slab !== store.open) clean(store, slab)
}

/** Gives a full slab up that is half empty: each byte is moved once for each that was dropped, at most. */
function clean(store: DataStore, slab: Slab): void {
  if (slab.live * 2 > slab.written) return
  const { bytes } = slab
  store.slabs.delete(bytes)
  for (const owner of slab.owners)
    if (owner.dataBytes === bytes) share(store, owner, bytes, owner.dataAt, owner.dataLength)
}
