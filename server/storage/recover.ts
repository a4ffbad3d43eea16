// What a data directory holds, as a tree and its newest entries: the newest snapshot that loads, and every
// log record behind it, without a gap (D-9 to D-12). Repairs of what a crash left are the last step.

import { DecodeError } from '#shared/jute/reader.ts'
import { readEntry } from '#shared/jute/records/txn.ts'
import { applyEntry } from '#shared/tree/apply.ts'
import type { DigestMismatch } from '#shared/tree/contract.ts'
import { createTree } from '#shared/tree/create-tree.ts'
import type { DataTree } from '#shared/tree/data-tree.ts'
import { DEFAULT_TREE_OPTIONS, type TreeOptions } from '#shared/tree/options.ts'
import type { Entry } from '#shared/zk/txn.ts'
import { formatZxid, ZERO_ZXID, type Zxid } from '#shared/zk/zxid.ts'
import type { SnapshotCompression } from './compression.ts'
import { writeFirstSnapshot } from './directories.ts'
import type { Disk } from './disk.ts'
import { listNumbered, type NumberedFile } from './file-names.ts'
import type { Log, Measured } from './options.ts'
import { RecentEntries } from './recent-entries.ts'
import { type LoadedSnapshot, loadSnapshot, looksComplete } from './snapshot-file.ts'
import { StorageError } from './storage-error.ts'
import { adoptSnapshot, checkLog, lossText, missingLogs, removeSums, seal, writtenByOthers } from './sums-check.ts'
import { continues } from './txn-log-format.ts'
import { scanLog } from './txn-log-reader.ts'

/** How many snapshots are tried, newest first. Source: FileTxnSnapLog. */
const CANDIDATES_MAX = 100

export interface RecoveredTree {
  readonly tree: DataTree
  readonly lastZxid: Zxid
  readonly recent: readonly Entry[]
  readonly recentAfter: Zxid
}

export interface RecoverOptions {
  readonly disk: Disk
  readonly snapDir: string
  readonly logDir: string
  readonly commitLogCount: number
  /** snapshot.trust.empty */
  readonly trustEmpty: boolean
  readonly compression: SnapshotCompression
  /** Whether what is read is made durable, and claimed to be (ST-1). */
  readonly forceSync: boolean
  /** Whether digests are kept and compared. */
  readonly digest: boolean
  readonly log: Log
  readonly measured?: Measured | undefined
}

/**
 * Reads the directories; null when there is neither a snapshot nor a log.
 * @throws StorageError when acknowledged transactions may be missing
 */
export async function recoverTree(options: RecoverOptions): Promise<RecoveredTree | null> {
  const read = await readAll(options, null)
  if (read === null) return null
  const { disk, snapDir, digest, compression, forceSync } = options
  await read.replay.repair(disk, forceSync)
  if (read.from === 'nothing') await writeFirstSnapshot(disk, snapDir, digest, compression)
  else if (forceSync) await adoptSnapshot(disk, snapDir, read.from)
  return read.replay.result(read.notBefore)
}

/** What may be read without being repaired. */
export type ReadOptions = Omit<RecoverOptions, 'disk' | 'compression' | 'forceSync'>

interface Read {
  readonly replay: Replay
  readonly from: NumberedFile | 'nothing'
  /** No truncation reaches behind it: what is in memory must not begin before (FOLL-10). */
  readonly notBefore: Zxid
}

/**
 * The same, and nothing is changed on disk. A damaged log ends the history there: `onDamage` is told why, and what
 * comes before it is returned.
 * @throws StorageError when there is nothing to begin with
 */
export async function readTree(options: ReadOptions, onDamage: (why: string) => void): Promise<RecoveredTree | null> {
  const read = await readAll(options, onDamage)
  return read === null ? null : read.replay.result(read.notBefore)
}

async function readAll(options: ReadOptions, onDamage: ((why: string) => void) | null): Promise<Read | null> {
  const snapshots = await listNumbered(options.snapDir, 'snapshot')
  const logs = await listNumbered(options.logDir, 'log')
  if (snapshots.length === 0) {
    if (logs.length === 0) return null
    if (options.trustEmpty) return readWithoutSnapshot(options, logs)
    // Trap 2325: an empty tree must not win an election.
    throw new StorageError(
      `${options.logDir} holds transaction logs, but ${options.snapDir} holds no snapshot to apply them to. Restore the ` +
        'snapshots, or move the logs away and let this server fetch everything from the leader. If it never had any (an ' +
        'upgrade from ZooKeeper 3.4), snapshot.trust.empty=true replays the logs on an empty tree.',
    )
  }
  const startMs = performance.now()
  const { file, loaded, newestDamaged } = await loadNewest(snapshots, options.log)
  const { zxid } = file
  const loadedMs = performance.now()
  options.measured?.('loadSnapshot', loadedMs - startMs)
  const replay = new Replay(zxid, loaded, options)
  try {
    await replay.run(logs)
  } catch (error) {
    if (onDamage === null || !(error instanceof StorageError)) throw error
    onDamage(error.message)
  }
  options.measured?.('replay', performance.now() - loadedMs)
  options.measured?.('replayedRecords', replay.applied)
  if (newestDamaged > replay.lastZxid) {
    const damaged = new StorageError(
      `${options.snapDir}/snapshot.${newestDamaged.toString(16)} is damaged, and the logs end at ` +
        `${formatZxid(replay.lastZxid)}, before it. Restore it from a copy, or move the data directory away and let ` +
        'this server fetch everything from the leader.',
    )
    if (onDamage === null) throw damaged
    onDamage(damaged.message)
  }
  return { replay, from: file, notBefore: await oldestComplete(snapshots, zxid) }
}

async function oldestComplete(snapshots: readonly NumberedFile[], loaded: Zxid): Promise<Zxid> {
  for (const file of snapshots) if (file.zxid >= loaded || (await looksComplete(file.path))) return file.zxid
  return loaded
}

/** ZOOKEEPER-3056: the logs are everything; a gap before the first txn is refused all the same. */
async function readWithoutSnapshot(options: ReadOptions, logs: readonly NumberedFile[]): Promise<Read> {
  options.log('warn', 'no snapshot: the logs are replayed on an empty tree (snapshot.trust.empty)', {})
  const replay = new Replay(ZERO_ZXID, { tree: createTree(), digest: null }, options)
  await replay.run(logs)
  return { replay, from: 'nothing', notBefore: ZERO_ZXID }
}

async function loadNewest(snapshots: readonly NumberedFile[], log: Log) {
  let newestDamaged = ZERO_ZXID
  for (const file of snapshots.toReversed().slice(0, CANDIDATES_MAX)) {
    const loaded = await tryLoad(file, log)
    if (loaded) return { file, loaded, newestDamaged }
    if (file.zxid > newestDamaged) newestDamaged = file.zxid
  }
  const newest = snapshots.at(-1)
  throw new StorageError(
    `no snapshot could be loaded (the newest is ${newest?.path}). Restore one from a copy, or move the data ` +
      'directory away and let this server fetch everything from the leader.',
  )
}

async function tryLoad(file: NumberedFile, log: Log): Promise<LoadedSnapshot | null> {
  if (!(await looksComplete(file.path))) {
    log('warn', 'skipping an unfinished snapshot', { path: file.path })
    return null
  }
  try {
    return await loadSnapshot(file.path)
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    log('error', 'skipping a damaged snapshot', { path: file.path, why: error.message })
    return null
  }
}

/** Applies the logs to a loaded snapshot, and remembers what has to be repaired. */
class Replay {
  readonly #options: ReadOptions
  readonly #treeOptions: TreeOptions
  readonly #snapshotZxid: Zxid
  readonly #tree: DataTree
  readonly #recent: RecentEntries
  /**
   * Digests are compared behind this zxid: before, the fuzzy snapshot may be ahead of the log. Null when the snapshot
   * does not say: then from the first one on that agrees.
   */
  readonly #comparable: Zxid | null
  #mismatches = 0
  applied = 0
  #lastRecord: Zxid | null = null
  #lastFile = ''
  readonly #torn: { path: string; end: number }[] = []
  readonly #empty: NumberedFile[] = []
  /** What side files contradict, and the last txn before it. */
  readonly #doubts: { readonly path: string; readonly problem: string; readonly after: Zxid }[] = []
  readonly #unsealed: { readonly name: string; readonly end: number }[] = []
  #missing: readonly NumberedFile[] = []

  constructor(snapshotZxid: Zxid, loaded: LoadedSnapshot, options: ReadOptions) {
    this.#options = options
    this.#treeOptions = { ...DEFAULT_TREE_OPTIONS, digest: options.digest }
    this.#snapshotZxid = snapshotZxid
    this.#tree = loaded.tree
    this.#tree.lastProcessedZxid = snapshotZxid
    this.#recent = new RecentEntries(options.commitLogCount, snapshotZxid)
    const { digest } = loaded
    this.#comparable = digest && digest.zxid > snapshotZxid ? digest.zxid : digest && snapshotZxid
    if (options.digest && digest && digest.zxid === snapshotZxid && snapshotZxid > 0) {
      const actual = this.#tree.digest
      if (actual !== digest.value) this.#onMismatch(snapshotZxid, { expected: digest.value, actual })
    }
  }

  get lastZxid(): Zxid {
    const last = this.#lastRecord
    return last !== null && last > this.#snapshotZxid ? last : this.#snapshotZxid
  }

  async run(logs: readonly NumberedFile[]): Promise<void> {
    const first = logs.findLastIndex((file) => file.zxid <= this.#snapshotZxid + 1)
    // One file more, whose entries the snapshot already has: a learner may still need them as a DIFF.
    const missing = await missingLogs(this.#options.logDir)
    this.#missing = missing
    const lost = missing.filter((file) => file.zxid > this.#snapshotZxid)
    const doubtUpTo = (zxid: number) => {
      while (lost[0] && lost[0].zxid < zxid) this.#doubt(lost.shift(), 'it is gone')
    }
    for (const file of logs.slice(Math.max(0, first - 1))) {
      doubtUpTo(file.zxid)
      const needed = file.zxid > this.#snapshotZxid || logs.indexOf(file) >= first
      await this.#readFile(file, needed)
    }
    doubtUpTo(Number.POSITIVE_INFINITY)
    await this.#settleDoubts()
    if (this.#mismatches > 0) {
      this.#options.log('error', 'the tree does not match the digests in the log', { mismatches: this.#mismatches })
    }
  }

  #doubt(file: NumberedFile | undefined, problem: string, after = this.lastZxid): void {
    if (file) this.#doubts.push({ path: file.path, problem, after })
  }

  /** ST-1, ST-3: a contradiction is a loss, unless another server has written here from that place on. */
  async #settleDoubts(): Promise<void> {
    const [first] = this.#doubts.toSorted((a, b) => a.after - b.after)
    if (!first) return
    const { snapDir, logDir, log } = this.#options
    const other = await writtenByOthers(snapDir, logDir, first.after)
    if (!other) throw new StorageError(lossText(first.path, first.problem, first.after))
    log('warn', 'another server has written here: what was noted of older logs does not hold any more', {
      other: other.path,
      log: first.path,
      problem: first.problem,
    })
  }

  async #readFile(file: NumberedFile, needed: boolean): Promise<void> {
    try {
      const before = this.lastZxid
      const verdict = await checkLog(this.#options.logDir, file.name)
      const scan = await scanLog(file.path, (zxid, txn) => {
        this.#onRecord(file, zxid, txn)
        return true
      })
      if (verdict.type === 'contradicted') {
        this.#doubt(file, verdict.problem, verdict.cut && scan.records > 0 ? this.lastZxid : before)
      }
      if (scan.records === 0) this.#empty.push(file)
      else if (scan.ending === 'torn') this.#torn.push({ path: file.path, end: scan.end })
      const isSealed = verdict.type === 'verified' && verdict.sealed && verdict.upTo === scan.end
      if (scan.records > 0 && !isSealed) this.#unsealed.push({ name: file.name, end: scan.end })
    } catch (error) {
      if (needed || !(error instanceof StorageError)) throw error
      // Everything in this file is older than the snapshot: only the memory of recent entries suffers.
      this.#options.log('error', 'an old transaction log is damaged', { path: file.path, why: error.message })
      this.#recent.restartAfter(this.lastZxid)
      this.#lastRecord = null
    }
  }

  #onRecord(file: NumberedFile, zxid: Zxid, txn: Buffer): void {
    const isNew = zxid > this.#snapshotZxid
    const last = this.#lastRecord
    const before = isNew && (last === null || last < this.#snapshotZxid) ? this.#snapshotZxid : last
    if (before === null) this.#recent.restartBefore(zxid)
    else if (before !== last) this.#recent.restartAfter(before)
    if (before !== null && !continues(before, zxid)) {
      if (isNew) throw this.#gap(file, before, zxid)
      this.#recent.restartBefore(zxid)
    }
    this.#lastRecord = zxid
    this.#lastFile = file.path
    if (!isNew) {
      this.#recent.push(zxid, Uint8Array.prototype.slice.call(txn))
      return
    }
    this.#recent.push(zxid, this.#apply(file, zxid, txn))
    this.applied += 1
  }

  #apply(file: NumberedFile, zxid: Zxid, txn: Uint8Array): Entry {
    let entry: Entry
    try {
      entry = readEntry(txn)
    } catch (cause) {
      throw new StorageError(`${file.path}: the record of ${formatZxid(zxid)} cannot be read: ${String(cause)}`, {
        cause,
      })
    }
    if (this.#comparable !== null && zxid > this.#comparable) this.#tree.isExact = true
    const { mismatch } = applyEntry(this.#tree, entry, this.#treeOptions)
    if (mismatch) this.#onMismatch(zxid, mismatch)
    return entry
  }

  #onMismatch(zxid: Zxid, { expected, actual }: DigestMismatch): void {
    this.#mismatches += 1
    if (this.#mismatches > 1) return
    this.#options.log('error', 'the first digest mismatch', {
      zxid: formatZxid(zxid),
      expected: `0x${expected.toString(16)}`,
      found: `0x${actual.toString(16)}`,
    })
  }

  #gap(file: NumberedFile, before: Zxid, zxid: Zxid): StorageError {
    if (zxid <= before) {
      return new StorageError(
        `${file.path} has ${formatZxid(zxid)} behind ${formatZxid(before)}: two histories are mixed in this directory. ` +
          'Move the data directory away and let this server fetch everything from the leader.',
      )
    }
    const from = this.#lastFile === '' ? 'the snapshot' : this.#lastFile
    return new StorageError(
      `${file.path} has ${formatZxid(zxid)} where ${from} ends with ${formatZxid(before)}: transactions between ` +
        'them are missing. Restore the missing log from a copy, or move the data directory away and let this server ' +
        'fetch everything from the leader.',
    )
  }

  /** Cuts torn ends and removes logs without a record, so that new files follow on what is whole. */
  async repair(disk: Disk, forceSync: boolean): Promise<void> {
    const { logDir, log } = this.#options
    for (const { path, end } of this.#torn) {
      log('warn', 'cutting an incomplete record off a transaction log', { path, end })
      const file = await disk.open(path)
      try {
        await file.truncate(end)
        await file.sync()
      } finally {
        await file.close()
      }
    }
    await removeSums(
      disk,
      logDir,
      [...this.#empty, ...this.#missing].map((file) => file.name),
    )
    for (const { path } of this.#empty) {
      log('warn', 'removing a transaction log without a record', { path })
      await disk.remove(path)
    }
    if (this.#empty.length > 0) await disk.syncDir(logDir)
    // What a killed server had only written is made durable before anybody votes with it (D-4).
    if (forceSync) for (const { name, end } of this.#unsealed) await seal(disk, logDir, name, end)
  }

  /** @param notBefore the entries that are handed back begin behind it */
  result(notBefore: Zxid): RecoveredTree {
    const { recent, recentAfter } = this.#recent.take(this.lastZxid, notBefore)
    return { tree: this.#tree, lastZxid: this.lastZxid, recent, recentAfter }
  }
}
