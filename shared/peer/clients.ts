// Client connections: sessions set up and resumed, requests taken in, replies given in their order.
// Source: ZooKeeperServer.processConnectRequest, CommitProcessor; watches-sessions.md §3, §7, §8.

import { createQueue, dequeue, enqueue, peek, queueLength } from '../base/queue.ts'
import { forget, isKnown, type SessionTracker, setOwner, touch, track } from '../tree/sessions.ts'
import { dropConnection } from '../tree/watch-table.ts'
import type { AuthId } from '../zk/acl.ts'
import { ERROR_CODES, type ErrorCode } from '../zk/errors.ts'
import { NO_SESSION, type SessionId } from '../zk/ids.ts'
import { NO_BODY } from '../zk/reply.ts'
import type { ClientRequest } from '../zk/request.ts'
import type { ClientInput, ConnId, PeerEffect } from './contract.ts'
import { forward } from './following.ts'
import { isWrite, submit, syncHere } from './leading.ts'
import { judgeLocal } from './local-sessions.ts'
import { needsLeader } from './read-only.ts'
import { answerRead } from './reads.ts'
import { type Conn, isServing, type Peer, takeSessionId, type Waiting } from './state.ts'

type Connect = Extract<ClientInput, { type: 'connect' }>
type Request = Extract<ClientInput, { type: 'request' }>

export function onConnect(peer: Peer, input: Connect, out: PeerEffect[]): void {
  const { config, leadership, followership } = peer
  const id = input.conn
  if (!isServing(peer)) return void out.push({ type: 'closeConn', conn: id, reason: 'not serving' })
  if (peer.readOnly && !input.readOnly)
    return void out.push({ type: 'closeConn', conn: id, reason: 'read-only, and the client wants to write' })
  if (input.lastZxidSeen > peer.zxid)
    return void out.push({ type: 'closeConn', conn: id, reason: 'the client has seen more than this server (S-4)' })
  const timeoutMs = Math.min(Math.max(input.timeoutMs, config.minSessionTimeoutMs), config.maxSessionTimeoutMs)
  const fresh = input.sessionId === NO_SESSION
  const conn: Conn = {
    id,
    sessionId: fresh ? takeSessionId(peer) : input.sessionId,
    timeoutMs,
    established: false,
    auth: [...input.auth],
    waiting: createQueue(),
    touchRound: 0,
  }
  peer.conns.set(id, conn)
  if (fresh) return peer.local ? createLocal(peer, peer.local, conn, out) : createSession(peer, conn, out)
  // The password comes first: a session id alone, which is public, must not cut anybody off (ZK-4b).
  if (!input.passwordOk) return refuse(peer, conn, 'a wrong session password', out)
  if (peer.local && touch(peer.local, conn.sessionId, timeoutMs, peer.nowMs)) return establish(peer, conn, out)
  if (leadership) {
    if (!touch(leadership.tracker, conn.sessionId, timeoutMs, peer.nowMs))
      return refuse(peer, conn, 'the session is unknown or over', out)
    setOwner(leadership.tracker, conn.sessionId, 0)
    return establish(peer, conn, out)
  }
  if (!followership) return cut(peer, id, 'a session that only the ensemble can confirm', out)
  const earlier = followership.revalidating.get(conn.sessionId)
  if (earlier !== undefined) cut(peer, earlier, 'replaced by a newer connection of its session', out)
  followership.revalidating.set(conn.sessionId, id)
  const packet = { type: 'REVALIDATE', sessionId: conn.sessionId, timeoutMs } as const
  out.push({ type: 'send', link: followership.link, packet })
}

/** No txn, and nobody else knows. */
function createLocal(peer: Peer, local: SessionTracker, conn: Conn, out: PeerEffect[]): void {
  track(local, conn.sessionId, conn.timeoutMs, peer.nowMs)
  establish(peer, conn, out)
}

function isLocal({ local }: Peer, sessionId: SessionId): boolean {
  return local !== null && isKnown(local, sessionId)
}

function createSession(peer: Peer, conn: Conn, out: PeerEffect[]): void {
  const request = { type: 'createSession', timeoutMs: conn.timeoutMs } as const
  peer.bySession.set(conn.sessionId, conn)
  const { sessionId } = conn
  if (peer.leadership) submit(peer, { sessionId, cxid: 0, request, auth: [], origin: 'self' }, out)
  else if (peer.followership) {
    const packet = { type: 'REQUEST', sessionId, cxid: 0, request, authInfo: null } as const
    out.push({ type: 'send', link: peer.followership.link, packet })
  }
}

const READ_ONLY = { readOnly: true } as const

/** The session is this connection's now; one that it had before on this server is closed. */
export function establish(peer: Peer, conn: Conn, out: PeerEffect[]): void {
  const earlier = peer.bySession.get(conn.sessionId)
  if (earlier && earlier !== conn) cut(peer, earlier.id, 'replaced by a newer connection of its session', out)
  peer.bySession.set(conn.sessionId, conn)
  conn.established = true
  if (!isLocal(peer, conn.sessionId)) peer.followership?.touches.set(conn.sessionId, conn.timeoutMs)
  const { sessionId, timeoutMs } = conn
  out.push({ type: 'session', conn: conn.id, sessionId, timeoutMs, ...(peer.readOnly && READ_ONLY) })
  drain(peer, conn, out)
}

/** Tells the client that its session is over, and closes. */
export function refuse(peer: Peer, conn: Conn, reason: string, out: PeerEffect[]): void {
  out.push({ type: 'session', conn: conn.id, sessionId: NO_SESSION, timeoutMs: 0, ...(peer.readOnly && READ_ONLY) })
  cut(peer, conn.id, reason, out)
}

export function cut(peer: Peer, id: ConnId, reason: string, out: PeerEffect[]): void {
  onDisconnected(peer, id)
  out.push({ type: 'closeConn', conn: id, reason })
}

export function onDisconnected(peer: Peer, id: ConnId): void {
  const conn = peer.conns.get(id)
  if (!conn) return
  peer.conns.delete(id)
  if (peer.bySession.get(conn.sessionId) === conn) peer.bySession.delete(conn.sessionId)
  if (peer.followership?.revalidating.get(conn.sessionId) === id) peer.followership.revalidating.delete(conn.sessionId)
  dropConnection(peer.watches, id)
}

/** The identity holds for what comes after it on this connection. */
export function onAuthenticated(peer: Peer, id: ConnId, who: AuthId): void {
  const conn = peer.conns.get(id)
  if (!conn || conn.auth.some((a) => a.scheme === who.scheme && a.id === who.id)) return
  conn.auth = [...conn.auth, who]
}

export function onRequest(peer: Peer, { conn: id, xid, request }: Request, out: PeerEffect[]): void {
  const conn = peer.conns.get(id)
  if (!conn) return // it was cut while the frame was on its way
  const { leadership, followership } = peer
  if (peer.local !== null && touch(peer.local, conn.sessionId, null, peer.nowMs)) {
    const answer = localAnswer(peer, peer.local, conn, request, out)
    if (answer === null) return takeIn(peer, conn, xid, request, out)
    enqueue(conn.waiting, { xid, request, kind: 'read', ready: true, answer })
    return drain(peer, conn, out)
  }
  if (leadership && !touch(leadership.tracker, conn.sessionId, null, peer.nowMs)) {
    // Closing or unknown: the closeSession txn will end the connection; until then it gets no service.
    if (!isKnown(leadership.tracker, conn.sessionId)) return
  }
  if (followership && conn.touchRound !== followership.touchRound) {
    conn.touchRound = followership.touchRound
    followership.touches.set(conn.sessionId, conn.timeoutMs)
  }
  takeIn(peer, conn, xid, request, out)
}

/** The answer of this server alone to a local session's request; null: it goes its way as any other's. */
function localAnswer(
  peer: Peer,
  local: SessionTracker,
  conn: Conn,
  request: ClientRequest,
  out: PeerEffect[],
): ErrorCode | null {
  if (request.type === 'closeSession') return ERROR_CODES.OK
  if (peer.readOnly) return needsLeader(request) ? ERROR_CODES.NOTREADONLY : null
  const verdict = judgeLocal(peer, request)
  if (verdict === 'pass') return null
  if (verdict !== 'upgrade') return verdict
  // The createSession goes before the request on the same way, so nobody meets an ephemeral of an unknown session.
  forget(local, conn.sessionId)
  createSession(peer, conn, out)
  return null
}

/** What may be answered at once is; everything else waits its turn, and writes go to the leader. */
function takeIn(peer: Peer, conn: Conn, xid: number, request: ClientRequest, out: PeerEffect[]): void {
  const { leadership, followership } = peer
  const { id } = conn
  if (!isWrite(request) && request.type !== 'sync') {
    if (queueLength(conn.waiting) === 0 && conn.established) return answerRead(peer, conn, xid, request, out)
    enqueue(conn.waiting, { xid, request, kind: 'read', ready: true })
    return
  }
  const waiting: Waiting = { xid, request, kind: request.type === 'sync' ? 'sync' : 'write', ready: false }
  enqueue(conn.waiting, waiting)
  if (followership) {
    if (request.type === 'sync') enqueue(followership.syncs, { conn: id, waiting })
    return forward(followership, conn, xid, request, out)
  }
  if (!leadership) return
  if (isWrite(request))
    return submit(peer, { sessionId: conn.sessionId, cxid: xid, request, auth: conn.auth, origin: 'self' }, out)
  enqueue(leadership.syncs, { conn: id, waiting })
  syncHere(peer, out)
}

/** Answers what stands at the front of the queue and need not wait any longer. */
export function drain(peer: Peer, conn: Conn, out: PeerEffect[]): void {
  while (conn.established) {
    const next = peek(conn.waiting)
    if (!next?.ready) return
    dequeue(conn.waiting)
    const { xid, request } = next
    if (next.answer !== undefined) answerHere(peer, conn, xid, request, next.answer, out)
    else if (request.type === 'sync') {
      const body = { type: 'path', path: request.path } as const
      out.push({ type: 'reply', conn: conn.id, xid, zxid: peer.zxid, err: ERROR_CODES.OK, body, request })
    } else if (!isWrite(request)) answerRead(peer, conn, xid, request, out)
    if (!peer.conns.has(conn.id)) return
  }
}

/** A local session ends with its closeSession, and nobody else need know. */
function answerHere(
  peer: Peer,
  conn: Conn,
  xid: number,
  request: ClientRequest,
  err: ErrorCode,
  out: PeerEffect[],
): void {
  out.push({ type: 'reply', conn: conn.id, xid, zxid: peer.zxid, err, body: NO_BODY, request })
  if (request.type !== 'closeSession') return
  if (peer.local) forget(peer.local, conn.sessionId)
  cut(peer, conn.id, 'the client closed its session', out)
}
