// A znode of the tree: what has to be an object is here, its numbers are in a slot of node-stat.ts, its data is a window
// on memory that it may share with others (node-data.ts). Read and written like a plain object; made by data-tree.ts.

import type { Acl } from '../zk/acl.ts'
import type { SessionId } from '../zk/ids.ts'
import type { Zxid } from '../zk/zxid.ts'
import type { Children } from './children.ts'
import type { DataWindow } from './node-data.ts'
import {
  AVERSION,
  CTIME,
  CVERSION,
  CZXID,
  DATA_AT,
  DATA_LENGTH,
  DIGEST,
  freeSlot,
  INTS,
  LONGS,
  MTIME,
  MZXID,
  PZXID,
  roomyBlock,
  type StatBlock,
  type StatStore,
  takeSlot,
  VERSION,
} from './node-stat.ts'

export class Znode implements DataWindow {
  dataBytes: Uint8Array | null
  /** `null` is world:anyone ALL, as on disk. */
  acl: readonly Acl[] | null
  /** The stored form: a session, 0x8000000000000000 for a container, 0xff…ttl for a TTL node. */
  ephemeralOwner: SessionId
  /** `null` while there were never any. */
  children: Children | null
  /** For those who need many of its numbers at once; everybody else asks by name. */
  readonly block: StatBlock
  readonly slot: number

  /** As just created, without data and digest. */
  constructor(store: StatStore, acl: readonly Acl[] | null, zxid: Zxid, timeMs: number, ephemeralOwner: SessionId) {
    const block = roomyBlock(store)
    const slot = takeSlot(store, block)
    this.dataBytes = null
    this.acl = acl
    this.ephemeralOwner = ephemeralOwner
    this.children = null
    this.block = block
    this.slot = slot
    const { longs, ints } = block
    const long = slot * LONGS
    longs[long + CZXID] = zxid
    longs[long + MZXID] = zxid
    longs[long + PZXID] = zxid
    longs[long + CTIME] = timeMs
    longs[long + MTIME] = timeMs
    const int = slot * INTS
    ints[int + VERSION] = 0
    ints[int + CVERSION] = 0
    ints[int + AVERSION] = 0
    ints[int + DIGEST] = 0
    ints[int + DATA_AT] = 0
    ints[int + DATA_LENGTH] = 0
  }

  /** It is gone and must not be looked at again: its slot is the next znode's. */
  giveUp(store: StatStore): void {
    freeSlot(store, this.block, this.slot)
  }

  get czxid(): Zxid {
    return (this.block.longs[this.slot * LONGS + CZXID] ?? 0) as Zxid
  }
  set czxid(value: Zxid) {
    this.block.longs[this.slot * LONGS + CZXID] = value
  }

  get mzxid(): Zxid {
    return (this.block.longs[this.slot * LONGS + MZXID] ?? 0) as Zxid
  }
  set mzxid(value: Zxid) {
    this.block.longs[this.slot * LONGS + MZXID] = value
  }

  get pzxid(): Zxid {
    return (this.block.longs[this.slot * LONGS + PZXID] ?? 0) as Zxid
  }
  set pzxid(value: Zxid) {
    this.block.longs[this.slot * LONGS + PZXID] = value
  }

  get ctime(): number {
    return this.block.longs[this.slot * LONGS + CTIME] ?? 0
  }
  set ctime(value: number) {
    this.block.longs[this.slot * LONGS + CTIME] = value
  }

  get mtime(): number {
    return this.block.longs[this.slot * LONGS + MTIME] ?? 0
  }
  set mtime(value: number) {
    this.block.longs[this.slot * LONGS + MTIME] = value
  }

  get version(): number {
    return this.block.ints[this.slot * INTS + VERSION] ?? 0
  }
  set version(value: number) {
    this.block.ints[this.slot * INTS + VERSION] = value
  }

  /** The stored form: one more for each child created; clients see 2 × stored − children. */
  get cversion(): number {
    return this.block.ints[this.slot * INTS + CVERSION] ?? 0
  }
  set cversion(value: number) {
    this.block.ints[this.slot * INTS + CVERSION] = value
  }

  get aversion(): number {
    return this.block.ints[this.slot * INTS + AVERSION] ?? 0
  }
  set aversion(value: number) {
    this.block.ints[this.slot * INTS + AVERSION] = value
  }

  /** Its node digest as a signed 32-bit integer; 0 below /zookeeper. Kept by apply. */
  get digest(): number {
    return this.block.ints[this.slot * INTS + DIGEST] ?? 0
  }
  set digest(value: number) {
    this.block.ints[this.slot * INTS + DIGEST] = value
  }

  get dataAt(): number {
    return this.block.ints[this.slot * INTS + DATA_AT] ?? 0
  }
  set dataAt(value: number) {
    this.block.ints[this.slot * INTS + DATA_AT] = value
  }

  get dataLength(): number {
    return this.block.ints[this.slot * INTS + DATA_LENGTH] ?? 0
  }
  set dataLength(value: number) {
    this.block.ints[this.slot * INTS + DATA_LENGTH] = value
  }
}
