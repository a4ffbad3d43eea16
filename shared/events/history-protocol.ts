// What a page asks of the past, and what it is answered: figures for each step of a range, and the events themselves
// when there are not too many. Times are milliseconds since 1970.

import type { ClusterView } from './cluster-view.ts'
import type { GatewayEvent } from './socket-protocol.ts'

/** Steps of one answer; a finer resolution is made coarser. */
export const HISTORY_STEPS_MAX = 600
/** Events of one answer. */
export const HISTORY_EVENTS_TOLD_MAX = 5000
/** The finest step. */
export const HISTORY_STEP_MS_MIN = 1000

export interface HistoryRangeRequest {
  readonly fromMs: number
  readonly toMs: number
  /** Wanted; the answer says what it is. A multiple of HISTORY_STEP_MS_MIN. */
  readonly stepMs: number
  /** Whether the events are wanted, too. */
  readonly events: boolean
}

/** null: nothing was measured in that step. */
export interface Quantiles {
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
}

/** All members together. What is counted is exact; latencies are of those that were told singly. */
export interface HistoryStep {
  readonly t: number
  readonly commits: number
  /** From the leader's proposal to the quorum, in milliseconds. */
  readonly roundMs: Quantiles
  readonly requests: number
  /** From a request's arrival at its server to the answer. */
  readonly requestMs: Quantiles
  readonly watchesTriggered: number
  readonly watchesDelivered: number
  readonly flushes: number
  readonly flushMeanMs: number | null
  readonly flushMaxMs: number | null
  readonly flushedBytes: number
  /** How often a member began to look for a leader, and how many epochs began. */
  readonly elections: number
  readonly epochs: number
  readonly faults: number
  /** Processes that were started, stopped, killed, paused or resumed. */
  readonly processes: number
  /** Events that an overloaded stream lost. */
  readonly dropped: number
  /** Only rounds whose counter is a multiple of this were told singly, at the coarsest. */
  readonly sampledEvery: number
}

export interface HistoryRange {
  readonly stepMs: number
  /** Steps in which nothing happened are left out. */
  readonly steps: readonly HistoryStep[]
  readonly events: readonly GatewayEvent[]
  /** How many more there are in the range; then `events` is empty: ask for a shorter range. */
  readonly eventsLeftOut: number
  /** What the history holds of events: from when, and how many bytes. */
  readonly heldFromMs: number | null
  readonly heldEvents: number
  readonly heldBytes: number
}

/** Events on either side of a moment, to step through. */
export const MOMENT_EVENTS_MAX = 1500

/** A moment of the past, and what was around it: `view` with so many of `events` folded into it is how it was then. */
export interface HistoryMoment {
  /** Before the first of `events`. */
  readonly view: ClusterView
  /** By their time; at most MOMENT_EVENTS_MAX before the moment, and as many after it. */
  readonly events: readonly GatewayEvent[]
  /** How many of them had happened at the moment. */
  readonly before: number
  /** What the history holds of events: from when. */
  readonly heldFromMs: number | null
}

/** window: all that is needed to look at it again. jsonl: an event a line. perfetto: for ui.perfetto.dev. */
export const EXPORT_FORMATS = ['window', 'jsonl', 'perfetto'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]
