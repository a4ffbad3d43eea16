// The bytes of a transaction log: file header, record frame, padding rule. Source: FileTxnLog and FilePadding
// of ZooKeeper 3.8, storage.md §4. Which records follow each other is for readers and writers to watch.

import { adler32 } from '#shared/base/checksum.ts'
import { counterOf, epochOf, type Zxid, zxidFromHalves } from '#shared/zk/zxid.ts'

export const LOG_HEADER_BYTES = 16
/** checksum (8) and length (4) stand before the txn's bytes. */
export const RECORD_HEAD_BYTES = 12
/** One 0x42 stands behind them. */
export const RECORD_FRAME_BYTES = RECORD_HEAD_BYTES + 1
/** The longest record that is taken for one: a frame may be 1 MiB, a multi or a closeSession somewhat more. */
export const RECORD_BYTES_MAX = 64 * 2 ** 20
/** A TxnHeader: no record is shorter. */
export const RECORD_BYTES_MIN = 32

const MAGIC = 0x5a4b4c47 // "ZKLG"
const VERSION = 2
const END_OF_RECORD = 0x42
/** Room that must be left before the end of the file, else it grows first. */
const PADDING_MARGIN_BYTES = 4096

export function writeLogHeader(bytes: Buffer, at: number): void {
  bytes.writeUInt32BE(MAGIC, at)
  bytes.writeUInt32BE(VERSION, at + 4)
  bytes.fill(0, at + 8, at + LOG_HEADER_BYTES)
}

/** What is wrong with a file's header, as a sentence, or null. */
export function logHeaderProblem(bytes: Buffer): string | null {
  if (bytes.readUInt32BE(0) !== MAGIC) return 'it does not start with ZKLG'
  const version = bytes.readUInt32BE(4)
  return version === VERSION ? null : `its format version is ${version}, not ${VERSION}`
}

/** Whether the header was being written when a crash came: its first bytes are there, the others still zero. */
export function isTornHeader(bytes: Buffer): boolean {
  const whole = Buffer.alloc(LOG_HEADER_BYTES)
  writeLogHeader(whole, 0)
  let same = 0
  while (same < bytes.length && bytes[same] === whole[same]) same += 1
  return bytes.subarray(same).every((byte) => byte === 0)
}

/** Writes the record of `txn` at `at`, which needs txn.length + RECORD_FRAME_BYTES bytes of room. */
export function writeRecord(bytes: Buffer, at: number, txn: Uint8Array): void {
  putInt(bytes, at, 0)
  putInt(bytes, at + 4, adler32(txn))
  putInt(bytes, at + 8, txn.length)
  bytes.set(txn, at + RECORD_HEAD_BYTES)
  bytes[at + RECORD_HEAD_BYTES + txn.length] = END_OF_RECORD
}

/** The caller has made room: Buffer's own methods check what is known, at ten times the cost. */
function putInt(bytes: Buffer, at: number, value: number): void {
  bytes[at] = value >>> 24
  bytes[at + 1] = value >>> 16
  bytes[at + 2] = value >>> 8
  bytes[at + 3] = value
}

/** `short`: more bytes are needed to tell. `padding`: a length of 0. `bad`: whatever cannot be a record. */
export type NoFrame = 'short' | 'padding' | 'bad'

/** The txn of the record that starts at `at`, as a window on `bytes`, of which `end` are there; or why there is none. */
export function readFrame(bytes: Buffer, at: number, end: number): Buffer | NoFrame {
  const length = frameLength(bytes, at, end)
  if (typeof length === 'string') return length
  const txn = bytes.subarray(at + RECORD_HEAD_BYTES, at + RECORD_HEAD_BYTES + length)
  return adler32(txn) === bytes.readUInt32BE(at + 4) ? txn : 'bad'
}

/** How long the txn is that seems to start at `at`, its checksum apart. */
export function frameLength(bytes: Buffer, at: number, end: number): number | NoFrame {
  if (at + RECORD_HEAD_BYTES > end) return 'short'
  const length = bytes.readInt32BE(at + 8)
  if (length === 0) return 'padding'
  if (length < RECORD_BYTES_MIN || length > RECORD_BYTES_MAX) return 'bad'
  const eor = at + RECORD_HEAD_BYTES + length
  if (eor + 1 > end) return 'short'
  return bytes[eor] === END_OF_RECORD && bytes.readUInt32BE(at) === 0 ? length : 'bad'
}

/** The zxid in a txn's header; null when it is none that can be held. */
export function zxidOfTxn(txn: Buffer): Zxid | null {
  return zxidFromHalves(txn.readInt32BE(12), txn.readUInt32BE(16))
}

/**
 * How long the file should be before something is appended at `position`.
 * @param preAllocBytes 0 for no padding
 */
export function paddedSize(position: number, size: number, preAllocBytes: number): number {
  if (preAllocBytes <= 0 || position + PADDING_MARGIN_BYTES < size) return size
  if (position <= size) return size + preAllocBytes
  return Math.floor((position + preAllocBytes) / preAllocBytes) * preAllocBytes
}

/** D-12: inside an epoch counters are consecutive, and a new epoch starts at 1. */
export function continues(before: Zxid, next: Zxid): boolean {
  if (epochOf(before) === epochOf(next)) return next === before + 1
  return next > before && counterOf(next) === 1
}
