// What clients saw of a run, as plain data that is cheap to record, and what the checkers say about it. Who
// records is the simulator or a harness of real processes; the checks are in the files beside this one.
// Source: invariants.md §8.1.

import type { DataTree } from '../tree/data-tree.ts'
import type { TreeOptions } from '../tree/options.ts'
import type { AuthId } from '../zk/acl.ts'
import type { ErrorCode } from '../zk/errors.ts'
import type { SessionId, Sid } from '../zk/ids.ts'
import type { ReplyBody } from '../zk/reply.ts'
import type { ClientRequest } from '../zk/request.ts'
import type { Entry } from '../zk/txn.ts'
import type { WatchEvent } from '../zk/watch.ts'
import type { Zxid } from '../zk/zxid.ts'

/**
 * One request of a client. The recorder appends it when it is sent and fills in the answer when that comes;
 * without an answer it stays as `sent` made it: its outcome is unknown.
 */
export interface Operation {
  readonly client: number
  readonly sessionId: SessionId
  readonly conn: number
  readonly server: Sid
  /** The cxid. Those of a session's writes grow, over its connections too, and none comes twice. */
  readonly xid: number
  readonly request: ClientRequest
  /** t0. All times are of one monotonic clock of the harness; fractions are welcome, a tie is "at the same time". */
  readonly sentAtMs: number
  /** t1; null: unknown outcome. */
  doneAtMs: number | null
  /** The reply's place among all frames that arrived on its connection, events and auth replies included; -1: none. */
  arrival: number
  err: ErrorCode | null
  /** Of the reply header. */
  zxid: Zxid | null
  /** NO_BODY with an error. */
  body: ReplyBody | null
}

/** A watch event that a client received. */
export interface WatchArrival {
  readonly conn: number
  readonly sessionId: SessionId
  /** Counted together with the replies of its connection. */
  readonly arrival: number
  readonly atMs: number
  /** Of its header; null where the server does not say (Apache before 3.9 sends -1). */
  readonly zxid: Zxid | null
  readonly event: WatchEvent
}

/** An identity that a connection has: `ip` from the beginning, others once an auth packet proved them. */
export interface AuthGrant {
  readonly id: AuthId
  /** Index of the first operation of the history that was sent after the auth packet; 0: had from the beginning. */
  readonly sinceOperation: number
  /** The auth reply's place among the frames of the connection; 0: had from the beginning. */
  readonly sinceArrival: number
}

export interface ConnectionRecord {
  /** Its number in the whole run; a later connection has a higher one. */
  readonly conn: number
  readonly client: number
  readonly server: Sid
  /** As answered, so that a new session's id stands here too; as asked while there is no answer (0n: a new one). */
  sessionId: SessionId
  /** True when the ConnectRequest named a session. */
  readonly resumes: boolean
  /** Whether the password that it sent was the session's. True for a new session. */
  readonly passwordOk: boolean
  /** As the ConnectRequest said. */
  readonly lastZxidSeen: Zxid
  readonly openedAtMs: number
  establishedAtMs: number | null
  /** The server answered that the session is over (a timeout of 0). */
  refusedAtMs: number | null
  closedAtMs: number | null
  /** Negotiated; 0 before. */
  timeoutMs: number
  readonly auth: AuthGrant[]
}

export interface History {
  /** In the order of sending; per connection this is the order on the wire. */
  readonly operations: readonly Operation[]
  /** Per connection in order of arrival. */
  readonly events: readonly WatchArrival[]
  readonly connections: readonly ConnectionRecord[]
  /**
   * L: every chosen txn in the order of zxids, error txns, createSession and closeSession included, from the first
   * one on (or after `CheckOptions.start`). Null when nobody can tell, as with a foreign ensemble.
   */
  readonly log: readonly Entry[] | null
}

/** A server's tree after the end: healed, synced, quiet. */
export interface FinalState {
  readonly server: Sid
  readonly tree: DataTree
}

/** The leader closed a session for its silence, as the host that drives it saw the leader's monotonic clock. */
export interface Expiry {
  readonly sessionId: SessionId
  readonly timeoutMs: number
  /** When the leader last heard of the session, or began to lead if that was later. */
  readonly heardAtMs: number
  readonly expiredAtMs: number
  /** For how long of the time between the leader stood still or could not listen [O-18]. */
  readonly deafMs: number
}

/** What a server held while it served clients (HC-11). */
export interface ServedSample {
  readonly server: Sid
  readonly atMs: number
  readonly zxid: Zxid
}

/** A recipe that clients carried out on `path`, and nothing else did there (HC-12). */
export type Recipe =
  /** Sequential ephemerals below `path`; whoever sees its own as the lowest holds the lock until it is deleted. */
  | { readonly type: 'lock'; readonly path: string }
  /** The ephemeral at `path`; whoever created it leads until it is deleted. */
  | { readonly type: 'latch'; readonly path: string }
  /** A decimal number at `path`, raised by one with setData(version). */
  | { readonly type: 'counter'; readonly path: string }
  /** Words between commas at `path`, added one at a time with setData(version). */
  | { readonly type: 'set'; readonly path: string }
  /** Sequential children of `path`, each consumed by whoever deletes it. */
  | { readonly type: 'queue'; readonly path: string }
  /** Sequential children of `path` for the sake of their numbers. */
  | { readonly type: 'ids'; readonly path: string }
  /** Decimal numbers at `paths`, moved between by multis and read by multiReads of all: their sum stays. */
  | { readonly type: 'bank'; readonly paths: readonly string[]; readonly sum: number }

export interface CheckOptions {
  /** 'exact' (our servers): a read's result is that of state(header zxid). 'interval' (Apache): or of a state soon after. */
  readonly reads: 'exact' | 'interval'
  /** The faults are over and everything was waited for: what is not in L by now never will be. */
  readonly settled: boolean
  /** Sync is confirmed by a quorum, so HC-6 is a rule and not a hint. */
  readonly quorumSync: boolean
  /** The tree before L, made anew by each call. Left out: an empty server's. */
  readonly start?: () => DataTree
  readonly tree?: TreeOptions
  /** Trees at the end of a settled run (HC-10). */
  readonly finals?: readonly FinalState[]
  /** Expiries as the leader's host saw them (S-8). */
  readonly expiries?: readonly Expiry[]
  /** What the leader had committed when, and what servers held meanwhile (HC-11), beside what the history shows. */
  readonly committed?: readonly { readonly atMs: number; readonly zxid: Zxid }[]
  readonly served?: readonly ServedSample[]
  /** What recipes the clients carried out, and where (HC-12). */
  readonly recipes?: readonly Recipe[]
  /** Longest time that a serving server may be behind: syncLimit × tickTime and a margin. Left out: HC-11 is not checked. */
  readonly lagMaxMs?: number
}

/** Our own servers after faults have stopped. */
export const STRICT: CheckOptions = { reads: 'exact', settled: true, quorumSync: true }
/** A foreign ensemble. */
export const ADVISORY: CheckOptions = { reads: 'interval', settled: false, quorumSync: false }

export type CheckId = `HC-${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12}` | 'LIN'
export type RuleId = `${'S' | 'W'}-${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9}`

export interface Violation {
  readonly id: CheckId
  /** The finer rule, where the check has several. */
  readonly rule: RuleId | null
  /** A sentence that says what is wrong, with the numbers that show it. */
  readonly what: string
  /** Indexes into History.operations, those involved. */
  readonly operations: readonly number[]
  /** Txns involved. */
  readonly zxids: readonly Zxid[]
  /** True: not promised by this ensemble, worth knowing. */
  readonly advisory: boolean
}

/** The part of an operation that is known when it is sent. */
export type Sent = Pick<Operation, 'client' | 'sessionId' | 'conn' | 'server' | 'xid' | 'request' | 'sentAtMs'>

/** An operation without an answer yet. */
export function sent(known: Sent): Operation {
  const { client, sessionId, conn, server, xid, request, sentAtMs } = known
  return {
    client,
    sessionId,
    conn,
    server,
    xid,
    request,
    sentAtMs,
    doneAtMs: null,
    arrival: -1,
    err: null,
    zxid: null,
    body: null,
  }
}
