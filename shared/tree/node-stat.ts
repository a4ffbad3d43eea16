// Where the numbers of znodes lie: zxids, times, versions and the like, packed into arrays of numbers, a slot for each
// znode. As properties they cost each znode 130 bytes and five objects more, which V8 has to mark one by one whenever
// it looks for garbage. Who has a slot reads and writes it by itself: Znode in data-tree.ts.

/** A thousand slots. What lies in a free one means nothing. */
export interface StatBlock {
  /** LONGS for each slot. */
  readonly longs: Float64Array
  /** INTS for each slot. */
  readonly ints: Int32Array
  /** So many slots were ever taken; those of them that are free again. */
  used: number
  readonly free: number[]
}

export interface StatStore {
  /** The blocks with a free slot; the last one is filled first. The others are kept by their znodes alone. */
  readonly withRoom: StatBlock[]
}

/** What a slot holds, in this order: longs, which are zxids and times … */
export const LONGS = 5
export const CZXID = 0
export const MZXID = 1
export const PZXID = 2
export const CTIME = 3
export const MTIME = 4
/** … and ints. */
export const INTS = 6
export const VERSION = 0
export const CVERSION = 1
export const AVERSION = 2
export const DIGEST = 3
export const DATA_AT = 4
export const DATA_LENGTH = 5
const SLOTS = 1000

export function createStatStore(): StatStore {
  return { withRoom: [] }
}

/** A block with a free slot: ask it with `takeSlot` before anything else happens to the store. */
export function roomyBlock({ withRoom }: StatStore): StatBlock {
  const open = withRoom[withRoom.length - 1]
  if (open !== undefined) return open
  const block = { longs: new Float64Array(SLOTS * LONGS), ints: new Int32Array(SLOTS * INTS), used: 0, free: [] }
  withRoom.push(block)
  return block
}

/** A slot of what `roomyBlock` has given. */
export function takeSlot(store: StatStore, block: StatBlock): number {
  const again = block.free.pop()
  const slot = again ?? block.used
  if (again === undefined) block.used += 1
  if (!hasRoom(block)) store.withRoom.pop()
  return slot
}

/** A block without any znode is let go, unless it is the only one with room. */
export function freeSlot({ withRoom }: StatStore, block: StatBlock, slot: number): void {
  if (!hasRoom(block)) withRoom.push(block)
  block.free.push(slot)
  if (block.free.length === block.used && withRoom.length > 1) withRoom.splice(withRoom.indexOf(block), 1)
}

function hasRoom(block: StatBlock): boolean {
  return block.used < SLOTS || block.free.length > 0
}
