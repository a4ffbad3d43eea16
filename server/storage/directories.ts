// The two `version-2` directories of a server: made, checked, and cleared of what a crash left unfinished.

import fsp from 'node:fs/promises'
import path from 'node:path'
import { createTree } from '#shared/tree/create-tree.ts'
import { ZERO_ZXID } from '#shared/zk/zxid.ts'
import { compressionOf, type SnapshotCompression } from './compression.ts'
import type { Disk } from './disk.ts'
import { listNumbered, snapshotName, TEMPORARY_PREFIX } from './file-names.ts'
import type { Log } from './options.ts'
import { writeSnapshot } from './snapshot-file.ts'
import { errorCode, StorageError } from './storage-error.ts'
import { removeOrphans, removeSums } from './sums-check.ts'
import { SUMS_PREFIX, writeSums } from './sums-file.ts'

export interface Directories {
  readonly snapDir: string
  readonly logDir: string
}

/**
 * Makes `version-2` under both directories; the same one when dataLogDir is not given.
 * @param autocreate false: they have to be there already
 */
export async function makeDirectories(
  disk: Disk,
  dataDir: string,
  dataLogDir: string,
  autocreate: boolean,
): Promise<Directories> {
  const [snapDir, logDir] = [`${dataDir}/version-2`, `${dataLogDir}/version-2`]
  for (const [dir, parent] of [
    [snapDir, dataDir],
    [logDir, dataLogDir],
  ] as const) {
    if (!autocreate && !(await isDirectory(dir))) {
      throw new StorageError(
        `${dir} is missing, and datadir.autocreate=false: make it, or mount what should be there, or remove that line.`,
      )
    }
    try {
      await makeDirectory(dir)
      await disk.syncDir(parent)
    } catch (cause) {
      const why = errorCode(cause) ?? String(cause)
      throw new StorageError(`cannot use ${dir} (${why}): it has to be a directory that this user may write to.`, {
        cause,
      })
    }
  }
  return { snapDir, logDir }
}

async function isDirectory(dir: string): Promise<boolean> {
  try {
    return (await fsp.stat(dir)).isDirectory()
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false
    throw error
  }
}

/**
 * With its parents. Node's own `recursive` tries for ever where a directory exists but nothing can be made in it
 * (ENOENT under /proc); here each directory is tried twice at most.
 */
async function makeDirectory(dir: string): Promise<void> {
  try {
    await makeOne(dir)
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
    await makeDirectory(path.dirname(dir))
    await makeOne(dir)
  }
}

async function makeOne(dir: string): Promise<void> {
  try {
    await fsp.mkdir(dir, { mode: 0o700 })
  } catch (error) {
    if (errorCode(error) !== 'EEXIST' || !(await fsp.stat(dir)).isDirectory()) throw error
  }
}

/** Source: FileTxnSnapLog.checkLogDir and checkSnapDir. */
export async function checkPlacement({ snapDir, logDir }: Directories): Promise<void> {
  if (snapDir === logDir) return
  const [log] = await listNumbered(snapDir, 'log')
  if (log) throw new StorageError(`${log.path} lies in the snapshot directory: move all log.* to ${logDir}.`)
  const [snapshot] = await listNumbered(logDir, 'snapshot')
  if (snapshot) throw new StorageError(`${snapshot.path} lies in the log directory: move all snapshot.* to ${snapDir}.`)
}

/** Removes temporary files and completes an installation that a crash interrupted. */
export async function finishInterrupted(disk: Disk, directories: Directories, log: Log): Promise<void> {
  for (const dir of new Set([directories.snapDir, directories.logDir])) {
    for (const name of await fsp.readdir(dir)) {
      if (name.startsWith(TEMPORARY_PREFIX)) await disk.remove(`${dir}/${name}`)
    }
  }
  const installs = await listNumbered(directories.snapDir, 'install')
  if (installs.length > 0) {
    log('warn', 'completing the installation of a snapshot from the leader', { name: installs.at(-1)?.name })
    await completeInstall(disk, directories)
  }
  await removeOrphans(disk, directories.snapDir)
}

/**
 * Makes the newest `install.<zxid>` the one and only history: what it replaces goes first, so that no stale
 * suffix and no hole can ever be replayed on it (R-2872). May be repeated after a crash at any step.
 */
export async function completeInstall(disk: Disk, { snapDir, logDir }: Directories): Promise<void> {
  const installs = await listNumbered(snapDir, 'install')
  const newest = installs.at(-1)
  if (!newest) return
  // Also the side files of logs that are gone already.
  const claims = (await fsp.readdir(logDir)).filter((name) => name.startsWith(`${SUMS_PREFIX}log.`))
  await removeSums(
    disk,
    logDir,
    claims.map((name) => name.slice(SUMS_PREFIX.length)),
  )
  for (const file of await listNumbered(logDir, 'log')) await disk.remove(file.path)
  await disk.syncDir(logDir)
  for (const file of await listNumbered(snapDir, 'snapshot')) await disk.remove(file.path)
  for (const file of installs) if (file !== newest) await disk.remove(file.path)
  await disk.rename(newest.path, `${snapDir}/${snapshotName(newest.zxid, compressionOf(newest.name))}`)
  await disk.syncDir(snapDir)
}

/** A directory of a server that has promised something, but holds nothing, has lost it. */
export async function expectNoPromises(snapDir: string): Promise<void> {
  for (const name of await fsp.readdir(snapDir)) {
    if (name === 'acceptedEpoch' || name === 'currentEpoch') {
      throw new StorageError(
        `${snapDir} holds epoch files but neither snapshots nor logs: this server's data is gone. Restore it, or ` +
          'delete the epoch files too, to let it start as a new server.',
      )
    }
  }
}

/** snapshot.0 of an empty tree: without it, logs without a snapshot would look like lost data (R-3056). */
export async function writeFirstSnapshot(
  disk: Disk,
  snapDir: string,
  digest: boolean,
  compression: SnapshotCompression,
): Promise<void> {
  const name = snapshotName(ZERO_ZXID, compression)
  const temporary = `${snapDir}/${TEMPORARY_PREFIX}${name}`
  const sums = await writeSnapshot(disk, temporary, createTree(), digest, { aborted: false })
  if (sums) await writeSums(disk, snapDir, name, sums)
  await disk.rename(temporary, `${snapDir}/${name}`)
  await disk.syncDir(snapDir)
}

const INITIALIZE = 'initialize'

/** Whether somebody has put the file `initialize` beside version-2: an empty database may then be trusted. */
export async function hasInitializeFile(dirs: readonly string[]): Promise<boolean> {
  const found = await Promise.all(dirs.map(async (dir) => (await fsp.readdir(dir)).includes(INITIALIZE)))
  return found.includes(true)
}

/** It is good for one start only. Source: FileTxnSnapLog.restore; zkServer-initialize.sh puts it into dataDir. */
export async function removeInitializeFile(disk: Disk, dirs: readonly string[]): Promise<void> {
  for (const dir of dirs) {
    if (!(await hasInitializeFile([dir]))) continue
    await disk.remove(`${dir}/${INITIALIZE}`)
    await disk.syncDir(dir)
  }
}
