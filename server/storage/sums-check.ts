// Judges logs by their side files (ST-1): what was claimed durable and is not there any more, or not as it was. Where
// another server has written since, the claims are stale and nobody's fault. What follows from it is recover.ts's business.

import fsp from 'node:fs/promises'
import { formatZxid, type Zxid } from '#shared/zk/zxid.ts'
import type { Disk } from './disk.ts'
import { listNumbered, type NumberedFile, numberedName } from './file-names.ts'
import { sealMatches } from './snapshot-file.ts'
import { errorCode } from './storage-error.ts'
import { crcsOf, readSums, SUMS_PREFIX, sumsName, writeSums } from './sums-file.ts'

/**
 * `sealed`: the whole file up to its end is covered. `problem`: what contradicts its side file; `cut`: as far as it goes it is
 * as it was.
 */
export type LogVerdict =
  | { readonly type: 'unverified' }
  | { readonly type: 'verified'; readonly upTo: number; readonly sealed: boolean }
  | { readonly type: 'contradicted'; readonly problem: string; readonly cut: boolean }

/** Compares a log with its side file. */
export async function checkLog(dir: string, name: string): Promise<LogVerdict> {
  const checkpoints = await readSums(`${dir}/${sumsName(name)}`)
  const last = checkpoints?.at(-1)
  if (!checkpoints || !last) return { type: 'unverified' }
  const { size, crcs } = await crcsOf(
    `${dir}/${name}`,
    checkpoints.map(({ end }) => end),
  )
  const wrong = checkpoints.findIndex(({ crc }, index) => index < crcs.length && crcs[index] !== crc)
  if (wrong >= 0) {
    const from = checkpoints[wrong - 1]?.end ?? 0
    const problem = `its bytes ${from} to ${checkpoints[wrong]?.end} are not those that were written`
    return { type: 'contradicted', problem, cut: false }
  }
  if (crcs.length < checkpoints.length)
    return {
      type: 'contradicted',
      problem: `it ends at byte ${size}, but ${last.end} bytes were durable`,
      cut: crcs.length > 0,
    }
  return { type: 'verified', upTo: last.end, sealed: last.ended }
}

/** The logs that side files speak of, and that are not there. */
export async function missingLogs(logDir: string): Promise<NumberedFile[]> {
  const there = new Set(await fsp.readdir(logDir))
  const missing: NumberedFile[] = []
  for (const name of there) {
    if (!name.startsWith(SUMS_PREFIX)) continue
    const of = numberedName(logDir, name.slice(SUMS_PREFIX.length), 'log')
    if (of && !there.has(of.name) && (await readSums(`${logDir}/${name}`))?.length) missing.push(of)
  }
  return missing.sort((a, b) => a.zxid - b.zxid)
}

/**
 * What another server has written here behind `after`: a log without a side file, or a whole snapshot that has none or does
 * not match it. Null when there is nothing. After a TRUNC, Apache's learners write a snapshot, and then a new log.
 */
export async function writtenByOthers(snapDir: string, logDir: string, after: Zxid): Promise<NumberedFile | null> {
  for (const file of await listNumbered(snapDir, 'snapshot')) {
    if (file.zxid < after) continue
    const { type } = await checkLog(snapDir, file.name)
    if (type !== 'verified' && (await sealMatches(file.path))) return file
  }
  for (const file of await listNumbered(logDir, 'log')) {
    if (file.zxid > after && (await checkLog(logDir, file.name)).type === 'unverified') return file
  }
  return null
}

/** Covers a whole file with one checkpoint, after its bytes have been made durable. `end`: how much of it counts. */
export async function seal(disk: Disk, dir: string, name: string, end: number): Promise<void> {
  const file = await disk.open(`${dir}/${name}`)
  try {
    await file.sync()
  } finally {
    await file.close()
  }
  const { crcs } = await crcsOf(`${dir}/${name}`, [end])
  const [crc] = crcs
  if (crc !== undefined) await writeSums(disk, dir, name, { end, crc, ended: true })
}

/** Gives a snapshot that somebody else wrote a side file. */
export async function adoptSnapshot(disk: Disk, dir: string, file: NumberedFile): Promise<void> {
  const { size } = await fsp.stat(file.path)
  if ((await readSums(`${dir}/${sumsName(file.name)}`)) === null) await seal(disk, dir, file.name, size)
}

/** Forgets what was claimed of these files, durably: before they are cut or removed. */
export async function removeSums(disk: Disk, dir: string, names: readonly string[]): Promise<void> {
  let removed = false
  for (const name of names) {
    try {
      await disk.remove(`${dir}/${sumsName(name)}`)
      removed = true
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error
    }
  }
  if (removed) await disk.syncDir(dir)
}

/** Removes side files of snapshots that are gone; those of logs are evidence. */
export async function removeOrphans(disk: Disk, snapDir: string): Promise<void> {
  const there = new Set(await fsp.readdir(snapDir))
  for (const name of there) {
    const of = name.startsWith(SUMS_PREFIX) ? name.slice(SUMS_PREFIX.length) : ''
    if (of.startsWith('snapshot.') && !there.has(of)) await disk.remove(`${snapDir}/${name}`)
  }
}

/** What the operator is told when a log does not hold what it held. */
export function lossText(path: string, problem: string, after: Zxid): string {
  return (
    `${path}: ${problem}. Transactions after ${formatZxid(after)} that this server has acknowledged are lost or changed, and ` +
    'it must not vote as if it had them. When the other servers are a healthy quorum, move the data directory away (keep ' +
    'myid) and start again: the leader sends everything. Otherwise restore the directory from a copy, or see ' +
    '`zabscope log --rebuild`.'
  )
}
