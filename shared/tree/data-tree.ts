// The replicated state: znodes and sessions, as plain data. prepare.ts turns requests into txns, apply.ts
// changes this by txns, read.ts answers reads. Source: DataTree and DataNode of ZooKeeper 3.8.

import type { Acl } from '../zk/acl.ts'
import type { SessionId } from '../zk/ids.ts'
import { NO_SESSION } from '../zk/ids.ts'
import { ZERO_ZXID, type Zxid } from '../zk/zxid.ts'

export interface Znode {
  data: Uint8Array | null
  /** `null` is world:anyone ALL, as on disk. */
  acl: readonly Acl[] | null
  czxid: Zxid
  mzxid: Zxid
  pzxid: Zxid
  ctime: number
  mtime: number
  version: number
  /** The stored form: one more for each child created; clients see 2 × stored − children. */
  cversion: number
  aversion: number
  /** The stored form: a session, 0x8000000000000000 for a container, 0xff…ttl for a TTL node. */
  ephemeralOwner: SessionId
  /** Names of children; `null` while there were never any. */
  children: Set<string> | null
  /** Its node digest as a signed 32-bit integer, which V8 keeps in place; 0 below /zookeeper. Kept by apply. */
  digest: number
}

export interface DataTree {
  /** By full path, the root under `/`. */
  readonly nodes: Map<string, Znode>
  /** Sessions known to the ensemble, with their timeouts in milliseconds. */
  readonly sessions: Map<SessionId, number>
  /** Paths of ephemerals by owner. */
  readonly ephemerals: Map<SessionId, Set<string>>
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

export function emptyZnode(): Znode {
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
    children: null,
    digest: 0,
  }
}
