// Removes everything after a zxid from a data directory, in an order that leaves a whole history at each step:
// snapshots above it, later logs newest first, then the rest of the log that holds it (O-11, R-4837).

import { formatZxid, type Zxid } from '#shared/zk/zxid.ts'
import type { Disk } from './disk.ts'
import { listNumbered, type NumberedFile } from './file-names.ts'
import { looksComplete } from './snapshot-file.ts'
import { StorageError } from './storage-error.ts'
import { removeSums } from './sums-check.ts'
import { scanLog } from './txn-log-reader.ts'

/**
 * Cuts after the last record whose zxid is at most `zxid` (R-1156). No log may be open.
 * @throws StorageError when no snapshot would be left to start from; then nothing has been changed
 */
export async function truncateAfter(disk: Disk, snapDir: string, logDir: string, zxid: Zxid): Promise<void> {
  const snapshots = await listNumbered(snapDir, 'snapshot')
  const kept = snapshots.filter((file) => file.zxid <= zxid)
  const complete = await Promise.all(kept.map((file) => looksComplete(file.path)))
  if (!complete.includes(true)) {
    throw new StorageError(
      `the leader asks to forget everything after ${formatZxid(zxid)}, but ${snapDir} has no snapshot that old. ` +
        'Move the data directory away and let this server fetch everything from the leader.',
    )
  }
  // First the snapshots: an older one and the whole log still are what this server had.
  await removeNewestFirst(disk, snapDir, snapshots.slice(kept.length))

  const logs = await listNumbered(logDir, 'log')
  const later = logs.filter((file) => file.zxid > zxid)
  const last = logs[logs.length - later.length - 1]
  // What is claimed of them ends before they do (ST-1); the next look at the directory seals what is left.
  const touched = last ? [last, ...later] : later
  await removeSums(
    disk,
    logDir,
    touched.map((file) => file.name),
  )
  await removeNewestFirst(disk, logDir, later)
  if (last) await cutLog(disk, logDir, last, zxid)
}

async function removeNewestFirst(disk: Disk, dir: string, files: readonly NumberedFile[]): Promise<void> {
  for (const file of files.toReversed()) {
    await disk.remove(file.path)
    // One at a time: a hole in the middle must not be possible, whatever the file system reorders.
    await disk.syncDir(dir)
  }
}

async function cutLog(disk: Disk, logDir: string, log: NumberedFile, zxid: Zxid): Promise<void> {
  const scan = await scanLog(log.path, (at) => at <= zxid)
  if (scan.records === 0) {
    await disk.remove(log.path)
  } else if (scan.ending === 'stopped') {
    const file = await disk.open(log.path)
    try {
      await file.truncate(scan.end)
      await file.sync()
    } finally {
      await file.close()
    }
  }
  await disk.syncDir(logDir)
}
