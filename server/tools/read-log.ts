// A log file as what is intact in it, with offsets, and what is not. Nothing is repaired, nothing is thrown for damage.

import fs from 'node:fs'
import { DecodeError } from '#shared/jute/reader.ts'
import { readEntry } from '#shared/jute/records/txn.ts'
import type { Entry } from '#shared/zk/txn.ts'
import { ZERO_ZXID, type Zxid } from '#shared/zk/zxid.ts'
import {
  frameLength,
  LOG_HEADER_BYTES,
  logHeaderProblem,
  RECORD_FRAME_BYTES,
  readFrame,
  zxidOfTxn,
} from '../storage/txn-log-format.ts'

/** Larger ones do not fit into one buffer. */
const FILE_BYTES_MAX = 2 ** 31

export interface LogRecord {
  readonly zxid: Zxid
  /** Of the record's frame. */
  readonly offset: number
  readonly bytes: number
  readonly txn: Buffer
  /** Null when the bytes are as they were written, but mean nothing that we know. */
  readonly entry: Entry | null
}

export type LogPart =
  | ({ readonly type: 'record' } & LogRecord)
  /** Bytes that are no records, between some or before the end. */
  | { readonly type: 'damage'; readonly from: number; readonly to: number; readonly what: string }
  /** Not an error: what a crash leaves behind the last record. */
  | { readonly type: 'torn'; readonly from: number; readonly to: number }
  | { readonly type: 'padding'; readonly from: number; readonly to: number }

/** @throws Error of the file system, or a sentence about the file's size */
export function* readLogParts(path: string): Generator<LogPart, void> {
  const { size } = fs.statSync(path)
  if (size > FILE_BYTES_MAX) throw new Error(`${path} has ${size} bytes; logs up to ${FILE_BYTES_MAX} can be read`)
  const bytes = fs.readFileSync(path)
  const used = lastNonZero(bytes) + 1
  if (used === 0) return yield { type: 'padding', from: 0, to: size }
  if (size < LOG_HEADER_BYTES) return yield { type: 'torn', from: 0, to: size }
  const problem = logHeaderProblem(bytes)
  let at = LOG_HEADER_BYTES
  if (problem) yield { type: 'damage', from: 0, to: at, what: problem }
  let last: Zxid = ZERO_ZXID
  for (;;) {
    const frame = readFrame(bytes, at, size)
    if (typeof frame !== 'string') {
      const zxid = zxidOfTxn(frame)
      const length = frame.length + RECORD_FRAME_BYTES
      if (zxid === null) yield { type: 'damage', from: at, to: at + length, what: 'a zxid that cannot be' }
      else yield { type: 'record', zxid, offset: at, bytes: length, txn: frame, entry: decoded(frame) }
      if (zxid !== null) last = zxid
      at += length
      continue
    }
    if (at >= used) break
    const next = nextRecord(bytes, at + 1, size, last)
    if (next === null) {
      yield { type: 'torn', from: at, to: used }
      at = used
      break
    }
    yield {
      type: 'damage',
      from: at,
      to: next,
      what: frame === 'padding' ? 'a hole' : 'a record that is not as written',
    }
    at = next
  }
  if (at < size) yield { type: 'padding', from: at, to: size }
}

function decoded(txn: Buffer): Entry | null {
  try {
    return readEntry(txn)
  } catch (error) {
    if (error instanceof DecodeError) return null
    throw error
  }
}

/** Where the next whole record with a later zxid starts: an older one may be a znode's data that looks like a log. */
function nextRecord(bytes: Buffer, from: number, end: number, last: Zxid): number | null {
  for (let at = from; at < end; at += 1) {
    if (typeof frameLength(bytes, at, end) === 'string') continue
    const frame = readFrame(bytes, at, end)
    if (typeof frame === 'string') continue
    const zxid = zxidOfTxn(frame)
    if (zxid !== null && zxid > last) return at
  }
  return null
}

function lastNonZero(bytes: Buffer): number {
  let at = bytes.length - 1
  while (at >= 0 && bytes[at] === 0) at -= 1
  return at
}
