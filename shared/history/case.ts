// A history prepared for the checks: who is who, which txn each write became, what was found so far. The
// checks themselves are in the files named after what they look at.

import { assert } from '../base/assert.ts'
import type { AuthId } from '../zk/acl.ts'
import type { SessionId } from '../zk/ids.ts'
import { opName } from '../zk/op.ts'
import type { ClientRequest, WriteRequest } from '../zk/request.ts'
import type { Entry } from '../zk/txn.ts'
import { formatEpochCounter, type Zxid } from '../zk/zxid.ts'
import type { CheckId, CheckOptions, ConnectionRecord, History, Operation, RuleId, Violation } from './history.ts'

export interface Case {
  readonly history: History
  readonly options: CheckOptions
  /** L in the order of zxids. */
  readonly log: readonly Entry[] | null
  readonly conns: ReadonlyMap<number, ConnectionRecord>
  /** For each connection the indexes of its operations, in the order of sending. */
  readonly byConn: ReadonlyMap<number, readonly number[]>
  /** For each operation the txn that it became; null: no write, not in L, or no L. */
  readonly txnOf: readonly (Entry | null)[]
  readonly found: Violation[]
}

/** After so many nobody reads on; the run is red anyway. */
export const VIOLATIONS_MAX = 200

export function openCase(history: History, options: CheckOptions): Case {
  const conns = new Map(history.connections.map((record) => [record.conn, record]))
  const byConn = new Map<number, number[]>()
  for (const [i, op] of history.operations.entries()) {
    assert(conns.has(op.conn), 'each operation belongs to a recorded connection')
    const list = byConn.get(op.conn)
    if (list) list.push(i)
    else byConn.set(op.conn, [i])
  }
  const log = history.log === null ? null : history.log.toSorted((a, b) => a.zxid - b.zxid)
  return { history, options, log, conns, byConn, txnOf: matchTxns(history, log), found: [] }
}

/** The first txn with the (session, cxid) of each write; that there is no second one is S-2's business. */
function matchTxns(history: History, log: readonly Entry[] | null): (Entry | null)[] {
  const bySession = new Map<SessionId, Map<number, Entry>>()
  for (const entry of log ?? []) {
    if (!isOfClient(entry)) continue
    let entries = bySession.get(entry.sessionId)
    if (!entries) {
      entries = new Map()
      bySession.set(entry.sessionId, entries)
    }
    if (!entries.has(entry.cxid)) entries.set(entry.cxid, entry)
  }
  return history.operations.map((op) =>
    isWrite(op.request) ? (bySession.get(op.sessionId)?.get(op.xid) ?? null) : null,
  )
}

/** Asked for by a client's frame: a session's creation, its expiry and the leader's own txns have cxid 0. */
export function isOfClient(entry: Entry): boolean {
  return entry.cxid !== 0
}

const WRITES: ReadonlySet<string> = new Set<WriteRequest['type']>([
  ...(['create', 'create2', 'createContainer', 'createTTL', 'delete', 'setData', 'setACL'] as const),
  ...(['multi', 'reconfig', 'createSession', 'closeSession', 'deleteContainer'] as const),
])

/** What takes a zxid. */
export function isWrite(request: ClientRequest): request is WriteRequest {
  if (request.type !== 'undecodable') return WRITES.has(request.type)
  const name = opName(request.op)
  return name !== null && WRITES.has(name)
}

/** z(w): from L, or from its answer when there is no L. Null: not known to have happened. */
export function zxidOfWrite(c: Case, index: number): Zxid | null {
  if (c.log) return c.txnOf[index]?.zxid ?? null
  const op = opAt(c, index)
  return isWrite(op.request) ? op.zxid : null
}

export function opAt(c: Case, index: number): Operation {
  const op = c.history.operations[index]
  assert(op !== undefined, 'an index of an operation of this history')
  return op
}

export function connOf(c: Case, conn: number): ConnectionRecord {
  const record = c.conns.get(conn)
  assert(record !== undefined, 'each operation and event belongs to a recorded connection')
  return record
}

/** An answered operation: its reply's zxid is known. */
export type Answered = Operation & { readonly zxid: Zxid; readonly err: number; readonly doneAtMs: number }

export function isAnswered(op: Operation): op is Answered {
  return op.zxid !== null && op.err !== null && op.doneAtMs !== null
}

/** The identities that the server knew when it took the request in. */
export function authWhenSent(c: Case, index: number): readonly AuthId[] {
  const { auth } = connOf(c, opAt(c, index).conn)
  return auth.filter((grant) => grant.sinceOperation <= index).map((grant) => grant.id)
}

/** The identities that the server knew for sure when it sent frame `arrival` of the connection. */
export function authAtArrival(record: ConnectionRecord, arrival: number): readonly AuthId[] {
  return record.auth.filter((grant) => grant.sinceArrival <= arrival).map((grant) => grant.id)
}

export interface Where {
  readonly operations?: readonly number[]
  readonly zxids?: readonly Zxid[]
  readonly advisory?: boolean
}

export function report(c: Case, id: CheckId, rule: RuleId | null, what: string, where: Where = {}): void {
  if (c.found.length >= VIOLATIONS_MAX) return
  const { operations = [], zxids = [], advisory = false } = where
  c.found.push({ id, rule, what, operations, zxids, advisory })
}

/** `#12 setData /a`: an operation in a sentence. */
export function named(c: Case, index: number): string {
  const { request } = opAt(c, index)
  const path = 'path' in request && request.path !== null ? ` ${request.path}` : ''
  return `#${index} ${request.type}${path}`
}

/** Zxids in sentences. */
export const at = formatEpochCounter
