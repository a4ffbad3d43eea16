// What the clients of workloads believe about one lock, beside what the servers know: who believes to hold what it holds
// no more, and who has been granted and does not know yet. Reports are a second old, so what may merely not have been
// reported yet is no disagreement. Pure.

import type { LockStanding } from '#shared/events/lock-requests.ts'
import type { LockView } from '#shared/events/socket-protocol.ts'
import type { ActorReport } from '#shared/events/workload-report.ts'
import { isOver, type WorkloadView } from '#shared/events/workload-view.ts'
import type { EndReason } from '#shared/recipes/history/change.ts'

/** A belief that differs from what the servers know. */
export interface Belief {
  readonly key: string
  readonly name: string
  readonly session: string
  readonly path: string
  /** stale: believes to hold, and does not. unaware: holds, and believes to wait. */
  readonly verdict: 'stale' | 'unaware'
  readonly believes: 'holding' | 'paused' | 'waiting'
  readonly sinceMs: number
  /** What became of it, and when; for `unaware` that it was granted. */
  readonly truth: 'granted' | EndReason
  readonly truthMs: number | null
  readonly token: string | null
  /** The largest token that was granted after its own; null: none. */
  readonly newer: string | null
  /** Whether the workload's resource checks tokens; null where there is no such thing. */
  readonly checks: boolean | null
}

export interface Beliefs {
  readonly differ: readonly Belief[]
  /** Clients that say something about this lock. */
  readonly reported: number
  /** Clients of the same workloads that are not told singly. */
  readonly leftOut: number
}

/** A report may have been made so much before what it is compared with. */
const LATE_MS = 1500

export function lockBeliefs(lock: LockView, workloads: Readonly<Record<string, WorkloadView>>): Beliefs {
  const differ: Belief[] = []
  let reported = 0
  let leftOut = 0
  for (const workload of Object.values(workloads)) {
    const { report } = workload
    if (report === null || isOver(workload)) continue
    const about = report.actors.filter((actor) => isAbout(actor, lock))
    if (about.length === 0) continue
    reported += about.length
    leftOut += report.actorsLeftOut
    for (const actor of about) {
      const belief = compare(actor, lock, workload, report.atMs)
      if (belief) differ.push(belief)
    }
  }
  return { differ, reported, leftOut }
}

function isAbout({ path, sessionId }: ActorReport, lock: LockView): boolean {
  if (sessionId === null || path === null) return false
  return path === lock.path || path.startsWith(`${lock.path}/`)
}

function compare(actor: ActorReport, lock: LockView, workload: WorkloadView, atMs: number): Belief | null {
  const { name, state, sinceMs, path, token } = actor
  const session = actor.sessionId ?? '0x0'
  const { fencing } = workload.settings
  const base = {
    ...{ key: `${workload.id} ${name}`, name, session, path: path ?? '', sinceMs, token },
    checks: typeof fencing === 'boolean' ? fencing : null,
  }
  if (state === 'waiting') {
    const own = lock.contenders.find((each) => each.session === session && each.role === 'holder')
    if (!own || own.heldSinceMs === null || atMs - own.heldSinceMs < LATE_MS) return null
    return { ...base, verdict: 'unaware', believes: 'waiting', truth: 'granted', truthMs: own.heldSinceMs, newer: null }
  }
  if ((state !== 'holding' && state !== 'paused') || token === null) return null
  const standing = lock.detail?.standings.find((each) => each.path === path && each.token === token)
  if (standing && standing.state !== 'waiting') return null
  const end = lock.detail?.history.ended.findLast((each) => each.path === path && each.token === token)
  const endedMs = end?.endedMs ?? null
  // Nobody saw it end, or it ended after the client said so.
  if (standing || (endedMs !== null && atMs - endedMs < LATE_MS) || (end === undefined && atMs - sinceMs < LATE_MS))
    return null
  return {
    ...base,
    ...{ verdict: 'stale', believes: state, truth: end?.endedBy ?? 'unknown', truthMs: endedMs },
    newer: newerThan(token, lock),
  }
}

function newerThan(token: string, lock: LockView): string | null {
  const held = (lock.detail?.standings ?? []).filter(isGranted).map((each) => each.token)
  const before = (lock.detail?.history.ended ?? []).filter((each) => each.grantedMs !== null).map((each) => each.token)
  const newest = [...held, ...before].reduce((a, b) => (BigInt(a) >= BigInt(b) ? a : b), token)
  return newest === token ? null : newest
}

function isGranted({ state }: LockStanding): boolean {
  return state === 'granted' || state === 'acknowledged'
}
