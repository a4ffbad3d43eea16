// Members that an earlier supervisor left behind: found by what it wrote down, and believed only when the process is the
// very one (id and start time) and runs the configuration of this very directory. Whether they are adopted or ended is
// for others to say.

import { readFileSync, realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { EnsembleError } from './ensemble-error.ts'
import { MEMBERS_MAX } from './layout.ts'
import { isStill, lastArgument, type ProcessIdentity, signalStill } from './process-table.ts'

/** After SIGTERM; then SIGKILL. */
const STOP_DEADLINE_MS = 5000
/** For the operating system to carry out a SIGKILL. */
const KILL_WAIT_MS = 3000
const POLL_MS = 20

export interface LeftMember extends ProcessIdentity {
  readonly sid: number
  /** It was started to outlive its supervisor; otherwise it is about to end, or is paused. */
  readonly keeps: boolean
}

/** Those of `recorded` that run here, and whoever else holds the data of a member. */
export function findLeft(dataDir: string, recorded: readonly ProcessIdentity[], keeps: boolean): readonly LeftMember[] {
  const found = new Map<number, LeftMember>()
  const look = (identity: ProcessIdentity, kept: boolean): void => {
    const sid = isStill(identity) ? sidOf(dataDir, identity.pid) : null
    if (sid !== null && !found.has(identity.pid)) found.set(identity.pid, { ...identity, sid, keeps: kept })
  }
  for (const identity of recorded) look(identity, keeps)
  // Started in the instant before its supervisor was killed, or its supervisor's record is lost.
  for (const identity of holdersOfData(dataDir)) look(identity, keeps)
  return [...found.values()].sort((a, b) => a.sid - b.sid)
}

/**
 * Stops them in good order, and kills what does not end; resolves when all have ended. They are signalled for what they
 * are at that moment: never a process that came by an id later. Throws EnsembleError LOCKED when one stays.
 */
export async function endLeft(dataDir: string, members: readonly LeftMember[]): Promise<void> {
  // One that is paused gets the first signal only once it goes on.
  for (const member of members) if (signalStill(member, 'SIGTERM')) signalStill(member, 'SIGCONT')
  await until(() => !members.some(isStill), STOP_DEADLINE_MS)
  for (const member of members) signalStill(member, 'SIGKILL')
  await until(() => !members.some(isStill), KILL_WAIT_MS)
  const left = members.find(isStill)
  if (left) throw new EnsembleError('LOCKED', `Process ${left.pid} still uses ${dataDir}. End it, then start again.`)
}

async function until(condition: () => boolean, limitMs: number): Promise<void> {
  const deadline = performance.now() + limitMs
  while (!condition() && performance.now() < deadline) await delay(POLL_MS)
}

/** Which member's configuration, of this directory by whatever name, a process was started with. */
function sidOf(dataDir: string, pid: number): number | null {
  const config = lastArgument(pid)
  if (config === null || basename(config) !== 'zoo.cfg') return null
  const sid = /^member-([1-9])$/.exec(basename(dirname(config)))?.[1]
  if (sid === undefined) return null
  try {
    return realpathSync(dirname(dirname(config))) === realpathSync(dataDir) ? Number(sid) : null
  } catch {
    return null
  }
}

/** A member locks its own data; server/storage/lock.ts writes who. */
function holdersOfData(dataDir: string): readonly ProcessIdentity[] {
  return Array.from({ length: MEMBERS_MAX }, (_, i) => join(dataDir, `member-${i + 1}`, 'zabscope.lock'))
    .map(readHolder)
    .filter((holder) => holder !== null)
}

function readHolder(path: string): ProcessIdentity | null {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('birth' in value)) return null
    const { pid, birth } = value
    return typeof pid === 'number' && Number.isInteger(pid) && typeof birth === 'string' && birth !== ''
      ? { pid, startMark: birth }
      : null
  } catch {
    return null
  }
}
