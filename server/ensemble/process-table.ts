// Questions about processes of this machine, asked by id: is it alive, since when, what is its command line.
// Everything here may be unknown on systems without /proc; then the answer is null.

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** True also for processes of other users, and for one that has ended but was not reaped. */
export function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** As `exists`, but false for one that only waits to be reaped. */
export function isAlive(pid: number): boolean {
  return exists(pid) && statFields(pid)?.[0] !== 'Z'
}

/** The fields of /proc/PID/stat after the command name, which may itself hold spaces and brackets. */
function statFields(pid: number): string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return null
  }
}

/** Distinguishes a process from a later one with the same id; null where there is no /proc. */
export function startMark(pid: number): string | null {
  return statFields(pid)?.[19] ?? null
}

export function parentOf(pid: number): number | null {
  const field = statFields(pid)?.[1]
  return field === undefined ? null : Number(field)
}

/** Arguments separated by spaces; null when it cannot be known. */
export function commandLine(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    // No /proc, or no such process.
  }
  try {
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  } catch {
    return null
  }
}
