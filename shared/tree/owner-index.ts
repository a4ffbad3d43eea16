// The tree's indexes by owner: ephemerals of a session, containers, TTL nodes.

import type { SessionId } from '../zk/ids.ts'
import type { DataTree } from './data-tree.ts'
import { countListed, listedBytes } from './ephemeral-bytes.ts'
import { kindOfOwner } from './owner.ts'

/** To be called once for a node that is new in the tree. */
export function indexOwner(tree: DataTree, path: string, owner: SessionId): void {
  const kind = kindOfOwner(owner)
  if (kind === 'persistent') return
  if (kind === 'container') tree.containers.add(path)
  else if (kind === 'ttl') tree.ttls.add(path)
  else {
    const paths = tree.ephemerals.get(owner)
    if (paths) paths.add(path)
    else tree.ephemerals.set(owner, new Set([path]))
    countListed(tree.ephemeralBytes, owner, listedBytes(path))
  }
}

export function unindexOwner(tree: DataTree, path: string, owner: SessionId): void {
  const kind = kindOfOwner(owner)
  if (kind === 'persistent') return
  if (kind === 'container') tree.containers.delete(path)
  else if (kind === 'ttl') tree.ttls.delete(path)
  else {
    const paths = tree.ephemerals.get(owner)
    if (paths?.delete(path)) countListed(tree.ephemeralBytes, owner, -listedBytes(path))
    if (paths?.size === 0) tree.ephemerals.delete(owner)
  }
}
