// One supervisor a directory. The lock file names the supervisor's process and the members that it started,
// so that the next supervisor can tell a crash from a running one, and end members that outlived a crash.

import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { EnsembleError } from './ensemble-error.ts'
import { commandLine, exists, isAlive, startMark } from './process-table.ts'

const LOCK_FILE = 'ensemble.lock'
/** For the operating system to carry out a SIGKILL, and for whoever inherited the process to reap it. */
const ORPHAN_WAIT_MS = 3000
const ORPHAN_POLL_MS = 20
const ATTEMPTS_MAX = 5

interface LockContent {
  readonly pid: number
  readonly startMark: string | null
  /** Process ids of members. */
  readonly members: readonly number[]
}

export interface DirectoryLock {
  /** Writes down which member processes there are now. */
  recordMembers(pids: readonly number[]): void
  release(): void
}

/** Takes the lock, after ending members that a crashed supervisor left behind. Throws EnsembleError LOCKED. */
export async function lockDirectory(dataDir: string): Promise<DirectoryLock> {
  const path = join(dataDir, LOCK_FILE)
  const mine = { pid: process.pid, startMark: startMark(process.pid) }
  const write = (target: string, members: readonly number[]): void =>
    writeFileSync(target, `${JSON.stringify({ ...mine, members })}\n`, { mode: 0o600 })
  const temporary = `${path}.${process.pid}`
  let orphans: readonly number[] = []
  try {
    for (let attempt = 1; ; attempt += 1) {
      write(temporary, orphans)
      if (tryLink(temporary, path)) break
      const holder = readLock(path)
      if (attempt === ATTEMPTS_MAX || (holder && isHeld(holder)))
        throw new EnsembleError(
          'LOCKED',
          `${dataDir} is in use by process ${holder?.pid ?? 'unknown'}. Stop that one, or name another directory with --data.`,
        )
      orphans = holder?.members ?? []
      removeStale(path, holder)
    }
  } finally {
    rmSync(temporary, { force: true })
  }
  await endOrphans(dataDir, orphans)
  return {
    recordMembers: (pids) => {
      write(temporary, pids)
      renameSync(temporary, path)
    },
    release: () => rmSync(path, { force: true }),
  }
}

/** Creates `path` with its content in one step; false when it exists. */
function tryLink(temporary: string, path: string): boolean {
  try {
    linkSync(temporary, path)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

function readLock(path: string): LockContent | null {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof value !== 'object' || value === null || !('pid' in value) || typeof value.pid !== 'number') return null
    const mark = 'startMark' in value && typeof value.startMark === 'string' ? value.startMark : null
    const members = 'members' in value && Array.isArray(value.members) ? value.members : []
    return { pid: value.pid, startMark: mark, members: members.filter((pid) => Number.isInteger(pid)) }
  } catch {
    return null
  }
}

function isHeld(lock: LockContent): boolean {
  if (!isAlive(lock.pid)) return false
  return lock.startMark === null || startMark(lock.pid) === lock.startMark
}

/** Two starters may find the same stale lock: the file is moved away, and put back if it was a newer one. */
function removeStale(path: string, stale: LockContent | null): void {
  const aside = `${path}.stale.${process.pid}`
  try {
    renameSync(path, aside)
  } catch {
    return // The other one was faster; the next attempt sees its lock.
  }
  const moved = readLock(aside)
  if (moved && moved.pid !== stale?.pid) tryLink(aside, path)
  rmSync(aside, { force: true })
}

/**
 * Only processes that the stale lock lists and whose command line names this very directory. They have lost
 * their supervisor and end by themselves, unless they are paused; so there is nothing to be gentle about.
 */
async function endOrphans(dataDir: string, pids: readonly number[]): Promise<void> {
  const ours = pids.filter((pid) => isAlive(pid) && commandLine(pid)?.includes(join(dataDir, 'member-')))
  for (const pid of ours) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It has ended meanwhile.
    }
  }
  // Until they are reaped as well: the lock of a member's data looks at process ids, too.
  const deadline = Date.now() + ORPHAN_WAIT_MS
  while (ours.some(exists) && Date.now() < deadline) await delay(ORPHAN_POLL_MS)
  const left = ours.find(isAlive)
  if (left !== undefined)
    throw new EnsembleError('LOCKED', `Process ${left} still uses ${dataDir}. End it, then start again.`)
}
