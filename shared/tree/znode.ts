// A znode of the tree: what has to be an object is here, its numbers are in a slot of node-stat.ts, its data is a window
// on memory that it may share with others (node-data.ts). Read and written like a plain object; made by data-tree.ts.

import type { Acl } from '../zk/acl.ts'
import type { SessionId } from '../zk/ids.ts'
import type { Zxid } from '../zk/zxid.ts'
import type { DataWindow } from './node-data.ts'
import { freeSlot, INTS, LONGS, roomyBlock, type StatBlock, type StatStore, takeSlot } from './node-stat.ts'

export class Znode implements DataWindow {
  dataBytes: Uint8Array | null
  /** `null` is world:anyone ALL, as on disk. */
  acl: readonly Acl[] | null
  /** The stored form: a session, 0x8000000000000000 for a container, 0xff…ttl for a TTL node. */
  ephemeralOwner: SessionId
  /** Paths of children, whole, since each is in memory already; `null` while there were never any. */
  children: Set<string> | null
  /** Not private in JavaScript's way: that costs each access a look at the class. */
  private readonly statBlock: StatBlock
  private readonly statSlot: number

  /** Without data; its numbers are whatever was in the slot. */
  constructor(store: StatStore, acl: readonly Acl[] | null, ephemeralOwner: SessionId) {
    const block = roomyBlock(store)
    this.dataBytes = null
    this.acl = acl
    this.ephemeralOwner = ephemeralOwner
    this.children = null
    this.statBlock = block
    this.statSlot = takeSlot(store, block)
  }

  /** It is gone and must not be looked at again: its slot is the next znode's. */
  giveUp(store: StatStore): void {
    freeSlot(store, this.statBlock, this.statSlot)
  }

  get czxid(): Zxid {
    return (this.statBlock.longs[this.statSlot * LONGS] ?? 0) as Zxid
  }
  set czxid(value: Zxid) {
    this.statBlock.longs[this.statSlot * LONGS] = value
  }

  get mzxid(): Zxid {
    return (this.statBlock.longs[this.statSlot * LONGS + 1] ?? 0) as Zxid
  }
  set mzxid(value: Zxid) {
    this.statBlock.longs[this.statSlot * LONGS + 1] = value
  }

  get pzxid(): Zxid {
    return (this.statBlock.longs[this.statSlot * LONGS + 2] ?? 0) as Zxid
  }
  set pzxid(value: Zxid) {
    this.statBlock.longs[this.statSlot * LONGS + 2] = value
  }

  get ctime(): number {
    return this.statBlock.longs[this.statSlot * LONGS + 3] ?? 0
  }
  set ctime(value: number) {
    this.statBlock.longs[this.statSlot * LONGS + 3] = value
  }

  get mtime(): number {
    return this.statBlock.longs[this.statSlot * LONGS + 4] ?? 0
  }
  set mtime(value: number) {
    this.statBlock.longs[this.statSlot * LONGS + 4] = value
  }

  get version(): number {
    return this.statBlock.ints[this.statSlot * INTS] ?? 0
  }
  set version(value: number) {
    this.statBlock.ints[this.statSlot * INTS] = value
  }

  /** The stored form: one more for each child created; clients see 2 × stored − children. */
  get cversion(): number {
    return this.statBlock.ints[this.statSlot * INTS + 1] ?? 0
  }
  set cversion(value: number) {
    this.statBlock.ints[this.statSlot * INTS + 1] = value
  }

  get aversion(): number {
    return this.statBlock.ints[this.statSlot * INTS + 2] ?? 0
  }
  set aversion(value: number) {
    this.statBlock.ints[this.statSlot * INTS + 2] = value
  }

  /** Its node digest as a signed 32-bit integer; 0 below /zookeeper. Kept by apply. */
  get digest(): number {
    return this.statBlock.ints[this.statSlot * INTS + 3] ?? 0
  }
  set digest(value: number) {
    this.statBlock.ints[this.statSlot * INTS + 3] = value
  }

  get dataAt(): number {
    return this.statBlock.ints[this.statSlot * INTS + 4] ?? 0
  }
  set dataAt(value: number) {
    this.statBlock.ints[this.statSlot * INTS + 4] = value
  }

  get dataLength(): number {
    return this.statBlock.ints[this.statSlot * INTS + 5] ?? 0
  }
  set dataLength(value: number) {
    this.statBlock.ints[this.statSlot * INTS + 5] = value
  }
}
