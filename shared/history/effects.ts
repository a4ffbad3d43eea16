// HC-1: each answered write is exactly one txn of L, that txn is what its request makes of the state before it,
// and the answer is what applying it gives. A second txn of the same request is S-2 (sessions.ts).

import type { DataTree } from '../tree/data-tree.ts'
import { DEFAULT_TREE_OPTIONS } from '../tree/options.ts'
import { createPending } from '../tree/pending.ts'
import { prepareRequest } from '../tree/prepare.ts'
import { ERROR_CODES as E, errorName } from '../zk/errors.ts'
import type { SessionId } from '../zk/ids.ts'
import type { Entry, Txn } from '../zk/txn.ts'
import { at, authWhenSent, type Case, isAnswered, isOfClient, isWrite, named, opAt, report } from './case.ts'
import { isEqual } from './equal.ts'
import type { Visitor } from './replay.ts'

/** Refusals that are given before a request gets a zxid. */
const WITHOUT_TXN: ReadonlySet<number> = new Set([
  ...[E.NOTREADONLY, E.THROTTLEDOP, E.UNIMPLEMENTED, E.SESSIONCLOSEDREQUIRESASLAUTH],
])

export function checkEffects(c: Case): Visitor {
  if (!c.log) return {}
  const { operations } = c.history
  const opOf = new Map<Entry, number>()
  for (const [i, entry] of c.txnOf.entries()) {
    const op = opAt(c, i)
    if (entry) {
      const other = opOf.get(entry)
      if (other === undefined) opOf.set(entry, i)
      else
        report(c, 'HC-1', null, `${named(c, other)} and ${named(c, i)} have the same session and cxid`, {
          operations: [other, i],
          zxids: [entry.zxid],
        })
    } else if (isWrite(op.request) && isAnswered(op) && !WITHOUT_TXN.has(op.err))
      report(c, 'HC-1', 'S-1', `${named(c, i)} was answered ${errorName(op.err)}, but no txn of L is its`, {
        operations: [i],
        zxids: [op.zxid],
      })
  }
  const ours = new Set(operations.map((op) => op.sessionId))
  const connections = connectionsPerSession(c)
  let last = -1
  return {
    before(entry, tree) {
      if (entry.zxid === last)
        report(c, 'HC-1', null, `two txns have the zxid ${at(entry.zxid)}`, { zxids: [entry.zxid] })
      last = entry.zxid
      if (!isOfClient(entry)) return
      const index = opOf.get(entry)
      if (index !== undefined) checkTxn(c, index, entry, tree, connections.get(entry.sessionId) ?? 0)
      else if (ours.has(entry.sessionId)) reportUnasked(c, entry)
    },
    after(entry, applied) {
      const index = opOf.get(entry)
      const op = index === undefined ? null : opAt(c, index)
      if (index === undefined || !op || !isAnswered(op)) return
      const where = { operations: [index], zxids: [entry.zxid] }
      if (op.err !== applied.err)
        report(
          c,
          'HC-1',
          'S-1',
          `${named(c, index)} was answered ${errorName(op.err)}; its txn ${at(entry.zxid)} gives ${errorName(applied.err)}`,
          where,
        )
      else if (!isEqual(op.body, applied.body))
        report(c, 'HC-1', 'S-1', `the answer to ${named(c, index)} is not what its txn ${at(entry.zxid)} gives`, where)
      else if (c.options.reads === 'exact' ? op.zxid !== entry.zxid : op.zxid < entry.zxid)
        report(
          c,
          'HC-1',
          'S-1',
          `${named(c, index)} is txn ${at(entry.zxid)}, but was answered at ${at(op.zxid)}`,
          where,
        )
    },
  }
}

function connectionsPerSession(c: Case): ReadonlyMap<SessionId, number> {
  const counts = new Map<SessionId, number>()
  for (const { sessionId } of c.history.connections) counts.set(sessionId, (counts.get(sessionId) ?? 0) + 1)
  return counts
}

function reportUnasked(c: Case, entry: Entry): void {
  // A second txn of a request that was asked is S-2.
  const asked = c.history.operations.some((op) => op.sessionId === entry.sessionId && op.xid === entry.cxid)
  if (!asked) report(c, 'HC-1', null, `nobody asked for txn ${at(entry.zxid)}`, { zxids: [entry.zxid] })
}

/** Which of its ephemerals goes first is of no importance. */
function inOrder(txn: Txn): Txn {
  return txn.type === 'closeSession' ? { ...txn, paths: txn.paths?.toSorted() ?? null } : txn
}

/** What the leader made of the request, against what it should have made of it. */
function checkTxn(c: Case, index: number, entry: Entry, tree: DataTree, connections: number): void {
  if (c.options.reads !== 'exact') return // another implementation may log it differently
  const { request } = opAt(c, index)
  if (!isWrite(request) || request.type === 'reconfig') return // the configuration is not the tree's
  const { txn, zxid, timeMs, sessionId } = entry
  const where = { operations: [index], zxids: [zxid] }
  if (isError(txn, E.SESSIONMOVED)) {
    if (connections < 2)
      report(c, 'HC-1', 'S-6', `${named(c, index)} was refused as moved, but its session never moved`, where)
    return
  }
  const isOpen = tree.sessions.has(sessionId)
  if (!isOpen && txn.type !== 'error') return // S-5, S-6: sessions.ts
  const options = c.options.tree ?? DEFAULT_TREE_OPTIONS
  const expected: Txn = isOpen
    ? prepareRequest(tree, createPending(), request, { zxid, timeMs, sessionId, auth: authWhenSent(c, index) }, options)
    : { type: 'error', err: E.SESSIONEXPIRED }
  // Hard quotas look at what is applied, which may be older than the state before the txn.
  if (options.enforceQuota && (isError(txn, E.QUOTAEXCEEDED) || isError(expected, E.QUOTAEXCEEDED))) return
  if (!isEqual(inOrder(txn), inOrder(expected)))
    report(
      c,
      'HC-1',
      null,
      `${named(c, index)} became ${describe(txn)} at ${at(zxid)}; the state before it asks for ${describe(expected)}`,
      where,
    )
}

function isError(txn: Txn, err: number): boolean {
  return txn.type === 'error' && txn.err === err
}

function describe(txn: Txn): string {
  if (txn.type === 'error') return errorName(txn.err)
  return 'path' in txn ? `${txn.type} ${txn.path}` : txn.type
}
