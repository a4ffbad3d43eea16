// What learner and leader say to each other on the quorum port, decoded. Source: QuorumPacket,
// Leader and Learner of ZooKeeper 3.8; zab.md §2 has types, layouts and directions.

import type { AuthId } from './acl.ts'
import type { SessionId, Sid } from './ids.ts'
import type { ClientRequest } from './request.ts'
import type { Entry } from './txn.ts'
import type { Zxid } from './zxid.ts'

export interface Touch {
  readonly sessionId: SessionId
  readonly timeoutMs: number
}

/** A client's write or sync, on its way from the server it is connected to to the leader. */
export interface ForwardedRequest {
  readonly type: 'REQUEST'
  readonly sessionId: SessionId
  readonly cxid: number
  readonly request: ClientRequest
  /** `null` for the server's own requests (createSession, closeSession). */
  readonly authInfo: readonly AuthId[] | null
}

export interface RevalidateRequest {
  readonly type: 'REVALIDATE'
  readonly sessionId: SessionId
  readonly timeoutMs: number
}

export type LearnerPacket =
  | {
      readonly type: 'FOLLOWERINFO' | 'OBSERVERINFO'
      readonly acceptedEpoch: number
      /** `null` when it names none: the leader gives such a learner a negative one. */
      readonly sid: Sid | null
      /** 1 for learners from before epochs were agreed on: they send their last zxid and wait for no LEADERINFO. */
      readonly protocolVersion: number
      readonly configVersion: Zxid
    }
  | {
      readonly type: 'ACKEPOCH'
      readonly lastLoggedZxid: Zxid
      /** -1 when the proposed epoch had been accepted before. */
      readonly currentEpoch: number
    }
  | { readonly type: 'ACK'; readonly zxid: Zxid }
  | { readonly type: 'PING'; readonly zxid: Zxid; readonly touches: readonly Touch[] }
  | ForwardedRequest
  | RevalidateRequest

export type LeaderPacket =
  | {
      readonly type: 'LEADERINFO'
      readonly epoch: number
      readonly protocolVersion: number
      /** Left out by Apache: the digests that this leader projects are always those of its tree (T-10). */
      readonly exactDigests?: true
    }
  | { readonly type: 'DIFF'; readonly zxid: Zxid }
  | { readonly type: 'TRUNC'; readonly zxid: Zxid }
  | { readonly type: 'SNAP'; readonly zxid: Zxid } // the snapshot stream follows it on the wire
  | { readonly type: 'PROPOSAL'; readonly entry: Entry }
  | { readonly type: 'COMMIT'; readonly zxid: Zxid }
  | { readonly type: 'INFORM'; readonly entry: Entry }
  /** Commits a reconfiguration, and says which server leads under the new configuration. */
  | { readonly type: 'COMMITANDACTIVATE'; readonly zxid: Zxid; readonly designatedLeader: Sid }
  /** The same for observers, who have not seen the proposal. */
  | { readonly type: 'INFORMANDACTIVATE'; readonly entry: Entry; readonly designatedLeader: Sid }
  | { readonly type: 'NEWLEADER'; readonly epoch: number; readonly config: string | null }
  | { readonly type: 'UPTODATE' }
  | { readonly type: 'PING'; readonly zxid: Zxid }
  | { readonly type: 'REVALIDATE'; readonly sessionId: SessionId; readonly valid: boolean }
  | { readonly type: 'SYNC' }

export type QuorumPacket = LearnerPacket | LeaderPacket

export const LEARNER_PROTOCOL_VERSION = 0x10000
