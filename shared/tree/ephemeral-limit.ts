// How many ephemerals one session may own. The txn that ends it names them all, and must itself fit into a packet and
// a log record: one that does not could be neither applied nor replayed, by any server (S-10, R-4306). ZooKeeper 3.8 has
// no such bound, and breaks; so the create that would go too far is refused while everything still works.

import type { SessionId } from '../zk/ids.ts'
import type { DataTree } from './data-tree.ts'
import type { Pending } from './pending.ts'

/** Half of jute.maxbuffer's default: the other half is for what else is in the packet, now and later. */
export const EPHEMERAL_BYTES_MAX = 512 * 1024

/** What a path takes in a closeSession: its length and its UTF-8. */
export function bytesInClose(path: string): number {
  let bytes = 4 + path.length
  for (let i = 0; i < path.length; i += 1) {
    const unit = path.charCodeAt(i)
    if (unit < 0x80) continue
    // Each half of a surrogate pair stands for two of its four bytes.
    bytes += unit < 0x800 || (unit & 0xf800) === 0xd800 ? 1 : 2
  }
  return bytes
}

/** Whether `session` would own too much with `path`. What is being deleted counts until it is gone. */
export function isTooMuchToClose(tree: DataTree, pending: Pending, session: SessionId, path: string): boolean {
  let bytes = (tree.ephemeralBytes.get(session) ?? 0) + bytesInClose(path)
  for (const coming of pending.ephemerals.get(session) ?? []) bytes += bytesInClose(coming)
  return bytes > EPHEMERAL_BYTES_MAX
}
