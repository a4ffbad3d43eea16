// The Stat that clients see (68 bytes on the wire). Source: zookeeper.jute, client-protocol.md §7.

import type { SessionId } from './ids.ts'
import type { Zxid } from './zxid.ts'

export interface Stat {
  readonly czxid: Zxid
  readonly mzxid: Zxid
  /** Milliseconds since 1970, by the leader's wall clock. */
  readonly ctime: number
  readonly mtime: number
  readonly version: number
  /** Children created plus children deleted. */
  readonly cversion: number
  readonly aversion: number
  /** The owning session of an ephemeral, else 0n. */
  readonly ephemeralOwner: SessionId
  /** Bytes. */
  readonly dataLength: number
  readonly numChildren: number
  readonly pzxid: Zxid
}
