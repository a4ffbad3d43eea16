// A request to the model and the answer that it has to get. What single operations do is in writes.ts and
// reads.ts.

import type { AuthId } from '../../zk/acl.ts'
import { ERROR_CODES as E, type ErrorCode } from '../../zk/errors.ts'
import type { SessionId } from '../../zk/ids.ts'
import { type MultiResult, NO_BODY, type ReplyBody } from '../../zk/reply.ts'
import type { MultiRequest, WriteRequest } from '../../zk/request.ts'
import type { Zxid } from '../../zk/zxid.ts'
import type { Change } from '../contract.ts'
import type { TreeOptions } from '../options.ts'
import { copyModel, type Model } from './state.ts'
import { type Outcome, remove, runDeleteContainer, runOp, runSetAcl } from './writes.ts'

export interface ModelContext {
  readonly zxid: Zxid
  readonly timeMs: number
  readonly sessionId: SessionId
  readonly auth: readonly AuthId[]
  readonly options: TreeOptions
  /** The model as far as txns are applied, which is what hard quotas are held against. */
  readonly applied: Model
}

export interface Expected {
  readonly err: ErrorCode
  readonly body: ReplyBody
  /** What watches may hear of, in order; of a closeSession in any. */
  readonly changes: readonly Change[]
}

/** Changes the model by a write, and says what comes of it. reconfig is not the model's business. */
export function runModel(model: Model, request: WriteRequest, ctx: ModelContext): Expected {
  const changes: Change[] = []
  switch (request.type) {
    case 'multi':
      return runMulti(model, request, ctx)
    case 'createSession':
      model.sessions.set(ctx.sessionId, request.timeoutMs)
      return { err: E.OK, body: NO_BODY, changes }
    case 'closeSession':
      for (const [path, { owner }] of [...model.nodes]) if (owner === ctx.sessionId) remove(model, path, ctx, changes)
      model.sessions.delete(ctx.sessionId)
      model.closing.add(ctx.sessionId)
      return { err: E.OK, body: NO_BODY, changes }
    case 'deleteContainer':
      return answer(runDeleteContainer(model, request.path, ctx, changes), changes)
    case 'setACL':
      return answer(runSetAcl(model, request, ctx, changes), changes)
    case 'undecodable':
      return { err: E.MARSHALLINGERROR, body: NO_BODY, changes }
    case 'reconfig':
      throw new Error('the model knows no reconfig')
    default:
      return answer(runOp(model, request, ctx, changes), changes)
  }
}

function answer(outcome: Outcome, changes: readonly Change[]): Expected {
  if (typeof outcome === 'number') return { err: outcome, body: NO_BODY, changes: [] }
  switch (outcome.type) {
    case 'create':
      return { err: E.OK, body: { type: 'path', path: outcome.path }, changes }
    case 'create2':
      return { err: E.OK, body: { type: 'pathStat', path: outcome.path, stat: outcome.stat }, changes }
    case 'setData':
      return { err: E.OK, body: { type: 'stat', stat: outcome.stat }, changes }
    default:
      return { err: E.OK, body: NO_BODY, changes }
  }
}

/** All or nothing: on a copy, which replaces the model when every op went well. */
function runMulti(model: Model, request: MultiRequest, ctx: ModelContext): Expected {
  const copy = copyModel(model)
  const changes: Change[] = []
  const results: MultiResult[] = []
  for (const [i, op] of request.ops.entries()) {
    const outcome = runOp(copy, op, ctx, changes)
    if (typeof outcome !== 'number') {
      results.push(outcome)
      continue
    }
    const errors = request.ops.map((_, k) => (k < i ? E.OK : k === i ? outcome : E.RUNTIMEINCONSISTENCY))
    return { err: E.OK, body: { type: 'multi', results: errors.map((err) => ({ type: 'error', err })) }, changes: [] }
  }
  model.nodes.clear()
  for (const [path, node] of copy.nodes) model.nodes.set(path, node)
  return { err: E.OK, body: { type: 'multi', results }, changes }
}
