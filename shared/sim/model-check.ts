// T-1 by an independent witness: what was asked for, in the order that was chosen, is asked of the naive model too,
// which was written from the rules and shares no code with the tree. Both must say the same each time, and be the
// same in the end.

import type { Operation } from '../history/history.ts'
import type { DataTree } from '../tree/data-tree.ts'
import { modelEquals } from '../tree/model/equals.ts'
import { runModel } from '../tree/model/run.ts'
import { createModel } from '../tree/model/state.ts'
import { DEFAULT_TREE_OPTIONS } from '../tree/options.ts'
import type { AuthId } from '../zk/acl.ts'
import { ERROR_CODES as E, errorName } from '../zk/errors.ts'
import type { SessionId } from '../zk/ids.ts'
import type { ClientRequest, WriteRequest } from '../zk/request.ts'
import type { Entry } from '../zk/txn.ts'
import { formatEpochCounter } from '../zk/zxid.ts'

/**
 * The first difference, as a sentence; null when there is none. `operations` are all that clients sent, `authOf` who a
 * session is, `tree` what the log gives in the end.
 */
export function compareWithModel(
  log: readonly Entry[],
  operations: readonly Operation[],
  authOf: (session: SessionId) => readonly AuthId[],
  tree: DataTree,
): string | null {
  const asked = new Map<string, ClientRequest>()
  for (const { sessionId, xid, request } of operations) asked.set(`${sessionId} ${xid}`, request)
  const model = createModel()
  const options = DEFAULT_TREE_OPTIONS
  for (const entry of log) {
    const { zxid, timeMs, sessionId, cxid, txn } = entry
    const request = requestOf(entry, asked.get(`${sessionId} ${cxid}`))
    if (!request) continue
    const { err } = runModel(model, request, {
      zxid,
      timeMs,
      sessionId,
      auth: authOf(sessionId),
      options,
      applied: model,
    })
    const logged = txn.type === 'error' ? txn.err : E.OK
    if (err !== logged)
      return `${request.type} at ${formatEpochCounter(zxid)} became ${errorName(logged)}; by the rules it is ${errorName(err)}`
  }
  const difference = modelEquals(model, tree)
  return difference === null ? null : `in the end, ${difference}`
}

/** What a txn was asked for; null for what changes no znode: refusals of sessions, and reconfigurations. */
function requestOf(entry: Entry, asked: ClientRequest | undefined): WriteRequest | null {
  const { txn, cxid } = entry
  if (txn.type === 'createSession') return { type: 'createSession', timeoutMs: txn.timeoutMs }
  if (txn.type === 'closeSession') return { type: 'closeSession' }
  if (txn.type === 'deleteContainer' && cxid === 0) return { type: 'deleteContainer', path: txn.path }
  if (txn.type === 'error' && (txn.err === E.SESSIONEXPIRED || txn.err === E.SESSIONMOVED)) return null
  if (!asked || asked.type === 'reconfig') return null
  return asked as WriteRequest // it became a txn, so it was a write
}
