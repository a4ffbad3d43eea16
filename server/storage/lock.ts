// One process per directory (ST-11): a lock file names its holder. A holder that is gone loses its lock.

import fsp from 'node:fs/promises'
import { errorCode, StorageError } from './storage-error.ts'

const LOCK_FILE = 'zabscope.lock'
/** Locks of dead holders are moved aside and tried again this often. */
const TRIES = 5

export interface DirectoryLock {
  release(): Promise<void>
}

interface Holder {
  readonly pid: number
  /** Tells this run of the process from another one with the same pid; empty where the system does not say. */
  readonly birth: string
}

/** Takes the lock of `dir`. Throws StorageError naming the process that holds it. */
export async function lockDirectory(dir: string): Promise<DirectoryLock> {
  const path = `${dir}/${LOCK_FILE}`
  const mine = JSON.stringify({ pid: process.pid, birth: (await birthOf(process.pid)) ?? '' } satisfies Holder)
  const draft = `${path}.${process.pid}.${draftCounter++}`
  // A link makes the file appear with its content: nobody ever reads half a lock.
  await fsp.writeFile(draft, mine, { mode: 0o600 })
  try {
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      if (await tryLink(draft, path)) return { release: () => fsp.unlink(path) }
      const found = await readIfThere(path)
      if (found === null) continue
      const holder = parseHolder(found)
      if (holder !== null && (await isRunning(holder))) {
        throw new StorageError(
          `${dir} is in use by process ${holder.pid}. Stop that process, or give this server a dataDir of its own.`,
        )
      }
      await removeStale(path, found, `${draft}.stale`)
    }
    throw new StorageError(`${dir}: several processes fight for ${LOCK_FILE}. Start only one with this dataDir.`)
  } finally {
    await fsp.unlink(draft)
  }
}

let draftCounter = 0

async function tryLink(draft: string, path: string): Promise<boolean> {
  try {
    await fsp.link(draft, path)
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw error
  }
}

/** Moves a dead holder's lock away; if a new holder was quicker, gives it back its lock. */
async function removeStale(path: string, content: string, aside: string): Promise<void> {
  try {
    await fsp.rename(path, aside)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return
    throw error
  }
  if ((await readIfThere(aside)) !== content) await tryLink(aside, path)
  await fsp.unlink(aside)
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await fsp.readFile(path, 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null
    throw error
  }
}

function parseHolder(text: string): Holder | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('birth' in value)) return null
    return typeof value.pid === 'number' && typeof value.birth === 'string'
      ? { pid: value.pid, birth: value.birth }
      : null
  } catch {
    return null
  }
}

async function isRunning(holder: Holder): Promise<boolean> {
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return false
  }
  return holder.birth === (await birthOf(holder.pid))
}

/** On Linux the boot and the start time of a process, null once it has ended; empty elsewhere. */
async function birthOf(pid: number): Promise<string | null> {
  try {
    const boot = await fsp.readFile('/proc/sys/kernel/random/boot_id', 'utf8')
    const stat = await fsp.readFile(`/proc/${pid}/stat`, 'utf8')
    // The command, field 2, may hold spaces and parentheses; field 3 is the state, field 22 the start time.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // A zombie has closed all its files; only its parent has not noticed yet.
    return fields[0] === 'Z' ? null : `${boot.trim()} ${fields[19]}`
  } catch {
    return ''
  }
}
