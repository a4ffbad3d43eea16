// Opens a server's data directory: takes the locks, completes what a crash interrupted, reads everything. What
// happens to it afterwards is storage.ts.

import path from 'node:path'
import type { Recovered } from '#shared/peer/contract.ts'
import { formatZxid } from '#shared/zk/zxid.ts'
import {
  checkPlacement,
  expectNoPromises,
  finishInterrupted,
  hasInitializeFile,
  makeDirectories,
  removeInitializeFile,
  writeFirstSnapshot,
} from './directories.ts'
import { nodeDisk } from './disk.ts'
import { type DirectoryLock, lockDirectory } from './lock.ts'
import {
  COMMIT_LOG_COUNT_DEFAULT,
  FSYNC_WARNING_THRESHOLD_MS_DEFAULT,
  PRE_ALLOC_SIZE_KB_DEFAULT,
  SNAP_COUNT_DEFAULT,
  SNAP_COUNT_MIN,
  SNAP_SIZE_LIMIT_KB_DEFAULT,
  type StorageOptions,
} from './options.ts'
import { SnapshotRule } from './snapshot-rule.ts'
import { recover, recoverNothing, Storage } from './storage.ts'
import { StorageError } from './storage-error.ts'
import { TxnLogWriter } from './txn-log-writer.ts'

/**
 * A directory that does not exist is made, with an empty tree in it, unless the options say otherwise.
 * @throws StorageError with a sentence for the operator: the directory is in use, or its content cannot be trusted
 */
export async function openStorage(options: StorageOptions): Promise<{ storage: Storage; recovered: Recovered }> {
  const disk = options.disk ?? nodeDisk
  const dataDir = path.resolve(options.dataDir)
  const dataLogDir = path.resolve(options.dataLogDir ?? options.dataDir)
  const directories = await makeDirectories(disk, dataDir, dataLogDir, options.datadirAutocreate ?? true)
  const places = [...new Set([dataDir, dataLogDir])]
  const locks: DirectoryLock[] = []
  async function releaseLocks(): Promise<void> {
    for (const lock of locks.splice(0).toReversed()) await lock.release()
  }
  try {
    for (const dir of places) locks.push(await lockDirectory(dir))
    await checkPlacement(directories)
    await finishInterrupted(disk, directories, options.log)

    const parts = {
      ...directories,
      disk,
      log: options.log,
      measured: options.measured ?? (() => undefined),
      digest: options.digest ?? true,
      commitLogCount: Math.max(COMMIT_LOG_COUNT_DEFAULT, options.commitLogCount ?? 0),
      compression: options.compression ?? ('' as const),
      forceSync: options.forceSync ?? true,
      trustEmpty: options.trustEmpty ?? false,
      fsyncWarningThresholdMs: options.fsyncWarningThresholdMs ?? FSYNC_WARNING_THRESHOLD_MS_DEFAULT,
      snapRetainCount: options.snapRetainCount ?? 0,
      releaseLocks,
      rule: new SnapshotRule(
        Math.max(SNAP_COUNT_MIN, options.snapCount ?? SNAP_COUNT_DEFAULT),
        (options.snapSizeLimitInKb ?? SNAP_SIZE_LIMIT_KB_DEFAULT) * 1024,
        options.random ?? Math.random,
      ),
      writer: new TxnLogWriter(disk, {
        dir: directories.logDir,
        preAllocBytes: (options.preAllocSizeKb ?? PRE_ALLOC_SIZE_KB_DEFAULT) * 1024,
        forceSync: options.forceSync ?? true,
        sizeLimitBytes: (options.txnLogSizeLimitInKb ?? 0) * 1024,
      }),
    }
    const startMs = performance.now()
    let recovered = await recover(parts)
    if (recovered === null && !(options.dbAutocreate ?? true) && !(await hasInitializeFile(places))) {
      options.log(
        'warn',
        'the data directory is empty, and db.autocreate=false: no vote until a leader has filled it',
        {
          dataDir,
        },
      )
      return { storage: new Storage(parts), recovered: await recoverNothing(parts) }
    }
    if (recovered === null) {
      await expectNoPromises(directories.snapDir)
      await writeFirstSnapshot(disk, directories.snapDir, parts.digest, parts.compression)
      recovered = await recover(parts)
    }
    if (recovered === null) throw new StorageError(`${directories.snapDir}: the first snapshot has disappeared`)
    parts.measured('open', performance.now() - startMs)
    await removeInitializeFile(disk, places)
    options.log('info', 'opened the data directory', {
      dataDir,
      lastZxid: formatZxid(recovered.lastZxid),
      znodes: recovered.tree.nodes.size,
      acceptedEpoch: recovered.acceptedEpoch,
      currentEpoch: recovered.currentEpoch,
    })
    return { storage: new Storage(parts), recovered }
  } catch (error) {
    await releaseLocks()
    throw error
  }
}
