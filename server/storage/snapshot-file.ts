// Snapshot files: written beside and renamed when durable, checked before they are trusted. The bytes are
// snapshot-encode.ts and snapshot-decode.ts; which snapshot to start from is recover.ts.

import fsp, { type FileHandle } from 'node:fs/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { ADLER32_START, adler32 } from '#shared/base/checksum.ts'
import { DecodeError, JuteReader } from '#shared/jute/reader.ts'
import type { DataTree } from '#shared/tree/data-tree.ts'
import type { Zxid } from '#shared/zk/zxid.ts'
import type { Disk } from './disk.ts'
import { TreeDecoder } from './snapshot-decode.ts'
import { encodeSnapshotFile } from './snapshot-encode.ts'
import {
  DIGEST_VERSION,
  SEAL_BYTES,
  SNAPSHOT_HEADER_BYTES,
  SNAPSHOT_MAGIC,
  SNAPSHOT_VERSION,
} from './snapshot-format.ts'

/** Slices are gathered up to this size for one write, which is also one flush. */
const WRITE_BYTES = 2 ** 20
/** One read while loading: the event loop gets its turn between two. */
const READ_BYTES = 256 * 1024
/** Trailers and seals behind the nodes; what is longer is not read. */
const TRAILER_BYTES_MAX = 256
const END = Buffer.from([0, 0, 0, 1, 0x2f])

export interface SnapshotAbort {
  aborted: boolean
}

/**
 * Writes a snapshot to `path` and flushes it; renaming it into place is the caller's. The tree may change meanwhile.
 * @param digest whether the tree keeps its digest
 * @param abort set `aborted` to give up: the file is removed and false returned
 */
export async function writeSnapshot(
  disk: Disk,
  path: string,
  tree: DataTree,
  digest: boolean,
  abort: SnapshotAbort,
): Promise<boolean> {
  const slices = encodeSnapshotFile(tree, digest)
  let gathered: Uint8Array[] = []
  let bytes = 0
  let done = false
  function take(): void {
    const next = slices.next()
    if (next.done) {
      done = true
      return
    }
    gathered.push(next.value)
    bytes += next.value.length
  }
  // The header and, in this same turn, the sessions as they are at the label.
  take()
  take()
  const file = await disk.create(path, false)
  try {
    let position = 0
    while (!abort.aborted) {
      if (done || bytes >= WRITE_BYTES) {
        await file.write(Buffer.concat(gathered), position)
        // Flushing as we go keeps the log's flushes from waiting behind one huge one.
        await file.sync()
        if (done) return true
        position += bytes
        gathered = []
        bytes = 0
      }
      await nextTurn()
      take()
    }
  } finally {
    await file.close()
  }
  await disk.remove(path)
  return false
}

/** Apache's quick check: long enough and ends like a seal. Says nothing about the bytes between. */
export async function looksComplete(path: string): Promise<boolean> {
  const handle = await fsp.open(path, 'r')
  try {
    const { size } = await handle.stat()
    if (size < SNAPSHOT_HEADER_BYTES) return false
    const tail = Buffer.alloc(END.length)
    await handle.read(tail, 0, tail.length, size - tail.length)
    return tail.equals(END)
  } finally {
    await handle.close()
  }
}

/** Whether the last seal of a snapshot file matches all bytes before it (O-15: what purge keeps was checked so). */
export async function sealMatches(path: string): Promise<boolean> {
  if (!(await looksComplete(path))) return false
  const handle = await fsp.open(path, 'r')
  try {
    const { size } = await handle.stat()
    const sealed = size - SEAL_BYTES
    let checksum = ADLER32_START
    let at = 0
    const chunk = Buffer.allocUnsafe(READ_BYTES)
    while (at < sealed) {
      const { bytesRead } = await handle.read(chunk, 0, Math.min(chunk.length, sealed - at), at)
      if (bytesRead === 0) return false
      checksum = adler32(chunk.subarray(0, bytesRead), checksum)
      at += bytesRead
    }
    const seal = Buffer.alloc(8)
    await handle.read(seal, 0, seal.length, sealed)
    return seal.readUInt32BE(0) === 0 && seal.readUInt32BE(4) === checksum
  } finally {
    await handle.close()
  }
}

export interface LoadedSnapshot {
  readonly tree: DataTree
  /** The digest that the tree has after the txn `zxid`; null when the file carries none. */
  readonly digest: { readonly zxid: Zxid; readonly value: bigint } | null
}

/**
 * Loads a snapshot file and checks its seals; lastProcessedZxid is left to the caller.
 * @throws DecodeError when it is not a whole, undamaged snapshot
 */
export async function loadSnapshot(path: string): Promise<LoadedSnapshot> {
  const handle = await fsp.open(path, 'r')
  try {
    return await load(handle, (await handle.stat()).size)
  } finally {
    await handle.close()
  }
}

async function load(handle: FileHandle, size: number): Promise<LoadedSnapshot> {
  const header = await readAt(handle, 0, SNAPSHOT_HEADER_BYTES)
  const reader = new JuteReader(header)
  if (reader.int() !== SNAPSHOT_MAGIC) throw new DecodeError('it does not start with ZKSN')
  const version = reader.int()
  if (version !== SNAPSHOT_VERSION) throw new DecodeError(`its format version is ${version}, not ${SNAPSHOT_VERSION}`)

  const decoder = new TreeDecoder()
  let checksum = adler32(header)
  let at = SNAPSHOT_HEADER_BYTES
  while (!decoder.done) {
    const chunk = await readAt(handle, at, Math.max(0, Math.min(READ_BYTES, size - at)))
    if (chunk.length === 0) throw new DecodeError('it ends before its nodes do')
    at += chunk.length
    decoder.push(chunk)
    const behind = decoder.done ? at - SNAPSHOT_HEADER_BYTES - decoder.consumed : 0
    checksum = adler32(chunk.subarray(0, chunk.length - behind), checksum)
  }
  const trailer = await readAt(handle, SNAPSHOT_HEADER_BYTES + decoder.consumed, TRAILER_BYTES_MAX)
  const digest = readTrailer(trailer, checksum)
  return { tree: decoder.finish(), digest }
}

/** Seal 1, then (3.6 and later) a digest with seal 2; what 3.9 adds behind is not needed. */
function readTrailer(trailer: Uint8Array, checksum: number): LoadedSnapshot['digest'] {
  const reader = new JuteReader(trailer)
  checkSeal(reader, checksum)
  if (reader.remaining === 0) return null
  const zxid = reader.zxid()
  const version = reader.int()
  // Before version 2 it was written as text; it cannot be compared, but the seal behind it can be checked.
  const value = version < DIGEST_VERSION ? reader.string() : reader.ulong()
  checkSeal(reader, adler32(trailer.subarray(0, trailer.length - reader.remaining), checksum))
  return version === DIGEST_VERSION && typeof value === 'bigint' ? { zxid, value } : null
}

function checkSeal(reader: JuteReader, checksum: number): void {
  const sealed = reader.longNumber()
  if (reader.string() !== '/' || sealed !== checksum) throw new DecodeError('its checksum does not match its content')
}

/** Up to `length` bytes at `position`, in memory of their own. */
async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(length)
  let done = 0
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, length - done, position + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return bytes.subarray(0, done)
}
