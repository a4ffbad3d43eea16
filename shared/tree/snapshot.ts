// Taking a tree apart for a snapshot while it goes on changing, and putting one together again. The bytes are
// the storage's business; replaying the log over a fuzzy snapshot is apply.ts.
// Source: DataTree.serialize and deserialize, storage.md §5 and §6.

import { err, ok, type Result } from '../base/result.ts'
import { baseName, joinPath, parentPath } from '../zk/path.ts'
import type { DataTree, Znode } from './data-tree.ts'
import { treeDigest } from './node-digest.ts'
import { indexOwner } from './owner-index.ts'
import { recountQuotas } from './quota.ts'

export interface WalkedNode {
  /** As snapshots write it: the root is `''`. */
  readonly path: string
  /** The live node: write it down before the tree changes again. */
  readonly node: Znode
}

/**
 * All nodes, depth first, parents before children. Entries may be applied between two steps. Whatever is created
 * after this call is left out, since the log above `lastProcessedZxid` (as it is now: the snapshot's name) creates
 * it again; so no path comes twice, and the walk ends however fast children come and go.
 */
export function walkTree(tree: DataTree): Generator<WalkedNode, void, undefined> {
  return walkUpTo(tree, tree.lastProcessedZxid)
}

function* walkUpTo(tree: DataTree, zxid: number): Generator<WalkedNode, void, undefined> {
  const root = tree.nodes.get('/')
  if (!root) return
  yield { path: '', node: root }
  // A Set's iterator goes on past additions and deletions: no list of a million names has to be copied first.
  const open = [{ path: '/', names: (root.children ?? new Set<string>()).values() }]
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const next = top.names.next()
    if (next.done) {
      open.pop()
      continue
    }
    const path = joinPath(top.path, next.value)
    const node = tree.nodes.get(path)
    if (!node || node.czxid > zxid) continue
    yield { path, node }
    if (node.children !== null && node.children.size > 0) open.push({ path, names: node.children.values() })
  }
}

/** Puts a node from a snapshot into a tree from createTree, replacing one of that path; finishLoad completes it. */
export function loadNode(tree: DataTree, path: string, node: Znode): void {
  tree.nodes.set(path === '' ? '/' : path, node)
}

/**
 * Rebuilds everything that follows from the loaded nodes: children, indexes, quota counts and the digest. The
 * error says which node cannot belong to a tree; such a snapshot must not be used.
 */
export function finishLoad(tree: DataTree): Result<null, string> {
  for (const node of tree.nodes.values()) node.children = null
  tree.ephemerals.clear()
  tree.containers.clear()
  tree.ttls.clear()
  for (const [path, node] of tree.nodes) {
    if (path === '/') continue
    const parent = tree.nodes.get(parentPath(path))
    if (!path.startsWith('/') || !parent)
      return err(`the snapshot holds ${path} but not its parent: it is damaged, use an older one`)
    parent.children ??= new Set()
    parent.children.add(baseName(path))
    indexOwner(tree, path, node.ephemeralOwner)
  }
  recountQuotas(tree)
  tree.digest = treeDigest(tree)
  return ok(null)
}
