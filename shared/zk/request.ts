// What a client may ask, decoded. One union member an operation; the record layouts are in shared/jute.
// Null buffers, lists and strings are distinct from empty ones, on the wire and on disk.

import type { Acl } from './acl.ts'
import type { SessionId } from './ids.ts'
import type { Zxid } from './zxid.ts'

export interface CreateRequest {
  /** The operation decides what an answer holds and, for container and TTL nodes, what is created. */
  readonly type: 'create' | 'create2' | 'createContainer'
  readonly path: string
  readonly data: Uint8Array | null
  readonly acl: readonly Acl[] | null
  /** One of CREATE_FLAGS. */
  readonly flags: number
}

export interface CreateTtlRequest extends Omit<CreateRequest, 'type'> {
  readonly type: 'createTTL'
  readonly ttlMs: number
}

export interface DeleteRequest {
  readonly type: 'delete'
  readonly path: string
  /** -1 matches any version, here and below. */
  readonly version: number
}

export interface SetDataRequest {
  readonly type: 'setData'
  readonly path: string
  readonly data: Uint8Array | null
  readonly version: number
}

export interface SetAclRequest {
  readonly type: 'setACL'
  readonly path: string
  readonly acl: readonly Acl[] | null
  readonly version: number
}

export interface CheckRequest {
  readonly type: 'check'
  readonly path: string
  readonly version: number
}

export type MultiOp = CreateRequest | CreateTtlRequest | DeleteRequest | SetDataRequest | CheckRequest

export interface MultiRequest {
  readonly type: 'multi'
  readonly ops: readonly MultiOp[]
}

export interface ReconfigRequest {
  readonly type: 'reconfig'
  readonly joiningServers: string | null
  readonly leavingServers: string | null
  readonly newMembers: string | null
  readonly curConfigId: Zxid
}

/** Internal: never accepted from a client's frame. */
export interface CreateSessionRequest {
  readonly type: 'createSession'
  readonly timeoutMs: number
}
export interface CloseSessionRequest {
  readonly type: 'closeSession'
}
/** Internal: issued by the leader that reaps empty containers and expired TTL nodes. */
export interface DeleteContainerRequest {
  readonly type: 'deleteContainer'
  readonly path: string
}

/** A record that could not be decoded. A write still consumes a zxid, as an error txn; a read is just answered. */
export interface UndecodableRequest {
  readonly type: 'undecodable'
  /** The opcode of its header. */
  readonly op: number
}

export type WriteRequest =
  | CreateRequest
  | CreateTtlRequest
  | DeleteRequest
  | SetDataRequest
  | SetAclRequest
  | MultiRequest
  | ReconfigRequest
  | CreateSessionRequest
  | CloseSessionRequest
  | DeleteContainerRequest
  | UndecodableRequest

export type MultiReadOp =
  | { readonly type: 'getData'; readonly path: string }
  | { readonly type: 'getChildren'; readonly path: string }

export type ReadRequest =
  | { readonly type: 'exists'; readonly path: string; readonly watch: boolean }
  | { readonly type: 'getData'; readonly path: string; readonly watch: boolean }
  | { readonly type: 'getACL'; readonly path: string }
  | { readonly type: 'getChildren'; readonly path: string; readonly watch: boolean }
  | { readonly type: 'getChildren2'; readonly path: string; readonly watch: boolean }
  | { readonly type: 'multiRead'; readonly ops: readonly MultiReadOp[] }
  | { readonly type: 'getEphemerals'; readonly prefix: string | null }
  | { readonly type: 'getAllChildrenNumber'; readonly path: string }
  | { readonly type: 'whoAmI' }
  | { readonly type: 'checkWatches'; readonly path: string; readonly watcherType: number }
  | { readonly type: 'removeWatches'; readonly path: string; readonly watcherType: number }
  | { readonly type: 'addWatch'; readonly path: string; readonly mode: number }
  | SetWatchesRequest
  | { readonly type: 'ping' }

export interface SetWatchesRequest {
  readonly type: 'setWatches' | 'setWatches2'
  readonly relativeZxid: Zxid
  readonly data: readonly string[]
  readonly exist: readonly string[]
  readonly child: readonly string[]
  /** Empty for setWatches. */
  readonly persistent: readonly string[]
  readonly persistentRecursive: readonly string[]
}

export interface SyncRequest {
  readonly type: 'sync'
  readonly path: string | null
}

export type ClientRequest = WriteRequest | ReadRequest | SyncRequest

/** The first frame of a connection. */
export interface ConnectRequest {
  readonly protocolVersion: number
  readonly lastZxidSeen: Zxid
  readonly timeoutMs: number
  /** 0n asks for a new session. */
  readonly sessionId: SessionId
  readonly passwd: Uint8Array | null
  /** `null` when a client older than 3.4 leaves the byte out; then the answer leaves it out too. */
  readonly readOnly: boolean | null
}

export interface ConnectResponse {
  readonly protocolVersion: number
  /** 0: the session is unknown or over. */
  readonly timeoutMs: number
  readonly sessionId: SessionId
  /** 16 bytes. */
  readonly passwd: Uint8Array
  readonly readOnly: boolean | null
}
