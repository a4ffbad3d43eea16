// Locks in the order in which they cost waiting time, and what the whole of them says in numbers. Pure.

import type { LockDirectory } from '#shared/events/socket-protocol.ts'
import type { Lint } from '#shared/recipes/contract.ts'

export interface RankedLock {
  readonly path: string
  readonly lastSeenMs: number
  /** Null when its history is not kept: then nothing but its path is known. */
  readonly recipe: string | null
  readonly application: string | null
  readonly holder: string | null
  readonly holders: number
  readonly waiters: number
  readonly oldestWaitMs: number | null
  readonly waiterSeconds: number
  readonly grants: number
  readonly lints: readonly Pick<Lint, 'name' | 'params'>[]
  /** Of the largest, 0 to 1. */
  readonly part: number
}

/** Whoever waits now first, then by seconds spent waiting, then the most recently seen. */
export function rankLocks(directories: readonly LockDirectory[], needle: string, contendedOnly: boolean): RankedLock[] {
  const wanted = needle.trim().toLowerCase()
  const most = Math.max(1e-9, ...directories.map(({ contention }) => contention?.waiterSeconds ?? 0))
  return directories
    .map(
      ({ path, lastSeenMs, contention }): RankedLock => ({
        path,
        lastSeenMs,
        recipe: contention?.recipe ?? null,
        application: contention?.application ?? null,
        holder: contention?.holder ?? null,
        holders: contention?.holders ?? 0,
        waiters: contention?.waiters ?? 0,
        oldestWaitMs: contention?.oldestWaitMs ?? null,
        waiterSeconds: contention?.waiterSeconds ?? 0,
        grants: contention?.grants ?? 0,
        lints: contention?.lints ?? [],
        part: (contention?.waiterSeconds ?? 0) / most,
      }),
    )
    .filter(({ path }) => path.toLowerCase().includes(wanted))
    .filter(({ waiters, waiterSeconds }) => !contendedOnly || waiters > 0 || waiterSeconds > 0)
    .sort(
      (a, b) =>
        Number(b.waiterSeconds > 0) - Number(a.waiterSeconds > 0) ||
        b.waiterSeconds - a.waiterSeconds ||
        b.lastSeenMs - a.lastSeenMs ||
        (a.path < b.path ? -1 : 1),
    )
}

export interface LocksAnswer {
  readonly contended: number
  readonly waiters: number
  readonly longestMs: number | null
}

export function locksAnswer(directories: readonly LockDirectory[]): LocksAnswer {
  const kept = directories.flatMap(({ contention }) => (contention ? [contention] : []))
  const waits = kept.flatMap(({ oldestWaitMs }) => (oldestWaitMs === null ? [] : [oldestWaitMs]))
  return {
    contended: kept.filter(({ waiters }) => waiters > 0).length,
    waiters: kept.reduce((sum, { waiters }) => sum + waiters, 0),
    longestMs: waits.length === 0 ? null : Math.max(...waits),
  }
}
