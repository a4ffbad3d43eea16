// Applying committed entries: the half of the state machine that every server runs, in zxid order. It is
// idempotent in the way that recovery needs: a fuzzy snapshot may already hold effects of the entries that
// are replayed over it (storage.md §6). What single operations do to nodes is apply-node.ts.
// Source: DataTree.processTxn.

import { unreachable } from '../base/assert.ts'
import { ERROR_CODES, type ErrorCode } from '../zk/errors.ts'
import type { SessionId } from '../zk/ids.ts'
import { type MultiResult, NO_BODY, type ReplyBody } from '../zk/reply.ts'
import type { Entry, SubTxn, Txn } from '../zk/txn.ts'
import { type Application, applyCreate, applyDelete, applySetAcl, applySetData } from './apply-node.ts'
import type { Applied, DigestMismatch } from './contract.ts'
import type { DataTree } from './data-tree.ts'
import { dataOf } from './node-data.ts'
import { addToDigest } from './node-digest.ts'
import { DEFAULT_TREE_OPTIONS, type TreeOptions } from './options.ts'
import { statOf } from './stat.ts'
import type { Znode } from './znode.ts'

interface Outcome {
  readonly err: ErrorCode
  readonly body: ReplyBody
}

const DONE: Outcome = { err: ERROR_CODES.OK, body: NO_BODY }

/** Changes the tree by one entry and says what the asking client is answered and what watches may fire. */
export function applyEntry(tree: DataTree, entry: Entry, options: TreeOptions = DEFAULT_TREE_OPTIONS): Applied {
  const a: Application = {
    tree,
    zxid: entry.zxid,
    timeMs: entry.timeMs,
    sessionId: entry.sessionId,
    keepsDigest: options.digest,
    digestDelta: 0,
    changes: [],
  }
  const { err, body } = applyTxn(a, entry.txn)
  tree.digest = addToDigest(tree.digest, a.digestDelta)
  // What is applied twice says nothing: the tree is ahead of it.
  const isNew = entry.zxid > tree.lastProcessedZxid
  const mismatch = isNew && options.digest ? compareDigests(tree, entry.digest) : null
  // Last, so that nobody who looks at the zxid can take half a multi for the whole (ZOOKEEPER-3127).
  if (isNew) tree.lastProcessedZxid = entry.zxid
  return { err, body, changes: a.changes, mismatch }
}

/** [T-10] A tree that was exact has to stay so. */
function compareDigests(tree: DataTree, expected: bigint | null): DigestMismatch | null {
  if (expected === null) return null
  if (tree.digest === expected) tree.isExact = true
  else if (tree.isExact) return { expected, actual: tree.digest }
  return null
}

function applyTxn(a: Application, txn: Txn): Outcome {
  switch (txn.type) {
    case 'multi':
      return { err: ERROR_CODES.OK, body: { type: 'multi', results: applyMulti(a, txn.txns) } }
    case 'error':
      return { err: txn.err, body: NO_BODY }
    case 'createSession':
      a.tree.sessions.set(a.sessionId, txn.timeoutMs)
      return DONE
    case 'closeSession':
      closeSession(a, a.sessionId, txn.paths)
      return DONE
    case 'setACL':
      return answerStat(applySetAcl(a, txn.path, txn.acl, txn.version))
    case 'setData':
      return answerStat(applySetData(a, txn.path, txn.data, txn.version))
    case 'reconfig': {
      const node = applySetData(a, txn.path, txn.data, txn.version)
      if (typeof node === 'number') return failed(node)
      return { err: ERROR_CODES.OK, body: { type: 'data', data: dataOf(node), stat: statOf(node) } }
    }
    case 'delete':
    case 'deleteContainer': {
      const err = applyDelete(a, txn.path)
      return err === ERROR_CODES.OK ? DONE : failed(err)
    }
    case 'create':
    case 'create2':
    case 'createContainer':
    case 'createTTL': {
      const node = applyCreate(a, txn)
      if (typeof node === 'number') return failed(node)
      const { path } = txn
      const body: ReplyBody =
        txn.type === 'create' ? { type: 'path', path } : { type: 'pathStat', path, stat: statOf(node) }
      return { err: ERROR_CODES.OK, body }
    }
    default:
      return unreachable(txn)
  }
}

function failed(err: ErrorCode): Outcome {
  return { err, body: NO_BODY }
}

function answerStat(node: Znode | ErrorCode): Outcome {
  if (typeof node === 'number') return failed(node)
  return { err: ERROR_CODES.OK, body: { type: 'stat', stat: statOf(node) } }
}

/** The paths that the leader listed; then any that only this server still records for the session. */
function closeSession(a: Application, session: SessionId, paths: readonly string[] | null): void {
  for (const path of paths ?? []) applyDelete(a, path)
  const left = a.tree.ephemerals.get(session)
  if (left) for (const path of [...left]) applyDelete(a, path)
  a.tree.sessions.delete(session)
}

/** With one error member nothing is applied, and every member is answered by an error. */
function applyMulti(a: Application, txns: readonly SubTxn[]): readonly MultiResult[] {
  const failedAt = txns.findIndex((txn) => txn.type === 'error')
  if (failedAt < 0) return txns.map((txn) => applyMember(a, txn))
  return txns.map((txn, i) => {
    if (txn.type === 'error') return { type: 'error', err: txn.err }
    return { type: 'error', err: i < failedAt ? ERROR_CODES.OK : ERROR_CODES.RUNTIMEINCONSISTENCY }
  })
}

function applyMember(a: Application, txn: SubTxn): MultiResult {
  if (txn.type === 'check') return { type: 'check' }
  const { err, body } = applyTxn(a, txn)
  if (err !== ERROR_CODES.OK) return { type: 'error', err }
  switch (body.type) {
    case 'path':
      return { type: 'create', path: body.path ?? '' }
    case 'pathStat':
      return { type: 'create2', path: body.path, stat: body.stat }
    case 'stat':
    case 'data':
      return { type: 'setData', stat: body.stat }
    default:
      return { type: 'delete' }
  }
}
