// A tree as it is before the first transaction. Loading one from a snapshot is snapshot.ts.
// Source: DataTree's constructor and addConfigNode, client-protocol.md §7.

import { utf8Encode } from '../base/text.ts'
import { READ_ACL } from '../zk/acl.ts'
import { ZERO_ZXID, type Zxid } from '../zk/zxid.ts'
import { type DataTree, emptyZnode } from './data-tree.ts'
import { digestAll } from './node-digest.ts'

export const CONFIG_PATH = '/zookeeper/config'
export const QUOTA_PATH = '/zookeeper/quota'

/** `/`, `/zookeeper`, `/zookeeper/quota` and `/zookeeper/config`, at zxid 0. */
export function createTree(): DataTree {
  const tree: DataTree = {
    nodes: new Map([
      ['/', { ...emptyZnode(), children: new Set(['zookeeper']) }],
      ['/zookeeper', { ...emptyZnode(), children: new Set(['quota', 'config']) }],
      [QUOTA_PATH, emptyZnode()],
      [CONFIG_PATH, { ...emptyZnode(), acl: READ_ACL, aversion: -1 }],
    ]),
    sessions: new Map(),
    ephemerals: new Map(),
    containers: new Set(),
    ttls: new Set(),
    lastProcessedZxid: ZERO_ZXID,
    digest: 0n,
    isExact: true,
  }
  tree.digest = digestAll(tree)
  return tree
}

/**
 * Shows the ensemble's configuration in /zookeeper/config, as each server does for itself when it starts:
 * no transaction, no watch, and the digest does not cover it. A tree without the node gets it.
 */
export function setConfigNode(tree: DataTree, text: string, versionZxid: Zxid, timeMs: number): void {
  let node = tree.nodes.get(CONFIG_PATH)
  if (!node) {
    node = { ...emptyZnode(), acl: READ_ACL, aversion: -1 }
    tree.nodes.set(CONFIG_PATH, node)
    const parent = tree.nodes.get('/zookeeper')
    if (parent) {
      parent.children ??= new Set()
      parent.children.add('config')
    }
  }
  node.data = utf8Encode(text)
  node.mzxid = versionZxid
  node.mtime = timeMs
  node.version = -1
}
