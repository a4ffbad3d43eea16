// The keys of zoo.cfg about logs, snapshots and data directories, under ZooKeeper's names and with its defaults. What
// they do is server/storage's business. Source: operations.md §3, storage.md §4, §7, §8 and §10.

import { isSnapshotCompression, SNAPSHOT_COMPRESSIONS, type SnapshotCompression } from '../../storage/compression.ts'
import { SNAP_RETAIN_COUNT_MIN, SNAP_SIZE_LIMIT_KB_DEFAULT } from '../../storage/options.ts'
import type { Values } from './config-values.ts'
import { HONOURED, type KeyRules } from './key-rule.ts'

export interface StorageConfig {
  /** 0: snapshots are not taken for the size of the log. */
  readonly snapSizeLimitInKb: number
  /** A log file that grew beyond this is followed by another; 0: no limit. */
  readonly txnLogSizeLimitInKb: number
  /** A flush that takes longer is warned of. */
  readonly fsyncWarningThresholdMs: number
  readonly compression: SnapshotCompression
  /** A log without any snapshot is replayed on an empty tree. */
  readonly trustEmpty: boolean
  /** An empty data directory is a new server's. Otherwise it has no vote until a leader has filled it. */
  readonly dbAutocreate: boolean
  readonly datadirAutocreate: boolean
  readonly snapRetainCount: number
  /** 0: never. */
  readonly purgeIntervalHours: number
}

export const STORAGE_KEYS: KeyRules = {
  snapSizeLimitInKb: HONOURED,
  txnLogSizeLimitInKb: HONOURED,
  'fsync.warningthresholdms': HONOURED,
  snapshotSizeFactor: HONOURED,
  'snapshot.compression.method': HONOURED,
  'snapshot.trust.empty': HONOURED,
  'db.autocreate': HONOURED,
  'datadir.autocreate': HONOURED,
  'autopurge.snapRetainCount': HONOURED,
  'autopurge.purgeInterval': HONOURED,
}

const INT_MAX = 2 ** 31 - 1

/** What is wrong goes to `problems`, each a sentence. */
export function readStorage(read: Values, problems: string[]): StorageConfig {
  checkSizeFactor(read.text('snapshotSizeFactor'), problems)
  return {
    snapSizeLimitInKb: Math.max(0, read.integer('snapSizeLimitInKb', SNAP_SIZE_LIMIT_KB_DEFAULT, -1, 2 ** 40)),
    txnLogSizeLimitInKb: Math.max(0, read.integer('txnLogSizeLimitInKb', -1, -1, 2 ** 40)),
    fsyncWarningThresholdMs: read.integer('fsync.warningthresholdms', 1000, 0, INT_MAX),
    compression: readCompression(read.text('snapshot.compression.method'), problems),
    trustEmpty: read.boolean('snapshot.trust.empty', false),
    dbAutocreate: read.boolean('db.autocreate', true),
    datadirAutocreate: read.boolean('datadir.autocreate', true),
    // As in ZooKeeper: fewer than three count as three.
    snapRetainCount: Math.max(SNAP_RETAIN_COUNT_MIN, read.integer('autopurge.snapRetainCount', 3, 0, INT_MAX)),
    purgeIntervalHours: Math.max(0, read.integer('autopurge.purgeInterval', 0, -INT_MAX, 24 * 365)),
  }
}

function readCompression(text: string | null, problems: string[]): SnapshotCompression {
  const method = text ?? ''
  if (isSnapshotCompression(method)) return method
  const names = SNAPSHOT_COMPRESSIONS.filter((name) => name !== '').join(', ')
  problems.push(`snapshot.compression.method=${method}: write ${names}, or nothing for plain snapshots`)
  return ''
}

/** A negative factor is what we do anyway: a learner behind the entries in memory is sent a snapshot. */
function checkSizeFactor(text: string | null, problems: string[]): void {
  if (text === null || (Number.isFinite(Number(text)) && Number(text) < 0)) return
  problems.push(
    `snapshotSizeFactor=${text}: a learner is brought up to date from memory or by a snapshot, never from the log files; ` +
      'write a negative number or remove the line, and raise commitLogCount to keep more in memory',
  )
}
