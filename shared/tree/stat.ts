// The Stat that clients see, made from a stored znode. Source: DataNode.copyStat, client-protocol.md §7.

import { NO_SESSION } from '../zk/ids.ts'
import type { Stat } from '../zk/stat.ts'
import type { Zxid } from '../zk/zxid.ts'
import {
  AVERSION,
  CTIME,
  CVERSION,
  CZXID,
  DATA_LENGTH,
  INTS,
  LONGS,
  MTIME,
  MZXID,
  PZXID,
  VERSION,
} from './node-stat.ts'
import { kindOfOwner } from './owner.ts'
import type { Znode } from './znode.ts'

/** A copy: it stays as it is when the node changes. */
export function statOf(node: Znode): Stat {
  const numChildren = node.children === null ? 0 : node.children.size
  // Each write and most reads come here: not by eleven names.
  const { longs, ints } = node.block
  const long = node.slot * LONGS
  const int = node.slot * INTS
  return {
    czxid: (longs[long + CZXID] ?? 0) as Zxid, // as Znode says
    mzxid: (longs[long + MZXID] ?? 0) as Zxid,
    ctime: longs[long + CTIME] ?? 0,
    mtime: longs[long + MTIME] ?? 0,
    version: ints[int + VERSION] ?? 0,
    cversion: (2 * (ints[int + CVERSION] ?? 0) - numChildren) | 0,
    aversion: ints[int + AVERSION] ?? 0,
    ephemeralOwner: kindOfOwner(node.ephemeralOwner) === 'ephemeral' ? node.ephemeralOwner : NO_SESSION,
    dataLength: ints[int + DATA_LENGTH] ?? 0,
    numChildren,
    pzxid: (longs[long + PZXID] ?? 0) as Zxid,
  }
}
