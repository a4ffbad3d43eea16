// What one server tells its observers: roles, rounds, connections, watches; the rest is activity-event.ts. Stage marks cover ranges ("logged up to 1/7"), because a group
// commit makes many txns durable at once; only `proposed` (and `known`) carry each txn. All zxids and session ids are
// `0x…` text, exact in JSON. `t` is wall-clock milliseconds since 1970 with fractions, comparable between
// processes of one machine. `sid` is the server that says so.

import type { ServerState } from '../zk/vote.ts'
import type { ActivityCounts, ActivityEvent } from './activity-event.ts'

export type Stage = 'received' | 'logged' | 'acked' | 'committed' | 'applied'

interface Base {
  readonly t: number
  readonly sid: number
}

export interface TxnSummary {
  readonly zxid: string
  /** Txn type: create, setData, multi, error … */
  readonly op: string
  /** First path concerned; null for session txns and errors. */
  readonly path: string | null
  readonly session: string
  readonly cxid: number
  /** Bytes of data. */
  readonly bytes: number
  /** Name of the error of an error txn, else null. */
  readonly error: string | null
  /** True when the create made an ephemeral. */
  readonly ephemeral: boolean
}

export type ClusterEvent = Base &
  (
    | ActivityEvent
    | { readonly type: 'state'; readonly state: ServerState; readonly round: number; readonly reason: string }
    | {
        readonly type: 'phase'
        readonly phase: 'ELECTION' | 'DISCOVERY' | 'SYNCHRONIZATION' | 'BROADCAST'
        readonly epoch: number
        readonly leader: number | null
      }
    /** A notification sent by `sid` to `to`. */
    | {
        readonly type: 'vote'
        readonly to: number
        readonly state: ServerState
        readonly leader: number
        readonly zxid: string
        readonly round: number
        readonly peerEpoch: number
      }
    /** Leader `sid` synchronizes `learner`. */
    | {
        readonly type: 'sync'
        readonly learner: number
        readonly how: 'DIFF' | 'TRUNC' | 'SNAP'
        readonly zxid: string
      }
    /** The leader gave it a zxid and sent it out. */
    | { readonly type: 'proposed'; readonly txn: TxnSummary }
    /**
     * When it loses its leader: `sid` holds this txn of the leader that it followed. Who proposed it may be gone
     * before it could say so.
     */
    | { readonly type: 'known'; readonly txn: TxnSummary }
    | { readonly type: 'mark'; readonly stage: Stage; readonly zxid: string }
    /** At the leader: `by` gave the ack that completed the quorum for everything up to `zxid`. */
    | { readonly type: 'quorum'; readonly zxid: string; readonly by: number }
    /** Clients are taken from now on; everything up to `zxid` is applied here. */
    | { readonly type: 'serving'; readonly state: ServerState; readonly epoch: number; readonly zxid: string }
    | { readonly type: 'notServing'; readonly reason: string }
    | {
        readonly type: 'connected'
        readonly conn: number
        readonly address: string
        readonly session: string
        readonly timeoutMs: number
      }
    | { readonly type: 'disconnected'; readonly conn: number; readonly reason: string }
    | {
        readonly type: 'watchSet'
        readonly conn: number
        readonly session: string
        readonly path: string
        readonly kind: 'data' | 'children' | 'exists' | 'persistent' | 'persistentRecursive'
        readonly zxid: string
      }
    /** Queued on the connection by the txn `zxid`. */
    | {
        readonly type: 'watchTriggered'
        readonly conn: number
        readonly session: string
        readonly path: string
        readonly event: string
        readonly zxid: string
      }
    /** Handed to the operating system's socket. */
    | {
        readonly type: 'watchDelivered'
        readonly conn: number
        readonly session: string
        readonly path: string
        readonly event: string
        readonly zxid: string
      }
    | { readonly type: 'stats'; readonly stats: MemberStats }
    /** Events were dropped here because the observer was too slow; the counts stay exact. */
    | { readonly type: 'dropped'; readonly count: number }
  )

/** Sent once a second and when it changes much. */
export interface MemberStats {
  readonly pid: number
  readonly state: ServerState
  readonly acceptedEpoch: number
  readonly currentEpoch: number
  readonly leader: number | null
  readonly lastZxid: string
  readonly connections: number
  readonly sessions: number
  readonly znodes: number
  readonly watches: number
  readonly outstanding: number
  /** Since the process started. */
  readonly requests: number
  readonly uptimeMs: number
  /** Processor time of the process since it started, all threads. */
  readonly cpuMs: number
  /** Memory of the process that is in RAM. */
  readonly rssBytes: number
}

/** First frame of a member's event stream. */
export interface StreamHello {
  readonly type: 'hello'
  /** Of the frames that follow: WIRE_VERSION. */
  readonly version: 3
  readonly sid: number
  readonly pid: number
  readonly stats: MemberStats
  readonly phase: 'ELECTION' | 'DISCOVERY' | 'SYNCHRONIZATION' | 'BROADCAST'
  /** Connections that exist now. */
  readonly connections: readonly {
    readonly conn: number
    readonly address: string
    readonly session: string
    readonly timeoutMs: number
  }[]
  /** Watches that exist now; capped, `watchesTotal` is exact. */
  readonly watches: readonly {
    readonly conn: number
    readonly session: string
    readonly path: string
    readonly kind: string
  }[]
  readonly watchesTotal: number
  /** From where the counts to come go on. */
  readonly counts: ActivityCounts
  /** The newest events about roles (state, phase, vote, sync, serving, notServing), oldest first, from before. */
  readonly recent: readonly ClusterEvent[]
}

/** The newest txns of its log that a member tells by `known`. */
export const KNOWN_TXNS_MAX = 500

/** How many events about roles a member remembers for observers that come later. */
export const ROLE_EVENTS_MAX = 200
