// Snapshot files: written beside and renamed when durable, checked before they are trusted. The bytes are
// snapshot-encode.ts and snapshot-decode.ts; which snapshot to start from is recover.ts.

import fsp from 'node:fs/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { ADLER32_START, adler32 } from '#shared/base/checksum.ts'
import { DecodeError, JuteReader } from '#shared/jute/reader.ts'
import type { DataTree } from '#shared/tree/data-tree.ts'
import type { Zxid } from '#shared/zk/zxid.ts'
import { compressionOf } from './compression.ts'
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
import { createCompressor, readPlain, STREAM_MAGIC } from './snapshot-stream.ts'
import { type Checkpoint, runningCrc } from './sums-file.ts'

/** Slices are gathered up to this size for one write, which is also one flush. */
const WRITE_BYTES = 2 ** 20
/** Trailers and seals behind the nodes; what is longer is not read. */
const TRAILER_BYTES_MAX = 256
const END = Buffer.from([0, 0, 0, 1, 0x2f])

export interface SnapshotAbort {
  aborted: boolean
}

/**
 * Writes a snapshot to `path`, whose end says how it is compressed, and flushes it; renaming it into place is the caller's.
 * The tree may change meanwhile.
 * @param digest whether the tree keeps its digest
 * @param abort set `aborted` to give up: the file is removed and null returned
 * @returns what its side file has to say of it
 */
export async function writeSnapshot(
  disk: Disk,
  path: string,
  tree: DataTree,
  digest: boolean,
  abort: SnapshotAbort,
): Promise<Checkpoint | null> {
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
  const compressor = createCompressor(compressionOf(path))
  const file = await disk.create(path, false)
  try {
    let position = 0
    let crc = 0
    while (!abort.aborted) {
      if (done || bytes >= WRITE_BYTES) {
        const pieces = gathered
        gathered = []
        bytes = 0
        const packed = await compressor.push(pieces)
        const written = done ? Buffer.concat([packed, await compressor.end()]) : packed
        await file.write(written, position)
        // Flushing as we go keeps the log's flushes from waiting behind one huge one.
        await file.sync()
        position += written.length
        crc = runningCrc(written, crc)
        if (done) return { end: position, crc, ended: true }
      }
      await nextTurn()
      take()
    }
  } finally {
    compressor.abandon()
    await file.close()
  }
  await disk.remove(path)
  return null
}

/**
 * Apache's quick check: a plain file is long enough and ends like a seal, a compressed one starts like one. Says nothing
 * about the bytes between.
 */
export async function looksComplete(path: string): Promise<boolean> {
  const magic = STREAM_MAGIC[compressionOf(path)]
  const handle = await fsp.open(path, 'r')
  try {
    const { size } = await handle.stat()
    if (size < SNAPSHOT_HEADER_BYTES) return false
    const [expected, at] = magic.length > 0 ? [magic, 0] : [END, size - END.length]
    const found = Buffer.alloc(expected.length)
    await handle.read(found, 0, found.length, at)
    return found.equals(expected)
  } finally {
    await handle.close()
  }
}

/** Whether the last seal of a snapshot file matches all bytes before it (O-15: what purge keeps was checked so). */
export async function sealMatches(path: string): Promise<boolean> {
  if (!(await looksComplete(path))) return false
  let checksum = ADLER32_START
  // The seal is not part of what it seals, and where it starts is known at the end only.
  let tail = Buffer.alloc(0)
  try {
    for await (const chunk of readPlain(path)) {
      const bytes = Buffer.concat([tail, chunk])
      const sealed = Math.max(0, bytes.length - SEAL_BYTES)
      checksum = adler32(bytes.subarray(0, sealed), checksum)
      tail = bytes.subarray(sealed)
    }
  } catch (error) {
    if (error instanceof DecodeError) return false
    throw error
  }
  if (tail.length < SEAL_BYTES || !tail.subarray(SEAL_BYTES - END.length).equals(END)) return false
  return tail.readUInt32BE(0) === 0 && tail.readUInt32BE(4) === checksum
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
  const decoder = new TreeDecoder()
  let checksum = ADLER32_START
  let head: Buffer | null = Buffer.alloc(0)
  let trailer: Buffer | null = null
  for await (const chunk of readPlain(path)) {
    let bytes = chunk
    if (head !== null) {
      head = Buffer.concat([head, chunk])
      if (head.length < SNAPSHOT_HEADER_BYTES) continue
      checkHeader(head)
      checksum = adler32(head.subarray(0, SNAPSHOT_HEADER_BYTES), checksum)
      bytes = head.subarray(SNAPSHOT_HEADER_BYTES)
      head = null
    }
    if (trailer !== null) {
      trailer = Buffer.concat([trailer, bytes])
      if (trailer.length >= TRAILER_BYTES_MAX) break
      continue
    }
    const done = decoder.push(bytes)
    if (done) trailer = Buffer.from(decoder.rest())
    checksum = adler32(bytes.subarray(0, bytes.length - (trailer?.length ?? 0)), checksum)
  }
  if (head !== null) throw new DecodeError('it ends inside its header')
  if (trailer === null) throw new DecodeError('it ends before its nodes do')
  const digest = readTrailer(trailer.subarray(0, TRAILER_BYTES_MAX), checksum)
  return { tree: decoder.finish(), digest }
}

function checkHeader(header: Buffer): void {
  const reader = new JuteReader(header)
  if (reader.int() !== SNAPSHOT_MAGIC) throw new DecodeError('it does not start with ZKSN')
  const version = reader.int()
  if (version !== SNAPSHOT_VERSION) throw new DecodeError(`its format version is ${version}, not ${SNAPSHOT_VERSION}`)
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

/**
 * What can be read of a damaged snapshot, for tools: the znodes up to the damage, sealed or not, without those whose parent is
 * missing.
 * @throws DecodeError when not even the root can be read
 */
export async function loadIntact(path: string): Promise<DataTree> {
  const decoder = new TreeDecoder()
  let head = Buffer.alloc(0)
  try {
    for await (const chunk of readPlain(path)) {
      if (decoder.done) break
      if (head.length >= SNAPSHOT_HEADER_BYTES) {
        decoder.push(chunk)
        continue
      }
      head = Buffer.concat([head, chunk])
      if (head.length >= SNAPSHOT_HEADER_BYTES) decoder.push(head.subarray(SNAPSHOT_HEADER_BYTES))
    }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
  }
  return decoder.finishIntact()
}
