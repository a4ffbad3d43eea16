// The past of one lock as lanes, a lane a session: stretches of waiting and of holding, how each ended, and who is
// there now. What began before anybody looked begins at an unknown time and says so. Pure.

import type { LockView } from '#shared/events/socket-protocol.ts'
import type { Belief } from './beliefs.ts'

export interface Stretch {
  readonly path: string
  readonly fromMs: number
  /** Null: it goes on. */
  readonly toMs: number | null
  /** silent: it holds, and its session has no connection that is heard. believed: its client believes so, the servers do not. */
  readonly type: 'waiting' | 'holding' | 'silent' | 'believed'
  /** It held already when it was first seen: `fromMs` is when its znode was made, at the earliest. */
  readonly unsure: boolean
}

export interface LaneEnd {
  readonly path: string
  readonly atMs: number
  readonly by: string
}

export interface Lane {
  readonly session: string
  readonly stretches: readonly Stretch[]
  readonly ends: readonly LaneEnd[]
}

export interface Lanes {
  readonly lanes: readonly Lane[]
  readonly fromMs: number
  readonly toMs: number
  /** Sessions that have no lane, for want of room. */
  readonly more: number
}

export const LANES_MAX = 60
const LEAST_MS = 2000

/** `stale`: beliefs of clients that hold no more. */
export function lockLanes(lock: LockView, now: number, stale: readonly Belief[] = []): Lanes {
  const bySession = new Map<string, { stretches: Stretch[]; ends: LaneEnd[]; first: number }>()
  const laneOf = (session: string, first: number) => {
    const lane = bySession.get(session) ?? { stretches: [], ends: [], first }
    lane.first = Math.min(lane.first, first)
    bySession.set(session, lane)
    return lane
  }
  for (const each of lock.detail?.history.ended ?? []) {
    const { path, session, enqueuedMs, grantedMs, late, endedMs, endedBy } = each
    if (endedMs === null) continue
    const lane = laneOf(session, enqueuedMs)
    const held = late ? enqueuedMs : grantedMs
    if (held === null || held > enqueuedMs)
      lane.stretches.push({ path, fromMs: enqueuedMs, toMs: held ?? endedMs, type: 'waiting', unsure: false })
    if (held !== null) lane.stretches.push({ path, fromMs: held, toMs: endedMs, type: 'holding', unsure: late })
    lane.ends.push({ path, atMs: endedMs, by: endedBy ?? 'unknown' })
  }
  for (const { path, session, sinceMs, heldSinceMs, role, address } of lock.contenders) {
    const lane = laneOf(session, sinceMs)
    const held = role === 'holder' ? (heldSinceMs ?? sinceMs) : null
    if (held === null || held > sinceMs)
      lane.stretches.push({ path, fromMs: sinceMs, toMs: held, type: 'waiting', unsure: false })
    if (held !== null)
      lane.stretches.push({
        path,
        fromMs: held,
        toMs: null,
        type: address === null ? 'silent' : 'holding',
        unsure: heldSinceMs === null,
      })
  }
  for (const { path, session, verdict, truthMs } of stale) {
    if (verdict !== 'stale' || truthMs === null) continue
    const lane = bySession.get(session)
    lane?.stretches.push({ path, fromMs: truthMs, toMs: null, type: 'believed', unsure: false })
  }
  const all = [...bySession].sort(([a, { first }], [b, { first: other }]) => first - other || (a < b ? -1 : 1))
  const shown = all.slice(-LANES_MAX)
  // The page's clock ticks once a second: what has just happened may be after it.
  const last = Math.max(now, ...shown.flatMap(([, lane]) => lane.stretches.map((each) => each.toMs ?? each.fromMs)))
  const lanes = shown.map(([session, { stretches, ends }]) => ({ session, stretches, ends }))
  const first = Math.min(now - LEAST_MS, ...shown.map(([, lane]) => lane.first))
  return { lanes, fromMs: first, toMs: last, more: all.length - shown.length }
}
