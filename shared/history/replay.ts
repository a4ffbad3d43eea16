// L replayed once over the reference tree, with every reply shown at the state that its header names. The
// checks that need a state at a zxid are visitors of this walk.

import { applyEntry } from '../tree/apply.ts'
import type { Applied } from '../tree/contract.ts'
import { createTree } from '../tree/create-tree.ts'
import type { DataTree } from '../tree/data-tree.ts'
import { DEFAULT_TREE_OPTIONS } from '../tree/options.ts'
import type { Entry } from '../zk/txn.ts'
import { type Answered, type Case, isAnswered } from './case.ts'

export interface Visitor {
  /** The tree is as it was before the entry. */
  before?(entry: Entry, tree: DataTree): void
  /** The entry is applied: `applied` is what its client is to be answered. */
  after?(entry: Entry, applied: Applied, tree: DataTree): void
  /** The tree is state(zxid of the reply). Of one connection, replies come in order as long as their zxids do. */
  reply?(op: Answered, index: number, tree: DataTree): void
  /** The tree is state(last of L). */
  end?(tree: DataTree): void
}

interface Reply {
  readonly op: Answered
  readonly index: number
}

/** Does nothing without an L. n log n in the replies, linear in L. */
export function replay(c: Case, visitors: readonly Visitor[]): void {
  const { log, history, options } = c
  if (!log) return
  const tree = options.start?.() ?? createTree()
  // Trees are compared node by node: nobody asks for the digest.
  const treeOptions = { ...(options.tree ?? DEFAULT_TREE_OPTIONS), digest: false }
  const replies = inOrder(history.operations.flatMap((op, index) => (isAnswered(op) ? [{ op, index }] : [])))
  let next = 0
  const showBelow = (zxid: number) => {
    for (let reply = replies[next]; reply && reply.op.zxid < zxid; reply = replies[next]) {
      for (const visitor of visitors) visitor.reply?.(reply.op, reply.index, tree)
      next += 1
    }
  }
  for (const entry of log) {
    showBelow(entry.zxid)
    for (const visitor of visitors) visitor.before?.(entry, tree)
    const applied = applyEntry(tree, entry, treeOptions)
    for (const visitor of visitors) visitor.after?.(entry, applied, tree)
  }
  showBelow(Number.POSITIVE_INFINITY)
  for (const visitor of visitors) visitor.end?.(tree)
}

function inOrder(replies: Reply[]): Reply[] {
  return replies.sort(
    (a, b) => a.op.zxid - b.op.zxid || a.op.conn - b.op.conn || a.op.arrival - b.op.arrival || a.index - b.index,
  )
}
