// Preparing the operations on a znode that exists: delete, setData, setACL, check, and the reaper's
// deleteContainer. Source: PrepRequestProcessor.pRequest2Txn, client-protocol.md §5.2.

import { PERMS } from '../zk/acl.ts'
import { ERROR_CODES, type ErrorCode } from '../zk/errors.ts'
import { pathProblem } from '../zk/path.ts'
import type {
  CheckRequest,
  DeleteContainerRequest,
  DeleteRequest,
  SetAclRequest,
  SetDataRequest,
} from '../zk/request.ts'
import type { CheckTxn, DeleteTxn, SetAclTxn, SetDataTxn } from '../zk/txn.ts'
import { fixupAcl } from './acl.ts'
import { CONFIG_PATH, QUOTA_PATH } from './create-tree.ts'
import { kindOfOwner, ttlMsOf } from './owner.ts'
import { changeNode, childCount, look, type Projected } from './pending.ts'
import { changed, cutParent, isClosing, mayDo, nextVersion, type Preparation, versionMatches } from './preparation.ts'
import { breaksQuota } from './quota.ts'

const UNDELETABLE: ReadonlySet<string> = new Set(['/', '/zookeeper', QUOTA_PATH, CONFIG_PATH])

export function prepareDelete(p: Preparation, request: DeleteRequest): DeleteTxn | ErrorCode {
  const { path } = request
  if (isClosing(p)) return ERROR_CODES.SESSIONEXPIRED
  const parentPath = cutParent(path)
  if (parentPath === null || UNDELETABLE.has(path)) return ERROR_CODES.BADARGUMENTS
  const parent = look(p.tree, p.pending, parentPath)
  if (parent === null) return ERROR_CODES.NONODE
  if (!mayDo(p, parent, PERMS.DELETE)) return ERROR_CODES.NOAUTH
  const node = look(p.tree, p.pending, path)
  if (node === null) return ERROR_CODES.NONODE
  if (!versionMatches(node.version, request.version)) return ERROR_CODES.BADVERSION
  if (childCount(node) > 0) return ERROR_CODES.NOTEMPTY
  removeNode(p, parentPath, parent, path, node)
  return { type: 'delete', path }
}

/** Also what closeSession does with each ephemeral. */
export function removeNode(p: Preparation, parentPath: string, parent: Projected, path: string, node: Projected): void {
  const above = changeNode(p.pending, parentPath, parent, p.ctx.zxid)
  above.children -= 1
  above.pzxid = p.ctx.zxid
  changed(p, parentPath, above)
  const record = changeNode(p.pending, path, node, p.ctx.zxid)
  record.exists = false
  changed(p, path, record)
}

/**
 * The reaper looked at the tree as applied; here the node is looked at again as it will be. Beyond ZooKeeper's
 * checks (no children, not an ephemeral) it must still be a container or an expired TTL node: its name may have
 * been given to another node, or its data renewed, since the reaper looked.
 */
export function prepareDeleteContainer(p: Preparation, request: DeleteContainerRequest): DeleteTxn | ErrorCode {
  const { path } = request
  const parentPath = cutParent(path)
  if (parentPath === null || UNDELETABLE.has(path)) return ERROR_CODES.BADARGUMENTS
  const node = look(p.tree, p.pending, path)
  if (node === null) return ERROR_CODES.NONODE
  if (childCount(node) > 0) return ERROR_CODES.NOTEMPTY
  const kind = kindOfOwner(node.ephemeralOwner)
  const isDue = kind === 'container' || (kind === 'ttl' && p.ctx.timeMs - node.mtime > ttlMsOf(node.ephemeralOwner))
  if (!isDue) return ERROR_CODES.BADARGUMENTS
  const parent = look(p.tree, p.pending, parentPath)
  if (parent === null) return ERROR_CODES.NONODE
  removeNode(p, parentPath, parent, path, node)
  return { type: 'deleteContainer', path }
}

export function prepareSetData(p: Preparation, request: SetDataRequest): SetDataTxn | ErrorCode {
  const { path, data } = request
  if (isClosing(p)) return ERROR_CODES.SESSIONEXPIRED
  if (pathProblem(path) !== null) return ERROR_CODES.BADARGUMENTS
  const node = look(p.tree, p.pending, path)
  if (node === null) return ERROR_CODES.NONODE
  if (!mayDo(p, node, PERMS.WRITE)) return ERROR_CODES.NOAUTH
  if (p.options.enforceQuota) {
    const bytes = (data === null ? 0 : data.length) - node.dataLength
    if (breaksQuota(p.tree, path, bytes, 0)) return ERROR_CODES.QUOTAEXCEEDED
  }
  if (!versionMatches(node.version, request.version)) return ERROR_CODES.BADVERSION
  const record = changeNode(p.pending, path, node, p.ctx.zxid)
  record.version = nextVersion(record.version)
  record.dataBytes = data
  record.dataAt = 0
  record.dataLength = data === null ? 0 : data.length
  record.mzxid = p.ctx.zxid
  record.mtime = p.ctx.timeMs
  changed(p, path, record)
  return { type: 'setData', path, data, version: record.version }
}

export function prepareSetAcl(p: Preparation, request: SetAclRequest): SetAclTxn | ErrorCode {
  const { path } = request
  if (isClosing(p)) return ERROR_CODES.SESSIONEXPIRED
  if (pathProblem(path) !== null) return ERROR_CODES.BADARGUMENTS
  const acl = fixupAcl(request.acl, p.ctx.auth, p.options.schemes)
  if (!acl.ok) return acl.error
  const node = look(p.tree, p.pending, path)
  if (node === null) return ERROR_CODES.NONODE
  if (!mayDo(p, node, PERMS.ADMIN)) return ERROR_CODES.NOAUTH
  if (!versionMatches(node.aversion, request.version)) return ERROR_CODES.BADVERSION
  const record = changeNode(p.pending, path, node, p.ctx.zxid)
  record.aversion = nextVersion(record.aversion)
  record.acl = acl.value
  changed(p, path, record)
  return { type: 'setACL', path, acl: acl.value, version: record.aversion }
}

/** Changes nothing. The txn carries the version that follows, as ZooKeeper logs it; nobody reads it. */
export function prepareCheck(p: Preparation, request: CheckRequest): CheckTxn | ErrorCode {
  const { path } = request
  if (isClosing(p)) return ERROR_CODES.SESSIONEXPIRED
  if (pathProblem(path) !== null) return ERROR_CODES.BADARGUMENTS
  const node = look(p.tree, p.pending, path)
  if (node === null) return ERROR_CODES.NONODE
  if (!mayDo(p, node, PERMS.READ)) return ERROR_CODES.NOAUTH
  if (!versionMatches(node.version, request.version)) return ERROR_CODES.BADVERSION
  return { type: 'check', path, version: nextVersion(node.version) }
}
