// What a queue's items look like in each layout: names, their order, and Curator's framing of what is in them.
// Source: DistributedQueue and ItemSerializer (measured with 5.4.0), DistributedQueue of zookeeper-recipes, kazoo's
// queue.py; locks-and-recipes.md §2.1–2.3.

import { joinPath } from '#shared/zk/path.ts'
import { badArguments } from '../errors.ts'

/**
 * curator: DistributedQueue, `queue-<sequence>`, framed; simple: SimpleDistributedQueue and ZooKeeper's own, `qn-<sequence>`;
 * kazoo: Queue, `entry-<priority>-<sequence>`; kazoo-locking: LockingQueue, the same below `entries` and claims below `taken`.
 */
export type QueueLayout = 'curator' | 'simple' | 'kazoo' | 'kazoo-locking'

export interface QueuePlan {
  /** Where the items are. */
  readonly items: string
  /** Where claims are; null: this layout has no place of its own for them. */
  readonly claims: string | null
  readonly prefix: string
}

export function planOf(path: string, layout: QueueLayout): QueuePlan {
  switch (layout) {
    case 'curator':
      return { items: path, claims: null, prefix: 'queue-' }
    case 'simple':
      return { items: path, claims: null, prefix: 'qn-' }
    case 'kazoo':
      return { items: path, claims: null, prefix: 'entry-' }
    case 'kazoo-locking':
      return { items: joinPath(path, 'entries'), claims: joinPath(path, 'taken'), prefix: 'entry-' }
  }
}

export const PRIORITY_MAX = 999
/** What kazoo gives an item without one. */
const PRIORITY_DEFAULT = 100

/** What an item is called up to its sequence number. Priorities are kazoo's; a lower one is taken first. */
export function itemPrefix(plan: QueuePlan, priority: number | undefined, path: string): string {
  if (plan.prefix !== 'entry-') {
    if (priority !== undefined) throw badArguments("only kazoo's queues have priorities", path)
    return plan.prefix
  }
  const given = priority ?? PRIORITY_DEFAULT
  if (!Number.isInteger(given) || given < 0 || given > PRIORITY_MAX)
    throw badArguments(`a priority is a whole number from 0 to ${PRIORITY_MAX}`, path)
  return `${plan.prefix}${String(given).padStart(3, '0')}-`
}

/** The items among the children, the next one first. */
export function sortItems(names: readonly string[], plan: QueuePlan): string[] {
  return names.filter((name) => name.startsWith(plan.prefix)).sort()
}

const VERSION = 0x0001_0001
const ITEM = 1
const END = 2
const HEADER_BYTES = 4
const ITEM_HEADER_BYTES = 5

/** One node of Curator's DistributedQueue may hold several items. */
export function frameItems(items: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + items.reduce((sum, item) => sum + ITEM_HEADER_BYTES + item.length, 0) + 1)
  const view = new DataView(bytes.buffer)
  view.setInt32(0, VERSION)
  let at = HEADER_BYTES
  for (const item of items) {
    view.setUint8(at, ITEM)
    view.setInt32(at + 1, item.length)
    bytes.set(item, at + ITEM_HEADER_BYTES)
    at += ITEM_HEADER_BYTES + item.length
  }
  view.setUint8(at, END)
  return bytes
}

/** Null when it is not what Curator writes: cut short, longer than it says, or of another version. */
export function unframeItems(bytes: Uint8Array): Uint8Array[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < HEADER_BYTES || view.getInt32(0) !== VERSION) return null
  const items: Uint8Array[] = []
  let at = HEADER_BYTES
  while (at < bytes.length) {
    const opcode = view.getUint8(at)
    if (opcode === END) return items
    if (opcode !== ITEM || at + ITEM_HEADER_BYTES > bytes.length) return null
    const length = view.getInt32(at + 1)
    at += ITEM_HEADER_BYTES
    if (length < 0 || at + length > bytes.length) return null
    items.push(bytes.slice(at, at + length))
    at += length
  }
  return null
}
