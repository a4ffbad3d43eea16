// A server's disk: everything that the peer asks of it, in the order in which it asks, each reported when it is
// durable. Formats, recovery and the queue are the other files'. Ordering rules: invariants O-8, O-11, O-12.

import { assert } from '#shared/base/assert.ts'
import type { Recovered } from '#shared/peer/contract.ts'
import { createTree } from '#shared/tree/create-tree.ts'
import type { DataTree } from '#shared/tree/data-tree.ts'
import type { DiskOp } from '#shared/zab/contract.ts'
import type { Entry } from '#shared/zk/txn.ts'
import { formatZxid, NO_ZXID, ZERO_ZXID, type Zxid } from '#shared/zk/zxid.ts'
import type { SnapshotCompression } from './compression.ts'
import { completeInstall, type Directories } from './directories.ts'
import type { Disk } from './disk.ts'
import { DiskQueue } from './disk-queue.ts'
import { readEpochs, type WhichEpoch, writeEpoch } from './epochs.ts'
import { installName, snapshotName, TEMPORARY_PREFIX } from './file-names.ts'
import { truncateAfter } from './log-truncate.ts'
import type { Log, Measured } from './options.ts'
import { oldestKept, type PurgeOptions, purge } from './purge.ts'
import { type RecoverOptions, recoverTree } from './recover.ts'
import { type SnapshotAbort, writeSnapshot } from './snapshot-file.ts'
import type { SnapshotRule } from './snapshot-rule.ts'
import { errorCode, StorageError } from './storage-error.ts'
import { writeSums } from './sums-file.ts'
import type { TxnLogWriter } from './txn-log-writer.ts'

export interface StorageHandlers {
  /** All operations up to this one are durable. Called outside of any call into the storage. */
  onPersisted(upTo: DiskOp): void
  /** A write or flush failed: fatal (ST-6). Called once; nothing is written or reported afterwards. */
  onFailed(error: unknown): void
}

/** How the flushes of the log went. */
export interface FlushCounts {
  flushes: number
  /** Longer than fsync.warningthresholdms. */
  slow: number
  totalMs: number
  maxMs: number
}

export interface StorageParts extends Directories {
  readonly disk: Disk
  readonly writer: TxnLogWriter
  readonly rule: SnapshotRule
  readonly commitLogCount: number
  readonly trustEmpty: boolean
  readonly forceSync: boolean
  readonly digest: boolean
  readonly fsyncWarningThresholdMs: number
  readonly compression: SnapshotCompression
  /** 0: nothing is purged after a snapshot. */
  readonly snapRetainCount: number
  readonly log: Log
  readonly measured: Measured
  readonly releaseLocks: () => Promise<void>
}

export class Storage {
  readonly #parts: StorageParts
  readonly #queue: DiskQueue
  #handlers: StorageHandlers | null = null
  /** The snapshot that is being written while the server works; at most one. */
  #snapshot: { readonly abort: SnapshotAbort; readonly finished: Promise<boolean> } | null = null
  /** The last truncation, and the first record after it: a tree between the two is void (R-1549). */
  #cut: { readonly after: Zxid; next: Zxid | null } | null = null
  /** Told when nothing will be done any more. */
  readonly #waiting = new Set<(error: unknown) => void>()
  readonly #verified = new Set<string>()
  /** Truncations and installations so far. */
  #rewinds = 0
  readonly flushCounts: FlushCounts = { flushes: 0, slow: 0, totalMs: 0, maxMs: 0 }
  #temporaries = 0
  #closed = false

  /** For openStorage. */
  constructor(parts: StorageParts) {
    this.#parts = parts
    this.#queue = new DiskQueue({
      appendBatch: (batch, firstZxid) => this.#flush(batch, firstZxid),
      measured: parts.measured,
      onPersisted: (upTo) => this.#handlers?.onPersisted(upTo),
      onFailed: (error) => this.#onFailed(error),
    })
    parts.writer.listen((error) => this.#queue.fail(error))
  }

  /** To be called before the first operation. */
  listen(handlers: StorageHandlers): void {
    this.#handlers = handlers
  }

  /** Adds a record to the log. Appends of one turn, and those that come during a flush, share one flush. */
  append(op: DiskOp, entry: Entry): void {
    this.#expectOpen()
    if (this.#cut && this.#cut.next === null) this.#cut.next = entry.zxid
    this.#parts.rule.onRecords(1, this.#queue.append(op, entry))
  }

  /** Removes every record after `zxid`, and every snapshot above it. */
  truncate(op: DiskOp, zxid: Zxid): void {
    this.#expectOpen()
    this.#abortSnapshot()
    this.#cut = { after: zxid, next: null }
    this.#rewinds += 1
    const { disk, writer, snapDir, logDir } = this.#parts
    this.#queue.push(op, async () => {
      await writer.roll()
      await truncateAfter(disk, snapDir, logDir, zxid)
    })
  }

  /**
   * Makes a received tree the whole history, under the label `zxid`. The tree may change from the next turn on: what
   * is applied then comes after the label.
   */
  installSnapshot(op: DiskOp, zxid: Zxid, tree: DataTree): void {
    this.#expectOpen()
    assert(tree.lastProcessedZxid >= zxid, 'a received tree knows its zxid before it is installed')
    this.#abortSnapshot()
    this.#cut = null
    this.#rewinds += 1
    const { disk, writer, snapDir, digest, compression } = this.#parts
    const name = installName(zxid, compression)
    const temporary = this.#temporary(name)
    const written = writeSnapshot(disk, temporary, tree, digest, { aborted: false })
    // The queue looks at it when its turn comes.
    written.catch(() => undefined)
    this.#queue.push(op, async () => {
      const sums = await written
      assert(sums !== null, 'nobody aborts the writing of a received snapshot')
      await writer.roll()
      await writeSums(disk, snapDir, snapshotName(zxid, compression), sums)
      await disk.rename(temporary, `${snapDir}/${name}`)
      await disk.syncDir(snapDir)
      await completeInstall(disk, this.#parts)
    })
  }

  saveEpoch(op: DiskOp, which: WhichEpoch, epoch: number): void {
    this.#expectOpen()
    this.#queue.push(op, () => writeEpoch(this.#parts.disk, this.#parts.snapDir, which, epoch))
  }

  /** Work of others that has its place among the operations: after all before `op`, and durable when it resolves. */
  inOrder(op: DiskOp | null, run: () => Promise<void>): void {
    this.#expectOpen()
    this.#queue.push(op, run)
  }

  /** Reads everything again, when all operations before it are done. Rejects after a failure. */
  reload(): Promise<Recovered> {
    this.#expectOpen()
    return this.#inOrder(async () => {
      await this.#parts.writer.roll()
      const recovered = await recover(this.#parts)
      if (recovered === null) throw new StorageError(`${this.#parts.snapDir}: its snapshots have disappeared`)
      return recovered
    })
  }

  /** Whether enough has been logged since the last roll for `takeSnapshot` to be called. */
  snapshotDue(): boolean {
    return this.#parts.rule.due
  }

  /**
   * Starts a new log file and writes the tree as it is now, while it goes on changing. Everything applied to it must
   * have been appended before.
   * @returns whether a snapshot came of it: not while another one is being written, nor when it was overtaken by
   * `truncate`, `installSnapshot` or `close`
   */
  async takeSnapshot(tree: DataTree): Promise<boolean> {
    this.#expectOpen()
    this.#parts.rule.restart()
    this.#queue.push(null, () => this.#parts.writer.roll())
    if (this.#snapshot !== null || this.#isVoid(tree.lastProcessedZxid) || this.#queue.failed) return false
    const abort = { aborted: false }
    const finished = this.#writeInBackground(tree, abort)
    this.#snapshot = { abort, finished }
    return finished
  }

  /**
   * Removes what the newest `retainCount` snapshots make superfluous (at least 3 stay); returns the names.
   * @param neededFrom where the log in memory begins: it can still be truncated to there afterwards
   */
  async purge(retainCount: number, neededFrom: Zxid): Promise<string[]> {
    this.#expectOpen()
    const options: PurgeOptions = { ...this.#parts, retainCount, neededFrom, verified: this.#verified }
    const rewinds = this.#rewinds
    // Reading whole snapshots must not hold up the log: the queue then finds them verified.
    try {
      await oldestKept(options)
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error
      return [] // a truncation was quicker
    }
    if (this.#closed) return []
    // After a truncation or a snapshot from the leader the log in memory begins elsewhere.
    return this.#inOrder(async () => (this.#rewinds === rewinds ? purge(options) : []))
  }

  /** Finishes what was asked for, ends the log and gives up the lock. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#abortSnapshot()
    await this.#snapshot?.finished
    await this.#queue.idle()
    try {
      if (this.#queue.failed) await this.#parts.writer.abandon()
      else await this.#parts.writer.roll()
    } finally {
      await this.#parts.releaseLocks()
    }
  }

  async #flush(batch: Buffer, firstZxid: Zxid): Promise<void> {
    const startMs = performance.now()
    await this.#parts.writer.append(batch, firstZxid)
    const tookMs = performance.now() - startMs
    const counts = this.flushCounts
    counts.flushes += 1
    counts.totalMs += tookMs
    if (tookMs > counts.maxMs) counts.maxMs = tookMs
    if (tookMs <= this.#parts.fsyncWarningThresholdMs) return
    counts.slow += 1
    this.#parts.log('warn', 'a flush of the transaction log took long: every write waits for it', {
      tookMs: Math.round(tookMs),
      bytes: batch.length,
    })
  }

  async #writeInBackground(tree: DataTree, abort: SnapshotAbort): Promise<boolean> {
    const { disk, snapDir, digest, log, snapRetainCount, compression } = this.#parts
    const label = tree.lastProcessedZxid
    const name = snapshotName(label, compression)
    const temporary = this.#temporary(name)
    const startMs = performance.now()
    try {
      const sums = await writeSnapshot(disk, temporary, tree, digest, abort)
      if (sums === null) return false
      // In order, so that every txn whose effects may be in it is in the log when it gets its name (O-12).
      const placed = await this.#inOrder(async () => {
        if (abort.aborted) {
          await disk.remove(temporary)
          return false
        }
        await writeSums(disk, snapDir, name, sums)
        await disk.rename(temporary, `${snapDir}/${name}`)
        await disk.syncDir(snapDir)
        return true
      })
      if (!placed) return false
      this.#parts.measured('snapshot', performance.now() - startMs)
      log('info', 'wrote a snapshot', { zxid: formatZxid(label), nodes: tree.nodes.size })
      if (snapRetainCount > 0 && !this.#closed) await this.purge(snapRetainCount, label)
      return true
    } catch (error) {
      this.#queue.fail(error)
      return false
    } finally {
      this.#snapshot = null
    }
  }

  /** Runs in the queue's order; rejects when the queue fails first. */
  #inOrder<T>(run: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#queue.failed) return reject(new StorageError('the disk has failed'))
      this.#waiting.add(reject)
      this.#queue.push(null, async () => {
        const value = await run()
        this.#waiting.delete(reject)
        resolve(value)
      })
    })
  }

  #temporary(name: string): string {
    this.#temporaries += 1
    return `${this.#parts.snapDir}/${TEMPORARY_PREFIX}${this.#temporaries}.${name}`
  }

  #isVoid(label: Zxid): boolean {
    return this.#cut !== null && label > this.#cut.after && (this.#cut.next === null || label < this.#cut.next)
  }

  #abortSnapshot(): void {
    if (this.#snapshot) this.#snapshot.abort.aborted = true
  }

  #onFailed(error: unknown): void {
    this.#abortSnapshot()
    for (const reject of this.#waiting) reject(error)
    this.#waiting.clear()
    this.#handlers?.onFailed(error)
  }

  #expectOpen(): void {
    assert(!this.#closed, 'a closed storage is asked for nothing')
  }
}

/** An empty directory that is not trusted: the tree is empty, and the zxid says that nobody should go by it. */
export async function recoverNothing(parts: RecoverOptions): Promise<Recovered> {
  const epochs = await readEpochs(parts.snapDir, ZERO_ZXID)
  return { tree: createTree(), lastZxid: NO_ZXID, recent: [], recentAfter: NO_ZXID, ...epochs }
}

/** Everything that the directories hold; null for a fresh server. */
export async function recover(parts: RecoverOptions): Promise<Recovered | null> {
  const recovered = await recoverTree(parts)
  return recovered && { ...recovered, ...(await readEpochs(parts.snapDir, recovered.lastZxid)) }
}
