// What goes into the core and what comes out. A host feeds inputs, performs effects in order, and decides
// nothing. Hosts: a server process, the simulator, the browser's playground.

import type { Brand } from '../base/brand.ts'
import type { Sid } from '../zk/ids.ts'
import type {
  ForwardedRequest,
  LeaderPacket,
  LearnerPacket,
  QuorumPacket,
  RevalidateRequest,
  Touch,
} from '../zk/packet.ts'
import type { QuorumConfig } from '../zk/quorum-config.ts'
import type { Entry } from '../zk/txn.ts'
import type { Notification, ServerState } from '../zk/vote.ts'
import type { Zxid } from '../zk/zxid.ts'

/**
 * One TCP connection on the quorum port; a reconnect is a new link. The host numbers those that come in
 * 1, 2, 3 …; the core numbers those that it asks for with `connect` -1, -2, -3 …
 */
export type LinkId = Brand<number, 'LinkId'>

/** Disk operations are numbered 1, 2, 3 … in the order of their effects; `persisted` names the last durable one. */
export type DiskOp = Brand<number, 'DiskOp'>

export interface ZabConfig {
  readonly sid: Sid
  /** The configuration in force as far as the disk knows: the last `saveConfig`, else the operator's. */
  readonly quorum: QuorumConfig
  /** Whether the configuration may change while the ensemble runs. Left out: no, as in ZooKeeper. */
  readonly reconfigEnabled?: boolean
  readonly tickTimeMs: number
  /** Ticks that connecting and synchronizing may take. */
  readonly initLimit: number
  /** Ticks that a learner or leader may stay silent. */
  readonly syncLimit: number
  /** How soon a vote is sent again that nobody answers, to begin with and at last. Left out: 200 ms and 3.2 s. */
  readonly notificationMinMs?: number
  readonly notificationMaxMs?: number
  /** How many recent entries are kept to bring learners up to date by DIFF. ZooKeeper's commitLogCount. */
  readonly commitLogCount: number
}

/** What a server's disk holds when it starts, or after a truncation. */
export interface RecoveredLog {
  readonly acceptedEpoch: number
  readonly currentEpoch: number
  /** The last entry of the log, or the snapshot's zxid when no entry follows it. */
  readonly lastZxid: Zxid
  /** The newest entries, contiguous, ending with lastZxid; may be empty. The log can be truncated to each of them. */
  readonly recent: readonly Entry[]
  /** Every entry after this zxid is in `recent`. */
  readonly recentAfter: Zxid
  /** The configuration in the tree that log and snapshot give (/zookeeper/config), if there is one. */
  readonly lastSeen?: QuorumConfig | null
}

export type ZabInput =
  /** nowMs: monotonic, never goes back. At least every 50 ms. */
  | { readonly type: 'tick'; readonly nowMs: number }
  | { readonly type: 'notification'; readonly from: Sid; readonly notification: Notification }
  /** ELECT-4: the election port of this server refused us, so no process of it runs. Silence is no such word. */
  | { readonly type: 'absent'; readonly sid: Sid }
  /** Our connection to the leader stands (after `connect`), or a learner's connection came in (after `listen`). */
  | { readonly type: 'linkUp'; readonly link: LinkId }
  /** A link ended, or `connect` failed for good. */
  | { readonly type: 'linkDown'; readonly link: LinkId; readonly reason: string }
  | { readonly type: 'packet'; readonly link: LinkId; readonly packet: QuorumPacket }
  /** The snapshot stream behind a SNAP packet has been read whole; its tree is the peer's business. */
  | { readonly type: 'snapshotReceived'; readonly link: LinkId }
  /** All disk operations up to and including this one are durable. */
  | { readonly type: 'persisted'; readonly upTo: DiskOp }
  /** Answers `reload`: what the disk holds now. */
  | { readonly type: 'reloaded'; readonly recovered: RecoveredLog }

export type DiskEffect =
  /** Append behind the last entry. Group commit is the host's: one flush may cover many. */
  | { readonly type: 'append'; readonly op: DiskOp; readonly entry: Entry }
  /** Remove every entry after `zxid`, which is in memory, from the log and from snapshots above it. */
  | { readonly type: 'truncate'; readonly op: DiskOp; readonly zxid: Zxid }
  /** Make the received snapshot the start of a new history: everything older may go. */
  | { readonly type: 'installSnapshot'; readonly op: DiskOp; readonly zxid: Zxid }
  | { readonly type: 'saveEpoch'; readonly op: DiskOp; readonly which: 'accepted' | 'current'; readonly epoch: number }
  /**
   * RECONF-3: this configuration is committed and in force: zoo.cfg.dynamic.<version>. Durable before every later
   * operation; it comes back as `config.quorum` at the next start.
   */
  | { readonly type: 'saveConfig'; readonly op: DiskOp; readonly config: QuorumConfig }

export type NetEffect =
  /** To another server's election port; a newer one replaces one that is still unsent. */
  | { readonly type: 'notify'; readonly to: Sid; readonly notification: Notification }
  /** Accept learners on the quorum port from now on; or stop to, and close the links of all that came, whatever they have said. */
  | { readonly type: 'listen'; readonly on: boolean }
  /** Open `link` to the leader's quorum port: 5 tries, 100 ms apart, within initLimit ticks. */
  | { readonly type: 'connect'; readonly link: LinkId; readonly to: Sid }
  | { readonly type: 'close'; readonly link: LinkId; readonly reason: string }
  | { readonly type: 'send'; readonly link: LinkId; readonly packet: LearnerPacket | LeaderPacket }
  /** Behind a sent SNAP: stream the tree as it is now; packets sent later follow the stream. */
  | { readonly type: 'sendSnapshot'; readonly link: LinkId }

/** For the state machine above the core. */
export type UpEffect =
  /** Committed: apply. In zxid order, without gaps. */
  | { readonly type: 'deliver'; readonly entry: Entry }
  /** The tree must be rebuilt from disk before anything is delivered: see `truncate`. */
  | { readonly type: 'reload' }
  /** The tree received by `snapshotReceived` replaces the present one. */
  | { readonly type: 'adoptSnapshot'; readonly zxid: Zxid }
  /** Clients may be served from now on, at `zxid` (the epoch's start when nothing has happened in it). */
  | {
      readonly type: 'serving'
      readonly state: 'LEADING' | 'FOLLOWING' | 'OBSERVING'
      readonly epoch: number
      readonly zxid: Zxid
    }
  /** Clients must be cut off. */
  | { readonly type: 'notServing'; readonly reason: string }
  | { readonly type: 'learnerRequest'; readonly link: LinkId; readonly packet: ForwardedRequest | RevalidateRequest }
  | { readonly type: 'learnerTouches'; readonly link: LinkId; readonly touches: readonly Touch[] }
  /** From the leader, which may be this server: an answer to a REVALIDATE or a SYNC of ours, in the order asked. */
  | { readonly type: 'leaderAnswer'; readonly packet: Extract<LeaderPacket, { type: 'REVALIDATE' | 'SYNC' }> }
  /** The leader pings: answer with the sessions touched since the last time. */
  | { readonly type: 'wantTouches'; readonly zxid: Zxid }

/** For whoever watches; nothing depends on them. */
export type NoteEffect =
  | { readonly type: 'state'; readonly state: ServerState; readonly round: number; readonly reason: string }
  | { readonly type: 'phase'; readonly phase: ZabPhase; readonly epoch: number; readonly leader: Sid | null }
  | {
      readonly type: 'learnerSync'
      readonly link: LinkId
      readonly sid: Sid
      readonly how: 'DIFF' | 'TRUNC' | 'SNAP'
      readonly zxid: Zxid
    }
  /** Where servers are reached: those of both, at the place that the last seen one gives. */
  | { readonly type: 'configured'; readonly active: QuorumConfig; readonly lastSeen: QuorumConfig }
  /** The leader committed `zxid`; `by` gave the ack that completed the quorum. */
  | { readonly type: 'committed'; readonly zxid: Zxid; readonly by: Sid }

/** AdminServer's zabstate words. */
export type ZabPhase = 'ELECTION' | 'DISCOVERY' | 'SYNCHRONIZATION' | 'BROADCAST'

export type ZabEffect = DiskEffect | NetEffect | UpEffect | NoteEffect
