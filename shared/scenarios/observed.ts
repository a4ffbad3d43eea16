// What a run of a scenario has seen of the members since it began, folded from their events. The rest is in the ClusterView.

import type { GatewayEvent } from '#shared/events/socket-protocol.ts'

export interface Observed {
  /** By the member that was synchronized: how, the last time. */
  readonly syncs: Map<number, string>
  /** Epochs that somebody leads or has led. */
  readonly epochs: Set<number>
  /** Rounds by the member whose ack completed their quorum. */
  readonly quorums: Map<number, number>
  /** Paths of watches that fired, each as often as it did; at most FIRED_MAX, the rest is in `firedMore`. */
  readonly fired: Map<string, number>
  expired: number
  /** When nobody led any more; null while somebody does. */
  leaderlessSince: number | null
  leaderlessMs: number
  readonly leading: Set<number>
}

/** Paths; a scenario's workloads have a few hundred. */
const FIRED_PATHS_MAX = 10_000

/** `leading`: who leads and serves at the beginning. */
export function startObserving(leading: readonly number[], t: number): Observed {
  return {
    syncs: new Map(),
    epochs: new Set(),
    quorums: new Map(),
    fired: new Map(),
    expired: 0,
    leaderlessSince: leading.length === 0 ? t : null,
    leaderlessMs: 0,
    leading: new Set(leading),
  }
}

/** Changes `observed` in place. */
export function observe(observed: Observed, event: GatewayEvent): void {
  const { sid, t } = event
  switch (event.type) {
    case 'sync':
      observed.syncs.set(event.learner, event.how)
      return
    case 'quorum':
      observed.quorums.set(event.by, (observed.quorums.get(event.by) ?? 0) + 1)
      return
    case 'serving':
      if (event.state === 'LEADING') {
        observed.epochs.add(event.epoch)
        lead(observed, sid, true, t)
      } else lead(observed, sid, false, t)
      return
    case 'notServing':
      lead(observed, sid, false, t)
      return
    case 'process':
      if (event.pid === null) lead(observed, sid, false, t)
      return
    case 'session':
      if (event.change === 'expired') observed.expired += 1
      return
    case 'watchTriggered': {
      const before = observed.fired.get(event.path)
      if (before !== undefined || observed.fired.size < FIRED_PATHS_MAX)
        observed.fired.set(event.path, (before ?? 0) + 1)
      return
    }
    default:
  }
}

function lead(observed: Observed, sid: number, leads: boolean, t: number): void {
  const had = observed.leading.size > 0
  if (leads) observed.leading.add(sid)
  else observed.leading.delete(sid)
  const has = observed.leading.size > 0
  if (had && !has) observed.leaderlessSince = t
  if (!had && has && observed.leaderlessSince !== null) {
    observed.leaderlessMs += Math.max(0, t - observed.leaderlessSince)
    observed.leaderlessSince = null
  }
}

export function leaderlessMs(observed: Observed, now: number): number {
  const { leaderlessMs: before, leaderlessSince } = observed
  return Math.round(before + (leaderlessSince === null ? 0 : Math.max(0, now - leaderlessSince)))
}

/** Watches on `root` and below it. */
export function firedBelow(observed: Observed, root: string): number {
  let sum = 0
  for (const [path, times] of observed.fired) if (path === root || path.startsWith(`${root}/`)) sum += times
  return sum
}
