// Writes transaction logs: one file at a time, each batch of records with one durable write. What goes
// into a batch, and when, is the queue's business (disk-queue.ts).

import { formatZxid, type Zxid } from '#shared/zk/zxid.ts'
import type { Disk, DiskFile } from './disk.ts'
import { logName, TEMPORARY_PREFIX } from './file-names.ts'
import { LogSums } from './log-sums.ts'
import { LOG_HEADER_BYTES, paddedSize, writeLogHeader } from './txn-log-format.ts'

export interface TxnLogOptions {
  readonly dir: string
  /** How much a file grows at a time, as a hole full of zeros; 0 for not at all. */
  readonly preAllocBytes: number
  /** false: a write is reported without waiting for the disk. */
  readonly forceSync: boolean
  /** A file that grew beyond this is ended; 0: no limit. */
  readonly sizeLimitBytes: number
}

interface OpenLog {
  readonly file: DiskFile
  /** Null without forceSync: what is not durable cannot be claimed to be. */
  readonly sums: LogSums | null
  position: number
  size: number
}

export class TxnLogWriter {
  readonly #disk: Disk
  readonly #options: TxnLogOptions
  #open: OpenLog | null = null
  #onFailed: (error: unknown) => void = () => undefined

  constructor(disk: Disk, options: TxnLogOptions) {
    this.#disk = disk
    this.#options = options
  }

  /** Told when a side file cannot be written; to be called before the first append. */
  listen(onFailed: (error: unknown) => void): void {
    this.#onFailed = onFailed
  }

  /**
   * Appends records and resolves when they are durable.
   * @param batch LOG_HEADER_BYTES of room, used when the file is new, then the records
   * @param firstZxid of the first record: names a new file
   */
  async append(batch: Buffer, firstZxid: Zxid): Promise<void> {
    if (this.#open === null) {
      this.#open = await this.#create(batch, firstZxid)
      return
    }
    const log = this.#open
    const records = batch.subarray(LOG_HEADER_BYTES)
    await this.#pad(log)
    await log.file.write(records, log.position)
    log.sums?.add(records)
    log.position += records.length
    log.size = Math.max(log.size, log.position)
    const { sizeLimitBytes } = this.#options
    if (sizeLimitBytes > 0 && log.position > sizeLimitBytes) await this.roll()
  }

  /** Ends the file, without its padding; the next append starts another. */
  async roll(): Promise<void> {
    const log = this.#open
    if (log === null) return
    this.#open = null
    try {
      if (log.size > log.position) {
        await log.file.truncate(log.position)
        if (this.#options.forceSync) await log.file.sync()
      }
      await log.sums?.end()
    } finally {
      await log.file.close()
    }
  }

  /** Closes the file as it is: after a failure nothing more is written (ST-6). */
  async abandon(): Promise<void> {
    const log = this.#open
    this.#open = null
    await log?.sums?.abandon()
    await log?.file.close()
  }

  /** A log gets its name when header and first records are durable: an empty one stops Apache's 3.8 from starting. */
  async #create(batch: Buffer, firstZxid: Zxid): Promise<OpenLog> {
    const { dir, forceSync } = this.#options
    const name = logName(firstZxid)
    const temporary = `${dir}/${TEMPORARY_PREFIX}${name}`
    writeLogHeader(batch, 0)
    const log = {
      file: await this.#disk.create(temporary, forceSync),
      sums: forceSync ? new LogSums(this.#disk, dir, name, (error) => this.#onFailed(error)) : null,
      position: LOG_HEADER_BYTES,
      size: LOG_HEADER_BYTES,
    }
    try {
      await this.#pad(log)
      await log.file.write(batch, 0)
      log.position = batch.length
      log.size = Math.max(log.size, log.position)
      await this.#disk.rename(temporary, `${dir}/${name}`)
      if (forceSync) await this.#disk.syncDir(dir)
      log.sums?.add(batch)
      return log
    } catch (cause) {
      await log.file.close()
      throw new Error(`cannot start the log ${dir}/${name} at ${formatZxid(firstZxid)}`, { cause })
    }
  }

  async #pad(log: OpenLog): Promise<void> {
    const size = paddedSize(log.position, log.size, this.#options.preAllocBytes)
    if (size === log.size) return
    await log.file.truncate(size)
    if (this.#options.forceSync) await log.file.sync()
    log.size = size
  }
}
