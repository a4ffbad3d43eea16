// Opens a server's data directory: takes the locks, completes what a crash interrupted, reads everything. What
// happens to it afterwards is storage.ts.

import path from 'node:path'
import type { Recovered } from '#shared/peer/contract.ts'
import { formatZxid } from '#shared/zk/zxid.ts'
import { checkPlacement, finishInterrupted, makeDirectories, writeFirstSnapshot } from './directories.ts'
import { nodeDisk } from './disk.ts'
import { type DirectoryLock, lockDirectory } from './lock.ts'
import {
  COMMIT_LOG_COUNT_DEFAULT,
  PRE_ALLOC_SIZE_KB_DEFAULT,
  SNAP_COUNT_DEFAULT,
  SNAP_COUNT_MIN,
  SNAP_SIZE_LIMIT_KB_DEFAULT,
  type StorageOptions,
} from './options.ts'
import { SnapshotRule } from './snapshot-rule.ts'
import { recover, Storage } from './storage.ts'
import { StorageError } from './storage-error.ts'
import { TxnLogWriter } from './txn-log-writer.ts'

/**
 * A directory that does not exist is made, with an empty tree in it.
 * @throws StorageError with a sentence for the operator: the directory is in use, or its content cannot be trusted
 */
export async function openStorage(options: StorageOptions): Promise<{ storage: Storage; recovered: Recovered }> {
  const disk = options.disk ?? nodeDisk
  const dataDir = path.resolve(options.dataDir)
  const dataLogDir = path.resolve(options.dataLogDir ?? options.dataDir)
  const directories = await makeDirectories(disk, dataDir, dataLogDir)
  const locks: DirectoryLock[] = []
  async function releaseLocks(): Promise<void> {
    for (const lock of locks.splice(0).toReversed()) await lock.release()
  }
  try {
    for (const dir of new Set([dataDir, dataLogDir])) locks.push(await lockDirectory(dir))
    await checkPlacement(directories)
    await finishInterrupted(disk, directories, options.log)

    const parts = {
      ...directories,
      disk,
      log: options.log,
      measured: options.measured ?? (() => undefined),
      digest: options.digest ?? true,
      commitLogCount: Math.max(COMMIT_LOG_COUNT_DEFAULT, options.commitLogCount ?? 0),
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
      }),
    }
    const startMs = performance.now()
    let recovered = await recover(parts)
    if (recovered === null) {
      await writeFirstSnapshot(disk, directories.snapDir, parts.digest)
      recovered = await recover(parts)
    }
    if (recovered === null) throw new StorageError(`${directories.snapDir}: the first snapshot has disappeared`)
    parts.measured('open', performance.now() - startMs)
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
