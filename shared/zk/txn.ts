// Transactions: what the leader makes of a request, what is logged, proposed and applied everywhere.
// Source: the *Txn records of zookeeper.jute, storage.md §2.

import type { Acl } from './acl.ts'
import type { ErrorCode } from './errors.ts'
import type { SessionId } from './ids.ts'
import type { Zxid } from './zxid.ts'

export interface CreateTxn {
  readonly type: 'create' | 'create2'
  /** With its sequence suffix. */
  readonly path: string
  readonly data: Uint8Array | null
  /** Expanded: no `auth` scheme is left. */
  readonly acl: readonly Acl[] | null
  readonly ephemeral: boolean
  /** The parent's stored cversion after this create; -1: add one when applying. */
  readonly parentCVersion: number
}

export interface CreateTtlTxn {
  readonly type: 'createTTL'
  readonly path: string
  readonly data: Uint8Array | null
  readonly acl: readonly Acl[] | null
  readonly parentCVersion: number
  readonly ttlMs: number
}

export interface CreateContainerTxn {
  readonly type: 'createContainer'
  readonly path: string
  readonly data: Uint8Array | null
  readonly acl: readonly Acl[] | null
  readonly parentCVersion: number
}

export interface DeleteTxn {
  readonly type: 'delete' | 'deleteContainer'
  readonly path: string
}

export interface SetDataTxn {
  /** A reconfig is logged as the new text of /zookeeper/config, version -1. */
  readonly type: 'setData' | 'reconfig'
  readonly path: string
  readonly data: Uint8Array | null
  /** The new version. */
  readonly version: number
}

export interface SetAclTxn {
  readonly type: 'setACL'
  readonly path: string
  readonly acl: readonly Acl[] | null
  /** The new aversion. */
  readonly version: number
}

export interface CheckTxn {
  readonly type: 'check'
  readonly path: string
  readonly version: number
}

export interface ErrorTxn {
  readonly type: 'error'
  readonly err: ErrorCode
}

/** What may stand inside a multi. */
export type SubTxn = CreateTxn | CreateTtlTxn | CreateContainerTxn | DeleteTxn | SetDataTxn | CheckTxn | ErrorTxn

export interface MultiTxn {
  readonly type: 'multi'
  readonly txns: readonly SubTxn[]
}

export interface CreateSessionTxn {
  readonly type: 'createSession'
  readonly timeoutMs: number
}

export interface CloseSessionTxn {
  readonly type: 'closeSession'
  /** `null` in logs older than 3.6: then whatever the session owns is deleted. */
  readonly paths: readonly string[] | null
}

export type Txn =
  | CreateTxn
  | CreateTtlTxn
  | CreateContainerTxn
  | DeleteTxn
  | SetDataTxn
  | SetAclTxn
  | MultiTxn
  | ErrorTxn
  | CreateSessionTxn
  | CloseSessionTxn

/** A transaction with its TxnHeader: the unit of log, proposal and application. Immutable. */
export interface Entry {
  readonly zxid: Zxid
  /** The session that asked; 0n for the leader's own. */
  readonly sessionId: SessionId
  /** The client's xid; with the session it tells a server that the answer to its own client has come. */
  readonly cxid: number
  /** Leader's wall clock, milliseconds since 1970. */
  readonly timeMs: number
  readonly txn: Txn
  /** The tree digest after this txn (version 2), or null when none was computed. */
  readonly digest: bigint | null
}
