// From entries to histories: each entry behind its predecessor becomes a node, and a zxid names one node for ever.
// D-1: the same zxid with other content. D-3: the same entry behind another history. D-2: a gap.

import { follows } from '../../zab/log-window.ts'
import type { Entry } from '../../zk/txn.ts'
import { formatEpochCounter, type Zxid } from '../../zk/zxid.ts'
import type { Ghost, GhostServer } from './ghost.ts'
import { createNode, type HistoryNode } from './history.ts'
import { membershipAfter } from './membership.ts'
import { sameData } from './same-data.ts'

/** The node of `entry` behind `parent`, in a history of `g`. */
export function intern(ghost: Ghost, g: GhostServer, parent: HistoryNode, entry: Entry): HistoryNode {
  const known = ghost.nodes.get(entry.zxid)
  if (!known) {
    if (!follows(parent.zxid, entry.zxid))
      ghost.fail('D-2', `server ${g.sid} logs ${z(entry.zxid)} behind ${z(parent.zxid)}`)
    const node = createNode(parent, entry, membershipAfter(parent.membership, entry))
    ghost.nodes.set(entry.zxid, node)
    return node
  }
  if (known.parent === parent && known.entry === entry) return known
  if (known.entry !== entry && !sameData(known.entry, entry))
    ghost.fail('D-1', `server ${g.sid} logs a ${entry.txn.type} as ${z(entry.zxid)}, which is another entry's`)
  else if (known.parent !== parent)
    ghost.fail(
      'D-3',
      `server ${g.sid} logs ${z(entry.zxid)} behind ${z(parent.zxid)}; elsewhere it is behind ${z(known.parent?.zxid ?? 0)}`,
    )
  return known
}

/** The history that ends with `zxid`; `null` when no such entry was ever logged. */
export function historyAt(ghost: Ghost, zxid: Zxid): HistoryNode | null {
  return ghost.nodes.get(zxid) ?? null
}

/** `1/7` */
export function z(zxid: number): string {
  return formatEpochCounter(zxid as Zxid)
}
