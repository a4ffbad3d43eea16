// What writes do. Checks stand in the order in which ZooKeeper makes them, since the first that fails is the
// answer. Rules: client-protocol.md §5.2, §6–8, §12; watches-sessions.md §7.5.

import { PERMS } from '../../zk/acl.ts'
import { ERROR_CODES as E, type ErrorCode } from '../../zk/errors.ts'
import { NO_SESSION } from '../../zk/ids.ts'
import { parentPath, pathProblem } from '../../zk/path.ts'
import type { MultiResult } from '../../zk/reply.ts'
import type { CreateRequest, CreateTtlRequest, MultiOp, SetAclRequest } from '../../zk/request.ts'
import type { Change } from '../contract.ts'
import { count, isTooMuch, onCreated } from './quotas.ts'
import { keptAcl, may } from './rights.ts'
import type { ModelContext } from './run.ts'
import { childPaths, type Model, type ModelNode, statOfModel } from './state.ts'

/** The error, or what a multi would answer for it. */
export type Outcome = ErrorCode | MultiResult

const KEPT_FOR_EVER = ['/', '/zookeeper', '/zookeeper/quota', '/zookeeper/config']

export function runOp(model: Model, op: MultiOp, ctx: ModelContext, changes: Change[]): Outcome {
  switch (op.type) {
    case 'create':
    case 'create2':
    case 'createContainer':
    case 'createTTL':
      return runCreate(model, op, ctx, changes)
    case 'delete': {
      if (model.closing.has(ctx.sessionId)) return E.SESSIONEXPIRED
      if (!hasParent(op.path) || KEPT_FOR_EVER.includes(op.path)) return E.BADARGUMENTS
      const parent = model.nodes.get(parentPath(op.path))
      if (!parent) return E.NONODE
      if (!may(parent.acl, PERMS.DELETE, ctx.auth)) return E.NOAUTH
      const node = model.nodes.get(op.path)
      if (!node) return E.NONODE
      if (op.version !== -1 && op.version !== node.version) return E.BADVERSION
      if (childPaths(model, op.path).length > 0) return E.NOTEMPTY
      remove(model, op.path, ctx, changes)
      return { type: 'delete' }
    }
    case 'setData':
    case 'check': {
      const node = found(model, op.path, op.type === 'check' ? PERMS.READ : PERMS.WRITE, ctx)
      if (typeof node === 'number') return node
      const growth = op.type === 'setData' ? (op.data?.length ?? 0) - (node.data?.length ?? 0) : 0
      if (op.type === 'setData' && ctx.options.enforceQuota && isTooMuch(ctx.applied, op.path, growth, 0))
        return E.QUOTAEXCEEDED
      if (op.version !== -1 && op.version !== node.version) return E.BADVERSION
      if (op.type === 'check') return { type: 'check' }
      count(model, op.path, growth, 0)
      const version = follow(node.version)
      const changed = { ...node, data: op.data, version, mzxid: ctx.zxid, mtime: ctx.timeMs }
      model.nodes.set(op.path, changed)
      changes.push({ type: 'dataChanged', path: op.path, acl: node.acl, parentAcl: null })
      return { type: 'setData', stat: statOfModel(model, op.path, changed) }
    }
  }
}

/** A node that may be used so, for an operation on it alone. */
function found(model: Model, path: string, perm: number, ctx: ModelContext): ModelNode | ErrorCode {
  if (model.closing.has(ctx.sessionId)) return E.SESSIONEXPIRED
  if (pathProblem(path) !== null) return E.BADARGUMENTS
  const node = model.nodes.get(path)
  if (!node) return E.NONODE
  return may(node.acl, perm, ctx.auth) ? node : E.NOAUTH
}

function hasParent(path: string): boolean {
  return path.includes('/') && !path.includes('\0')
}

/** The version behind this one: 32 bits, and never -1, which nobody could expect. */
function follow(version: number): number {
  return version === -2 ? 0 : (version + 1) | 0
}

const KINDS: readonly ModelNode['kind'][] = [
  ...(['persistent', 'ephemeral', 'persistent', 'ephemeral', 'container', 'ttl', 'ttl'] as const),
]

function runCreate(model: Model, op: CreateRequest | CreateTtlRequest, ctx: ModelContext, changes: Change[]): Outcome {
  const kind = KINDS[op.flags]
  if (kind === undefined) return E.BADARGUMENTS
  if (kind === 'ttl' && !ctx.options.extendedTypesEnabled) return E.UNIMPLEMENTED
  const wanted = op.type === 'createContainer' ? 'container' : op.type === 'createTTL' ? 'ttl' : null
  if (wanted !== null ? kind !== wanted : kind === 'container' || kind === 'ttl') return E.BADARGUMENTS
  const ttlMs = op.type === 'createTTL' ? op.ttlMs : 0
  if (kind === 'ttl' && (ttlMs < 1 || ttlMs >= 2 ** 40)) return E.BADARGUMENTS
  if (model.closing.has(ctx.sessionId)) return E.SESSIONEXPIRED
  if (!hasParent(op.path)) return E.BADARGUMENTS
  const acl = keptAcl(op.acl, ctx.auth)
  if (acl === null) return E.INVALIDACL
  const above = parentPath(op.path)
  const parent = model.nodes.get(above)
  if (!parent) return E.NONODE
  if (!may(parent.acl, PERMS.CREATE, ctx.auth)) return E.NOAUTH
  const isSequential = [2, 3, 6].includes(op.flags)
  const path = isSequential ? op.path + suffix(parent.created) : op.path
  if (pathProblem(path) !== null) return E.BADARGUMENTS
  if (model.nodes.has(path)) return E.NODEEXISTS
  if (parent.kind === 'ephemeral') return E.NOCHILDRENFOREPHEMERALS
  const bytes = op.data?.length ?? 0
  if (ctx.options.enforceQuota && isTooMuch(ctx.applied, path, bytes, 1)) return E.QUOTAEXCEEDED

  const { zxid, timeMs } = ctx
  const counted = { created: (parent.created + 1) | 0, cversion: (parent.cversion + 1) | 0, pzxid: zxid }
  model.nodes.set(above, { ...parent, ...counted })
  const node: ModelNode = {
    ...{ data: op.data, acl, kind, ttlMs, owner: kind === 'ephemeral' ? ctx.sessionId : NO_SESSION },
    ...{ czxid: zxid, mzxid: zxid, pzxid: zxid, ctime: timeMs, mtime: timeMs },
    ...{ version: 0, aversion: 0, cversion: 0, created: 0 },
  }
  model.nodes.set(path, node)
  onCreated(model, path)
  count(model, path, bytes, 1)
  changes.push({ type: 'created', path, acl, parentAcl: parent.acl })
  if (op.type === 'create') return { type: 'create', path }
  return { type: 'create2', path, stat: statOfModel(model, path, model.nodes.get(path) ?? node) }
}

/** Ten places, the sign taking one. */
function suffix(created: number): string {
  return created < 0 ? `-${String(-created).padStart(9, '0')}` : String(created).padStart(10, '0')
}

/** The node goes, and its parent notes that. */
export function remove(model: Model, path: string, { zxid }: ModelContext, changes: Change[]): void {
  const [node, parent] = [model.nodes.get(path), model.nodes.get(parentPath(path))]
  if (!node || !parent) throw new Error(`the model has no ${path}, or not its parent`)
  model.nodes.delete(path)
  model.nodes.set(parentPath(path), { ...parent, cversion: (parent.cversion + 1) | 0, pzxid: zxid })
  count(model, path, -(node.data?.length ?? 0), -1)
  changes.push({ type: 'deleted', path, acl: node.acl, parentAcl: parent.acl })
}

export function runSetAcl(model: Model, op: SetAclRequest, ctx: ModelContext, changes: Change[]): Outcome {
  if (model.closing.has(ctx.sessionId)) return E.SESSIONEXPIRED
  if (pathProblem(op.path) !== null) return E.BADARGUMENTS
  const acl = keptAcl(op.acl, ctx.auth)
  if (acl === null) return E.INVALIDACL
  const node = found(model, op.path, PERMS.ADMIN, ctx)
  if (typeof node === 'number') return node
  if (op.version !== -1 && op.version !== node.aversion) return E.BADVERSION
  const changed = { ...node, acl, aversion: follow(node.aversion) }
  model.nodes.set(op.path, changed)
  changes.push({ type: 'aclChanged', path: op.path, acl, parentAcl: null })
  return { type: 'setData', stat: statOfModel(model, op.path, changed) }
}

/** The reaper's: only what still is a container, or a TTL node that nobody renewed. */
export function runDeleteContainer(model: Model, path: string, ctx: ModelContext, changes: Change[]): Outcome {
  if (!hasParent(path) || KEPT_FOR_EVER.includes(path)) return E.BADARGUMENTS
  const node = model.nodes.get(path)
  if (!node) return E.NONODE
  if (childPaths(model, path).length > 0) return E.NOTEMPTY
  const isDue = node.kind === 'container' || (node.kind === 'ttl' && ctx.timeMs - node.mtime > node.ttlMs)
  if (!isDue) return E.BADARGUMENTS
  remove(model, path, ctx, changes)
  return { type: 'delete' }
}
