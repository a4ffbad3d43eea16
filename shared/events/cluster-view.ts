// The view that events fold into; the gateway sends it to a page that connects, and the page goes on
// folding. apply-event.ts has the fold. Plain JSON: records keyed by text, zxids and sessions as `0x…`.

import type { ServerState } from '../zk/vote.ts'
import type { ActivityCounts, VoteReason } from './activity-event.ts'
import type { MemberFigure } from './attach.ts'
import type { Stage, TxnSummary } from './cluster-event.ts'
import type { FaultView } from './fault-request.ts'
import type { ScenarioRun } from './scenario-run.ts'
import type { WorkloadView } from './workload-view.ts'

/** Newest rounds kept. */
export const ROUNDS_MAX = 500
export const WATCH_LOG_MAX = 300
export const VOTES_MAX = 300
export const MARKERS_MAX = 500
/** One write-rate bucket a second. */
export const RATE_BUCKETS_MAX = 600
/** Connections listed; the count in MemberView stays exact. */
export const CONNECTIONS_MAX = 2000
/** Marks of one member that wait for their rounds. */
export const PARKED_MAX = 1000

/** Epochs whose commits are counted; what comes of older ones counts no more. */
export const COUNTED_EPOCHS_MAX = 16

/**
 * `op` of a txn whose leader was killed before it could tell what it had proposed; others have marked it. Its
 * path, session and data are not known, unless one of those others tells (`known`).
 */
export const UNKNOWN_OP = 'unknown'

/**
 * starting, running: the process lives. stopped: ended on request. killed: ended by a signal or a crash. paused: SIGSTOP.
 * unreachable: of an attached ensemble; it does not answer, and nobody here sees its process.
 */
export type ProcessState = 'starting' | 'running' | 'paused' | 'stopped' | 'killed' | 'unreachable'

/** How a process ended. */
export interface ProcessEnd {
  /** Null: by a signal, or it never started. */
  readonly exitCode: number | null
  readonly signal: string | null
  /** We had asked for it: stop, kill. */
  readonly expected: boolean
  /** The last lines of its log, oldest first; none when it was expected. */
  readonly lines: readonly string[]
}

export interface MemberView {
  readonly sid: number
  process: ProcessState
  pid: number | null
  /** `host:port` for clients. */
  readonly clientAddress: string
  readonly role: 'participant' | 'observer'
  /** `null` while the process is down. */
  state: ServerState | null
  phase: 'ELECTION' | 'DISCOVERY' | 'SYNCHRONIZATION' | 'BROADCAST' | null
  serving: boolean
  epoch: number
  /** Whom it follows, or itself. */
  leader: number | null
  lastZxid: string
  connections: number
  sessions: number
  znodes: number
  watches: number
  outstanding: number
  requests: number
  /** Figures of this description that nobody tells: they are 0 and mean nothing. */
  unknown?: readonly MemberFigure[]
  /** How its last process ended; left out before the first did. */
  lastEnd?: ProcessEnd
  /** When this description was last confirmed, ms since 1970; 0: the member has said nothing yet. */
  heardAt: number
}

export interface MemberStages {
  /** When the leader sent it (leader), ms since 1970. */
  proposed?: number
  received?: number
  logged?: number
  /** A follower's ACK sent; for the leader its own flush counts as its ack. */
  acked?: number
  committed?: number
  applied?: number
}

export interface RoundView {
  readonly txn: TxnSummary
  readonly leader: number
  /** When the leader sent it; when somebody first told of it, if the leader did not live to tell. */
  readonly proposedAt: number
  readonly members: Record<string, MemberStages>
  /** Whose ack completed the quorum, and when the leader knew. */
  quorumBy: number | null
  quorumAt: number | null
}

export interface VoteView {
  readonly t: number
  readonly from: number
  readonly to: number
  readonly state: ServerState
  readonly leader: number
  readonly zxid: string
  readonly round: number
  readonly peerEpoch: number
}

/** Why a server votes otherwise than before; `from` null: of itself, at the start of a round. */
export interface VoteChangeView {
  readonly t: number
  readonly sid: number
  readonly round: number
  readonly from: number | null
  readonly why: VoteReason
  readonly leader: number
  readonly zxid: string
  readonly peerEpoch: number
  readonly beforeLeader: number
  readonly beforeZxid: string
  readonly beforePeerEpoch: number
}

export interface ConnectionView {
  readonly sid: number
  readonly conn: number
  readonly address: string
  readonly session: string
  readonly timeoutMs: number
}

export interface WatchLogEntry {
  readonly t: number
  readonly sid: number
  readonly conn: number
  readonly session: string
  readonly path: string
  /** found: set at an unknown time before `t`. */
  readonly stage: 'set' | 'found' | 'triggered' | 'delivered'
  /** Kind of watch when set or found, event type afterwards. */
  readonly what: string
  /** `0x0` when found. */
  readonly zxid: string
}

/** A mark on the timeline. */
export interface Marker {
  readonly t: number
  readonly sid: number | null
  readonly type:
    | 'epoch'
    | 'looking'
    | 'killed'
    | 'started'
    | 'sync'
    | 'stopped'
    | 'paused'
    | 'resumed'
    | 'left'
    | 'fault'
    | 'healed'
  /** A sentence. */
  readonly text: string
}

/** A mark that reached beyond the rounds known so far: streams of different members overtake each other. */
export interface ParkedMark {
  readonly stage: Stage
  readonly zxid: string
  readonly t: number
}

export interface ClusterView {
  members: Record<string, MemberView>
  /** Oldest first. */
  rounds: RoundView[]
  votes: VoteView[]
  voteChanges: VoteChangeView[]
  connections: Record<string, ConnectionView>
  watchLog: WatchLogEntry[]
  markers: Marker[]
  /** Committed writes per second, oldest first: [second since 1970, count]. */
  writeRate: [number, number][]
  /** Exact totals, also when single events were dropped. */
  totals: { committed: number; dropped: number }
  /** Newest zxid counted in `totals.committed`; null before the first is known. */
  committedUpTo: string | null
  /** The same by epoch (as epochText gives it), the newest COUNTED_EPOCHS_MAX of them. Only the fold looks at these. */
  committedIn: Record<string, number>
  /** By member: only rounds whose counter is a multiple of this are told singly. Counts are exact all the same. */
  sampling: Record<string, number>
  /** By member, what it has counted since it began to be watched. */
  counts: Record<string, ActivityCounts>
  /** Those that are there now, oldest first. */
  faults: FaultView[]
  /** By id; at most WORKLOADS_SHOWN_MAX. */
  workloads: Record<string, WorkloadView>
  /** The one that runs, or ran last. */
  scenario: ScenarioRun | null
  /** Whether a member's events are heard now. */
  streams: Record<string, boolean>
  /** By member, oldest first. Only the fold looks at these. */
  parked: Record<string, ParkedMark[]>
  /** Txns that followers told of and no leader has, by zxid; at most KNOWN_TXNS_MAX. Only the fold looks at these. */
  known: Record<string, TxnSummary>
}

export function emptyClusterView(): ClusterView {
  return {
    members: {},
    rounds: [],
    votes: [],
    voteChanges: [],
    connections: {},
    watchLog: [],
    markers: [],
    writeRate: [],
    totals: { committed: 0, dropped: 0 },
    committedUpTo: null,
    committedIn: {},
    sampling: {},
    counts: {},
    faults: [],
    workloads: {},
    scenario: null,
    streams: {},
    parked: {},
    known: {},
  }
}
