// The replicated state: znodes and sessions, as plain data. prepare.ts turns requests into txns, apply.ts
// changes this by txns, read.ts answers reads. Source: DataTree and DataNode of ZooKeeper 3.8.

import type { Acl } from '../zk/acl.ts'
import type { SessionId } from '../zk/ids.ts'
import { NO_SESSION } from '../zk/ids.ts'
import { ZERO_ZXID, type Zxid } from '../zk/zxid.ts'
import { copyData, type DataStore, type DataWindow, dataOf, dropData, putData, windowOn } from './node-data.ts'
import { Znode } from './znode.ts'

export interface DataTree {
  /** By full path, the root under `/`. */
  readonly nodes: Map<string, Znode>
  readonly data: DataStore
  /** Sessions known to the ensemble, with their timeouts in milliseconds. */
  readonly sessions: Map<SessionId, number>
  /** Paths of ephemerals by owner. */
  readonly ephemerals: Map<SessionId, Set<string>>
  /** How long those lists are in a closeSession txn. */
  readonly ephemeralBytes: Map<SessionId, number>
  /** Container nodes and TTL nodes: the reaper's candidates. */
  readonly containers: Set<string>
  readonly ttls: Set<string>
  /** The last txn applied completely. */
  lastProcessedZxid: Zxid
  /** Sum of all node digests modulo 2^64 (storage.md §3), kept up to date by apply. */
  digest: bigint
  /**
   * False behind a fuzzy snapshot, which holds effects of txns still to be replayed: its digests mean nothing until
   * one agrees with a txn's. From then on none may differ (T-10).
   */
  isExact: boolean
}

export const CONTAINER_OWNER = 0x8000000000000000n as SessionId
export const TTL_OWNER_PREFIX = 0xff00000000000000n
/** TTLs use the low 40 bits of the owner. */
export const TTL_MS_MAX = 2 ** 40 - 1

/** What a snapshot says of one, and what may be kept of it when it has gone. */
export interface PlainZnode extends NodeStat {
  readonly data: Uint8Array | null
}

/** The same, where its data is part of something else, which may change. */
export interface NodeRecord extends NodeStat, DataWindow {}

interface NodeStat {
  readonly acl: readonly Acl[] | null
  readonly czxid: Zxid
  readonly mzxid: Zxid
  readonly pzxid: Zxid
  readonly ctime: number
  readonly mtime: number
  readonly version: number
  readonly cversion: number
  readonly aversion: number
  readonly ephemeralOwner: SessionId
}

/** A znode as it is now. */
export function plainZnode(node: Znode): PlainZnode {
  const { acl, czxid, mzxid, pzxid, ctime, mtime, version, cversion, aversion, ephemeralOwner } = node
  return { data: dataOf(node), acl, czxid, mzxid, pzxid, ctime, mtime, version, cversion, aversion, ephemeralOwner }
}

/** As just created, without a digest. */
export function newZnode(
  store: DataStore,
  data: Uint8Array | null,
  acl: readonly Acl[] | null,
  zxid: Zxid,
  timeMs: number,
  ephemeralOwner: SessionId,
): Znode {
  const node = new Znode(store.stats, acl, zxid, timeMs, ephemeralOwner)
  putData(store, node, data)
  return node
}

/** Its data and its numbers give way: nobody may look at it again. */
export function dropZnode(store: DataStore, node: Znode): void {
  dropData(store, node)
  node.giveUp(store.stats)
}

/** As described; without children or a digest. */
export function znodeOf(store: DataStore, plain: PlainZnode): Znode {
  const node = statOnly(store, plain)
  putData(store, node, plain.data)
  return node
}

/** The same, with a copy of its data. */
export function znodeFrom(store: DataStore, record: NodeRecord): Znode {
  const node = statOnly(store, record)
  copyData(store, node, record)
  return node
}

function statOnly(store: DataStore, stat: NodeStat): Znode {
  const node = new Znode(store.stats, stat.acl, stat.czxid, stat.ctime, stat.ephemeralOwner)
  node.mzxid = stat.mzxid
  node.pzxid = stat.pzxid
  node.mtime = stat.mtime
  node.version = stat.version
  node.cversion = stat.cversion
  node.aversion = stat.aversion
  return node
}

export function recordOf(plain: PlainZnode): NodeRecord {
  const { acl, czxid, mzxid, pzxid, ctime, mtime, version, cversion, aversion, ephemeralOwner } = plain
  const stat = { acl, czxid, mzxid, pzxid, ctime, mtime, version, cversion, aversion, ephemeralOwner }
  return { ...windowOn(plain.data), ...stat }
}

export function emptyZnode(): PlainZnode {
  return {
    data: new Uint8Array(0),
    acl: null,
    czxid: ZERO_ZXID,
    mzxid: ZERO_ZXID,
    pzxid: ZERO_ZXID,
    ctime: 0,
    mtime: 0,
    version: 0,
    cversion: 0,
    aversion: 0,
    ephemeralOwner: NO_SESSION,
  }
}
