// The leader's half of the state machine: a request becomes the txn that every server will apply, or an
// error txn. Checks run in ZooKeeper's order, since the first failure is what the client sees
// (client-protocol.md §5.2). Session checks other than "it is closing" belong to the peer.
// Source: PrepRequestProcessor.

import { unreachable } from '../base/assert.ts'
import { ERROR_CODES, type ErrorCode } from '../zk/errors.ts'
import type { CheckRequest, MultiOp, MultiRequest, WriteRequest } from '../zk/request.ts'
import type { CheckTxn, ErrorTxn, SubTxn, Txn } from '../zk/txn.ts'
import type { PrepareContext } from './contract.ts'
import type { DataTree } from './data-tree.ts'
import { DEFAULT_TREE_OPTIONS, type TreeOptions } from './options.ts'
import { beginMulti, beginProposal, endMulti, endProposal, type Pending } from './pending.ts'
import type { Preparation } from './preparation.ts'
import { prepareCreate } from './prepare-create.ts'
import { prepareCheck, prepareDelete, prepareDeleteContainer, prepareSetAcl, prepareSetData } from './prepare-node.ts'
import { prepareReconfig } from './prepare-reconfig.ts'
import { prepareCloseSession } from './prepare-session.ts'

/**
 * The txn for `request`, and the projection moved on by it. A refused request is an error txn: it takes its
 * zxid and is logged like any other. A multi that fails keeps its members up to the failure, as ZooKeeper
 * logs them.
 */
export function prepareRequest(
  tree: DataTree,
  pending: Pending,
  request: WriteRequest,
  ctx: PrepareContext,
  options: TreeOptions = DEFAULT_TREE_OPTIONS,
): Txn {
  beginProposal(tree, pending, ctx.zxid)
  const prepared = prepareAny({ tree, pending, ctx, options }, request)
  endProposal(pending)
  return typeof prepared === 'number' ? { type: 'error', err: prepared } : prepared
}

/**
 * The tree digest after `txn`, which prepareRequest has just given: what its entry carries. Null for an error txn, as
 * in ZooKeeper, though not for a multi that failed; and when digests are switched off.
 */
export function proposalDigest(pending: Pending, txn: Txn, options: TreeOptions = DEFAULT_TREE_OPTIONS): bigint | null {
  return options.digest && txn.type !== 'error' ? pending.digest : null
}

function prepareAny(p: Preparation, request: WriteRequest): Txn | ErrorCode {
  switch (request.type) {
    case 'create':
    case 'create2':
    case 'createContainer':
    case 'createTTL':
    case 'delete':
    case 'setData':
      return prepareOp(p, request)
    case 'setACL':
      return prepareSetAcl(p, request)
    case 'multi':
      return prepareMulti(p, request)
    case 'createSession':
      return { type: 'createSession', timeoutMs: request.timeoutMs }
    case 'closeSession':
      return prepareCloseSession(p)
    case 'deleteContainer':
      return prepareDeleteContainer(p, request)
    case 'reconfig':
      return prepareReconfig(p, request)
    case 'undecodable':
      return ERROR_CODES.MARSHALLINGERROR
    default:
      return unreachable(request)
  }
}

function prepareOp(
  p: Preparation,
  op: Exclude<MultiOp, CheckRequest>,
): Exclude<SubTxn, CheckTxn | ErrorTxn> | ErrorCode {
  switch (op.type) {
    case 'create':
    case 'create2':
    case 'createContainer':
    case 'createTTL':
      return prepareCreate(p, op)
    case 'delete':
      return prepareDelete(p, op)
    case 'setData':
      return prepareSetData(p, op)
    default:
      return unreachable(op)
  }
}

/** Each op sees what the ones before it did; after the first failure none of it has happened. */
function prepareMulti(p: Preparation, request: MultiRequest): Txn {
  const mark = beginMulti(p.pending)
  const txns: SubTxn[] = []
  let failed = false
  for (const op of request.ops) {
    const prepared = failed ? ERROR_CODES.RUNTIMEINCONSISTENCY : prepareMember(p, op)
    if (typeof prepared === 'number') failed = true
    txns.push(typeof prepared === 'number' ? { type: 'error', err: prepared } : prepared)
  }
  endMulti(p.pending, mark, !failed)
  return { type: 'multi', txns }
}

function prepareMember(p: Preparation, op: MultiOp): SubTxn | ErrorCode {
  return op.type === 'check' ? prepareCheck(p, op) : prepareOp(p, op)
}
