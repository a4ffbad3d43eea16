// One supervisor a directory. The lock file names the supervisor's process and the members that it started, so that the
// next supervisor can tell a crash from a running one, and finds members that outlived it (left-members.ts).

import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EnsembleError } from './ensemble-error.ts'
import { findLeft, type LeftMember } from './left-members.ts'
import { isAlive, isStill, type ProcessIdentity, startMark } from './process-table.ts'

const LOCK_FILE = 'ensemble.lock'
const ATTEMPTS_MAX = 5
/** Of a lock that nobody holds: it only says which members run. */
const NOBODY: ProcessIdentity = { pid: 0, startMark: null }

interface LockContent extends ProcessIdentity {
  /** Its members outlive it. */
  readonly keeps: boolean
  readonly members: readonly ProcessIdentity[]
}

export interface DirectoryLock {
  /** Members of an earlier supervisor that run. */
  readonly left: readonly LeftMember[]
  /** Writes down which member processes there are now. */
  recordMembers(members: readonly ProcessIdentity[]): void
  release(): void
  /** Gives the directory back while these members go on. */
  leave(members: readonly ProcessIdentity[]): void
}

/**
 * Takes the lock; members that an earlier supervisor left behind stay as they are. `keeps`: whether members that are
 * recorded from now on outlive this process. Throws EnsembleError LOCKED.
 */
export function lockDirectory(dataDir: string, keeps: boolean): DirectoryLock {
  const path = join(dataDir, LOCK_FILE)
  const mine = { pid: process.pid, startMark: startMark(process.pid) }
  const temporary = `${path}.${process.pid}`
  const write = (content: LockContent): void =>
    writeFileSync(temporary, `${JSON.stringify(content)}\n`, { mode: 0o600 })
  let stale: LockContent | null = null
  try {
    for (let attempt = 1; ; attempt += 1) {
      // A crash from here on must not lose what the stale lock says.
      write({ ...mine, keeps: stale?.keeps ?? keeps, members: stale?.members ?? [] })
      if (tryLink(temporary, path)) break
      const holder = readLock(path)
      if (attempt === ATTEMPTS_MAX || (holder && isHeld(holder)))
        throw new EnsembleError(
          'LOCKED',
          `${dataDir} is in use by process ${holder?.pid ?? 'unknown'}. Stop that one, or name another directory with --data.`,
        )
      stale = holder
      removeStale(path, holder)
    }
  } finally {
    rmSync(temporary, { force: true })
  }
  const replace = (content: LockContent): void => {
    write(content)
    renameSync(temporary, path)
  }
  return {
    left: findLeft(dataDir, stale?.members ?? [], stale?.keeps ?? false),
    recordMembers: (members) => replace({ ...mine, keeps, members }),
    release: () => rmSync(path, { force: true }),
    leave: (members) => replace({ ...NOBODY, keeps: true, members }),
  }
}

/** The process that supervises a directory now; null when there is none. */
export function supervisorOf(dataDir: string): ProcessIdentity | null {
  const holder = readLock(join(dataDir, LOCK_FILE))
  return holder && isStill(holder) ? holder : null
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
    const holder = readIdentity(value)
    if (holder === null || typeof value !== 'object' || value === null) return null
    const members = 'members' in value && Array.isArray(value.members) ? value.members.map(readIdentity) : []
    const keeps = 'keeps' in value && value.keeps === true
    return { ...holder, keeps, members: members.filter((member) => member !== null) }
  } catch {
    return null
  }
}

function readIdentity(value: unknown): ProcessIdentity | null {
  if (typeof value !== 'object' || value === null || !('pid' in value)) return null
  const { pid } = value
  if (typeof pid !== 'number' || !Number.isInteger(pid)) return null
  return { pid, startMark: 'startMark' in value && typeof value.startMark === 'string' ? value.startMark : null }
}

/** In doubt it is held: two supervisors of one directory are worse than none. */
function isHeld({ pid, startMark: mark }: ProcessIdentity): boolean {
  if (pid <= 0 || !isAlive(pid)) return false
  const now = startMark(pid)
  // Earlier versions wrote it without the boot.
  return mark === null || now === null || now === mark || now.endsWith(` ${mark}`)
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
