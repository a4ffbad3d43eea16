// A storage over a temporary directory, with what a host would do about it: number the operations and wait.

import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Recovered } from '#shared/peer/contract.ts'
import type { DiskOp } from '#shared/zab/contract.ts'
import type { Entry } from '#shared/zk/txn.ts'
import { openStorage } from '../open-storage.ts'
import type { StorageOptions } from '../options.ts'
import type { Storage } from '../storage.ts'
import { SUMS_PREFIX } from '../sums-file.ts'

export function temporaryDir(): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), 'zabscope-storage-'))
}

/** Files of `version-2` that a ZooKeeper server knows, sorted: without our side files. */
export function filesOf(dir: string): string[] {
  return fs
    .readdirSync(`${dir}/version-2`)
    .filter((name) => !name.startsWith(SUMS_PREFIX))
    .sort()
}

export class Rig {
  readonly storage: Storage
  readonly recovered: Recovered
  /** Every operation reported durable, in order. */
  readonly persisted: number[] = []
  readonly failures: unknown[] = []
  #op = 0
  #waiting: { op: number; done: () => void }[] = []

  constructor(storage: Storage, recovered: Recovered) {
    this.storage = storage
    this.recovered = recovered
    storage.listen({
      onPersisted: (op) => {
        this.persisted.push(op)
        this.#wake()
      },
      onFailed: (error) => {
        this.failures.push(error)
        this.#wake()
      },
    })
  }

  nextOp(): DiskOp {
    this.#op += 1
    return this.#op as DiskOp
  }

  get lastOp(): number {
    return this.#op
  }

  append(entries: readonly Entry[]): void {
    for (const entry of entries) this.storage.append(this.nextOp(), entry)
  }

  /** Until everything asked so far is durable, or the storage has failed. */
  settled(): Promise<void> {
    return new Promise((done) => {
      this.#waiting.push({ op: this.#op, done })
      this.#wake()
    })
  }

  #wake(): void {
    const last = this.persisted.at(-1) ?? 0
    this.#waiting = this.#waiting.filter(({ op, done }) => {
      if (op > last && this.failures.length === 0) return true
      done()
      return false
    })
  }
}

export async function openRig(dataDir: string, options: Partial<StorageOptions> = {}): Promise<Rig> {
  const { storage, recovered } = await openStorage({ dataDir, preAllocSizeKb: 64, log: () => undefined, ...options })
  return new Rig(storage, recovered)
}
