// The peer as its host sees it: the core's inputs and effects, and those of clients. Nothing here knows
// sockets, files, clocks or chance.

import type { Brand } from '../base/brand.ts'
import type { DataTree } from '../tree/data-tree.ts'
import type { TreeOptions } from '../tree/options.ts'
import type { DiskEffect, LinkId, NetEffect, NoteEffect, RecoveredLog, ZabConfig, ZabInput } from '../zab/contract.ts'
import type { AuthId } from '../zk/acl.ts'
import type { ErrorCode } from '../zk/errors.ts'
import type { SessionId } from '../zk/ids.ts'
import type { ReplyBody } from '../zk/reply.ts'
import type { ClientRequest } from '../zk/request.ts'
import type { Entry } from '../zk/txn.ts'
import type { WatchEvent, WatchMode } from '../zk/watch.ts'
import type { Zxid } from '../zk/zxid.ts'

/** One client connection, numbered by the host. A watcher is a connection, not a session. */
export type ConnId = Brand<number, 'ConnId'>

export interface PeerConfig extends ZabConfig {
  readonly minSessionTimeoutMs: number
  readonly maxSessionTimeoutMs: number
  /** The low 40 bits of this, in milliseconds, go into new session ids: something that differs at each start. */
  readonly sessionIdSeedMs: number
  /** In no ensemble at all: /zookeeper/config stays as the disk has it. */
  readonly standalone?: boolean
  /** A configuration needs two participants (with true, which is ZooKeeper's default) or one. */
  readonly standaloneEnabled?: boolean
  /** Alone, where a reconfig is answered with UNIMPLEMENTED if reconfiguration is switched on. Left out: in an ensemble. */
  readonly aloneWithReconfig?: boolean
  /** Serve reads while there is no leader. Left out: no, as in ZooKeeper. */
  readonly readOnlyMode?: boolean
  /** New sessions are this server's alone (`upgrading`: until they create an ephemeral). Left out: off. */
  readonly localSessions?: 'off' | 'on' | 'upgrading'
  /** How often the leader looks for containers and TTL znodes to delete. Left out: every minute. */
  readonly reapIntervalMs?: number
  /** Age at which a container that never had a child is deleted; 0 or left out: never. */
  readonly containerNeverUsedMs?: number
  /** Left out: ZooKeeper's defaults. */
  readonly tree?: TreeOptions
}

/** What the disk holds, as a tree and a log. A server alone (no ensemble) is a quorum of one. */
export interface Recovered extends RecoveredLog {
  readonly tree: DataTree
}

export type ClientInput =
  /** A ConnectRequest whose password the host has already checked (a new session has none to check). */
  | {
      readonly type: 'connect'
      readonly conn: ConnId
      readonly sessionId: SessionId
      readonly passwordOk: boolean
      readonly timeoutMs: number
      readonly lastZxidSeen: Zxid
      /** It would be content with a read-only server. Left out: no. */
      readonly readOnly?: boolean
      /** `ip:<address>` to begin with. */
      readonly auth: readonly AuthId[]
    }
  | { readonly type: 'request'; readonly conn: ConnId; readonly xid: number; readonly request: ClientRequest }
  /** The host has verified somebody: the connection gains an identity. */
  | { readonly type: 'authenticated'; readonly conn: ConnId; readonly id: AuthId }
  | { readonly type: 'disconnected'; readonly conn: ConnId }

export type PeerInput =
  | Exclude<ZabInput, { type: 'tick' | 'snapshotReceived' | 'reloaded' }>
  /** nowMs monotonic for timers, wallMs since 1970 for txn times. */
  | { readonly type: 'tick'; readonly nowMs: number; readonly wallMs: number }
  | { readonly type: 'snapshotReceived'; readonly link: LinkId; readonly tree: DataTree }
  /** Answers `reload`: what the disk holds after the truncation. */
  | { readonly type: 'reloaded'; readonly recovered: Recovered }
  | ClientInput

export type ClientEffect =
  /** Answer the ConnectRequest. timeoutMs 0: the session is over or the password wrong; then close. */
  | {
      readonly type: 'session'
      readonly conn: ConnId
      readonly sessionId: SessionId
      readonly timeoutMs: number
      /** The server has no leader: it answers reads only. */
      readonly readOnly?: true
    }
  | {
      readonly type: 'reply'
      readonly conn: ConnId
      readonly xid: number
      readonly zxid: Zxid
      readonly err: ErrorCode
      readonly body: ReplyBody
      /** What is being answered, for observers. */
      readonly request: ClientRequest
    }
  | {
      readonly type: 'watchEvent'
      readonly conn: ConnId
      readonly zxid: Zxid
      readonly event: WatchEvent
      readonly mode: WatchMode
    }
  /** Send what is queued, then close. */
  | { readonly type: 'closeConn'; readonly conn: ConnId; readonly reason: string }

export type PeerEffect =
  | DiskEffect
  | NetEffect
  | NoteEffect
  | ClientEffect
  /** Rebuild the tree from disk once the truncation before this is durable; answer with `reloaded`. */
  | { readonly type: 'reload' }
  | { readonly type: 'applied'; readonly entry: Entry; readonly err: ErrorCode }
  /** An Apache leader's digest is not that of our tree: see README.md, decisions. Worth a warning. */
  | { readonly type: 'digestMismatch'; readonly zxid: Zxid; readonly expected: bigint; readonly actual: bigint }
  /**
   * T-10: after `zxid` the tree's digest is `actual`, where the leader has `expected`. Clients have been cut off, and this
   * peer does nothing any more: stop the server. Started again on an empty disk, it is sent the leader's tree.
   */
  | { readonly type: 'diverged'; readonly zxid: Zxid; readonly expected: bigint; readonly actual: bigint }
  | {
      readonly type: 'serving'
      readonly state: 'LEADING' | 'FOLLOWING' | 'OBSERVING'
      readonly epoch: number
      readonly zxid: Zxid
    }
  /** Reads are served, without a leader, until `notServing`. */
  | { readonly type: 'readOnly'; readonly zxid: Zxid }
  | { readonly type: 'notServing'; readonly reason: string }
