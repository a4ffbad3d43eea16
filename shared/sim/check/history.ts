// Whole histories as a tree of entries: one node an entry ever logged, its parent the entry before it. A log, a
// disk, an applied prefix is then a pointer to its last node, and "is a prefix of" a question about ancestors.
// That a zxid has one node for ever (D-1, D-3) is seen to by intern.ts.

import type { Sid } from '../../zk/ids.ts'
import type { Entry } from '../../zk/txn.ts'
import { ZERO_ZXID, type Zxid } from '../../zk/zxid.ts'
import type { Membership } from './membership.ts'
import type { Outcome } from './reference.ts'

export interface HistoryNode {
  readonly zxid: Zxid
  /** `null` for the origin, the empty history. */
  readonly entry: Entry | null
  readonly parent: HistoryNode | null
  /** Entries up to here. */
  readonly depth: number
  /** An ancestor some way up, so that any ancestor is reached in O(log n); `null` for the origin. */
  readonly jump: HistoryNode | null
  /** Who votes after this entry. */
  readonly membership: Membership
  /** Who broadcast it; `null` until somebody has. */
  primary: Sid | null
  /** What the reference makes of it; `null` until it is chosen. */
  outcome: Outcome | null
}

export function createOrigin(membership: Membership): HistoryNode {
  return {
    zxid: ZERO_ZXID,
    entry: null,
    parent: null,
    depth: 0,
    jump: null,
    membership,
    primary: null,
    outcome: null,
  }
}

export function createNode(parent: HistoryNode, entry: Entry, membership: Membership): HistoryNode {
  return {
    zxid: entry.zxid,
    entry,
    parent,
    depth: parent.depth + 1,
    jump: jumpFrom(parent),
    membership,
    primary: null,
    outcome: null,
  }
}

/** Skew-binary: two jumps of the same length in a row are joined into one. */
function jumpFrom(parent: HistoryNode): HistoryNode {
  const near = parent.jump
  const far = near?.jump
  return near && far && parent.depth - near.depth === near.depth - far.depth ? far : parent
}

/** The ancestor (or the node itself) after `depth` entries; `depth` is at most the node's. */
export function ancestorAt(node: HistoryNode, depth: number): HistoryNode {
  let at = node
  while (at.depth > depth) {
    const { jump, parent } = at
    const next = jump && jump.depth >= depth ? jump : parent
    if (!next) break
    at = next
  }
  return at
}

/** a ⊑ b */
export function isPrefix(a: HistoryNode, b: HistoryNode): boolean {
  if (a === b || b.parent === a) return true
  return a.depth < b.depth && ancestorAt(b, a.depth) === a
}

/** One is a prefix of the other. */
export function areComparable(a: HistoryNode, b: HistoryNode): boolean {
  return a.depth <= b.depth ? isPrefix(a, b) : isPrefix(b, a)
}

/** The longest common prefix. */
export function commonPrefix(a: HistoryNode, b: HistoryNode): HistoryNode {
  const depth = Math.min(a.depth, b.depth)
  let [left, right] = [ancestorAt(a, depth), ancestorAt(b, depth)]
  while (left !== right) {
    // Jumps from the same depth are of the same length: both are taken unless they meet, perhaps too early.
    const meet = left.jump === right.jump
    const nextLeft = meet ? left.parent : left.jump
    const nextRight = meet ? right.parent : right.jump
    if (!nextLeft || !nextRight) break
    left = nextLeft
    right = nextRight
  }
  return left
}

/** The longest prefix that ends at or before `zxid`. */
export function cutAfter(node: HistoryNode, zxid: Zxid): HistoryNode {
  let at = node
  while (at.zxid > zxid) {
    const { jump, parent } = at
    const next = jump && jump.zxid >= zxid ? jump : parent
    if (!next) break
    at = next
  }
  return at
}
