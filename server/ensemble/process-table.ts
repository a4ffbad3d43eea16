// Questions about processes of this machine, asked by id: is it alive, since when, what was it started with; and signals
// that only ever reach the process that was meant. On systems without /proc `ps` answers, as far as it can.

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** A process, told from a later one with the same id. */
export interface ProcessIdentity {
  readonly pid: number
  /** As startMark has it. */
  readonly startMark: string | null
}

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

/**
 * Distinguishes a process from a later one with the same id, also after a restart of the machine; null when there is no
 * such process, or nobody can tell.
 */
export function startMark(pid: number): string | null {
  const ticks = statFields(pid)?.[19]
  if (ticks !== undefined) return `${bootId()} ${ticks}`
  const since = ps(pid, 'lstart')?.trim() ?? ''
  return since === '' ? null : since
}

/** This very process, not a later one with its id, and it has not ended. What cannot be told counts as another one. */
export function isStill({ pid, startMark: mark }: ProcessIdentity): boolean {
  return mark !== null && startMark(pid) === mark && isAlive(pid)
}

/** It was paused with SIGSTOP; false where nobody can tell. */
export function isStopped(pid: number): boolean {
  return statFields(pid)?.[0] === 'T'
}

/** Signals this very process and no other; false when it is gone. */
export function signalStill(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isStill(identity)) return false
  try {
    return process.kill(identity.pid, signal)
  } catch {
    return false // It has ended meanwhile, or is not ours to signal.
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return ''
  }
}

export function parentOf(pid: number): number | null {
  const field = statFields(pid)?.[1]
  return field === undefined ? null : Number(field)
}

/** Its last argument; null when it cannot be known. */
export function lastArgument(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').at(-2) ?? null
  } catch {
    // No /proc, or no such process. There arguments are told apart by guess: the one behind the script.
    return (
      ps(pid, 'command')
        ?.trimEnd()
        .split(/\.m?js /, 2)[1] ?? null
    )
  }
}

function ps(pid: number, column: string): string | null {
  try {
    return execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  } catch {
    return null
  }
}
