// Taking a tree apart for a snapshot while it goes on changing, and putting one together again. The bytes are
// the storage's business; replaying the log over a fuzzy snapshot is apply.ts.
// Source: DataTree.serialize and deserialize, storage.md §5 and §6.

import { parentPath } from '../zk/path.ts'
import { isOpenAcl } from './acl.ts'
import { Children } from './children.ts'
import { createTree } from './create-tree.ts'
import {
  type DataTree,
  dropZnode,
  type NodeRecord,
  type PlainZnode,
  plainZnode,
  znodeFrom,
  znodeOf,
} from './data-tree.ts'
import { addToDigest, digestAll, nodeDigest } from './node-digest.ts'
import { indexOwner } from './owner-index.ts'
import { recountQuotas } from './quota.ts'
import type { Znode } from './znode.ts'

const DIGEST_LOW_MAX = 2 ** 52

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
  if (replaced) dropZnode(tree.data, replaced)
  tree.nodes.set(key, withPlainAcl(znodeOf(tree.data, plain)))
}

function withPlainAcl(node: Znode): Znode {
  if (node.acl !== null && isOpenAcl(node.acl)) node.acl = null
  return node
}

/**
 * The same for very many nodes: what finishLoad does is done on the way, while a node is still in the processor's cache,
 * and no event loop has to wait for all of it at the end.
 */
export class TreeLoader {
  readonly tree: DataTree
  /** The parent of the last one: most often that of the next. */
  #parentPath = '/'
  #parent: Znode | null = null
  /** False once a node came before its parent, or twice. */
  #inOrder = true
  #digest = 0n
  /** What is still to be added to it: a double holds a million of them exactly. */
  #digestLow = 0

  constructor() {
    this.tree = createTree()
    // In the order of the snapshot, so that writing it again gives the same bytes.
    this.tree.nodes.clear()
  }

  /** `path` as snapshots write it. The record is the caller's, to be used again. */
  add(path: string, record: NodeRecord): void {
    const { nodes } = this.tree
    const key = path === '' ? '/' : path
    const node = withPlainAcl(znodeFrom(this.tree.data, record))
    const before = nodes.size
    nodes.set(key, node)
    const parent = key === '/' ? null : this.#parentOf(key)
    if (!this.#inOrder || nodes.size === before || parent === undefined) {
      this.#inOrder = false
      return
    }
    if (parent !== null) {
      parent.children ??= new Children()
      parent.children.add(key)
    }
    indexOwner(this.tree, key, node.ephemeralOwner)
    node.digest = nodeDigest(key, node) | 0
    this.#digestLow += node.digest >>> 0
    if (this.#digestLow >= DIGEST_LOW_MAX) this.#carry()
  }

  /** The tree, complete. Throws BrokenTree when a node has no parent. */
  finish(): DataTree {
    const { tree } = this
    if (this.#inOrder) {
      this.#carry()
      recountQuotas(tree)
      tree.digest = this.#digest
      tree.isExact = false
    } else {
      finishLoad(tree)
    }
    return tree
  }

  #carry(): void {
    this.#digest = addToDigest(this.#digest, this.#digestLow)
    this.#digestLow = 0
  }

  #parentOf(path: string): Znode | undefined {
    const length = this.#parentPath.length
    if (this.#parent === null || path.lastIndexOf('/') !== length || !path.startsWith(this.#parentPath)) {
      const above = parentPath(path)
      const parent = path.startsWith('/') ? this.tree.nodes.get(above) : undefined
      if (parent === undefined) return undefined
      this.#parentPath = above
      this.#parent = parent
    }
    return this.#parent
  }
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
    parent.children ??= new Children()
    parent.children.add(path)
    indexOwner(tree, path, node.ephemeralOwner)
  }
  recountQuotas(tree)
  tree.digest = digestAll(tree)
  tree.isExact = false
}
