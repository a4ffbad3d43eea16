// What reads answer, apart from the watches that come with them. Lists have no order: sort before comparing.
// Rules: client-protocol.md §5, §5.2, §6.

import { type AuthId, PERMS } from '../../zk/acl.ts'
import { ERROR_CODES as E, type ErrorCode } from '../../zk/errors.ts'
import type { SessionId } from '../../zk/ids.ts'
import { baseName } from '../../zk/path.ts'
import { type MultiResult, NO_BODY, type ReplyBody } from '../../zk/reply.ts'
import type { MultiReadOp } from '../../zk/request.ts'
import type { TreeRead } from '../read.ts'
import { may } from './rights.ts'
import { childPaths, type Model, type ModelNode, statOfModel } from './state.ts'

export interface ExpectedRead {
  readonly err: ErrorCode
  readonly body: ReplyBody
}

export function readModel(model: Model, request: TreeRead, auth: readonly AuthId[], session: SessionId): ExpectedRead {
  if (request.type === 'multiRead')
    return ok({ type: 'multi', results: request.ops.map((op) => readMember(model, op, auth)) })
  if (request.type === 'getEphemerals') {
    const own = [...model.nodes].filter(([, { owner }]) => owner === session).map(([path]) => path)
    const prefix = request.prefix?.trim() || '/'
    return ok({ type: 'ephemerals', paths: own.filter((path) => path.startsWith(prefix)) })
  }
  if (request.type === 'exists' && request.path.includes('\0')) return { err: E.BADARGUMENTS, body: NO_BODY }
  const path = request.path === '' ? '/' : request.path
  const node = model.nodes.get(path)
  if (!node) return { err: E.NONODE, body: NO_BODY }
  const isAdmin = may(node.acl, PERMS.ADMIN, auth)
  if (!may(node.acl, PERMS.READ, auth) && !(isAdmin && request.type === 'getACL'))
    return { err: E.NOAUTH, body: NO_BODY }
  const body = bodyOf(model, request.type, path, node, isAdmin)
  // Below "" there is also "/" itself.
  return ok(body.type === 'count' && request.path === '' ? { ...body, count: body.count + 1 } : body)
}

function ok(body: ReplyBody): ExpectedRead {
  return { err: E.OK, body }
}

type NodeRead = Exclude<TreeRead['type'], 'multiRead' | 'getEphemerals'>

function bodyOf(model: Model, type: NodeRead, path: string, node: ModelNode, isAdmin: boolean): ReplyBody {
  const stat = statOfModel(model, path, node)
  const children = childPaths(model, path).map(baseName)
  switch (type) {
    case 'exists':
      return { type: 'stat', stat }
    case 'getData':
      return { type: 'data', data: node.data, stat }
    case 'getChildren':
      return { type: 'children', children }
    case 'getChildren2':
      return { type: 'childrenStat', children, stat }
    case 'getAllChildrenNumber':
      return { type: 'count', count: below(model, path) }
    case 'getACL': {
      const hidden = node.acl.map((one) =>
        one.scheme === 'digest' && !isAdmin ? { ...one, id: `${one.id.split(':')[0]}:x` } : one,
      )
      return { type: 'acl', acl: hidden, stat }
    }
  }
}

function below(model: Model, path: string): number {
  const prefix = path === '/' ? '/' : `${path}/`
  return [...model.nodes.keys()].filter((other) => other !== path && other.startsWith(prefix)).length
}

function readMember(model: Model, op: MultiReadOp, auth: readonly AuthId[]): MultiResult {
  const path = op.path === '' ? '/' : op.path
  const node = model.nodes.get(path)
  if (!node) return { type: 'error', err: E.NONODE }
  if (!may(node.acl, PERMS.READ, auth)) return { type: 'error', err: E.NOAUTH }
  if (op.type === 'getData') return { type: 'getData', data: node.data, stat: statOfModel(model, path, node) }
  return { type: 'getChildren', children: childPaths(model, path).map(baseName) }
}
