// What page and gateway say to each other over Socket.IO. Every request is acknowledged with an Answer.
// The server side checks each with a schema and one table of permissions.

import type { AttachedAbout } from './attach.ts'
import type { ClusterEvent } from './cluster-event.ts'
import type { ClusterKind, ClusterListRequests, ClusterSummary } from './cluster-list.ts'
import type { ClusterView, MemberView, ProcessEnd, ProcessState } from './cluster-view.ts'
import type { FaultKind } from './fault-catalogue.ts'
import type { FaultRequest, FaultView } from './fault-request.ts'
import type { HeldRequests } from './held-messages.ts'
import type { ExportFormat, HistoryMoment, HistoryRange, HistoryRangeRequest } from './history-protocol.ts'
import type { LockContention, LockDetail, LockRequests } from './lock-requests.ts'
import type { OperatorRequests } from './operator-requests.ts'
import type { PlaygroundRequests } from './playground-requests.ts'
import type { ScenarioRun } from './scenario-run.ts'
import type { StreamView } from './subscription.ts'
import type { FileAnswer, JobProgress, TreeRequests } from './tree-requests.ts'
import type { WorkloadView } from './workload-view.ts'

export const PROTOCOL_VERSION = 1

export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  /** `message` is a sentence that says what to do next. */
  | { readonly ok: false; readonly code: string; readonly message: string }

/** Events of the supervisor, beside those of the members. */
export type GatewayEvent =
  | ClusterEvent
  | {
      readonly type: 'process'
      readonly t: number
      readonly sid: number
      readonly process: ProcessState
      readonly pid: number | null
      readonly reason: string
      /** Of a process that has just ended. */
      readonly end?: ProcessEnd
    }
  | { readonly type: 'member'; readonly t: number; readonly sid: number; readonly member: MemberView }
  /** The gateway lost or regained its event stream from `sid`. */
  | { readonly type: 'stream'; readonly t: number; readonly sid: number; readonly up: boolean }
  /** A watch that was there when the gateway began to hear `sid`: nobody saw when it was set. */
  | {
      readonly type: 'watchFound'
      readonly t: number
      readonly sid: number
      readonly conn: number
      readonly session: string
      readonly path: string
      readonly kind: string
    }

  /** A fault has been put on the ensemble, or taken off; happened: it was over at once. `sid`: the first one it hits. */
  | {
      readonly type: 'fault'
      readonly t: number
      readonly sid: number
      readonly change: 'began' | 'ended' | 'happened'
      readonly fault: FaultView
      /** Why it ended, as the end of a sentence. */
      readonly reason: string
    }
  /** No member of the ensemble any more. */
  | { readonly type: 'memberGone'; readonly t: number; readonly sid: number }
  /** A workload of the gateway is like this now; `sid` is 0: it is on no member. */
  | { readonly type: 'workload'; readonly t: number; readonly sid: number; readonly workload: WorkloadView }
  /** The guided scenario is like this now; `sid` as for workloads. */
  | { readonly type: 'scenario'; readonly t: number; readonly sid: number; readonly run: ScenarioRun }

export interface NumberedEvents {
  /** Sequence number of the first event; the rest follow without gaps, unless `upTo` says otherwise. */
  readonly seq: number
  readonly events: readonly GatewayEvent[]
  /** Some of the events from `seq` to this number were left out: not subscribed to, or more than a page can show. */
  readonly upTo?: number
}

export type Welcome =
  | {
      readonly type: 'resume'
      readonly from: NumberedEvents
      readonly about: About
      readonly history: string
      readonly clusters: readonly ClusterSummary[]
    }
  | {
      readonly type: 'snapshot'
      readonly seq: number
      readonly view: ClusterView
      readonly about: About
      /** Whose numbers `seq` and those of later frames are; say it along with `lastSeq`. */
      readonly history: string
      readonly clusters: readonly ClusterSummary[]
    }
  | { readonly type: 'refused'; readonly reason: string }

/** Of the cluster that the page looks at. */
export interface About {
  readonly version: string
  readonly cluster: { readonly id: string; readonly kind: ClusterKind }
  readonly clusterName: string
  readonly dataDir: string
  /** `127.0.0.1:2181,127.0.0.1:2182,…` */
  readonly connectString: string
  readonly serverTimeMs: number
  /** Members that die are started again; left out where that is not ours to say. */
  readonly autoRestart?: boolean
  /** Of an ensemble that the gateway did not start; left out otherwise. */
  readonly attached?: AttachedAbout
  /** The gateway's own session, with which it reads and watches for all pages; null while it has none. */
  readonly gatewaySession: string | null
  /** Those before it that are over, newest first; at most FORMER_SESSIONS_MAX. Logs may still name them. */
  readonly formerGatewaySessions: readonly string[]
  /** What all pages together cost the ensemble. */
  readonly load: EnsembleLoad
}

/** Since the gateway's start, but for `watches`, which are those of now. */
export interface EnsembleLoad {
  readonly requests: number
  /** Paths. */
  readonly watches: number
  readonly bytesSent: number
  readonly bytesReceived: number
}

export const FORMER_SESSIONS_MAX = 20

export interface StatJson {
  readonly czxid: string
  readonly mzxid: string
  readonly pzxid: string
  readonly ctime: number
  readonly mtime: number
  readonly version: number
  readonly cversion: number
  readonly aversion: number
  readonly ephemeralOwner: string
  readonly dataLength: number
  readonly numChildren: number
}

/** A znode without its data; what a row of the tree needs. */
export interface NodeRow {
  readonly name: string
  readonly path: string
  readonly stat: StatJson
}

export const CHILDREN_PAGE = 200
export const DATA_PREVIEW_MAX = 64 * 1024

export interface NodeListing {
  readonly path: string
  readonly stat: StatJson
  /** Sorted by the bytes of their names; at most CHILDREN_PAGE from `offset`. */
  readonly children: readonly NodeRow[]
  readonly offset: number
  readonly total: number
  /** The names are older than the stat: this znode changes faster than it can be listed. Ask again in a while. */
  readonly behind?: boolean
  /** The position of the first child whose name is not before `from`; `total` when all are. */
  readonly at?: number
  /** The position of each of `places`; -1: there is no such child. */
  readonly places?: readonly number[]
}

export interface NodeDetail {
  readonly path: string
  readonly stat: StatJson
  /** base64 of at most DATA_PREVIEW_MAX bytes; `null` when the node holds null data. */
  readonly dataBase64: string | null
  readonly truncated: boolean
  readonly acl: readonly { readonly perms: string; readonly scheme: string; readonly id: string }[]
  /** Whoever owns an ephemeral. */
  readonly owner: { readonly session: string; readonly address: string | null; readonly sid: number | null } | null
}

export interface LockContender {
  readonly name: string
  readonly path: string
  readonly session: string
  readonly address: string | null
  /** Where its session is connected, when known. */
  readonly sid: number | null
  readonly sequence: number
  /** When its znode was created. */
  readonly sinceMs: number
  /** When it became the holder; null while it waits, and when nobody had the directory open at that moment. */
  readonly heldSinceMs: number | null
  readonly data: string
  readonly role: 'holder' | 'waiting'
  /** The znode it waits for; null for a holder. */
  readonly waitsFor: string | null
  readonly kind: string
}

export interface LockView {
  readonly path: string
  /** Recipe as recognised: lock, read-write lock, semaphore, election, queue, unknown. */
  readonly recipe: string
  readonly contenders: readonly LockContender[]
  /** All that is known beside the line; a feed without a gateway has none. */
  readonly detail?: LockDetail
}

/** Directories in which sequential ephemerals were seen. */
export interface LockDirectory {
  readonly path: string
  readonly lastSeenMs: number
  /** Null when its history is not kept. */
  readonly contention?: LockContention | null
}

/** `data` of the error with which the gateway refuses a connection. FULL: so many pages are connected already. */
export interface ConnectRefusal {
  readonly code: 'TOKEN' | 'FULL'
}

/** One operation of the gateway, as the one who asks may use it. */
export interface OperationDescription {
  /** As on the socket. */
  readonly name: string
  /** The least role that may use it. */
  readonly role: Role
  readonly allowed: boolean
  /** It changes something and is written to the audit log. */
  readonly changes: boolean
  /** A sentence. */
  readonly summary: string
  /** `POST /api/v1/…`; null: on sockets only. */
  readonly route: string | null
}

export type Role = 'viewer' | 'operator' | 'admin'

export interface ApiDescription {
  readonly user: string
  readonly role: Role
  readonly operations: readonly OperationDescription[]
}

/** What can be broken, and what is. */
export interface FaultList {
  readonly catalogue: readonly FaultKind[]
  /** Oldest first. */
  readonly active: readonly FaultView[]
}

/** Requests of the page. */
export interface ClientToServer
  extends TreeRequests,
    OperatorRequests,
    LockRequests,
    PlaygroundRequests,
    HeldRequests,
    ClusterListRequests {
  hello(
    request: {
      readonly version: number
      readonly lastSeq: number | null
      /** Left out: DEFAULT_VIEWS. */
      readonly views?: readonly StreamView[] | undefined
      /** Which cluster the page wants to look at, by id. Left out: the one so far, at first the gateway's first. */
      readonly cluster?: string | undefined
      /** Whose number `lastSeq` is, as the welcome before said. */
      readonly history?: string | undefined
    },
    answer: (welcome: Welcome) => void,
  ): void
  'api:describe'(request: Record<string, never>, answer: (a: Answer<ApiDescription>) => void): void
  'tree:list'(
    request: {
      readonly path: string
      readonly offset: number
      readonly watch: boolean
      /** Instead of `offset`: the page with the first child whose name is not before this one. */
      readonly from?: string | undefined
      /** Names of children whose positions are wanted. */
      readonly places?: readonly string[] | undefined
    },
    answer: (a: Answer<NodeListing>) => void,
  ): void
  /** No more updates for this path, please. */
  'tree:forget'(request: { readonly path: string }, answer: (a: Answer<null>) => void): void
  'node:get'(request: { readonly path: string }, answer: (a: Answer<NodeDetail>) => void): void
  /** The past: figures for each step of a range, and its events when they are few. */
  'history:range'(request: HistoryRangeRequest, answer: (a: Answer<HistoryRange>) => void): void
  /** The whole view as it was at `atMs`, and the events around it. */
  'history:moment'(request: { readonly atMs: number }, answer: (a: Answer<HistoryMoment>) => void): void
  /** Over REST only. Times are ms since 1970; left out: all that is held. */
  'history:export'(
    request: {
      readonly format: ExportFormat
      readonly fromMs?: number | undefined
      readonly toMs?: number | undefined
    },
    answer: (a: Answer<FileAnswer>) => void,
  ): void
  'locks:list'(request: Record<string, never>, answer: (a: Answer<readonly LockDirectory[]>) => void): void
  'locks:open'(request: { readonly path: string }, answer: (a: Answer<LockView>) => void): void
  'locks:close'(request: { readonly path: string }, answer: (a: Answer<null>) => void): void
  'member:kill'(request: { readonly sid: number }, answer: (a: Answer<null>) => void): void
  'member:start'(request: { readonly sid: number }, answer: (a: Answer<null>) => void): void
  'member:stop'(request: { readonly sid: number }, answer: (a: Answer<null>) => void): void
  'member:pause'(request: { readonly sid: number }, answer: (a: Answer<null>) => void): void
  'member:resume'(request: { readonly sid: number }, answer: (a: Answer<null>) => void): void
  /** Stopped in good order if it runs, and started. */
  'member:restart'(request: { readonly sid: number }, answer: (a: Answer<null>) => void): void
  /** Answered when the new member serves; `sid` left out: the smallest that is free. */
  'member:add'(
    request: { readonly role: 'participant' | 'observer'; readonly sid?: number | undefined },
    answer: (a: Answer<{ readonly sid: number }>) => void,
  ): void
  'member:remove'(request: { readonly sid: number }, answer: (a: Answer<null>) => void): void
  /** The data of a member that is down is deleted; answered when it serves again. */
  'member:reset'(request: { readonly sid: number }, answer: (a: Answer<null>) => void): void
  /** The data of all members, which must be down, is deleted. */
  'ensemble:reset'(request: Record<string, never>, answer: (a: Answer<null>) => void): void
  /** Answered with the order when all are back. */
  'ensemble:rolling-restart'(
    request: Record<string, never>,
    answer: (a: Answer<{ readonly order: readonly number[] }>) => void,
  ): void
  /** Whether members that die are started again. */
  'ensemble:auto-restart'(request: { readonly on: boolean }, answer: (a: Answer<null>) => void): void
  /** Answered when the members have taken it. */
  'fault:inject'(request: FaultRequest, answer: (a: Answer<FaultView>) => void): void
  'fault:heal'(request: { readonly id: string }, answer: (a: Answer<null>) => void): void
  'fault:heal-all'(request: Record<string, never>, answer: (a: Answer<null>) => void): void
  /** Whether an attached ensemble may be changed from here. */
  'cluster:allow-writes'(request: { readonly on: boolean }, answer: (a: Answer<null>) => void): void
  'fault:list'(request: Record<string, never>, answer: (a: Answer<FaultList>) => void): void
}

export interface ServerToClient {
  events(frame: NumberedEvents): void
  /** Too slow, or history lost: say hello again. */
  resync(reason: string): void
  /** The gateway has another session, or none. */
  about(about: About): void
  /** A watched listing or node changed; ask again. `deleted` when it is gone. */
  'tree:changed'(change: { readonly path: string; readonly event: 'children' | 'data' | 'deleted' | 'created' }): void
  'locks:changed'(view: LockView): void
  /** How far a long request of this page is. */
  'job:progress'(progress: JobProgress): void
  'locks:directories'(directories: readonly LockDirectory[]): void
  /** Clusters have come or gone, or are in another state; whichever of them the page looks at. */
  clusters(clusters: readonly ClusterSummary[]): void
}
