// Preparing the four kinds of create. The kind of znode, its owner and the txn all come from one table
// entry, so that they cannot disagree. Source: PrepRequestProcessor.pRequest2TxnCreate, traps.md §2.

import { unreachable } from '../base/assert.ts'
import { PERMS } from '../zk/acl.ts'
import { ERROR_CODES, type ErrorCode } from '../zk/errors.ts'
import { NO_SESSION, type SessionId } from '../zk/ids.ts'
import { CREATE_FLAGS } from '../zk/op.ts'
import { pathProblem, sequenceSuffix } from '../zk/path.ts'
import type { CreateRequest, CreateTtlRequest } from '../zk/request.ts'
import type { CreateContainerTxn, CreateTtlTxn, CreateTxn } from '../zk/txn.ts'
import { fixupAcl } from './acl.ts'
import { CONTAINER_OWNER, TTL_MS_MAX } from './data-tree.ts'
import { canOwn } from './ephemeral-bytes.ts'
import { kindOfOwner, type NodeKind, ttlOwner } from './owner.ts'
import { addNode, changeNode, look, type PendingNode } from './pending.ts'
import { changed, cutParent, isClosing, mayDo, type Preparation } from './preparation.ts'
import { breaksQuota } from './quota.ts'

interface CreateMode {
  readonly kind: NodeKind
  readonly sequential: boolean
}

const MODES = new Map<number, CreateMode>([
  [CREATE_FLAGS.persistent, { kind: 'persistent', sequential: false }],
  [CREATE_FLAGS.ephemeral, { kind: 'ephemeral', sequential: false }],
  [CREATE_FLAGS.persistentSequential, { kind: 'persistent', sequential: true }],
  [CREATE_FLAGS.ephemeralSequential, { kind: 'ephemeral', sequential: true }],
  [CREATE_FLAGS.container, { kind: 'container', sequential: false }],
  [CREATE_FLAGS.persistentWithTtl, { kind: 'ttl', sequential: false }],
  [CREATE_FLAGS.persistentSequentialWithTtl, { kind: 'ttl', sequential: true }],
])

type AnyCreate = CreateRequest | CreateTtlRequest

/** The mode, when the flags exist, are switched on, and fit the operation that carries them. */
function modeOf(p: Preparation, request: AnyCreate): CreateMode | ErrorCode {
  const mode = MODES.get(request.flags)
  if (!mode) return ERROR_CODES.BADARGUMENTS
  if (mode.kind === 'ttl' && !p.options.extendedTypesEnabled) return ERROR_CODES.UNIMPLEMENTED
  if ((mode.kind === 'ttl') !== (request.type === 'createTTL')) return ERROR_CODES.BADARGUMENTS
  // ZooKeeper lets the opcode win over the flags here, and logs a digest that no server can reproduce.
  if ((mode.kind === 'container') !== (request.type === 'createContainer')) return ERROR_CODES.BADARGUMENTS
  if (request.type === 'createTTL' && !(request.ttlMs >= 1 && request.ttlMs <= TTL_MS_MAX))
    return ERROR_CODES.BADARGUMENTS
  return mode
}

function ownerFor(kind: NodeKind, sessionId: SessionId, request: AnyCreate): SessionId {
  switch (kind) {
    case 'persistent':
      return NO_SESSION
    case 'ephemeral':
      return sessionId
    case 'container':
      return CONTAINER_OWNER
    case 'ttl':
      return request.type === 'createTTL' ? ttlOwner(request.ttlMs) : NO_SESSION
    default:
      return unreachable(kind)
  }
}

export function prepareCreate(
  p: Preparation,
  request: AnyCreate,
): CreateTxn | CreateTtlTxn | CreateContainerTxn | ErrorCode {
  const { tree, pending, ctx } = p
  const mode = modeOf(p, request)
  if (typeof mode === 'number') return mode
  if (isClosing(p)) return ERROR_CODES.SESSIONEXPIRED
  const parentPath = cutParent(request.path)
  if (parentPath === null) return ERROR_CODES.BADARGUMENTS
  const acl = fixupAcl(request.acl, ctx.auth, p.options.schemes)
  if (!acl.ok) return acl.error
  const parent = look(tree, pending, parentPath)
  if (parent === null) return ERROR_CODES.NONODE
  if (!mayDo(p, parent, PERMS.CREATE)) return ERROR_CODES.NOAUTH
  const path = mode.sequential ? request.path + sequenceSuffix(parent.cversion) : request.path
  if (pathProblem(path) !== null) return ERROR_CODES.BADARGUMENTS
  if (look(tree, pending, path) !== null) return ERROR_CODES.NODEEXISTS
  if (kindOfOwner(parent.ephemeralOwner) === 'ephemeral') return ERROR_CODES.NOCHILDRENFOREPHEMERALS
  const { data } = request
  if (mode.kind === 'ephemeral' && !canOwn(tree, pending, ctx.sessionId, path, p.options))
    return ERROR_CODES.QUOTAEXCEEDED
  if (p.options.enforceQuota && breaksQuota(tree, path, data === null ? 0 : data.length, 1))
    return ERROR_CODES.QUOTAEXCEEDED

  const above = changeNode(pending, parentPath, parent, ctx.zxid)
  above.cversion = (above.cversion + 1) | 0
  above.pzxid = ctx.zxid
  above.children += 1
  changed(p, parentPath, above)
  const node: PendingNode = {
    zxid: ctx.zxid,
    exists: true,
    dataBytes: data,
    dataAt: 0,
    dataLength: data === null ? 0 : data.length,
    acl: acl.value,
    czxid: ctx.zxid,
    mzxid: ctx.zxid,
    pzxid: ctx.zxid,
    ctime: ctx.timeMs,
    mtime: ctx.timeMs,
    version: 0,
    cversion: 0,
    aversion: 0,
    ephemeralOwner: ownerFor(mode.kind, ctx.sessionId, request),
    children: 0,
    digest: 0,
  }
  addNode(pending, path, node)
  changed(p, path, node)
  return createTxn(request, mode, path, acl.value, above.cversion)
}

function createTxn(
  request: AnyCreate,
  mode: CreateMode,
  path: string,
  acl: CreateTxn['acl'],
  parentCVersion: number,
): CreateTxn | CreateTtlTxn | CreateContainerTxn {
  const { data } = request
  switch (request.type) {
    case 'create':
    case 'create2':
      return { type: request.type, path, data, acl, ephemeral: mode.kind === 'ephemeral', parentCVersion }
    case 'createContainer':
      return { type: 'createContainer', path, data, acl, parentCVersion }
    case 'createTTL':
      return { type: 'createTTL', path, data, acl, parentCVersion, ttlMs: request.ttlMs }
    default:
      return unreachable(request)
  }
}
