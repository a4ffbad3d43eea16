// The audit log on disk: JSON lines, appended one after the other, chained by hashes, a few files of bounded size.
// While it cannot be written, nothing may be changed: `problem` says so to whoever asks first. Rules: G-1 to G-3.

import { closeSync, fstatSync, openSync, readFileSync, readSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { AuditEntry, AuditSink } from '../api/perform.ts'
import { AUDIT_FILE_BYTES_MAX, AUDIT_FILES_MAX } from '../limits.ts'
import { CHAIN_START, chainedLine, hashOf } from './record.ts'

export const AUDIT_FILE = 'audit.log'
/** Readable by its owner alone. */
const MODE = 0o600

export interface AuditLogOptions {
  readonly dir: string
  /** Milliseconds since 1970. */
  readonly now?: () => number
  readonly fileBytesMax?: number
}

export class AuditLog implements AuditSink {
  readonly #path: string
  readonly #now: () => number
  readonly #fileBytesMax: number
  #fd: number | null = null
  #bytes = 0
  #previous = CHAIN_START
  #problem: string | null = null
  #records = 0

  /** Never throws: a file that cannot be opened is a `problem`. */
  constructor({ dir, now = Date.now, fileBytesMax = AUDIT_FILE_BYTES_MAX }: AuditLogOptions) {
    this.#path = join(dir, AUDIT_FILE)
    this.#now = now
    this.#fileBytesMax = fileBytesMax
    this.#previous = lastHash(this.#path) ?? lastHash(`${this.#path}.1`) ?? CHAIN_START
    this.#try(() => this.#open())
  }

  /** Tries again first, so that a disk with room again is enough. */
  get problem(): string | null {
    if (this.#problem !== null) this.#try(() => this.#open())
    return this.#problem
  }

  /** Written since the start. */
  get records(): number {
    return this.#records
  }

  async record(entry: AuditEntry): Promise<void> {
    const { line, hash } = chainedLine(this.#previous, new Date(this.#now()).toISOString(), entry)
    // A short write to the kernel, as rare as people's changes are: it keeps records in order without a queue.
    this.#try(() => {
      if (this.#bytes > 0 && this.#bytes + line.length > this.#fileBytesMax) this.#rotate()
      const fd = this.#fd ?? this.#open()
      const bytes = Buffer.from(`${line}\n`)
      if (writeSync(fd, bytes) !== bytes.length) throw new Error('the disk took only a part of the record')
      this.#bytes += bytes.length
      this.#previous = hash
      this.#records += 1
    })
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd)
    this.#fd = null
  }

  #try(work: () => void): void {
    try {
      work()
      this.#problem = null
    } catch (error) {
      this.close()
      const reason = error instanceof Error ? error.message : String(error)
      this.#problem = `Nothing can be changed while the audit log ${this.#path} cannot be written: ${reason}.`
    }
  }

  #open(): number {
    const fd = this.#fd ?? openSync(this.#path, 'a+', MODE)
    this.#fd = fd
    this.#bytes = fstatSync(fd).size
    // A line that a crash or a full disk has torn stays alone on its line.
    const last = Buffer.alloc(1)
    if (this.#bytes > 0 && readSync(fd, last, 0, 1, this.#bytes - 1) === 1 && last[0] !== 0x0a) writeSync(fd, '\n')
    return fd
  }

  /** audit.log becomes audit.log.1, and so on; the oldest goes. */
  #rotate(): void {
    this.close()
    rmSync(`${this.#path}.${AUDIT_FILES_MAX - 1}`, { force: true })
    for (let number = AUDIT_FILES_MAX - 2; number >= 0; number -= 1) renameIfThere(this.#path, number)
    this.#open()
  }
}

function renameIfThere(path: string, number: number): void {
  try {
    renameSync(number === 0 ? path : `${path}.${number}`, `${path}.${number + 1}`)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
}

/** Of the last whole line; null without one. A torn last line is left behind as it is, and shows when verified. */
function lastHash(path: string): string | null {
  try {
    const lines = readFileSync(path, 'utf8').split('\n')
    return lines.map(hashOf).findLast((hash) => hash !== null) ?? null
  } catch {
    return null
  }
}
