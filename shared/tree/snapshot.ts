// Taking a tree apart for a snapshot while it goes on changing, and putting one together again. The bytes are
// the storage's business; replaying the log over a fuzzy snapshot is apply.ts.
// Source: DataTree.serialize and deserialize, storage.md §5 and §6.

import { parentPath } from '../zk/path.ts'
import { isOpenAcl } from './acl.ts'
import { createTree } from './create-tree.ts'
import { type DataTree, type PlainZnode, plainZnode, type Znode, znodeOf } from './data-tree.ts'
import { dropData } from './node-data.ts'
import { digestAll } from './node-digest.ts'
import { indexOwner } from './owner-index.ts'
import { recountQuotas } from './quota.ts'

export interface WalkedNode {
  /** As snapshots write it: the root is `''`. */
  readonly path: string
  /** The live node: write it down before the tree changes again. */
  readonly node: Znode
}

/**
 * All nodes, parents before children. Entries may be applied between two steps. Whatever is created after this
 * call is left out, since the log above `lastProcessedZxid` (as it is now: the snapshot's name) creates it again;
 * so no path comes twice, and the walk ends however fast children come and go.
 */
export function walkTree(tree: DataTree): Generator<WalkedNode, void, undefined> {
  return walkUpTo(tree, tree.lastProcessedZxid)
}

/** A Map's order is that of insertion, and no child is ever inserted before its parent. */
function* walkUpTo(tree: DataTree, zxid: number): Generator<WalkedNode, void, undefined> {
  for (const [path, node] of tree.nodes) {
    if (node.czxid <= zxid) yield { path: path === '/' ? '' : path, node }
  }
}

/** The nodes that were loaded cannot be those of a tree: the snapshot is damaged, and another one is needed. */
export class BrokenTree extends Error {
  override readonly name = 'BrokenTree'
}

/**
 * Puts a node from a snapshot into a tree from createTree, replacing one of that path; finishLoad completes it. Its data
 * is copied if there may be others' beside it.
 */
export function loadNode(tree: DataTree, path: string, plain: PlainZnode): void {
  const key = path === '' ? '/' : path
  const replaced = tree.nodes.get(key)
  if (replaced) dropData(tree.data, replaced)
  const node = znodeOf(tree.data, plain)
  if (node.acl !== null && isOpenAcl(node.acl)) node.acl = null
  tree.nodes.set(key, node)
}

/** A tree of its own, as a snapshot of this one would be loaded: it counts as fuzzy. */
export function copyTree(tree: DataTree): DataTree {
  const copy = createTree()
  copy.nodes.clear()
  for (const [id, timeoutMs] of tree.sessions) copy.sessions.set(id, timeoutMs)
  for (const [path, node] of tree.nodes) loadNode(copy, path, plainZnode(node))
  finishLoad(copy)
  copy.lastProcessedZxid = tree.lastProcessedZxid
  return copy
}

/**
 * Rebuilds everything that follows from the loaded nodes: children, indexes, quota counts and digests. The tree counts
 * as fuzzy from here on: only who made the snapshot could know better.
 * Throws BrokenTree when a node has no parent.
 */
export function finishLoad(tree: DataTree): void {
  for (const node of tree.nodes.values()) node.children = null
  tree.ephemerals.clear()
  tree.ephemeralBytes.clear()
  tree.containers.clear()
  tree.ttls.clear()
  for (const [path, node] of tree.nodes) {
    if (path === '/') continue
    const parent = tree.nodes.get(parentPath(path))
    if (!path.startsWith('/') || !parent)
      throw new BrokenTree(`the snapshot holds ${path} but not its parent: it is damaged, use an older one`)
    parent.children ??= new Set()
    parent.children.add(path)
    indexOwner(tree, path, node.ephemeralOwner)
  }
  recountQuotas(tree)
  tree.digest = digestAll(tree)
  tree.isExact = false
}
