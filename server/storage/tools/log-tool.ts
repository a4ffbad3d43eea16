// `zabscope log`: prints transaction logs, checks them, and writes what is intact of a damaged one to a new file.
// The originals are only ever read. The format is txn-log-reader.ts's business.

import { basename, dirname } from 'node:path'
import { readEntry } from '#shared/jute/records/txn.ts'
import { formatSessionId } from '#shared/zk/ids.ts'
import { formatZxid, type Zxid } from '#shared/zk/zxid.ts'
import { StorageError } from '../storage-error.ts'
import { checkLog } from '../sums-check.ts'
import { sumsName } from '../sums-file.ts'
import { continues } from '../txn-log-format.ts'
import { type LogScan, scanLog } from '../txn-log-reader.ts'
import { entryLine, entryObject } from './entry-text.ts'
import { filesOf } from './files-of.ts'
import { LogCopy } from './log-copy.ts'
import { Tally } from './tally.ts'

export interface LogToolOptions {
  /** Log files, or directories that hold some. */
  readonly paths: readonly string[]
  readonly json: boolean
  /** Print no transactions, only what there is and whether it is whole. */
  readonly verify: boolean
  /** Show the data of znodes, too. */
  readonly data: boolean
  /** Only zxids from here on, up to there; both included. Null: no bound. */
  readonly from: Zxid | null
  readonly to: Zxid | null
  /** Only the transactions of this session, as 0x… text. */
  readonly session: string | null
  /** Where to write the intact records of a single file; must not exist. */
  readonly rebuild: string | null
}

/** Returns the exit code: 0 all is whole, 1 something is torn or damaged. Throws a StorageError for what cannot be read. */
export async function runLogTool(options: LogToolOptions, print: (line: string) => void): Promise<number> {
  const files = await filesOf(options.paths, 'log')
  if (options.rebuild !== null && files.length !== 1)
    throw new StorageError(`--rebuild takes one log file at a time; here are ${files.length}`)
  let before: { readonly path: string; readonly last: Zxid } | null = null
  let whole = true
  for (const path of files) {
    const report = await readOne(path, options, print)
    whole = whole && report.problem === null
    if (before !== null && report.first !== null && !continues(before.last, report.first)) {
      whole = false
      print(gapLine(options, before, path, report.first))
    }
    print(summaryLine(options, path, report))
    before = report.last === null ? before : { path, last: report.last }
  }
  return whole ? 0 : 1
}

interface Report {
  readonly tally: Tally
  readonly first: Zxid | null
  readonly last: Zxid | null
  readonly problem: string | null
}

async function readOne(path: string, options: LogToolOptions, print: (line: string) => void): Promise<Report> {
  const tally = new Tally()
  const copy = options.rebuild === null ? null : await LogCopy.create(options.rebuild)
  let first: Zxid | null = null
  let last: Zxid | null = null
  let problem: string | null = null
  const visit = (zxid: Zxid, txn: Buffer): boolean => {
    first ??= zxid
    last = zxid
    copy?.add(txn)
    const entry = readEntry(Uint8Array.prototype.slice.call(txn))
    tally.add(entry, txn.length)
    if (options.verify || !isWanted(zxid, formatSessionId(entry.sessionId), options)) return true
    print(options.json ? JSON.stringify(entryObject(entry, options.data)) : entryLine(entry, options.data))
    return true
  }
  try {
    problem = endingProblem(await scanLog(path, visit)) ?? (await sideFileProblem(path))
  } catch (error) {
    if (!(error instanceof Error)) throw error
    problem = error.message
  }
  await copy?.finish()
  return { tally, first, last, problem }
}

function isWanted(zxid: Zxid, session: string, { from, to, session: wanted }: LogToolOptions): boolean {
  return (from === null || zxid >= from) && (to === null || zxid <= to) && (wanted === null || session === wanted)
}

function endingProblem(scan: LogScan): string | null {
  if (scan.ending !== 'torn') return null
  return `it ends with an incomplete record at byte ${scan.end}, as a crash leaves it; a server cuts that off when it starts`
}

/** ST-1: what the log held when it was written, where its side file lies beside it. */
async function sideFileProblem(path: string): Promise<string | null> {
  const verdict = await checkLog(dirname(path), basename(path))
  return verdict.type === 'contradicted' ? `${verdict.problem} (as ${sumsName(basename(path))} tells)` : null
}

function gapLine(
  options: LogToolOptions,
  before: { readonly path: string; readonly last: Zxid },
  path: string,
  first: Zxid,
): string {
  const [after, next] = [formatZxid(before.last), formatZxid(first)]
  if (options.json) return JSON.stringify({ gap: { from: before.path, after, to: path, next } })
  return `${path}: does not continue ${before.path}, which ends with ${after}: the next is ${next}`
}

function summaryLine(options: LogToolOptions, path: string, { tally, first, last, problem }: Report): string {
  const range = first === null || last === null ? null : { first: formatZxid(first), last: formatZxid(last) }
  if (options.json) return JSON.stringify({ file: path, ...range, ...tally.object(), problem })
  const what = range === null ? 'no transactions' : `${range.first} to ${range.last}, ${tally.text()}`
  return `${path}: ${what}; ${problem === null ? 'whole' : `NOT WHOLE: ${problem}`}`
}
