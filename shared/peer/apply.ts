// A committed txn reaches this server: the tree changes, watches fire, and if the request came from one of
// our own clients it is answered. In this order, so that an event is sent before any reply that could show
// its change (O-14, W-1). Source: FinalRequestProcessor, CommitProcessor.

import { dequeue, peek } from '../base/queue.ts'
import { applyEntry } from '../tree/apply.ts'
import type { DigestMismatch } from '../tree/contract.ts'
import { retirePending } from '../tree/pending.ts'
import { forget } from '../tree/sessions.ts'
import { trigger } from '../tree/watch-table.ts'
import { ERROR_CODES } from '../zk/errors.ts'
import type { Entry } from '../zk/txn.ts'
import { epochOf, type Zxid } from '../zk/zxid.ts'
import { cut, drain, establish, refuse } from './clients.ts'
import type { PeerEffect } from './contract.ts'
import { canRead } from './reads.ts'
import { stopServing } from './serving.ts'
import type { Conn, Peer } from './state.ts'

export function applyCommitted(peer: Peer, entry: Entry, out: PeerEffect[]): void {
  const { tree, leadership, watches } = peer
  if (peer.diverged) return
  const applied = applyEntry(tree, entry, peer.options)
  if (applied.mismatch) {
    if (isProof(peer, entry.zxid)) return leaveService(peer, entry, applied.mismatch, out)
    out.push({ type: 'digestMismatch', zxid: entry.zxid, ...applied.mismatch })
  }
  peer.zxid = Math.max(peer.zxid, entry.zxid) as Zxid
  if (leadership) retirePending(leadership.pending, entry)
  out.push({ type: 'applied', entry, err: applied.err })
  for (const change of applied.changes)
    for (const { conn, event, mode } of trigger(watches, change, canRead(peer)))
      out.push({ type: 'watchEvent', conn, zxid: entry.zxid, event, mode })

  const conn = peer.bySession.get(entry.sessionId)
  if (entry.txn.type === 'createSession') {
    if (conn && !conn.established) establish(peer, conn, out)
  } else if (entry.txn.type === 'closeSession') {
    if (leadership) forget(leadership.tracker, entry.sessionId)
    if (conn) endSession(peer, conn, entry, out)
  } else if (conn) {
    answerWrite(peer, conn, entry, applied, out)
  }
}

/**
 * Whether a digest that differs shows that the trees do. It does when a leader of ours made it, in its own epoch. Apache's
 * projects the root under two names, `/` and the empty one, so that a setData of `/` behind a create below it (or the
 * other way round) carries a wrong digest, and so do those in flight behind it.
 */
function isProof({ zab: { role } }: Peer, zxid: Zxid): boolean {
  if (role.state === 'LOOKING') return false
  return epochOf(zxid) === role.epoch && (role.state === 'LEADING' || role.exactDigests)
}

/**
 * T-10: this tree and the leader's are not the same, so nothing may be answered from this one, this txn included, and no
 * snapshot may carry it on. A leader finds itself at fault just so. The log is right, whatever the tree is.
 */
function leaveService(peer: Peer, { zxid }: Entry, { expected, actual }: DigestMismatch, out: PeerEffect[]): void {
  peer.diverged = true
  stopServing(peer, 'the tree is not the leader’s (T-10)', out)
  out.push({ type: 'diverged', zxid, expected, actual })
}

/** The write at the front of the session's queue is ours if session and xid agree; else it came another way. */
function answerWrite(
  peer: Peer,
  conn: Conn,
  entry: Entry,
  applied: ReturnType<typeof applyEntry>,
  out: PeerEffect[],
): void {
  const head = peek(conn.waiting)
  if (head?.kind !== 'write' || head.xid !== entry.cxid) return
  if (applied.err === ERROR_CODES.SESSIONMOVED)
    return cut(peer, conn.id, 'its session has moved to another connection', out)
  dequeue(conn.waiting)
  const { xid, request } = head
  out.push({ type: 'reply', conn: conn.id, xid, zxid: peer.zxid, err: applied.err, body: applied.body, request })
  drain(peer, conn, out)
}

/** Asked for by the client: answered, then closed. By expiry: closed without a word. */
function endSession(peer: Peer, conn: Conn, entry: Entry, out: PeerEffect[]): void {
  const head = peek(conn.waiting)
  if (!conn.established) return refuse(peer, conn, 'the session is over', out)
  if (head?.kind === 'write' && head.request.type === 'closeSession' && head.xid === entry.cxid) {
    const { xid, request } = head
    out.push({
      type: 'reply',
      conn: conn.id,
      xid,
      zxid: peer.zxid,
      err: ERROR_CODES.OK,
      body: { type: 'none' },
      request,
    })
    return cut(peer, conn.id, 'the client closed its session', out)
  }
  cut(peer, conn.id, 'the session has expired', out)
}
