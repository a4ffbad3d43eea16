// Reads one transaction log file and tells how it ends: cleanly, torn by a crash, or damaged. What the
// records mean, and whether the next file continues this one, is for recover.ts.

import fsp, { type FileHandle } from 'node:fs/promises'
import { formatZxid, ZERO_ZXID, type Zxid } from '#shared/zk/zxid.ts'
import { StorageError } from './storage-error.ts'
import {
  frameLength,
  isTornHeader,
  LOG_HEADER_BYTES,
  logHeaderProblem,
  RECORD_BYTES_MAX,
  RECORD_FRAME_BYTES,
  RECORD_HEAD_BYTES,
  readFrame,
  zxidOfTxn,
} from './txn-log-format.ts'

/** One read; the event loop gets its turn between two of them. */
const CHUNK_BYTES = 256 * 1024
/** No crash leaves more than this behind the last good record: a batch is 4 MiB and one record at most. */
const TORN_BYTES_MAX = 2 * RECORD_BYTES_MAX
/** How much is summed up while looking for whole records behind a bad one: less than a second's work. */
const JUDGED_BYTES_MAX = 2 ** 28

/** Return false to stop. `txn` is a window that holds until the visitor returns. */
export type VisitRecord = (zxid: Zxid, txn: Buffer) => boolean

export interface LogScan {
  readonly records: number
  /** The last record's, or null without any. */
  readonly lastZxid: Zxid | null
  /** Offset behind the last record. */
  readonly end: number
  /** torn: an incomplete record follows, as a crash leaves it. stopped: the visitor said so. */
  readonly ending: 'clean' | 'torn' | 'stopped'
}

/**
 * Visits all records of a file in order.
 * @throws StorageError when the file is damaged in a way that no crash explains
 */
export async function scanLog(path: string, visit: VisitRecord): Promise<LogScan> {
  const handle = await fsp.open(path, 'r')
  try {
    const scan = new Scan(path, handle, (await handle.stat()).size)
    return await scan.run(visit)
  } finally {
    await handle.close()
  }
}

class Scan {
  readonly #path: string
  readonly #handle: FileHandle
  readonly #size: number
  #buffer = Buffer.allocUnsafe(CHUNK_BYTES)
  /** Offset in the file of the buffer's first byte. */
  #base = 0
  #at = 0
  #end = 0
  #lastZxid: Zxid | null = null
  #records = 0

  constructor(path: string, handle: FileHandle, size: number) {
    this.#path = path
    this.#handle = handle
    this.#size = size
  }

  async run(visit: VisitRecord): Promise<LogScan> {
    if (!(await this.#readHeader())) return this.#result('torn')
    for (;;) {
      const frame = readFrame(this.#buffer, this.#at, this.#end)
      if (typeof frame !== 'string') {
        if (!this.#visit(frame, visit)) return this.#result('stopped')
      } else if (frame !== 'short' || !this.#mayComplete() || !(await this.#more())) {
        break
      }
    }
    return this.#result(await this.#judgeRest())
  }

  #visit(txn: Buffer, visit: VisitRecord): boolean {
    const zxid = zxidOfTxn(txn)
    if (zxid === null || zxid <= 0) throw this.#damaged('the record there has a zxid that this server cannot hold')
    if (!visit(zxid, txn)) return false
    this.#at += txn.length + RECORD_FRAME_BYTES
    this.#lastZxid = zxid
    this.#records += 1
    return true
  }

  /** False when a crash came before the header was whole (R-1069, empty log file). */
  async #readHeader(): Promise<boolean> {
    await this.#more()
    const head = this.#buffer.subarray(0, Math.min(LOG_HEADER_BYTES, this.#end))
    if (head.length < LOG_HEADER_BYTES) return false
    const problem = logHeaderProblem(head)
    if (problem && isTornHeader(head)) {
      this.#at = LOG_HEADER_BYTES
      if ((await this.#judgeRest()) === 'clean') return false
    }
    if (problem) throw new StorageError(`${this.#path} is not a transaction log: ${problem}. Move it out of the way.`)
    this.#at = LOG_HEADER_BYTES
    return true
  }

  /** Whether the record at hand could lie whole in the file, going by its length. */
  #mayComplete(): boolean {
    if (this.#at + RECORD_HEAD_BYTES > this.#end) return true
    const length = this.#buffer.readInt32BE(this.#at + 8)
    return this.#base + this.#at + length + RECORD_FRAME_BYTES <= this.#size
  }

  /** Reads on, keeping what is not used up; false at the end of the file. */
  async #more(): Promise<boolean> {
    const rest = this.#end - this.#at
    if (rest === this.#buffer.length) {
      this.#buffer = Buffer.concat([this.#buffer], this.#buffer.length * 2)
    } else {
      this.#buffer.copyWithin(0, this.#at, this.#end)
    }
    this.#base += this.#at
    this.#at = 0
    this.#end = rest
    const { bytesRead } = await this.#handle.read(this.#buffer, rest, this.#buffer.length - rest, this.#base + rest)
    this.#end += bytesRead
    return bytesRead > 0
  }

  /** Behind the last good record: nothing but zeros is padding, anything else a torn write or damage (ST-3). */
  async #judgeRest(): Promise<'clean' | 'torn'> {
    const start = this.#base + this.#at
    const rest = await this.#nonZeroRest(start)
    if (rest.length === 0) return 'clean'
    let judged = 0
    for (let at = 0; at + RECORD_HEAD_BYTES < rest.length && judged < JUDGED_BYTES_MAX; at += 1) {
      const length = frameLength(rest, at, rest.length)
      if (typeof length === 'string') continue
      judged += length
      const frame = readFrame(rest, at, rest.length)
      if (typeof frame === 'string') continue
      const later = zxidOfTxn(frame)
      // A torn record may hold, as a znode's data, bytes that look like a log: those have an older zxid.
      if (later === null || later <= (this.#lastZxid ?? ZERO_ZXID)) continue
      throw this.#damaged(`whole records follow it, the next is ${formatZxid(later)}, so this is no torn end`)
    }
    if (rest.length > TORN_BYTES_MAX) throw this.#damaged('far more follows it than a crash leaves behind')
    if (judged >= JUDGED_BYTES_MAX) throw this.#damaged('what follows it looks like records over and over, but is none')
    return 'torn'
  }

  /**
   * The bytes from `start` to the last one that is not zero, without whole chunks of zeros before them; not many more
   * than TORN_BYTES_MAX.
   */
  async #nonZeroRest(start: number): Promise<Buffer> {
    const kept: Buffer[] = []
    let pending: Buffer[] = []
    let length = 0
    for (let at = start; at < this.#size && length <= TORN_BYTES_MAX; ) {
      const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, this.#size - at))
      const { bytesRead } = await this.#handle.read(chunk, 0, chunk.length, at)
      if (bytesRead === 0) break
      at += bytesRead
      const read = chunk.subarray(0, bytesRead)
      if (isZero(read)) {
        // Padding is tens of megabytes. One chunk of it is kept, because a record starts with zeros.
        if (kept.length > 0) pending.push(read)
        else pending = [read]
        continue
      }
      kept.push(...pending, read)
      for (const bytes of [...pending, read]) length += bytes.length
      pending = []
    }
    return Buffer.concat(kept)
  }

  #result(ending: LogScan['ending']): LogScan {
    return { records: this.#records, lastZxid: this.#lastZxid, end: this.#base + this.#at, ending }
  }

  #damaged(why: string): StorageError {
    const place = `${this.#path} is damaged at byte ${this.#base + this.#at}`
    const last = this.#lastZxid === null ? 'at its start' : `behind ${formatZxid(this.#lastZxid)}`
    return new StorageError(
      `${place}, ${last}: ${why}. Acknowledged transactions may be missing: restore the data directory from a copy, ` +
        'or, when the other servers are a healthy quorum, move it away and let this server fetch everything from the leader.',
    )
  }
}

const ZEROS = Buffer.alloc(CHUNK_BYTES)

function isZero(bytes: Buffer): boolean {
  return bytes.equals(ZEROS.subarray(0, bytes.length))
}
