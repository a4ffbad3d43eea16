// A tree as it is before the first transaction. Loading one from a snapshot is snapshot.ts.
// Source: DataTree's constructor and addConfigNode, client-protocol.md §7.

import { utf8Encode } from '../base/text.ts'
import { READ_ACL } from '../zk/acl.ts'
import { parentPath } from '../zk/path.ts'
import { ZERO_ZXID, type Zxid } from '../zk/zxid.ts'
import { Children } from './children.ts'
import { type DataTree, emptyZnode, type PlainZnode, znodeOf } from './data-tree.ts'
import { createDataStore, dropData, putData } from './node-data.ts'
import { digestAll } from './node-digest.ts'
import type { Znode } from './znode.ts'

export const CONFIG_PATH = '/zookeeper/config'
export const QUOTA_PATH = '/zookeeper/quota'

/** `/`, `/zookeeper`, `/zookeeper/quota` and `/zookeeper/config`, at zxid 0. */
export function createTree(): DataTree {
  const tree: DataTree = {
    nodes: new Map(),
    data: createDataStore(),
    sessions: new Map(),
    ephemerals: new Map(),
    ephemeralBytes: new Map(),
    containers: new Set(),
    ttls: new Set(),
    lastProcessedZxid: ZERO_ZXID,
    digest: 0n,
    isExact: true,
  }
  addZnode(tree, '/', emptyZnode())
  addZnode(tree, '/zookeeper', emptyZnode())
  addZnode(tree, QUOTA_PATH, emptyZnode())
  addZnode(tree, CONFIG_PATH, CONFIG_NODE)
  tree.digest = digestAll(tree)
  return tree
}

const CONFIG_NODE: PlainZnode = { ...emptyZnode(), acl: READ_ACL, aversion: -1 }

/** Below its parent, if that is there. Neither indexes nor digests know of it yet. */
function addZnode(tree: DataTree, path: string, plain: PlainZnode): Znode {
  const node = znodeOf(tree.data, plain)
  tree.nodes.set(path, node)
  const parent = path === '/' ? undefined : tree.nodes.get(parentPath(path))
  if (parent) {
    parent.children ??= new Children()
    parent.children.add(path)
  }
  return node
}

/**
 * Shows the ensemble's configuration in /zookeeper/config, as each server does for itself when it starts:
 * no transaction, no watch, and the digest does not cover it. A tree without the node gets it.
 */
export function setConfigNode(tree: DataTree, text: string, versionZxid: Zxid, timeMs: number): void {
  const node = tree.nodes.get(CONFIG_PATH) ?? addZnode(tree, CONFIG_PATH, CONFIG_NODE)
  dropData(tree.data, node)
  putData(tree.data, node, utf8Encode(text))
  node.mzxid = versionZxid
  node.mtime = timeMs
  node.version = -1
}
