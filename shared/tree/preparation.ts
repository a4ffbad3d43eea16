// What the files of prepare share: the state that a request is prepared against, and the checks that
// several operations make.

import { isAllowed } from './acl.ts'
import type { PrepareContext } from './contract.ts'
import type { DataTree } from './data-tree.ts'
import type { TreeOptions } from './options.ts'
import { type Pending, type PendingNode, type Projected, settle } from './pending.ts'

export interface Preparation {
  readonly tree: DataTree
  readonly pending: Pending
  readonly ctx: PrepareContext
  readonly options: TreeOptions
}

/** The session's closeSession is proposed: whatever it asks for now would outlive it. */
export function isClosing(p: Preparation): boolean {
  return p.pending.closing.size > 0 && p.pending.closing.has(p.ctx.sessionId)
}

export function mayDo(p: Preparation, node: Projected, perms: number): boolean {
  return p.options.skipAcl || isAllowed(node.acl, perms, p.ctx.auth, p.options.schemes)
}

/** The record of a node that this proposal changes has been brought up to date. */
export function changed(p: Preparation, path: string, record: PendingNode): void {
  if (p.options.digest) settle(p.pending, path, record)
}

/** -1 stands for "any". */
export function versionMatches(current: number, expected: number): boolean {
  return expected === -1 || expected === current
}

/** A 32-bit counter that skips -1, which a client could not expect. Source: ZOOKEEPER-4743. */
export function nextVersion(current: number): number {
  const next = (current + 1) | 0
  return next === -1 ? 0 : next
}

/** The parent's path as ZooKeeper cuts it, or null for a path without a slash or with a NUL. */
export function cutParent(path: string): string | null {
  const slash = path.lastIndexOf('/')
  if (slash < 0 || path.includes('\0')) return null
  return slash === 0 ? '/' : path.slice(0, slash)
}
