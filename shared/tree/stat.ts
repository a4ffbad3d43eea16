// The Stat that clients see, made from a stored znode. Source: DataNode.copyStat, client-protocol.md §7.

import { NO_SESSION } from '../zk/ids.ts'
import type { Stat } from '../zk/stat.ts'
import { kindOfOwner } from './owner.ts'
import type { Znode } from './znode.ts'

/** A copy: it stays as it is when the node changes. */
export function statOf(node: Znode): Stat {
  const numChildren = node.children === null ? 0 : node.children.size
  return {
    czxid: node.czxid,
    mzxid: node.mzxid,
    ctime: node.ctime,
    mtime: node.mtime,
    version: node.version,
    cversion: (2 * node.cversion - numChildren) | 0,
    aversion: node.aversion,
    ephemeralOwner: kindOfOwner(node.ephemeralOwner) === 'ephemeral' ? node.ephemeralOwner : NO_SESSION,
    dataLength: node.dataLength,
    numChildren,
    pzxid: node.pzxid,
  }
}
