// What one server tells of its work, beside roles, rounds and watches (cluster-event.ts): why it changed its vote, how a
// learner was brought up to date, sessions, links, flushes, samples of requests; and the counts that stay exact when
// single events are left out. The view needs none of it but `sampling` and `counts`.

import type { ServerState } from '../zk/vote.ts'

/** start: a new round begins with the own vote. round: somebody was in a later round. The rest: the comparison that the other vote won. */
export const VOTE_REASONS = ['start', 'round', 'epoch', 'zxid', 'sid'] as const
export type VoteReason = (typeof VOTE_REASONS)[number]

/** Packets of discovery and synchronization, in the order in which they are sent. */
export const HANDSHAKE_PACKETS = [
  ...(['FOLLOWERINFO', 'OBSERVERINFO', 'LEADERINFO', 'ACKEPOCH'] as const),
  ...(['DIFF', 'TRUNC', 'SNAP', 'NEWLEADER', 'UPTODATE'] as const),
] as const
export type HandshakePacket = (typeof HANDSHAKE_PACKETS)[number]

/** moved: it existed, and its client has come to this server. */
export const SESSION_CHANGES = ['created', 'moved', 'closed', 'expired'] as const
export type SessionChange = (typeof SESSION_CHANGES)[number]

export const SYNC_WAYS = ['DIFF', 'TRUNC', 'SNAP'] as const

/** Parts of one multi that are told; `total` is exact. */
export const MULTI_PARTS_MAX = 32

export interface MultiPart {
  readonly op: string
  readonly path: string | null
}

/**
 * Since this server began to be watched, only ever growing: who loses some events and gets a later count has lost
 * nothing of the sums. `…Told` of them were events of their own.
 */
export interface ActivityCounts {
  readonly sinceMs: number
  readonly proposed: number
  readonly received: number
  readonly logged: number
  readonly applied: number
  readonly roundsTold: number
  /** Of what was applied; a multi counts once, as `multis`. */
  readonly creates: number
  readonly deletes: number
  readonly sets: number
  readonly multis: number
  readonly errors: number
  readonly requests: number
  readonly replies: number
  readonly requestsTold: number
  readonly latencySumMs: number
  readonly latencyCount: number
  readonly watchesSet: number
  readonly watchesTriggered: number
  readonly watchesDelivered: number
  readonly watchEventsTold: number
  readonly sessionsCreated: number
  readonly sessionsMoved: number
  readonly sessionsClosed: number
  readonly sessionsExpired: number
  readonly flushes: number
  readonly flushesTold: number
  readonly flushMs: number
  readonly flushMaxMs: number
  readonly flushedTxns: number
  readonly flushedBytes: number
}

export type ActivityEvent =
  /** `sid` votes for another than before, or begins a round. `from`: whose vote won; null for its own. */
  | {
      readonly type: 'voteChange'
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
  /** `sid` decided: it leads, or follows `leader`. `votes`: whose votes it had by then, its own among them. */
  | {
      readonly type: 'elected'
      readonly round: number
      readonly state: ServerState
      readonly leader: number
      readonly votes: readonly number[]
    }
  /** `sid` sent `packet` to `to`, which is null when it has not said who it is. */
  | {
      readonly type: 'handshake'
      readonly to: number | null
      readonly packet: HandshakePacket
      readonly epoch: number
      readonly zxid: string
    }
  /** Leader `sid` has sent `learner` all that it lacked: `count` txns from `first` to `last` (`0x0` when there were none). */
  | {
      readonly type: 'synced'
      readonly learner: number
      readonly how: (typeof SYNC_WAYS)[number]
      /** What the learner had. */
      readonly had: string
      readonly first: string
      readonly last: string
      readonly count: number
    }
  | {
      readonly type: 'session'
      readonly change: SessionChange
      readonly session: string
      readonly timeoutMs: number
    }
  /** What a multi consists of; its round says the rest. */
  | { readonly type: 'multi'; readonly zxid: string; readonly total: number; readonly parts: readonly MultiPart[] }
  /** A sample: one client request, from arrival to answer. */
  | {
      readonly type: 'request'
      readonly conn: number
      readonly session: string
      readonly op: string
      readonly path: string | null
      readonly zxid: string
      readonly error: string | null
      readonly latencyMs: number
    }
  /** A connection on the quorum port. `peer` is null when who is there has not said so. */
  | {
      readonly type: 'link'
      readonly link: number
      readonly peer: number | null
      readonly up: boolean
      readonly reason: string
    }
  /** Since the link came up. */
  | {
      readonly type: 'linkTraffic'
      readonly link: number
      readonly peer: number | null
      readonly packetsSent: number
      readonly packetsReceived: number
      readonly bytesSent: number
      readonly bytesReceived: number
      readonly queuedBytes: number
    }
  /** A group commit: `txns` txns became durable at once, `t` being its end. */
  | { readonly type: 'flush'; readonly ms: number; readonly txns: number; readonly bytes: number }
  /**
   * From now on only rounds whose counter is a multiple of `every` (a power of two) are told, and marks as exactly as
   * those need them. 1: all are. Servers choose for themselves, by the same rule: what the largest `every` leaves, all
   * tell.
   */
  | { readonly type: 'sampling'; readonly every: number }
  | { readonly type: 'counts'; readonly counts: ActivityCounts }
