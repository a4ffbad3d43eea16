// The reference: one tree that is advanced along CHOSEN and nothing else. What it says of an entry is what every
// server has to say (T-1, T-8, S-1). The seam for a model written independently of the tree is `Machine`.

import { applyEntry } from '../../tree/apply.ts'
import type { Applied, Change } from '../../tree/contract.ts'
import { createTree } from '../../tree/create-tree.ts'
import type { DataTree } from '../../tree/data-tree.ts'
import { DEFAULT_TREE_OPTIONS, type TreeOptions } from '../../tree/options.ts'
import type { Acl } from '../../zk/acl.ts'
import type { ErrorCode } from '../../zk/errors.ts'
import { formatSessionId, type SessionId } from '../../zk/ids.ts'
import { parentPath } from '../../zk/path.ts'
import type { ReplyBody } from '../../zk/reply.ts'
import type { Entry } from '../../zk/txn.ts'
import type { Ghost } from './ghost.ts'
import type { HistoryNode } from './history.ts'
import { z } from './intern.ts'

/** What the state machine is after an entry, and what the one who asked for it is told. */
export interface Outcome {
  readonly err: ErrorCode
  readonly body: ReplyBody
  /** Of the tree, as apply keeps it; covers neither ACLs nor sessions. */
  readonly digest: bigint
  readonly nodes: number
  readonly sessions: number
  /** Sums over all ACLs that are not open, and over all sessions: see `sumAcls` and `sumSessions`. */
  readonly aclSum: number
  readonly sessionSum: number
}

/** A state machine to compare with. */
export interface Machine {
  readonly tree: DataTree
  apply(entry: Entry): Applied
}

export interface Reference {
  readonly machine: Machine
  readonly keepsDigest: boolean
  aclSum: number
  sessionSum: number
}

export function createReference(options: TreeOptions = DEFAULT_TREE_OPTIONS): Reference {
  const tree = createTree()
  return {
    machine: { tree, apply: (entry) => applyEntry(tree, entry, options) },
    keepsDigest: options.digest,
    aclSum: sumAcls(tree),
    sessionSum: 0,
  }
}

/** `node` has just been chosen: the reference goes on by it. */
export function recordChosen(ghost: Ghost, node: HistoryNode): void {
  const { reference } = ghost
  const { machine } = reference
  const { tree } = machine
  const { entry } = node
  if (!entry) return
  checkSequence(ghost, tree, entry)
  const { txn, sessionId } = entry
  const digestBefore = tree.digest
  const oldAcl = txn.type === 'setACL' ? (tree.nodes.get(txn.path)?.acl ?? null) : null
  const oldTimeout = tree.sessions.get(sessionId)
  const applied = machine.apply(entry)
  for (const change of applied.changes) reference.aclSum = (reference.aclSum + aclDelta(change, oldAcl)) | 0
  if (txn.type === 'createSession' || txn.type === 'closeSession') {
    const timeout = tree.sessions.get(sessionId)
    if (oldTimeout !== undefined) reference.sessionSum = (reference.sessionSum - sessionHash(sessionId, oldTimeout)) | 0
    if (timeout !== undefined) reference.sessionSum = (reference.sessionSum + sessionHash(sessionId, timeout)) | 0
  }
  if (txn.type === 'error' && (tree.digest !== digestBefore || applied.changes.length > 0))
    ghost.fail('T-8', `the failed write ${z(node.zxid)} changed the tree`)
  if (applied.body.type === 'multi') {
    const errors = applied.body.results.filter((result) => result.type === 'error').length
    if (errors > 0 && (errors < applied.body.results.length || applied.changes.length > 0))
      ghost.fail('T-7', `of the multi ${z(node.zxid)} only ${errors} of ${applied.body.results.length} members failed`)
  }
  node.outcome = {
    err: applied.err,
    body: applied.body,
    digest: tree.digest,
    nodes: tree.nodes.size,
    sessions: tree.sessions.size,
    aclSum: reference.aclSum,
    sessionSum: reference.sessionSum,
  }
}

/** T-6: the number that a child's name is made from is its parent's counter, which each creation moves by one. */
function checkSequence(ghost: Ghost, tree: DataTree, { txn, zxid }: Entry): void {
  switch (txn.type) {
    case 'create':
    case 'create2':
    case 'createContainer':
    case 'createTTL': {
      const parent = tree.nodes.get(parentPath(txn.path))
      if (parent && txn.parentCVersion !== -1 && txn.parentCVersion !== parent.cversion + 1)
        ghost.fail(
          'T-6',
          `${z(zxid)} creates ${txn.path} as child ${txn.parentCVersion}; its parent has had ${parent.cversion}`,
        )
    }
  }
}

function aclDelta(change: Change, oldAcl: readonly Acl[] | null): number {
  switch (change.type) {
    case 'created':
      return aclHash(change.path, change.acl)
    case 'deleted':
      return -aclHash(change.path, change.acl)
    case 'aclChanged':
      return aclHash(change.path, change.acl) - aclHash(change.path, oldAcl)
    case 'dataChanged':
      return 0
  }
}

/** Over every node with an ACL of its own. */
export function sumAcls(tree: DataTree): number {
  let sum = 0
  for (const [path, node] of tree.nodes) if (node.acl !== null) sum = (sum + aclHash(path, node.acl)) | 0
  return sum
}

export function sumSessions(tree: DataTree): number {
  let sum = 0
  for (const [id, timeoutMs] of tree.sessions) sum = (sum + sessionHash(id, timeoutMs)) | 0
  return sum
}

function sessionHash(id: SessionId, timeoutMs: number): number {
  return textHash(timeoutMs | 0, formatSessionId(id))
}

/** 0 for the open ACL, which most nodes have. */
function aclHash(path: string, acl: readonly Acl[] | null): number {
  if (acl === null) return 0
  let hash = textHash(acl.length, path)
  for (const { perms, scheme, id } of acl) hash = textHash(textHash(hash ^ perms, scheme), id)
  return hash
}

/** FNV-1a over UTF-16 units. */
function textHash(seed: number, text: string): number {
  let hash = seed ^ 0x811c9dc5
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash
}
