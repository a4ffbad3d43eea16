// For tests only: the rules of the tree once more, as naively as they can be written. Every request takes
// effect at once, a multi works on a copy, nothing is indexed and nothing is pending. What the real tree does
// differently from this is a mistake in one of the two.

import { ERROR_CODES as E, type ErrorCode } from '../zk/errors.ts'
import { NO_SESSION, type SessionId } from '../zk/ids.ts'
import { baseName, parentPath, pathProblem, sequenceSuffix } from '../zk/path.ts'
import type { CreateRequest, CreateTtlRequest, MultiOp, WriteRequest } from '../zk/request.ts'
import type { Stat } from '../zk/stat.ts'
import type { Zxid } from '../zk/zxid.ts'

interface ModelNode {
  stat: Stat
  text: string
  /** Children created so far: what sequence numbers are taken from. */
  created: number
  isReaped: boolean
}

export interface Model {
  nodes: Map<string, ModelNode>
  closed: Set<SessionId>
}

export interface ModelContext {
  readonly zxid: Zxid
  readonly timeMs: number
  readonly sessionId: SessionId
}

const UNDELETABLE = ['/', '/zookeeper']

export function createModel(nodes: Iterable<[string, Stat]>): Model {
  const model: Model = { nodes: new Map(), closed: new Set() }
  for (const [path, stat] of nodes) model.nodes.set(path, { stat, text: '', created: 0, isReaped: false })
  return model
}

/** 0 and the effect, or the error and none. A multi that fails gives 0, like its txn. */
export function runModel(model: Model, request: WriteRequest, ctx: ModelContext): ErrorCode {
  switch (request.type) {
    case 'multi': {
      const copy = new Map([...model.nodes].map(([path, node]) => [path, { ...node }]))
      if (request.ops.some((op) => runOp(model, op, ctx) !== E.OK)) model.nodes = copy
      return E.OK
    }
    case 'closeSession':
      for (const [path, node] of [...model.nodes])
        if (node.stat.ephemeralOwner === ctx.sessionId) drop(model, path, ctx)
      model.closed.add(ctx.sessionId)
      return E.OK
    case 'deleteContainer': {
      if (UNDELETABLE.includes(request.path)) return E.BADARGUMENTS
      const node = model.nodes.get(request.path)
      if (!node) return E.NONODE
      if (node.stat.numChildren > 0) return E.NOTEMPTY
      if (!node.isReaped) return E.BADARGUMENTS
      drop(model, request.path, ctx)
      return E.OK
    }
    case 'create':
    case 'create2':
    case 'createContainer':
    case 'delete':
    case 'setData':
      return runOp(model, request, ctx)
    default:
      throw new Error(`the model does not know ${request.type}`)
  }
}

function runOp(model: Model, op: MultiOp, ctx: ModelContext): ErrorCode {
  if (op.type !== 'delete' && op.type !== 'setData' && op.type !== 'check') return runCreate(model, op, ctx)
  if (model.closed.has(ctx.sessionId)) return E.SESSIONEXPIRED
  if (op.type !== 'delete' && pathProblem(op.path)) return E.BADARGUMENTS
  if (op.type === 'delete' && UNDELETABLE.includes(op.path)) return E.BADARGUMENTS
  const node = model.nodes.get(op.path)
  if (!node) return E.NONODE
  if (op.version !== -1 && op.version !== node.stat.version) return E.BADVERSION
  if (op.type === 'delete') {
    if (node.stat.numChildren > 0) return E.NOTEMPTY
    drop(model, op.path, ctx)
  } else if (op.type === 'setData') {
    const { zxid: mzxid, timeMs: mtime } = ctx
    const dataLength = op.data?.length ?? 0
    node.stat = { ...node.stat, version: node.stat.version + 1, mzxid, mtime, dataLength }
    node.text = String(op.data)
  }
  return E.OK
}

function runCreate(model: Model, op: CreateRequest | CreateTtlRequest, ctx: ModelContext): ErrorCode {
  if ((op.type === 'createContainer') !== (op.flags === 4)) return E.BADARGUMENTS
  if (model.closed.has(ctx.sessionId)) return E.SESSIONEXPIRED
  const parent = model.nodes.get(parentPath(op.path))
  if (!parent) return E.NONODE
  const isSequential = op.flags === 2 || op.flags === 3
  const path = isSequential ? op.path + sequenceSuffix(parent.created) : op.path
  if (pathProblem(path)) return E.BADARGUMENTS
  if (model.nodes.has(path)) return E.NODEEXISTS
  if (parent.stat.ephemeralOwner !== NO_SESSION) return E.NOCHILDRENFOREPHEMERALS
  const { zxid, timeMs } = ctx
  parent.created += 1
  changeChildren(parent, 1, zxid)
  const stat: Stat = {
    czxid: zxid,
    mzxid: zxid,
    pzxid: zxid,
    ctime: timeMs,
    mtime: timeMs,
    version: 0,
    cversion: 0,
    aversion: 0,
    ephemeralOwner: op.flags === 1 || op.flags === 3 ? ctx.sessionId : NO_SESSION,
    dataLength: op.data?.length ?? 0,
    numChildren: 0,
  }
  model.nodes.set(path, { stat, text: String(op.data), created: 0, isReaped: op.flags === 4 })
  return E.OK
}

/** Visible cversion: one for each creation and each deletion. */
function changeChildren(parent: ModelNode, by: 1 | -1, pzxid: Zxid): void {
  const { cversion, numChildren } = parent.stat
  parent.stat = { ...parent.stat, cversion: cversion + 1, numChildren: numChildren + by, pzxid }
}

function drop(model: Model, path: string, ctx: ModelContext): void {
  const parent = model.nodes.get(parentPath(path))
  if (!parent || baseName(path) === '') throw new Error(`${path} has no parent`)
  model.nodes.delete(path)
  changeChildren(parent, -1, ctx.zxid)
}
