// Puts disk operations into one strict order and reports each when it is durable (O-8). Appends that are next to
// each other share one write: while it runs, the next ones gather. What an operation does is storage.ts.

import { assert } from '#shared/base/assert.ts'
import { encodeEntry } from '#shared/jute/records/txn.ts'
import type { DiskOp } from '#shared/zab/contract.ts'
import type { Entry } from '#shared/zk/txn.ts'
import type { Zxid } from '#shared/zk/zxid.ts'
import type { Measured } from './options.ts'
import { StorageError } from './storage-error.ts'
import { LOG_HEADER_BYTES, RECORD_FRAME_BYTES, writeRecord } from './txn-log-format.ts'

/** A batch that has reached this size takes no more records (ST-9). */
const BATCH_BYTES_MAX = 4 * 2 ** 20
const BATCH_BYTES_START = 64 * 1024
/** A buffer that grew beyond this is not used again. */
const KEPT_BYTES_MAX = 8 * 2 ** 20
/** Bytes that may wait for the disk. A server that falls further behind is of no use to its ensemble. */
export const QUEUE_BYTES_MAX = 512 * 2 ** 20

interface Batch {
  readonly type: 'append'
  /** LOG_HEADER_BYTES of room, then records. */
  buffer: Buffer
  length: number
  records: number
  readonly firstZxid: Zxid
  lastOp: DiskOp
}

interface Task {
  readonly type: 'task'
  /** null: nobody waits for it to be durable. */
  readonly op: DiskOp | null
  readonly run: () => Promise<void>
}

export interface DiskQueueHost {
  readonly measured: Measured
  appendBatch(batch: Buffer, firstZxid: Zxid): Promise<void>
  onPersisted(upTo: DiskOp): void
  /** Once, with the first failure; nothing is run or reported afterwards (ST-6). */
  onFailed(error: unknown): void
}

export class DiskQueue {
  readonly #host: DiskQueueHost
  #items: (Batch | Task)[] = []
  #queuedBytes = 0
  #lastOp = 0
  #pumping = false
  #failed = false
  #spare: Buffer[] = []
  #idleWaiters: (() => void)[] = []

  constructor(host: DiskQueueHost) {
    this.#host = host
  }

  get failed(): boolean {
    return this.#failed
  }

  /** Enqueues a record; returns its size in the log. */
  append(op: DiskOp, entry: Entry): number {
    if (this.#failed) return 0
    this.#expectOrder(op)
    const txn = encodeEntry(entry)
    const bytes = txn.length + RECORD_FRAME_BYTES
    const batch = this.#openBatch(entry.zxid, op)
    if (batch.length + bytes > batch.buffer.length) grow(batch, bytes)
    writeRecord(batch.buffer, batch.length, txn)
    batch.length += bytes
    batch.records += 1
    batch.lastOp = op
    this.#queuedBytes += bytes
    if (this.#queuedBytes > QUEUE_BYTES_MAX) {
      this.fail(
        new StorageError(`${QUEUE_BYTES_MAX} bytes wait for the disk: it is stuck or far too slow for this load`),
      )
    }
    return bytes
  }

  /** Enqueues anything else; it runs when all before it is durable, and `op` is reported when it resolves. */
  push(op: DiskOp | null, run: () => Promise<void>): void {
    if (this.#failed) return
    if (op !== null) this.#expectOrder(op)
    this.#items.push({ type: 'task', op, run })
    this.#schedule()
  }

  /** Resolves when nothing is left to do, or after a failure. */
  async idle(): Promise<void> {
    if (!this.#pumping) return
    await new Promise<void>((resolve) => this.#idleWaiters.push(resolve))
  }

  /** Stops everything and tells the host, once. */
  fail(error: unknown): void {
    if (this.#failed) return
    this.#failed = true
    this.#items = []
    this.#host.onFailed(error)
  }

  #expectOrder(op: DiskOp): void {
    assert(op > this.#lastOp, 'disk operations are numbered in the order in which they are asked for')
    this.#lastOp = op
  }

  #openBatch(zxid: Zxid, op: DiskOp): Batch {
    const last = this.#items.at(-1)
    if (last?.type === 'append' && last.length < BATCH_BYTES_MAX) return last
    const buffer = this.#spare.pop() ?? Buffer.allocUnsafeSlow(BATCH_BYTES_START)
    const batch: Batch = { type: 'append', buffer, length: LOG_HEADER_BYTES, records: 0, firstZxid: zxid, lastOp: op }
    this.#items.push(batch)
    this.#schedule()
    return batch
  }

  /** The first write waits for the end of this turn of the event loop: all that it brings goes together. */
  #schedule(): void {
    if (this.#pumping) return
    this.#pumping = true
    setImmediate(() => void this.#pump())
  }

  /** An exception from `onPersisted` is the host's own bug and is left to end the process. */
  async #pump(): Promise<void> {
    for (let item = this.#items.shift(); item !== undefined; item = this.#items.shift()) {
      try {
        await this.#perform(item)
      } catch (error) {
        this.fail(error)
      }
      if (this.#failed) break
      const op = item.type === 'append' ? item.lastOp : item.op
      if (op !== null) this.#host.onPersisted(op)
    }
    this.#pumping = false
    for (const resolve of this.#idleWaiters.splice(0)) resolve()
  }

  async #perform(item: Batch | Task): Promise<void> {
    if (item.type === 'task') return item.run()
    const startMs = performance.now()
    await this.#host.appendBatch(item.buffer.subarray(0, item.length), item.firstZxid)
    this.#host.measured('flush', performance.now() - startMs)
    this.#host.measured('batchRecords', item.records)
    this.#host.measured('batchBytes', item.length - LOG_HEADER_BYTES)
    this.#queuedBytes -= item.length - LOG_HEADER_BYTES
    if (item.buffer.length <= KEPT_BYTES_MAX && this.#spare.length < 2) this.#spare.push(item.buffer)
  }
}

function grow(batch: Batch, bytes: number): void {
  const grown = Buffer.allocUnsafeSlow(Math.max(batch.length + bytes, batch.buffer.length * 2))
  batch.buffer.copy(grown, 0, 0, batch.length)
  batch.buffer = grown
}
