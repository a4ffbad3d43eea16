// Keeps the side file of the log that is being written (ST-1). Nothing waits for it: a checkpoint follows the log by a
// second at most, with a flush of its own, and claims only what was durable before.

import type { Disk, DiskFile } from './disk.ts'
import {
  CHECKPOINT_BYTES,
  encodeCheckpoint,
  runningCrc,
  SUMS_HEADER_BYTES,
  sumsHeader,
  sumsName,
  writeSums,
} from './sums-file.ts'

/** What was logged in this time before a power cut is not covered. */
const CHECKPOINT_EVERY_MS = 1000
/** Twelve hours of checkpoints. */
const SUMS_BYTES_MAX = 2 ** 20

export class LogSums {
  readonly #disk: Disk
  readonly #dir: string
  readonly #name: string
  readonly #onFailed: (error: unknown) => void
  #end = 0
  #crc = 0
  /** The side file, once there is one, and where its next checkpoint goes. */
  #file: DiskFile | null = null
  #position = 0
  #timer: NodeJS.Timeout | null = null
  #writing: Promise<void> | null = null

  /** @param name of the log, in `dir` */
  constructor(disk: Disk, dir: string, name: string, onFailed: (error: unknown) => void) {
    this.#disk = disk
    this.#dir = dir
    this.#name = name
    this.#onFailed = onFailed
  }

  /** These bytes, behind those before, are durable in the log. */
  add(bytes: Uint8Array): void {
    this.#crc = runningCrc(bytes, this.#crc)
    this.#end += bytes.length
    this.#timer ??= setTimeout(() => this.#onTimer(), CHECKPOINT_EVERY_MS).unref()
  }

  /** The log ends here, durably. */
  async end(): Promise<void> {
    const last = { end: this.#end, crc: this.#crc, ended: true }
    this.#stopTimer()
    await this.#writing
    if (this.#file) {
      await this.#file.write(encodeCheckpoint(last), this.#position)
      await this.#file.sync()
    } else {
      await writeSums(this.#disk, this.#dir, this.#name, last)
    }
    await this.abandon()
  }

  /** Writes nothing any more. */
  async abandon(): Promise<void> {
    this.#stopTimer()
    await this.#writing
    const file = this.#file
    this.#file = null
    await file?.close()
  }

  #stopTimer(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }

  #onTimer(): void {
    this.#timer = null
    if (this.#writing) {
      this.#timer = setTimeout(() => this.#onTimer(), CHECKPOINT_EVERY_MS).unref()
      return
    }
    this.#writing = this.#checkpoint()
      .catch(this.#onFailed)
      .finally(() => {
        this.#writing = null
      })
  }

  async #checkpoint(): Promise<void> {
    const record = encodeCheckpoint({ end: this.#end, crc: this.#crc, ended: false })
    if (this.#file) {
      await this.#file.write(record, this.#position)
      await this.#file.sync()
    } else {
      this.#file = await this.#disk.create(`${this.#dir}/${sumsName(this.#name)}`, false)
      const start = Buffer.concat([sumsHeader(), record])
      await this.#file.write(start, 0)
      await this.#file.sync()
      await this.#disk.syncDir(this.#dir)
      this.#position = start.length - CHECKPOINT_BYTES
    }
    this.#position += CHECKPOINT_BYTES
    // The oldest make room; only where damage lies is then told less exactly.
    if (this.#position > SUMS_BYTES_MAX) this.#position = SUMS_HEADER_BYTES
  }
}
