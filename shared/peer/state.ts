// The peer's state: the core, the tree and the clients of one server, as plain data. What is replicated
// lives in `tree` and `zab`; everything else dies with a connection, a role or the process.

import { createQueue, type Queue } from '../base/queue.ts'
import { tryUtf8Decode } from '../base/text.ts'
import { CONFIG_PATH, createTree } from '../tree/create-tree.ts'
import type { DataTree } from '../tree/data-tree.ts'
import { dataOf } from '../tree/node-data.ts'
import { DEFAULT_TREE_OPTIONS, type TreeOptions } from '../tree/options.ts'
import { createPending, type Pending } from '../tree/pending.ts'
import { REAP_INTERVAL_MS } from '../tree/reaper.ts'
import type { SessionTracker } from '../tree/sessions.ts'
import { createWatches, type Watches } from '../tree/watch-table.ts'
import type { LinkId } from '../zab/contract.ts'
import { createZab, type Zab } from '../zab/state.ts'
import type { AuthId } from '../zk/acl.ts'
import { parseQuorumConfig } from '../zk/config-text.ts'
import type { ErrorCode } from '../zk/errors.ts'
import { NO_SESSION, type SessionId } from '../zk/ids.ts'
import type { QuorumConfig } from '../zk/quorum-config.ts'
import type { ClientRequest } from '../zk/request.ts'
import { ZERO_ZXID, type Zxid } from '../zk/zxid.ts'
import type { ConnId, PeerConfig, Recovered } from './contract.ts'

/** A request that waits for its turn: replies leave in the order in which requests came (S-3). */
export interface Waiting {
  readonly xid: number
  readonly request: ClientRequest
  /** A write waits for its commit, a sync for the leader's word; a read only for those before it. */
  readonly kind: 'write' | 'sync' | 'read'
  /** For a sync: it may be answered. */
  ready: boolean
  /** Answered with this alone: a request that goes no further than this server. */
  readonly answer?: ErrorCode
}

export interface Conn {
  readonly id: ConnId
  sessionId: SessionId
  timeoutMs: number
  /** False until the session is created or revalidated; nothing is read from it before. */
  established: boolean
  /** Replaced, never changed: what was forwarded or submitted keeps the list that it was given. */
  auth: readonly AuthId[]
  readonly waiting: Queue<Waiting>
  /** At a follower: the round of touches that it is in already. */
  touchRound: number
}

export interface AskedSync {
  readonly conn: ConnId
  readonly waiting: Waiting
}

/** What only the server that leads keeps. */
export interface Leadership {
  readonly tracker: SessionTracker
  readonly pending: Pending
  lastTickMs: number
  nextReapMs: number
  /** Own clients' syncs that the core has been asked for; answers come in the same order. */
  readonly syncs: Queue<AskedSync>
}

/** What a server keeps that follows: its dealings with the leader. */
export interface Followership {
  readonly link: LinkId
  /** Sessions heard from since the last ping, with their timeouts; which round of them this is. */
  readonly touches: Map<SessionId, number>
  touchRound: number
  /** Connections that wait for the leader to confirm their session. */
  readonly revalidating: Map<SessionId, ConnId>
  /** SYNCs sent to the leader; answers come in the same order. */
  readonly syncs: Queue<AskedSync>
}

export interface Peer {
  readonly config: PeerConfig
  readonly options: TreeOptions
  readonly zab: Zab
  tree: DataTree
  /** A snapshot stream that has been read whole, until NEWLEADER makes it ours. */
  received: DataTree | null
  /** What replies show: the last applied zxid, or the start of the epoch when nothing has happened in it. */
  zxid: Zxid
  readonly watches: Watches<ConnId>
  readonly conns: Map<ConnId, Conn>
  readonly bySession: Map<SessionId, Conn>
  /** Serving clients, as whom; null otherwise. */
  leadership: Leadership | null
  followership: Followership | null
  /** Sessions of this server alone, null when there can be none; see local-sessions.ts. */
  local: SessionTracker | null
  /** Serving reads without a leader, and since when there has been none; see read-only.ts. */
  readOnly: boolean
  lookingSinceMs: number | null
  /** The tree has left the leader's [T-10]: nothing is done any more. */
  diverged: boolean
  nextSessionId: SessionId
  nowMs: number
  wallMs: number
}

export function createPeer(config: PeerConfig, recovered: Recovered): Peer {
  return {
    config,
    options: config.tree ?? DEFAULT_TREE_OPTIONS,
    zab: createZab(config, { ...recovered, lastSeen: recovered.lastSeen ?? configIn(recovered.tree) }),
    tree: recovered.tree,
    received: null,
    zxid: recovered.tree.lastProcessedZxid,
    watches: createWatches<ConnId>(),
    conns: new Map(),
    bySession: new Map(),
    leadership: null,
    followership: null,
    local: null,
    readOnly: false,
    lookingSinceMs: null,
    diverged: false,
    nextSessionId: firstSessionId(config),
    nowMs: 0,
    wallMs: 0,
  }
}

/** The configuration in a tree, null when it shows none that can be read. */
export function configIn(tree: DataTree): QuorumConfig | null {
  const node = tree.nodes.get(CONFIG_PATH)
  const data = node ? dataOf(node) : null
  const text = data ? tryUtf8Decode(data) : null
  const config = text ? parseQuorumConfig(text) : null
  return config?.ok ? config.value : null
}

/** A peer without a history, for a disk that holds none. */
export function freshRecovered(): Recovered {
  return {
    acceptedEpoch: 0,
    currentEpoch: 0,
    lastZxid: ZERO_ZXID,
    recent: [],
    recentAfter: ZERO_ZXID,
    tree: createTree(),
  }
}

/** Server id in the high byte, then 40 bits of the clock at start. Source: SessionTrackerImpl.initializeNextSessionId. */
function firstSessionId(config: PeerConfig): SessionId {
  const millis = BigInt.asUintN(64, BigInt(Math.floor(config.sessionIdSeedMs)) << 24n) >> 8n
  const id = BigInt.asUintN(64, (BigInt(config.sid) << 56n) | millis)
  return (id === 0x8000000000000000n ? id + 1n : id) as SessionId
}

export function takeSessionId(peer: Peer): SessionId {
  const id = peer.nextSessionId
  peer.nextSessionId = BigInt.asUintN(64, id + 1n) as SessionId
  return id === NO_SESSION ? takeSessionId(peer) : id
}

export function isServing(peer: Peer): boolean {
  return peer.leadership !== null || peer.followership !== null || peer.readOnly
}

export function newLeadership(tracker: SessionTracker, nowMs: number, reapIntervalMs = REAP_INTERVAL_MS): Leadership {
  return {
    tracker,
    pending: createPending(),
    lastTickMs: nowMs,
    nextReapMs: nowMs + reapIntervalMs,
    syncs: createQueue(),
  }
}

export function newFollowership(link: LinkId): Followership {
  return { link, touches: new Map(), touchRound: 1, revalidating: new Map(), syncs: createQueue() }
}
