// A new transaction log made of whole records. It never takes the place of an existing file.

import fs from 'node:fs'
import fsp, { type FileHandle } from 'node:fs/promises'
import { errorCode, StorageError } from '../storage-error.ts'
import { LOG_HEADER_BYTES, RECORD_FRAME_BYTES, writeLogHeader, writeRecord } from '../txn-log-format.ts'

/** Records are gathered up to this size for one write. */
const GATHERED_BYTES_MAX = 2 ** 20

export class LogCopy {
  readonly #handle: FileHandle
  #gathered: Buffer[] = []
  #bytes = 0

  private constructor(handle: FileHandle) {
    this.#handle = handle
  }

  /** Throws a StorageError where `path` exists already. */
  static async create(path: string): Promise<LogCopy> {
    let handle: FileHandle
    try {
      handle = await fsp.open(path, 'wx', 0o600)
    } catch (cause) {
      const why = errorCode(cause) === 'EEXIST' ? 'it exists already; name another file' : String(cause)
      throw new StorageError(`cannot write ${path}: ${why}`, { cause })
    }
    const copy = new LogCopy(handle)
    const header = Buffer.alloc(LOG_HEADER_BYTES)
    writeLogHeader(header, 0)
    copy.#push(header)
    return copy
  }

  add(txn: Uint8Array): void {
    const record = Buffer.alloc(txn.length + RECORD_FRAME_BYTES)
    writeRecord(record, 0, txn)
    this.#push(record)
  }

  /** Writes what is left, and flushes. */
  async finish(): Promise<void> {
    this.#write()
    await this.#handle.sync()
    await this.#handle.close()
  }

  #push(bytes: Buffer): void {
    this.#gathered.push(bytes)
    this.#bytes += bytes.length
    if (this.#bytes >= GATHERED_BYTES_MAX) this.#write()
  }

  #write(): void {
    // Records come from a visitor that cannot wait.
    const bytes = Buffer.concat(this.#gathered)
    for (let done = 0; done < bytes.length; ) done += fs.writeSync(this.#handle.fd, bytes, done)
    this.#gathered = []
    this.#bytes = 0
  }
}
