// A disk that stops working at its n-th operation, as a process does that is killed there: a write may have
// been half done, and nothing happens afterwards.

import { type Disk, type DiskFile, nodeDisk } from '../disk.ts'

export class CrashDisk implements Disk {
  readonly #crashAt: number
  /** Operations so far. */
  count = 0
  writes = 0
  syncs = 0

  constructor(crashAt = Number.POSITIVE_INFINITY) {
    this.#crashAt = crashAt
  }

  #step(): void {
    this.count += 1
    if (this.count >= this.#crashAt) throw new Error(`the disk fails at operation ${this.#crashAt}`)
  }

  #wrap(file: DiskFile): DiskFile {
    return {
      write: async (bytes, position) => {
        this.writes += 1
        if (this.count + 1 === this.#crashAt) await file.write(bytes.subarray(0, bytes.length >> 1), position)
        this.#step()
        await file.write(bytes, position)
      },
      sync: async () => {
        this.syncs += 1
        this.#step()
        await file.sync()
      },
      truncate: async (size) => {
        this.#step()
        await file.truncate(size)
      },
      close: () => file.close(),
    }
  }

  async create(path: string, durable: boolean): Promise<DiskFile> {
    this.#step()
    return this.#wrap(await nodeDisk.create(path, durable))
  }

  async open(path: string): Promise<DiskFile> {
    this.#step()
    return this.#wrap(await nodeDisk.open(path))
  }

  async rename(from: string, to: string): Promise<void> {
    this.#step()
    await nodeDisk.rename(from, to)
  }

  async remove(path: string): Promise<void> {
    this.#step()
    await nodeDisk.remove(path)
  }

  async syncDir(path: string): Promise<void> {
    this.#step()
    await nodeDisk.syncDir(path)
  }
}
