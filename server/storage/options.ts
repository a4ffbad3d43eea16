// How a server's storage is set up, under ZooKeeper's names where it has one. Source: operations.md.

import type { SnapshotCompression } from './compression.ts'
import type { Disk } from './disk.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'
export type Log = (level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>) => void

export type Measure =
  | 'flush'
  | 'batchRecords'
  | 'batchBytes'
  | 'snapshot'
  | 'open'
  | 'loadSnapshot'
  | 'replay'
  | 'replayedRecords'
export type Measured = (what: Measure, value: number) => void

export interface StorageOptions {
  readonly dataDir: string
  /** For the transaction logs; dataDir when absent. */
  readonly dataLogDir?: string | undefined
  /** A snapshot is due after half of this many entries, plus a random part of the other half. At least 2. */
  readonly snapCount?: number | undefined
  /** The same for the size of the logs; 0 turns it off. */
  readonly snapSizeLimitInKb?: number | undefined
  /** How much a log file grows at a time; 0 for no padding. */
  readonly preAllocSizeKb?: number | undefined
  /** How many of the newest entries are handed back at start; at least 500. */
  readonly commitLogCount?: number | undefined
  /** false: acknowledge before the disk has it. Loses acknowledged writes when the machine goes down. */
  readonly forceSync?: boolean | undefined
  /** How many snapshots stay when a new one has been written, at least 3; absent: nothing is purged. */
  readonly snapRetainCount?: number | undefined
  /** How snapshots are written; they are read whatever they are. */
  readonly compression?: SnapshotCompression | undefined
  /** A log file that grew beyond this is followed by another; 0 or absent: no limit. */
  readonly txnLogSizeLimitInKb?: number | undefined
  /** A flush of the log that takes longer is warned of. */
  readonly fsyncWarningThresholdMs?: number | undefined
  /** snapshot.trust.empty: a log without any snapshot is replayed on an empty tree, when it starts with the first txn. */
  readonly trustEmpty?: boolean | undefined
  /**
   * db.autocreate. false: an empty directory without the file `initialize` may be one that lost its data: it is opened
   * with NO_ZXID, and its server has no vote until a leader has sent a snapshot.
   */
  readonly dbAutocreate?: boolean | undefined
  /** datadir.autocreate. false: `version-2` has to be there. */
  readonly datadirAutocreate?: boolean | undefined
  /** false: trees carry no digest (digest.enabled=no): none is written to snapshots, and none compared. */
  readonly digest?: boolean | undefined
  readonly log: Log
  /** Told how long things took; milliseconds, or a number of records or bytes. A batch: flush, batchRecords, batchBytes. */
  readonly measured?: Measured | undefined
  /** From 0 to below 1: spreads the snapshots of the servers in time. */
  readonly random?: (() => number) | undefined
  readonly disk?: Disk | undefined
}

export const SNAP_COUNT_DEFAULT = 100_000
export const SNAP_COUNT_MIN = 2
export const SNAP_SIZE_LIMIT_KB_DEFAULT = 4_194_304
export const PRE_ALLOC_SIZE_KB_DEFAULT = 65_536
export const FSYNC_WARNING_THRESHOLD_MS_DEFAULT = 1000
export const COMMIT_LOG_COUNT_DEFAULT = 500
export const SNAP_RETAIN_COUNT_MIN = 3
