// What the tree will look like once everything that the leader has proposed is applied: ZooKeeper's
// "outstanding changes". Requests are prepared against it, so that the next one need not wait for the one
// before. Preparing itself is prepare*.ts. Source: PrepRequestProcessor, ZooKeeperServer.outstandingChanges.

import type { Acl } from '../zk/acl.ts'
import type { SessionId } from '../zk/ids.ts'
import type { Entry } from '../zk/txn.ts'
import { ZERO_ZXID, type Zxid } from '../zk/zxid.ts'
import type { DataTree } from './data-tree.ts'
import { countListed, listedBytes } from './ephemeral-bytes.ts'
import type { DataWindow } from './node-data.ts'
import { addToDigest, nodeDigest } from './node-digest.ts'
import { kindOfOwner } from './owner.ts'
import type { Znode } from './znode.ts'

/** A znode as the last proposal that touches it will leave it. */
export interface PendingNode extends DataWindow {
  /** The last proposal that changes this node: once it is applied, the tree says the same. */
  zxid: Zxid
  exists: boolean
  acl: readonly Acl[] | null
  czxid: Zxid
  mzxid: Zxid
  pzxid: Zxid
  ctime: number
  mtime: number
  version: number
  /** Stored form. */
  cversion: number
  aversion: number
  ephemeralOwner: SessionId
  /** How many there are; their names are nodes of their own. */
  children: number
  /** As in Znode; 0 once the node is gone. Kept by `settle`. */
  digest: number
}

/** A node as a request that is being prepared finds it. */
export type Projected = PendingNode | Znode

export interface Pending {
  readonly nodes: Map<string, PendingNode>
  /** Which proposal changed which path, oldest first from `head` on: what retirePending consumes. */
  readonly zxids: Zxid[]
  readonly paths: string[]
  head: number
  /** Ephemerals that proposals create, by session. */
  readonly ephemerals: Map<SessionId, Set<string>>
  /** How long those lists are in a closeSession txn. */
  readonly ephemeralBytes: Map<SessionId, number>
  /** Sessions whose closeSession is proposed, with its zxid; in zxid order. */
  readonly closing: Map<SessionId, Zxid>
  /** During a multi: how the nodes were before it, `null` for those without a record. */
  undo: Map<string, PendingNode | null> | null
  /** The last proposal that was prepared. Once it is applied, `digest` is the tree's own again. */
  proposed: Zxid
  /** The tree digest after that proposal. */
  digest: bigint
  /** What the proposal that is being prepared adds to it. */
  digestDelta: number
}

/** How many retired changes may stay at the front of the list before it is cut. */
const RETIRED_MAX = 4096

export function createPending(): Pending {
  return {
    nodes: new Map(),
    zxids: [],
    paths: [],
    head: 0,
    ephemerals: new Map(),
    ephemeralBytes: new Map(),
    closing: new Map(),
    undo: null,
    proposed: ZERO_ZXID,
    digest: 0n,
    digestDelta: 0,
  }
}

/** Before a proposal is prepared: where its digest starts from. Source: PrepRequestProcessor.getCurrentTreeDigest. */
export function beginProposal(tree: DataTree, pending: Pending, zxid: Zxid): void {
  if (tree.lastProcessedZxid >= pending.proposed) pending.digest = tree.digest
  pending.proposed = zxid
  pending.digestDelta = 0
}

export function endProposal(pending: Pending): void {
  pending.digest = addToDigest(pending.digest, pending.digestDelta)
}

/** A record has been changed as it shall be: its digest, and the tree's, follow. */
export function settle(pending: Pending, path: string, record: PendingNode): void {
  const digest = record.exists ? nodeDigest(path === '' ? '/' : path, record) : 0
  pending.digestDelta += digest - (record.digest >>> 0)
  record.digest = digest | 0
}

/** The node as it will be, or null. `''` is the root, as it is for ZooKeeper. */
export function look(tree: DataTree, pending: Pending, path: string): Projected | null {
  const key = path === '' ? '/' : path
  const record = pending.nodes.get(key)
  if (record !== undefined) return record.exists ? record : null
  return tree.nodes.get(key) ?? null
}

export function childCount(node: Projected): number {
  if (typeof node.children === 'number') return node.children
  return node.children === null ? 0 : node.children.size
}

function isPending(node: Projected): node is PendingNode {
  return typeof node.children === 'number'
}

/** The record to write changes of proposal `zxid` into, for a node that `look` has just found at `path`. */
export function changeNode(pending: Pending, path: string, node: Projected, zxid: Zxid): PendingNode {
  const key = path === '' ? '/' : path
  let record = isPending(node) ? node : undefined
  remember(pending, key, record)
  if (record === undefined) {
    record = {
      zxid,
      exists: true,
      dataBytes: node.dataBytes,
      dataAt: node.dataAt,
      dataLength: node.dataLength,
      acl: node.acl,
      czxid: node.czxid,
      mzxid: node.mzxid,
      pzxid: node.pzxid,
      ctime: node.ctime,
      mtime: node.mtime,
      version: node.version,
      cversion: node.cversion,
      aversion: node.aversion,
      ephemeralOwner: node.ephemeralOwner,
      children: childCount(node),
      digest: node.digest,
    }
    pending.nodes.set(key, record)
  }
  record.zxid = zxid
  pending.zxids.push(zxid)
  pending.paths.push(key)
  return record
}

/** Puts a new node where `look` has found none. The path is a full, legal one. */
export function addNode(pending: Pending, path: string, node: PendingNode): void {
  const old = pending.nodes.get(path)
  remember(pending, path, old)
  if (old !== undefined) forgetOwner(pending, path, old)
  pending.nodes.set(path, node)
  pending.zxids.push(node.zxid)
  pending.paths.push(path)
  noteOwner(pending, path, node)
}

function noteOwner(pending: Pending, path: string, node: PendingNode): void {
  if (!node.exists || kindOfOwner(node.ephemeralOwner) !== 'ephemeral') return
  const paths = pending.ephemerals.get(node.ephemeralOwner)
  if (paths?.has(path)) return
  if (paths) paths.add(path)
  else pending.ephemerals.set(node.ephemeralOwner, new Set([path]))
  countListed(pending.ephemeralBytes, node.ephemeralOwner, listedBytes(path))
}

function forgetOwner(pending: Pending, path: string, node: PendingNode): void {
  if (pending.ephemerals.size === 0) return
  const paths = pending.ephemerals.get(node.ephemeralOwner)
  if (!paths?.delete(path)) return
  countListed(pending.ephemeralBytes, node.ephemeralOwner, -listedBytes(path))
  if (paths.size === 0) pending.ephemerals.delete(node.ephemeralOwner)
}

/** The paths that the session will own: those in the tree and those in flight, less what is being deleted. */
export function ephemeralsOf(tree: DataTree, pending: Pending, session: SessionId): string[] {
  const paths: string[] = []
  for (const path of tree.ephemerals.get(session) ?? []) {
    const record = pending.nodes.get(path)
    if (record === undefined || (record.exists && record.ephemeralOwner === session)) paths.push(path)
  }
  const known = new Set(paths)
  for (const path of pending.ephemerals.get(session) ?? []) {
    const record = pending.nodes.get(path)
    if (record?.exists && record.ephemeralOwner === session && !known.has(path)) paths.push(path)
  }
  return paths
}

/** From here on every change of this proposal can be taken back, until endMulti. */
export function beginMulti(pending: Pending): number {
  pending.undo = new Map()
  return pending.paths.length
}

/** Keeps the changes since beginMulti, the first of its proposal, or takes them all back; `mark` is what it gave. */
export function endMulti(pending: Pending, mark: number, keep: boolean): void {
  const { undo } = pending
  pending.undo = null
  if (keep || undo === null) return
  pending.digestDelta = 0
  for (const [path, before] of undo) {
    const record = pending.nodes.get(path)
    if (record !== undefined) forgetOwner(pending, path, record)
    if (before === null) pending.nodes.delete(path)
    else {
      pending.nodes.set(path, before)
      noteOwner(pending, path, before)
    }
  }
  pending.paths.length = mark
  pending.zxids.length = mark
}

function remember(pending: Pending, path: string, record: PendingNode | undefined): void {
  const { undo } = pending
  if (undo !== null && !undo.has(path)) undo.set(path, record === undefined ? null : { ...record })
}

/** `entry` has been applied to the tree: what it and those before it changed need not be projected any more. */
export function retirePending(pending: Pending, entry: Pick<Entry, 'zxid'>): void {
  const { zxid } = entry
  const { zxids, paths } = pending
  while (pending.head < zxids.length && (zxids[pending.head] ?? zxid) <= zxid) {
    const path = paths[pending.head] ?? ''
    const record = pending.nodes.get(path)
    // A later proposal may have changed the node again; its own entry in the list will retire it.
    if (record !== undefined && record.zxid <= zxid) {
      forgetOwner(pending, path, record)
      pending.nodes.delete(path)
    }
    pending.head += 1
  }
  if (pending.head === zxids.length) {
    zxids.length = 0
    paths.length = 0
    pending.head = 0
  } else if (pending.head >= RETIRED_MAX) {
    zxids.splice(0, pending.head)
    paths.splice(0, pending.head)
    pending.head = 0
  }
  if (pending.closing.size > 0) retireClosing(pending, zxid)
}

function retireClosing(pending: Pending, zxid: Zxid): void {
  for (const [session, closedBy] of pending.closing) {
    if (closedBy > zxid) return
    pending.closing.delete(session)
  }
}

/** Leadership has ended: nothing that was proposed counts here any more. */
export function dropPending(pending: Pending): void {
  pending.nodes.clear()
  pending.zxids.length = 0
  pending.paths.length = 0
  pending.head = 0
  pending.ephemerals.clear()
  pending.ephemeralBytes.clear()
  pending.closing.clear()
  pending.undo = null
  pending.proposed = ZERO_ZXID
}
