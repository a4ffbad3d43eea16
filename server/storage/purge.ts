// Which snapshots and logs may go: O-15 and storage.md §10. A snapshot counts as kept only when its seal matches
// its bytes; when fewer than enough do, nothing is removed (R-3231).

import type { Zxid } from '#shared/zk/zxid.ts'
import type { Disk } from './disk.ts'
import { listNumbered, type NumberedFile } from './file-names.ts'
import type { Log } from './options.ts'
import { SNAP_RETAIN_COUNT_MIN } from './options.ts'
import { sealMatches } from './snapshot-file.ts'
import { removeSums } from './sums-check.ts'

export interface PurgeOptions {
  readonly disk: Disk
  readonly snapDir: string
  readonly logDir: string
  /** How many snapshots stay; less than 3 counts as 3. */
  readonly retainCount: number
  /** One snapshot that is not newer than this stays, too: the log may have to be cut back to there (FOLL-10). */
  readonly neededFrom: Zxid
  readonly log: Log
  /** Snapshots known to be whole, by path; grows by what is checked here and shrinks by what is removed. */
  readonly verified: Set<string>
}

/** Removes what is not needed any more; returns the names. */
export async function purge(options: PurgeOptions): Promise<string[]> {
  const { disk, snapDir, logDir } = options
  const snapshots = await listNumbered(snapDir, 'snapshot')
  const oldest = await oldestKept(options)
  if (oldest === null) return []
  const logs = await listNumbered(logDir, 'log')
  // The log before the oldest kept snapshot may hold records behind it.
  const firstLog = logs.findLastIndex((file) => file.zxid <= oldest.zxid)
  const oldSnapshots = snapshots.filter((file) => file.zxid < oldest.zxid)
  const oldLogs = logs.slice(0, Math.max(0, firstLog))
  // Oldest first, snapshots before the logs that they would need.
  await removeSums(
    disk,
    logDir,
    oldLogs.map((file) => file.name),
  )
  await removeSums(
    disk,
    snapDir,
    oldSnapshots.map((file) => file.name),
  )
  for (const file of [...oldSnapshots, ...oldLogs]) {
    await disk.remove(file.path)
    options.verified.delete(file.path)
  }
  if (oldSnapshots.length > 0) await disk.syncDir(snapDir)
  if (oldLogs.length > 0) await disk.syncDir(logDir)
  return [...oldSnapshots, ...oldLogs].map((file) => file.name)
}

/** The oldest snapshot that has to stay, after checking it and the newer ones; null while there are too few. */
export async function oldestKept(options: PurgeOptions): Promise<NumberedFile | null> {
  const snapshots = await listNumbered(options.snapDir, 'snapshot')
  const wanted = Math.max(SNAP_RETAIN_COUNT_MIN, options.retainCount)
  let found = 0
  for (const file of snapshots.toReversed()) {
    if (!options.verified.has(file.path)) {
      if (!(await sealMatches(file.path))) {
        options.log('error', 'a snapshot is damaged and does not count as kept', { path: file.path })
        continue
      }
      options.verified.add(file.path)
    }
    found += 1
    if (found >= wanted && file.zxid <= options.neededFrom) return file
  }
  return null
}
