// What a txn does to znodes: create, delete, setData, setACL, with the indexes, the digest and the quota
// counts that follow from them. A fuzzy snapshot may already hold the effect of a txn, or that of a later one
// on the same path, or a later node of that name: what is later stays as it is, so that nothing that could
// already be read goes back while the log is replayed. Source: DataTree.createNode, deleteNode, storage.md §6.

import type { Acl } from '../zk/acl.ts'
import { ERROR_CODES, type ErrorCode } from '../zk/errors.ts'
import { NO_SESSION, type SessionId } from '../zk/ids.ts'
import { parentPath } from '../zk/path.ts'
import type { CreateContainerTxn, CreateTtlTxn, CreateTxn } from '../zk/txn.ts'
import type { Zxid } from '../zk/zxid.ts'
import { isOpenAcl } from './acl.ts'
import { Children } from './children.ts'
import type { Change } from './contract.ts'
import { CONTAINER_OWNER, type DataTree, dropZnode, newZnode } from './data-tree.ts'
import { dropData, putData } from './node-data.ts'
import { nodeDigest } from './node-digest.ts'
import { ttlOwner } from './owner.ts'
import { indexOwner, unindexOwner } from './owner-index.ts'
import { countTowardsQuota, onQuotaNodeCreated } from './quota.ts'
import type { Znode } from './znode.ts'

/** One entry on its way into the tree. */
export interface Application {
  readonly tree: DataTree
  readonly zxid: Zxid
  readonly timeMs: number
  readonly sessionId: SessionId
  readonly keepsDigest: boolean
  /** Digests of nodes after, less those before. Exact: a sum of fewer than 2^21 32-bit numbers. */
  digestDelta: number
  readonly changes: Change[]
}

/** To be called once a node is as it shall be. */
function redigest(a: Application, path: string, node: Znode): void {
  if (!a.keepsDigest) return
  const digest = nodeDigest(path, node)
  a.digestDelta += digest - (node.digest >>> 0)
  node.digest = digest | 0
}

function ownerOf(a: Application, txn: CreateTxn | CreateTtlTxn | CreateContainerTxn): SessionId {
  if (txn.type === 'createContainer') return CONTAINER_OWNER
  if (txn.type === 'createTTL') return ttlOwner(txn.ttlMs)
  return txn.ephemeral ? a.sessionId : NO_SESSION
}

/**
 * The new node; NONODE without a parent (a later node in its place is not it); NODEEXISTS when it is there already,
 * which only a replay meets.
 */
export function applyCreate(a: Application, txn: CreateTxn | CreateTtlTxn | CreateContainerTxn): Znode | ErrorCode {
  const { tree, zxid } = a
  const { path, data } = txn
  const above = parentPath(path)
  const parent = tree.nodes.get(above)
  if (!parent || parent.czxid > zxid) return ERROR_CODES.NONODE
  const existing = tree.nodes.get(path)
  countCreation(parent, txn.parentCVersion, zxid, existing !== undefined)
  if (existing) {
    // Heals a node that an Apache snapshot saved without a list for its ACL id (ZOOKEEPER-4846).
    if (existing.czxid === zxid && existing.aversion === 0) existing.acl = shareAcl(txn.acl, parent.acl)
    redigest(a, above, parent)
    return ERROR_CODES.NODEEXISTS
  }
  const node = newZnode(tree.data, data, shareAcl(txn.acl, parent.acl), zxid, a.timeMs, ownerOf(a, txn))
  parent.children ??= new Children()
  parent.children.add(path)
  tree.nodes.set(path, node)
  indexOwner(tree, path, node.ephemeralOwner)
  redigest(a, above, parent)
  redigest(a, path, node)
  onQuotaNodeCreated(tree, path)
  countTowardsQuota(tree, path, data?.length ?? 0, 1)
  a.changes.push({ type: 'created', path, acl: node.acl, parentAcl: parent.acl })
  return node
}

/**
 * The counter that sequence numbers come from. It takes the leader's value, but never goes back: a snapshot may
 * have counted later children already. "Later" is read modulo 2^32, so that it survives its own overflow.
 */
function countCreation(parent: Znode, parentCVersion: number, zxid: Zxid, replayed: boolean): void {
  // -1 says "one more than you have", which is only safe while the parent has not seen this txn.
  if (parentCVersion === -1 && replayed && parent.pzxid >= zxid) return
  const next = parentCVersion === -1 ? (parent.cversion + 1) | 0 : parentCVersion
  if (((next - parent.cversion) | 0) <= 0) return
  parent.cversion = next
  if (zxid > parent.pzxid) parent.pzxid = zxid
}

/** Most nodes are open to all, and most others are guarded like their parent: one list in memory serves them. */
function shareAcl(acl: readonly Acl[] | null, parentAcl: readonly Acl[] | null): readonly Acl[] | null {
  if (acl === null || isOpenAcl(acl)) return null
  return parentAcl !== null && sameAcl(acl, parentAcl) ? parentAcl : acl
}

function sameAcl(a: readonly Acl[], b: readonly Acl[]): boolean {
  return (
    a.length === b.length &&
    a.every((one, i) => one.perms === b[i]?.perms && one.scheme === b[i]?.scheme && one.id === b[i]?.id)
  )
}

/**
 * NONODE when it is not there, or only a later node of that name. The parent still learns of the deletion, since
 * the snapshot may hold it as it was before.
 */
export function applyDelete(a: Application, path: string): ErrorCode {
  const { tree, zxid } = a
  const above = parentPath(path)
  const parent = tree.nodes.get(above)
  if (!parent || parent.czxid > zxid || path === '/') return ERROR_CODES.NONODE
  if (zxid > parent.pzxid) parent.pzxid = zxid
  redigest(a, above, parent)
  const node = tree.nodes.get(path)
  if (!node || node.czxid > zxid) return ERROR_CODES.NONODE
  parent.children?.delete(path)
  removeBelow(a, node)
  removeOne(a, path, node)
  a.changes.push({ type: 'deleted', path, acl: node.acl, parentAcl: parent.acl })
  return ERROR_CODES.OK
}

function removeOne(a: Application, path: string, node: Znode): void {
  if (a.keepsDigest) a.digestDelta -= node.digest >>> 0
  a.tree.nodes.delete(path)
  unindexOwner(a.tree, path, node.ephemeralOwner)
  countTowardsQuota(a.tree, path, -node.dataLength, -1)
  dropZnode(a.tree.data, node)
}

/**
 * Only a replay finds children here, those of a later node of the same name: a snapshot may hold them below the
 * older node, and a multi may delete and create a node under one zxid. Their creates are still to be replayed.
 */
function removeBelow(a: Application, node: Znode): void {
  if (node.children === null || node.children.size === 0) return
  const paths = [...node.children]
  for (let at = paths.pop(); at !== undefined; at = paths.pop()) {
    const below = a.tree.nodes.get(at)
    if (!below) continue
    for (const child of below.children ?? []) paths.push(child)
    removeOne(a, at, below)
  }
}

/** The node, as it is when it has been changed later already; NONODE without one. */
export function applySetData(
  a: Application,
  path: string,
  data: Uint8Array | null,
  version: number,
): Znode | ErrorCode {
  const node = a.tree.nodes.get(path)
  if (!node) return ERROR_CODES.NONODE
  if (node.mzxid > a.zxid) return node
  countTowardsQuota(a.tree, path, (data?.length ?? 0) - node.dataLength, 0)
  dropData(a.tree.data, node)
  putData(a.tree.data, node, data)
  node.version = version
  node.mzxid = a.zxid
  node.mtime = a.timeMs
  redigest(a, path, node)
  a.changes.push({ type: 'dataChanged', path, acl: node.acl, parentAcl: null })
  return node
}

/** The node, untouched when it is a later one of that name; NONODE without one. */
export function applySetAcl(
  a: Application,
  path: string,
  acl: readonly Acl[] | null,
  version: number,
): Znode | ErrorCode {
  const node = a.tree.nodes.get(path)
  if (!node) return ERROR_CODES.NONODE
  if (node.czxid > a.zxid) return node
  node.acl = shareAcl(acl, null)
  node.aversion = version
  redigest(a, path, node)
  a.changes.push({ type: 'aclChanged', path, acl: node.acl, parentAcl: null })
  return node
}
