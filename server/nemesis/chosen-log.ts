// L, the history that was chosen, from the logs that the members leave behind. What a member's log holds at the end of a
// settled run is chosen. What only removed files hold was chosen too if a quorum had it, or a client was told so.

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeEntry, readEntry } from '#shared/jute/records/txn.ts'
import type { Entry } from '#shared/zk/txn.ts'
import { formatEpochCounter, type Zxid } from '#shared/zk/zxid.ts'
import { StorageError } from '../storage/storage-error.ts'
import { scanLog } from '../storage/txn-log-reader.ts'

export interface MemberLog {
  readonly sid: number
  /** In the files that it has at the end. */
  readonly final: readonly Entry[]
  /** In files that it has removed, their torn ends left out. */
  readonly removed: readonly Entry[]
}

export interface ChosenLog {
  readonly log: readonly Entry[]
  /** Proposals that nobody kept and nobody was told of. */
  readonly leftOut: number
  /** D-1, as sentences: one zxid with two contents. */
  readonly conflicts: readonly string[]
}

export async function readMemberLog(sid: number, dataDir: string, archive: string): Promise<MemberLog> {
  const final = await readDir(join(dataDir, 'version-2'), true)
  return { sid, final, removed: await readDir(archive, false) }
}

/** A damaged file of those that were removed is left alone from the damage on. */
async function readDir(dir: string, mustBeWhole: boolean): Promise<Entry[]> {
  const entries: Entry[] = []
  for (const name of (await readdir(dir)).filter((one) => one.startsWith('log.')).sort()) {
    try {
      await scanLog(join(dir, name), (_zxid, txn) => {
        // The reader's window is used again; entries keep parts of what they were read from.
        entries.push(readEntry(Uint8Array.prototype.slice.call(txn)))
        return true
      })
    } catch (error) {
      if (mustBeWhole || !(error instanceof StorageError)) throw error
    }
  }
  return entries
}

/** `acknowledged`: zxids of writes that clients were told of. */
export function chooseLog(logs: readonly MemberLog[], acknowledged: ReadonlySet<Zxid>): ChosenLog {
  const quorum = Math.floor(logs.length / 2) + 1
  const found = new Map<Zxid, { readonly entry: Entry; readonly holders: Set<number>; kept: boolean }>()
  const conflicts = new Set<string>()
  for (const { sid, final, removed } of logs) {
    for (const [entries, kept] of [[final, true] as const, [removed, false] as const]) {
      for (const entry of entries) {
        const known = found.get(entry.zxid)
        if (!known) {
          found.set(entry.zxid, { entry, holders: new Set([sid]), kept })
          continue
        }
        known.holders.add(sid)
        known.kept ||= kept
        if (!isSame(known.entry, entry)) conflicts.add(`${formatEpochCounter(entry.zxid)} is two different txns`)
      }
    }
  }
  const chosen = [...found.values()].filter(
    ({ entry, holders, kept }) => kept || holders.size >= quorum || acknowledged.has(entry.zxid),
  )
  const log = chosen.map(({ entry }) => entry).sort((a, b) => a.zxid - b.zxid)
  return { log, leftOut: found.size - log.length, conflicts: [...conflicts] }
}

function isSame(a: Entry, b: Entry): boolean {
  if (a.sessionId !== b.sessionId || a.cxid !== b.cxid || a.txn.type !== b.txn.type || a.timeMs !== b.timeMs)
    return false
  return Buffer.compare(encodeEntry(a), encodeEntry(b)) === 0
}
