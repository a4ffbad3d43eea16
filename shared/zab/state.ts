// The core's state, as plain data: a copy is a checkpoint, a walk is a hash. One union member a role, each
// with just its own fields. What is durable (epochs, log) lives in Zab; a role holds what dies with it.

import { createQueue, enqueue, type Queue } from '../base/queue.ts'
import type { Sid } from '../zk/ids.ts'
import type { QuorumConfig } from '../zk/quorum-config.ts'
import type { Entry } from '../zk/txn.ts'
import type { Notification, Vote } from '../zk/vote.ts'
import { MIN_LONG_ZXID, type Zxid } from '../zk/zxid.ts'
import { isElector, onConfigProposed, recoverConfigs } from './configs.ts'
import type { DiskOp, LinkId, RecoveredLog, ZabConfig, ZabEffect } from './contract.ts'
import { appendToWindow, createWindow, type LogWindow, lastZxid } from './log-window.ts'

/** Looking for a leader. */
export interface Looking {
  readonly state: 'LOOKING'
  /** settling: the disk still works on what the last role asked for; no vote before that is done (O-10). */
  stage: 'settling' | 'voting'
  /** The newest LOOKING votes of this round, by voter, and those of servers that already follow or lead. */
  readonly received: Map<Sid, Notification>
  readonly established: Map<Sid, Notification>
  /** Servers that no process of runs, as far as we know in this round (ELECT-4). */
  readonly absent: Set<Sid>
  resendAtMs: number
  resendEveryMs: number
  /** A quorum agrees: decided when nothing better comes until then. */
  decideAtMs: number | null
  /** RECONF-7: who leads from now on, by the word of the leader that committed a reconfiguration: no election. */
  readonly designated: Sid | null
  /** RECONF-13: where servers are that others may vote for and this one does not know. */
  hint: QuorumConfig | null
  /** How many servers without a vote may still be answered before the next tick. */
  answersLeft: number
}

/** One learner, as its leader sees it. */
export interface Learner {
  readonly link: LinkId
  sid: Sid
  readonly observer: boolean
  /** In which configurations its word counts: IN_ACTIVE, IN_LAST_SEEN. */
  votes: number
  /** info: said who it is. epochAcked: promised. synced: the stream up to NEWLEADER is on its way. current: it acked NEWLEADER. */
  stage: 'info' | 'epochAcked' | 'synced' | 'current'
  acceptedEpoch: number
  /** What it holds, from its ACKEPOCH. */
  lastLogged: Zxid
  /** The last proposal it made durable, by its ACKs. */
  acked: Zxid
  /** The last ping round it answered, and the one that its next answer is for; 0 before UPTODATE. */
  answered: number
  answerDue: number
  /** Silent beyond this: cut off. */
  deadlineMs: number
}

export interface Leading {
  readonly state: 'LEADING'
  stage: 'DISCOVERY' | 'SAVING_ACCEPTED' | 'EPOCH_ACKS' | 'SAVING_CURRENT' | 'SYNC' | 'BROADCAST'
  /** The new epoch; 0 until a quorum has said which ones it accepted. */
  epoch: number
  readonly learners: Map<LinkId, Learner>
  /** Who has promised the epoch to this leader, over whichever connection. */
  readonly promises: Set<Sid>
  /** Votes that each configuration needs (0: there is no newer one), and this server's own: see quorum.ts. */
  needActive: number
  needLastSeen: number
  ownVotes: number
  /** RECONF-6: another server is to lead; nothing is committed any more, and until then this one steps down. */
  retiring: { readonly designated: Sid; readonly untilMs: number } | null
  /** The end of the initial history: committed by a quorum of NEWLEADER acks. */
  initialLast: Zxid
  /** The last proposal that is durable here. */
  selfAcked: Zxid
  committed: Zxid
  /**
   * SYNCs to answer once this zxid is committed and this ping round answered by a quorum, oldest first. The
   * link is null for a client of this server.
   */
  readonly syncs: Queue<{ readonly zxid: Zxid; readonly round: number; readonly link: LinkId | null }>
  /** Ping rounds: sent, sent for SYNCs, wanted by the last SYNC, and answered by a quorum (as of the last SYNC). */
  pingRound: number
  syncRound: number
  wantedRound: number
  confirmedRound: number
  /** A stage must be left by then (initLimit). */
  deadlineMs: number
  nextPingMs: number
  /** Quorum is checked at every second ping. */
  checkAtNextPing: boolean
}

export interface Following {
  readonly state: 'FOLLOWING' | 'OBSERVING'
  readonly leader: Sid
  readonly link: LinkId
  stage: 'CONNECTING' | 'DISCOVERY' | 'SAVING_ACCEPTED' | 'SYNC' | 'INSTALLING' | 'WAITING' | 'BROADCAST'
  epoch: number
  /** The leader says so in its LEADERINFO; an Apache leader's can be wrong for a while. */
  exactDigests: boolean
  /** FOLL-10: it has been told that we hold nothing, so that it sends a snapshot. */
  claimsNothing: boolean
  /** How the leader brings us up to date, from its first packet of the sync phase. */
  plan: { readonly how: 'DIFF' | 'TRUNC' | 'SNAP'; readonly zxid: Zxid; received: boolean } | null
  /** Proposals of the sync phase; nothing of it touches log or tree before NEWLEADER (D-13). */
  pending: Entry[]
  /** Committed as far as known; delivered from BROADCAST on. */
  committed: Zxid
  /** The NEWLEADER ack waits for this disk operation. */
  installOp: DiskOp
  /** The last seen configuration in NEWLEADER; in force at UPTODATE unless it is still being proposed. */
  announced: QuorumConfig | null
  /** RECONF-7: whom the leader named with the last reconfiguration that it committed. */
  designated: Sid | null
  /** Durable proposals whose ACK must wait for UPTODATE (O-4). */
  heldAcks: Zxid[]
  /** Clients are served: `serving` has been said. */
  serves: boolean
  lastHeardMs: number
}

export type Role = Looking | Leading | Following

export interface Zab {
  readonly config: ZabConfig
  nowMs: number
  /** As on disk: memory follows (O-9). */
  acceptedEpoch: number
  currentEpoch: number
  /** RECONF-2: in force, and the newest one seen: the same, or one that is not known committed yet. */
  active: QuorumConfig
  lastSeen: QuorumConfig
  readonly log: LogWindow
  /** FastLeaderElection's logical clock. */
  round: number
  /** The vote of the running or the last election. */
  vote: Vote
  role: Role
  lastOp: DiskOp
  persistedOp: DiskOp
  /** Appends on their way to the disk. */
  readonly flushing: Queue<{ readonly op: DiskOp; readonly zxid: Zxid }>
  readonly savingEpochs: { readonly op: DiskOp; readonly which: 'accepted' | 'current'; readonly epoch: number }[]
  /** The tree is being rebuilt from disk: nothing is delivered meanwhile. */
  reloading: boolean
  /** FOLL-10: this leader wanted our log, when it ended so, cut deeper than it can be: it is asked for a snapshot. */
  snapshotFrom: { readonly leader: Sid; readonly lastLogged: Zxid } | null
  lastLink: LinkId
}

/** A core that has just started: LOOKING, and voting as soon as it is fed its first tick. */
export function createZab(config: ZabConfig, recovered: RecoveredLog): Zab {
  const log = createWindow(recovered.recentAfter, recovered.recent)
  return {
    config,
    ...recoverConfigs(config, recovered),
    nowMs: 0,
    acceptedEpoch: recovered.acceptedEpoch,
    currentEpoch: recovered.currentEpoch,
    log,
    round: 0,
    vote: { leader: config.sid, zxid: lastZxid(log), electionEpoch: 0, peerEpoch: recovered.currentEpoch },
    role: startLooking(),
    lastOp: 0 as DiskOp,
    persistedOp: 0 as DiskOp,
    flushing: createQueue(),
    savingEpochs: [],
    reloading: false,
    snapshotFrom: null,
    lastLink: 0 as LinkId,
  }
}

/** It is sent what is proposed (an observer: what is committed). */
export function isForwarded(learner: Learner): boolean {
  return learner.stage === 'synced' || learner.stage === 'current'
}

export function startLooking(designated: Sid | null = null): Looking {
  return {
    state: 'LOOKING',
    stage: 'settling',
    received: new Map(),
    established: new Map(),
    absent: new Set(),
    resendAtMs: 0,
    resendEveryMs: 0,
    decideAtMs: null,
    designated,
    hint: null,
    answersLeft: 0,
  }
}

/** What this server votes for before it has heard anybody: itself, or nobody when it has no vote (ELECT-6, RECONF-13). */
export function initialVote(zab: Zab): Vote {
  const electionEpoch = zab.round
  if (!isElector(zab, zab.config.sid))
    return { leader: MIN_LONG_ZXID as number as Sid, zxid: MIN_LONG_ZXID, electionEpoch, peerEpoch: MIN_LONG_ZXID }
  return { leader: zab.config.sid, zxid: lastZxid(zab.log), electionEpoch, peerEpoch: zab.currentEpoch }
}

/** BASE-2: in the order of the effects; the disk keeps it. */
export function nextOp(zab: Zab): DiskOp {
  zab.lastOp = (zab.lastOp + 1) as DiskOp
  return zab.lastOp
}

/** Logs an entry; `flushing` remembers whose ACK it allows. A configuration in it counts from here on (RECONF-2). */
export function appendEntry(zab: Zab, entry: Entry, out: ZabEffect[]): void {
  if (entry.txn.type === 'reconfig') onConfigProposed(zab, entry, out)
  appendToWindow(zab.log, entry)
  const op = nextOp(zab)
  enqueue(zab.flushing, { op, zxid: entry.zxid })
  out.push({ type: 'append', op, entry })
}

export function saveEpoch(zab: Zab, which: 'accepted' | 'current', epoch: number, out: ZabEffect[]): DiskOp {
  const op = nextOp(zab)
  zab.savingEpochs.push({ op, which, epoch })
  out.push({ type: 'saveEpoch', op, which, epoch })
  return op
}

/**
 * BASE-5: gives up the present role. The tree keeps what was committed; the log keeps what was logged. With `designated`
 * there is no election: that server leads.
 */
export function lookAgain(zab: Zab, reason: string, out: ZabEffect[], designated: Sid | null = null): void {
  const role = zab.role
  if (role.state === 'LEADING') {
    for (const link of role.learners.keys()) out.push({ type: 'close', link, reason })
    out.push({ type: 'listen', on: false })
  } else if (role.state !== 'LOOKING') {
    out.push({ type: 'close', link: role.link, reason })
  }
  if (role.state !== 'LOOKING') out.push({ type: 'notServing', reason })
  zab.role = startLooking(designated)
  out.push({ type: 'state', state: 'LOOKING', round: zab.round, reason })
  out.push({ type: 'phase', phase: 'ELECTION', epoch: zab.currentEpoch, leader: null })
}
