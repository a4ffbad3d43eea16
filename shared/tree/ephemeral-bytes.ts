// How long the closeSession txn of a session would be: it lists all its ephemerals, and one that is longer than
// a message may be could neither be sent nor read back from the log (S-10, ZOOKEEPER-4306). So the create that
// would make it so is refused. ZooKeeper has no such check, nor an error code for it; QUOTAEXCEEDED is the
// nearest that clients know.

import { utf8Length } from '../base/text.ts'
import type { SessionId } from '../zk/ids.ts'
import type { DataTree } from './data-tree.ts'
import type { TreeOptions } from './options.ts'
import type { Pending } from './pending.ts'

/** TxnHeader, the length of the list, TxnDigest. */
const CLOSE_SESSION_BYTES = 32 + 4 + 12
const LENGTH_BYTES = 4

/** What one ephemeral adds. */
export function listedBytes(path: string): number {
  return LENGTH_BYTES + utf8Length(path)
}

/** Adds to, or takes away from, what a session's ephemerals come to. */
export function countListed(bytes: Map<SessionId, number>, session: SessionId, change: number): void {
  const sum = (bytes.get(session) ?? 0) + change
  if (sum === 0) bytes.delete(session)
  else bytes.set(session, sum)
}

/**
 * Whether the session can own one more. Ephemerals that are being created count, those that are being deleted do so until
 * they are gone.
 */
export function canOwn(
  tree: DataTree,
  pending: Pending,
  session: SessionId,
  path: string,
  options: TreeOptions,
): boolean {
  const listed = (tree.ephemeralBytes.get(session) ?? 0) + (pending.ephemeralBytes.get(session) ?? 0)
  return CLOSE_SESSION_BYTES + listed + listedBytes(path) <= options.messageBytesMax
}
