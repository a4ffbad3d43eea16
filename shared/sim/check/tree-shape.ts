// What is true of any tree, whatever its history: parents, children, ephemerals, versions, the kept digest. It
// visits every znode, so it is asked at restarts and now and then. Rules T-4 and T-5.

import type { DataTree } from '../../tree/data-tree.ts'
import { treeDigest } from '../../tree/node-digest.ts'
import { kindOfOwner } from '../../tree/owner.ts'
import type { Znode } from '../../tree/znode.ts'
import { parentPath } from '../../zk/path.ts'
import type { Ghost } from './ghost.ts'
import { z } from './intern.ts'

/** `where` begins the sentence: whose tree, and when. */
export function checkShape(ghost: Ghost, where: string, tree: DataTree): void {
  let children = 0
  for (const [path, node] of tree.nodes) {
    children += node.children?.size ?? 0
    checkStat(ghost, where, path, node)
    if (path === '/') continue
    const parent = tree.nodes.get(parentPath(path))
    if (!parent?.children?.has(path)) ghost.fail('T-5', `${where} ${path} is no child of its parent`)
    if (kindOfOwner(node.ephemeralOwner) !== 'ephemeral') continue
    if (node.children?.size) ghost.fail('T-5', `${where} the ephemeral ${path} has children`)
    if (!tree.ephemerals.get(node.ephemeralOwner)?.has(path))
      ghost.fail('T-5', `${where} the ephemeral ${path} is not known as its owner's`)
  }
  if (children !== tree.nodes.size - 1)
    ghost.fail('T-5', `${where} there are ${tree.nodes.size - 1} znodes and ${children} names of children`)
  if (ghost.reference.keepsDigest && tree.digest !== treeDigest(tree))
    ghost.fail('T-4', `${where} the digest that is kept is not that of the znodes`)
}

function checkStat(ghost: Ghost, where: string, path: string, node: Znode): void {
  const { czxid, mzxid, pzxid, version, cversion } = node
  // Each server writes its own configuration node; its version counts configurations.
  if (path.startsWith('/zookeeper')) return
  if (czxid > mzxid || czxid > pzxid)
    ghost.fail('T-4', `${where} ${path} has czxid ${z(czxid)}, mzxid ${z(mzxid)}, pzxid ${z(pzxid)}`)
  if (version < 0 || cversion < 0) ghost.fail('T-4', `${where} ${path} has version ${version}, cversion ${cversion}`)
}
