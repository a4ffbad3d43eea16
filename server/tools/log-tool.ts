// One log file: printed, counted, verified, rebuilt. Source of the purpose: Apache's TxnLogToolkit; its texts are ours.

import fs from 'node:fs'
import { basename, dirname } from 'node:path'
import { formatZxid, type Zxid } from '#shared/zk/zxid.ts'
import { checkLog } from '../storage/sums-check.ts'
import {
  continues,
  LOG_HEADER_BYTES,
  RECORD_FRAME_BYTES,
  writeLogHeader,
  writeRecord,
} from '../storage/txn-log-format.ts'
import { type LogPart, type LogRecord, readLogParts } from './read-log.ts'
import type { ToolOptions } from './tool-arguments.ts'
import { entryLine, entryObject } from './txn-text.ts'

/** What was found in a log, whatever was printed of it. */
export interface LogSummary {
  readonly path: string
  readonly records: number
  readonly first: Zxid | null
  readonly last: Zxid | null
  readonly recordBytes: number
  readonly fileBytes: number
  /** By type, most frequent first. */
  readonly types: readonly (readonly [string, { count: number; bytes: number }])[]
  /** Sentences, each with where. */
  readonly damage: readonly string[]
  /** Bytes that a crash has left behind the last record; 0 for none. */
  readonly tornBytes: number
  /** What our side file says. */
  readonly sums: string
}

export type Print = (line: string) => void

/** Reads all of a log, and prints what was asked for. */
export async function inspectLog(path: string, options: ToolOptions, print: Print | null): Promise<LogSummary> {
  const types = new Map<string, { count: number; bytes: number }>()
  const damage: string[] = []
  let [records, recordBytes, tornBytes] = [0, 0, 0]
  let first: Zxid | null = null
  let last: Zxid | null = null
  for (const part of readLogParts(path)) {
    if (part.type === 'torn') tornBytes = part.to - part.from
    const problem = problemOf(part, last)
    if (problem) {
      damage.push(problem)
      if (print) print(options.json ? JSON.stringify({ damage: problem }) : `DAMAGE ${problem}`)
    }
    if (part.type !== 'record') continue
    records += 1
    recordBytes += part.bytes
    first ??= part.zxid
    last = part.zxid
    const type = part.entry?.txn.type ?? 'unreadable'
    const seen = types.get(type) ?? { count: 0, bytes: 0 }
    types.set(type, { count: seen.count + 1, bytes: seen.bytes + part.bytes })
    if (print && isChosen(part, options)) printRecord(part, options, print)
  }
  const verdict = await checkLog(dirname(path), basename(path))
  if (verdict.type === 'contradicted') damage.push(`by its side file, ${verdict.problem}`)
  return {
    path,
    records,
    first,
    last,
    recordBytes,
    fileBytes: fs.statSync(path).size,
    types: [...types].sort((a, b) => b[1].count - a[1].count),
    damage,
    tornBytes,
    sums: verdict.type === 'verified' ? `verified up to byte ${verdict.upTo}` : verdict.type,
  }
}

function problemOf(part: LogPart, last: Zxid | null): string | null {
  if (part.type === 'damage') return `bytes ${part.from} to ${part.to}: ${part.what}`
  if (part.type !== 'record') return null
  if (last !== null && !continues(last, part.zxid))
    return `byte ${part.offset}: ${formatZxid(part.zxid)} follows ${formatZxid(last)}, so transactions are missing or mixed`
  return part.entry === null ? `byte ${part.offset}: the transaction ${formatZxid(part.zxid)} cannot be read` : null
}

function isChosen({ zxid, entry }: LogRecord, { from, to, session }: ToolOptions): boolean {
  return (
    (from === null || zxid >= from) && (to === null || zxid <= to) && (session === null || entry?.sessionId === session)
  )
}

function printRecord({ entry, zxid, offset, bytes }: LogRecord, { json, data }: ToolOptions, print: Print): void {
  if (entry === null)
    print(
      json
        ? JSON.stringify({ zxid: formatZxid(zxid), offset, bytes, txn: null })
        : `zxid ${formatZxid(zxid)} unreadable`,
    )
  else print(json ? JSON.stringify(entryObject(entry, offset, bytes, data)) : entryLine(entry, data))
}

/** Lines without the records. */
export function summaryLines(summary: LogSummary, json: boolean): string[] {
  const { path, records, first, last, damage, tornBytes, recordBytes, fileBytes, types, sums } = summary
  const span = { first: first === null ? null : formatZxid(first), last: last === null ? null : formatZxid(last) }
  if (json) {
    const counts = Object.fromEntries(types)
    return [
      JSON.stringify({ log: path, records, ...span, recordBytes, fileBytes, tornBytes, sums, types: counts, damage }),
    ]
  }
  const range = records === 0 ? 'no records' : `${records} records, ${span.first} to ${span.last}`
  return [
    `${path}: ${range}, ${recordBytes} bytes of ${fileBytes}`,
    ...types.map(
      ([type, { count, bytes }]) =>
        `  ${type.padEnd(16)} ${String(count).padStart(9)} ${String(bytes).padStart(12)} bytes`,
    ),
    ...(tornBytes > 0 ? [`  ${tornBytes} bytes of a torn record at its end: the next start cuts them off`] : []),
    `  side file: ${sums}`,
    ...damage.map((one) => `  DAMAGE ${one}`),
  ]
}

/**
 * Writes the intact records up to the first that is missing as a new log.
 * @returns what was written, as a sentence
 * @throws Error with code EEXIST when `out` is there already
 */
export function rebuildLog(path: string, out: string): string {
  const pieces: Buffer[] = []
  const header = Buffer.alloc(LOG_HEADER_BYTES)
  writeLogHeader(header, 0)
  let last: Zxid | null = null
  let left = 0
  for (const part of readLogParts(path)) {
    if (part.type !== 'record') continue
    if (left > 0 || part.entry === null || (last !== null && !continues(last, part.zxid))) {
      left += 1
      continue
    }
    const record = Buffer.alloc(part.txn.length + RECORD_FRAME_BYTES)
    writeRecord(record, 0, part.txn)
    pieces.push(record)
    last = part.zxid
  }
  if (last === null) throw new Error(`${path} has no intact record to begin with: nothing was written`)
  fs.writeFileSync(out, Buffer.concat([header, ...pieces]), { flag: 'wx', mode: 0o600, flush: true })
  const rest =
    left > 0
      ? `; ${left} intact records behind the damage are left out, they cannot be replayed without what is missing`
      : ''
  return `${out}: ${pieces.length} records, up to ${formatZxid(last)}${rest}`
}
