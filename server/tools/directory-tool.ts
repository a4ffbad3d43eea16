// A whole data directory: the verdict on every file, and what a start would make of them. That is found by starting, on a
// disk that takes no notice of writes.

import fs from 'node:fs'
import { basename, dirname } from 'node:path'
import { formatZxid } from '#shared/zk/zxid.ts'
import type { Disk, DiskFile } from '../storage/disk.ts'
import { readEpochs } from '../storage/epochs.ts'
import { listNumbered } from '../storage/file-names.ts'
import { COMMIT_LOG_COUNT_DEFAULT } from '../storage/options.ts'
import { recoverTree } from '../storage/recover.ts'
import { StorageError } from '../storage/storage-error.ts'
import { inspectLog, type Print, summaryLines } from './log-tool.ts'
import { inspectSnapshot, snapshotLines } from './snapshot-tool.ts'
import type { ToolOptions } from './tool-arguments.ts'

const NOTHING = async () => undefined
const NO_FILE: DiskFile = { write: NOTHING, sync: NOTHING, truncate: NOTHING, close: NOTHING }
/** Where nothing happens. */
const IDLE_DISK: Disk = {
  create: async () => NO_FILE,
  open: async () => NO_FILE,
  rename: NOTHING,
  remove: NOTHING,
  syncDir: NOTHING,
}

/** `version-2` of what was named, which may be that itself. */
function versionDir(dir: string): string {
  return basename(dir) === 'version-2' || !fs.existsSync(`${dir}/version-2`) ? dir : `${dir}/version-2`
}

/** Returns whether a start would succeed with everything whole. */
export async function inspectDirectory(dir: string, options: ToolOptions, print: Print): Promise<boolean> {
  const snapDir = versionDir(dir)
  const logDir = options.dataLogDir === null ? snapDir : versionDir(options.dataLogDir)
  let whole = true
  for (const file of await listNumbered(snapDir, 'snapshot')) {
    const summary = await inspectSnapshot(file.path, options, null)
    for (const line of snapshotLines(summary, options.json)) print(line)
    whole &&= summary.damage.length === 0
  }
  for (const file of await listNumbered(logDir, 'log')) {
    const summary = await inspectLog(file.path, options, null)
    for (const line of summaryLines(summary, options.json)) print(line)
    whole &&= summary.damage.length === 0
  }
  const say = (start: 'succeeds' | 'refused' | 'new', text: string) =>
    print(
      options.json
        ? JSON.stringify({ start, text })
        : `${start === 'refused' ? 'DAMAGE a start is refused: ' : 'a start '}${text}`,
    )
  for (const { name } of await listNumbered(snapDir, 'install')) {
    say('succeeds', `would first put ${name}, a snapshot from a leader, in place of everything else`)
    return whole
  }
  try {
    const remarks: string[] = []
    const recovered = await recoverTree({
      disk: IDLE_DISK,
      snapDir,
      logDir,
      commitLogCount: COMMIT_LOG_COUNT_DEFAULT,
      trustEmpty: false,
      compression: '',
      forceSync: false,
      digest: true,
      log: (level, message, fields) => {
        if (level !== 'debug') remarks.push(`${message}${fields ? ` ${JSON.stringify(fields)}` : ''}`)
      },
    })
    for (const remark of remarks) say('succeeds', `says: ${remark}`)
    if (recovered === null) {
      say('new', `makes a new, empty database: ${dirname(`${snapDir}/x`)} holds neither snapshots nor logs`)
      return whole
    }
    const { lastZxid, tree } = recovered
    const { acceptedEpoch, currentEpoch } = await readEpochs(snapDir, lastZxid)
    const epochs = `acceptedEpoch ${acceptedEpoch}, currentEpoch ${currentEpoch}`
    say(
      'succeeds',
      `succeeds at ${formatZxid(lastZxid)} with ${tree.nodes.size} znodes and ${tree.sessions.size} sessions, ${epochs}`,
    )
    return whole
  } catch (error) {
    if (!(error instanceof StorageError)) throw error
    say('refused', error.message)
    return false
  }
}
