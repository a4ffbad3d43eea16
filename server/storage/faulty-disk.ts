// A disk whose faults can be switched while a server runs on it: slow, stuck, failing, full. Who may switch them, and
// for how long, is the caller's business. Without a rule it is the disk below it.

import { err, ok, type Result } from '#shared/base/result.ts'
import type { Disk, DiskFile } from './disk.ts'

/**
 * slow: each flush takes this much longer. stuck: no flush ends until the rule does. failWrite: half of the next write
 * arrives, then EIO. failFlush: a flush answers EIO, although what it should have flushed may be in the cache.
 * full: after this many more bytes nothing fits (ENOSPC), and files cannot be made.
 */
export type DiskRule =
  | { readonly type: 'slow'; readonly delayMs: number }
  | { readonly type: 'stuck' }
  | { readonly type: 'failWrite' }
  | { readonly type: 'failFlush' }
  | { readonly type: 'full'; readonly freeBytes: number }

/** No flush is slowed down by more. */
export const DISK_DELAY_MS_MAX = 600_000

/** A rule as it came from outside; the error is a sentence. */
export function parseDiskRule(value: unknown): Result<DiskRule, string> {
  if (typeof value !== 'object' || value === null || !('type' in value))
    return err('a disk rule is an object with a type')
  switch (value.type) {
    case 'stuck':
    case 'failWrite':
    case 'failFlush':
      return ok({ type: value.type })
    case 'slow': {
      const delayMs = 'delayMs' in value ? value.delayMs : undefined
      if (isCount(delayMs) && delayMs <= DISK_DELAY_MS_MAX) return ok({ type: 'slow', delayMs })
      return err(`slow: delayMs is a whole number from 0 to ${DISK_DELAY_MS_MAX}`)
    }
    case 'full': {
      const freeBytes = 'freeBytes' in value ? value.freeBytes : undefined
      return isCount(freeBytes) ? ok({ type: 'full', freeBytes }) : err('full: freeBytes is a whole number, 0 or more')
    }
    default:
      return err('the type of a disk rule is slow, stuck, failWrite, failFlush or full')
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

export class FaultyDisk implements Disk {
  readonly #below: Disk
  readonly #crash: (torn: boolean) => void
  /** Whether the write that ends the process is to be torn; null: none is. */
  #crashTorn: boolean | null = null
  #rule: DiskRule | null = null
  #freeBytes = 0
  /** Flushes that are delayed or stuck; each goes on when it is told to. */
  readonly #held = new Set<() => void>()

  /** `crash` ends the process at once, when that was armed. */
  constructor(below: Disk, crash: (torn: boolean) => void = () => undefined) {
    this.#below = below
    this.#crash = crash
  }

  get rule(): DiskRule | null {
    return this.#rule
  }

  /** From now on; replaces the rule before. What is held by that one goes on. */
  setRule(rule: DiskRule): void {
    this.clear()
    this.#rule = rule
    if (rule.type === 'full') this.#freeBytes = rule.freeBytes
  }

  /** No faults any more. What is held goes on. */
  clear(): void {
    this.#rule = null
    for (const release of [...this.#held]) release()
  }

  /** The next write that has to be durable ends the process: before any of it is on disk, or with half of it there. */
  armCrash(torn: boolean | null): void {
    this.#crashTorn = torn
  }

  async create(path: string, durable: boolean): Promise<DiskFile> {
    this.#expectRoom()
    return this.#wrap(await this.#below.create(path, durable), durable)
  }

  async open(path: string): Promise<DiskFile> {
    return this.#wrap(await this.#below.open(path), false)
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#below.rename(from, to)
  }

  async remove(path: string): Promise<void> {
    await this.#below.remove(path)
  }

  async syncDir(path: string): Promise<void> {
    await this.#beforeFlush()
    await this.#below.syncDir(path)
  }

  #wrap(file: DiskFile, durable: boolean): DiskFile {
    return {
      write: async (bytes, position) => {
        if (durable && this.#crashTorn !== null) await this.#crashIn(file, bytes, position, this.#crashTorn)
        await this.#write(file, bytes, position)
        if (durable) await this.#beforeFlush()
      },
      sync: async () => {
        await this.#beforeFlush()
        await file.sync()
      },
      truncate: (size) => file.truncate(size),
      close: () => file.close(),
    }
  }

  async #write(file: DiskFile, bytes: Uint8Array, position: number): Promise<void> {
    const rule = this.#rule
    if (rule?.type === 'failWrite') {
      await file.write(bytes.subarray(0, bytes.length >> 1), position)
      throw new DiskFault('EIO', 'write')
    }
    if (rule?.type === 'full') {
      const fits = Math.min(bytes.length, this.#freeBytes)
      this.#freeBytes -= fits
      await file.write(bytes.subarray(0, fits), position)
      if (fits < bytes.length) throw new DiskFault('ENOSPC', 'write')
      return
    }
    await file.write(bytes, position)
  }

  /** Whoever writes never hears of it again. */
  async #crashIn(file: DiskFile, bytes: Uint8Array, position: number, torn: boolean): Promise<void> {
    if (torn) await file.write(bytes.subarray(0, bytes.length >> 1), position)
    this.#crash(torn)
    await this.#hold(null)
  }

  #expectRoom(): void {
    if (this.#rule?.type === 'full' && this.#freeBytes === 0) throw new DiskFault('ENOSPC', 'open')
  }

  async #beforeFlush(): Promise<void> {
    const rule = this.#rule
    if (rule?.type === 'failFlush') throw new DiskFault('EIO', 'fdatasync')
    if (rule?.type === 'slow') await this.#hold(rule.delayMs)
    if (rule?.type === 'stuck') await this.#hold(null)
  }

  /** For so long, or until the rule ends; null: until then. */
  async #hold(delayMs: number | null): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = delayMs === null ? null : setTimeout(release, delayMs)
      const held = this.#held
      function release(): void {
        if (timer) clearTimeout(timer)
        held.delete(release)
        resolve()
      }
      held.add(release)
    })
  }
}

/** Looks like the error of a system call. */
class DiskFault extends Error {
  override readonly name = 'DiskFault'
  readonly code: 'EIO' | 'ENOSPC'

  constructor(code: 'EIO' | 'ENOSPC', syscall: string) {
    super(`${code}: a fault that was asked for, ${syscall}`)
    this.code = code
  }
}
