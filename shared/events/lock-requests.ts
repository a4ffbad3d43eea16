// What pages ask about locks, and all that is known of one beside its line: how it was recognised, who blocks whom,
// who sleeps on what, why each waits, its history. Part of the socket protocol; zxids and sessions are `0x…`.

import type { Lint } from '../recipes/contract.ts'
import type { Sentence } from '../recipes/explain/sentence.ts'
import type { Tenure } from '../recipes/history/change.ts'
import type { HistorySummary } from '../recipes/history/summary.ts'
import type { Override } from '../recipes/recognise/overrides.ts'
import type {
  Fact,
  LifetimeCounters,
  LockPicture,
  Permits,
  StandingState,
  WakeExpectation,
} from '../recipes/recognise/picture.ts'
import type { BlockedNode } from '../recipes/sessions/blocked-tree.ts'
import type { WaitForGraph } from '../recipes/sessions/wait-for-graph.ts'
import type { WakeVerdict } from '../recipes/wake/compare.ts'
import type { Answer } from './socket-protocol.ts'

/** A contender, or a lease, item or member, with all that is known of it. */
export interface LockStanding {
  readonly path: string
  readonly session: string
  readonly family: string
  readonly kind: string
  readonly state: StandingState
  /** 0 for whoever need not wait. */
  readonly position: number
  /** The fencing token: its czxid. */
  readonly token: string
  /** Paths of those that hold and must end first; some of `hardCount`. */
  readonly hard: readonly string[]
  readonly hardCount: number
  /** Paths of those that wait and go first. */
  readonly soft: readonly string[]
  readonly softCount: number
  readonly wake: WakeExpectation
  /** What its session really watches here; null when no watch tables were read. */
  readonly observed: readonly string[] | null
  readonly verdict: WakeVerdict | null
  readonly why: Sentence
}

export type LockHistoryView = Omit<HistorySummary, 'ended'> & {
  readonly ended: readonly (Omit<Tenure, 'token'> & { readonly token: string })[]
}

export interface LockDetail {
  readonly family: string | null
  readonly confidence: LockPicture['confidence']
  readonly application: LockPicture['application']
  readonly facts: readonly Fact[]
  readonly permits: Permits | null
  readonly record: LockPicture['record']
  readonly counters: LifetimeCounters | null
  readonly incarnation: string | null
  readonly lints: readonly Lint[]
  readonly standings: readonly LockStanding[]
  readonly herds: readonly { readonly path: string; readonly sessions: number }[]
  /** Sessions that watch a single node, in no order. */
  readonly crowd: readonly string[]
  /** When the watch tables were read, and whose are missing; null when they were not. */
  readonly watchTables: { readonly readMs: number; readonly missing: readonly number[] } | null
  readonly history: LockHistoryView
}

/** What a row of the list says of a directory whose history is kept. */
export interface LockContention {
  readonly recipe: string
  readonly family: string | null
  readonly application: string | null
  readonly holders: number
  readonly waiters: number
  /** Session of the first holder. */
  readonly holder: string | null
  /** Of those who wait now; null when nobody does. */
  readonly oldestWaitMs: number | null
  readonly waiterSeconds: number
  readonly grants: number
  readonly lints: readonly Pick<Lint, 'name' | 'params'>[]
}

export interface LockGraph extends WaitForGraph {
  readonly tree: readonly BlockedNode[]
  /** Locks that were looked at. */
  readonly locks: number
}

export type LockOverride = Override

type Ask<Request, Value> = (request: Request, answer: (a: Answer<Value>) => void) => void

export interface LockRequests {
  /** Who waits for whom over all locks whose history is kept. */
  'locks:graph': Ask<Record<string, never>, LockGraph>
  'locks:overrides': Ask<Record<string, never>, readonly LockOverride[]>
  /** Says what the directories of a glob are; `recipe` null takes it back. Answers with all overrides. */
  'locks:override': Ask<
    { readonly glob: string; readonly recipe: string | null; readonly permits: number | null },
    readonly LockOverride[]
  >
}
