// Preparing closeSession: the leader lists the ephemerals that go with it, so that every server deletes the
// same ones. Expiring sessions is the peer's. Source: PrepRequestProcessor, watches-sessions.md §7.5.

import { parentPath } from '../zk/path.ts'
import type { CloseSessionTxn } from '../zk/txn.ts'
import { ephemeralsOf, look } from './pending.ts'
import type { Preparation } from './preparation.ts'
import { removeNode } from './prepare-node.ts'

/** Closing twice is harmless: the second one has nothing left to delete. */
export function prepareCloseSession(p: Preparation): CloseSessionTxn {
  const { tree, pending, ctx } = p
  const paths = ephemeralsOf(tree, pending, ctx.sessionId)
  for (const path of paths) {
    const parent = look(tree, pending, parentPath(path))
    const node = look(tree, pending, path)
    if (parent && node) removeNode(p, parentPath(path), parent, path, node)
  }
  if (!pending.closing.has(ctx.sessionId)) pending.closing.set(ctx.sessionId, ctx.zxid)
  return { type: 'closeSession', paths }
}
