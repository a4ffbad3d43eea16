// Types that the tree's files share with the peer above them.

import type { Acl, AuthId } from '../zk/acl.ts'
import type { ErrorCode } from '../zk/errors.ts'
import type { SessionId } from '../zk/ids.ts'
import type { QuorumConfig } from '../zk/quorum-config.ts'
import type { ReplyBody } from '../zk/reply.ts'
import type { Zxid } from '../zk/zxid.ts'

/** What a reconfig is checked against; the leader knows. */
export interface EnsembleContext {
  /** The newest configuration, and whether it is not committed yet. */
  readonly lastSeen: QuorumConfig
  readonly inProgress: boolean
  /** ZooKeeper's `standaloneEnabled`. */
  readonly standaloneEnabled: boolean
  /** Whether a quorum of `config` is connected and holds what the leader holds. */
  readonly isQuorumSynced: (config: QuorumConfig) => boolean
}

/** Who asks, for a request that is being prepared by the leader. */
export interface PrepareContext {
  readonly zxid: Zxid
  readonly timeMs: number
  readonly sessionId: SessionId
  readonly auth: readonly AuthId[]
  /** For a reconfig; left out or null while reconfiguration is switched off. */
  readonly ensemble?: EnsembleContext | null
}

/** One znode that a txn changed, in the order of client-protocol's sub-operations. */
export interface Change {
  readonly type: 'created' | 'deleted' | 'dataChanged' | 'aclChanged'
  readonly path: string
  /** The node's after the change; a deleted node's last one. `null` is world:anyone ALL. */
  readonly acl: readonly Acl[] | null
  /** The parent's, which guards the news that its children changed; `null` for the other types. */
  readonly parentAcl: readonly Acl[] | null
}

export interface Applied {
  /** 0, or the error that the txn carries. A failed multi is 0 with error results in its body. */
  readonly err: ErrorCode
  /** The answer for the client that asked. `path`/`pathStat` for a create as its txn type says. */
  readonly body: ReplyBody
  readonly changes: readonly Change[]
  /** The tree is no longer what the leader's is [T-10]; null: it is, or nobody can say. */
  readonly mismatch: DigestMismatch | null
}

/** Tree digests after a txn: as the leader projected it, and as it is here. */
export interface DigestMismatch {
  readonly expected: bigint
  readonly actual: bigint
}
