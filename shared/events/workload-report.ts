// What a running workload says of itself a few times a second: what its clients believe, what has happened so
// often, how long it took. Whether the clients are right is for those who look at the ensemble.

import type { AnySettings, WorkloadKind } from './workload-settings.ts'

export type ActorState =
  /** No session yet, or a new one is wanted. */
  | 'connecting'
  /** Between two turns. */
  | 'thinking'
  /** For what `path` says. */
  | 'waiting'
  | 'holding'
  /** It has let go, and waits for a server to say so. */
  | 'releasing'
  /** On an item, or a request. */
  | 'working'
  | 'watching'
  /** Its process is stopped (SIGSTOP). */
  | 'paused'
  /** It had the lock and learned that it may have it no more. */
  | 'lost'

/** What one client of a workload believes about itself. */
export interface ActorReport {
  readonly name: string
  readonly state: ActorState
  /** Since when, as milliseconds since 1970. */
  readonly sinceMs: number
  /** `0x…`; null without a session. */
  readonly sessionId: string | null
  /** False while the link is lost, though the session may live. */
  readonly connected: boolean
  /** The znode that stands for it, or that it waits for. */
  readonly path: string | null
  /** The fencing token of what it holds, `0x…`. */
  readonly token: string | null
}

/** Of the last ten seconds or so, in milliseconds. */
export interface LatencyReport {
  readonly count: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly max: number
}

export interface WorkloadNote {
  readonly atMs: number
  readonly severity: 'info' | 'warning' | 'error'
  readonly text: string
}

export interface WorkloadReport {
  readonly kind: WorkloadKind
  /** Milliseconds since 1970. */
  readonly atMs: number
  readonly uptimeMs: number
  readonly settings: AnySettings
  readonly actors: readonly ActorReport[]
  /** Those beyond ACTORS_REPORTED_MAX. */
  readonly actorsLeftOut: number
  /** Since the start, by name: grants, timeouts, deliveries. Some say how much there is now: length, members. */
  readonly counts: Readonly<Record<string, number>>
  /** How much each count grew a second, over the last second; not of those that are no sums, as a queue's length. */
  readonly perSecond: Readonly<Record<string, number>>
  /** By what is timed: wait, delivery, read, write. */
  readonly latencies: Readonly<Record<string, LatencyReport>>
  /** The newest at the end; at most NOTES_MAX. */
  readonly notes: readonly WorkloadNote[]
}

export const ACTORS_REPORTED_MAX = 100
export const NOTES_MAX = 20
