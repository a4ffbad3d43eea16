// What is told of clients: sessions that begin, move here and end, and a sample of their requests with how long the
// answer took. All of them are counted. Part of observe.ts.

import type { ClientEffect, ConnId, PeerInput } from '#shared/peer/contract.ts'
import { ERROR_CODES, errorName } from '#shared/zk/errors.ts'
import { formatSessionId, NO_SESSION, type SessionId } from '#shared/zk/ids.ts'
import type { ClientRequest } from '#shared/zk/request.ts'
import type { Entry } from '#shared/zk/txn.ts'
import { formatZxid } from '#shared/zk/zxid.ts'
import type { ClientConnection } from '../clients/client-connection.ts'
import type { Clock } from '../clock.ts'
import type { Activity } from './activity.ts'
import type { Said } from './watch-events.ts'

/** Requests told singly: at most one in so many milliseconds. */
export const REQUEST_EVERY_MS = 10
/** Samples that wait for their answer. */
const WAITING_MAX = 256

type ReplyEffect = Extract<ClientEffect, { type: 'reply' }>

export interface ClientEvents {
  begin(): void
  onInput(input: Extract<PeerInput, { type: 'connect' | 'request' | 'disconnected' }>): void
  onReply(effect: ReplyEffect): void
  onSession(effect: Extract<ClientEffect, { type: 'session' }>): void
  /** At the leader, which alone decides over sessions. */
  onSessionTxn(entry: Entry): void
}

export function createClientEvents(options: {
  readonly clock: Clock
  readonly activity: () => Activity
  readonly connection: (id: ConnId) => ClientConnection | null
  readonly say: (event: Said) => void
}): ClientEvents {
  const { clock, activity, say } = options
  /** Connections that asked to go on with a session. */
  const resuming = new Set<ConnId>()
  /** When sampled requests came, by connection. */
  const waiting = new Map<ConnId, { readonly request: ClientRequest; readonly t: number }>()
  let sampleFromMs = 0

  function sample(conn: ConnId, request: ClientRequest): void {
    const now = clock.monotonicMs()
    if (now < sampleFromMs || waiting.size >= WAITING_MAX || waiting.has(conn)) return
    sampleFromMs = now + REQUEST_EVERY_MS
    waiting.set(conn, { request, t: clock.preciseWallMs() })
  }

  function onReply(effect: ReplyEffect): void {
    const { conn, request, err, zxid } = effect
    if (request.type === 'ping') return
    activity().replies += 1
    if (waiting.size === 0) return
    const sampled = waiting.get(conn)
    if (sampled?.request !== request) return
    waiting.delete(conn)
    activity().requestsTold += 1
    say({
      type: 'request',
      conn,
      session: formatSessionId(options.connection(conn)?.sessionId ?? NO_SESSION),
      op: request.type,
      path: 'path' in request && typeof request.path === 'string' ? request.path : null,
      zxid: formatZxid(zxid),
      error: err === ERROR_CODES.OK ? null : errorName(err),
      latencyMs: clock.preciseWallMs() - sampled.t,
    })
  }

  function saySession(change: 'created' | 'moved' | 'closed' | 'expired', id: SessionId, timeoutMs: number): void {
    const counts = activity()
    if (change === 'created') counts.sessionsCreated += 1
    else if (change === 'moved') counts.sessionsMoved += 1
    else if (change === 'closed') counts.sessionsClosed += 1
    else counts.sessionsExpired += 1
    say({ type: 'session', change, session: formatSessionId(id), timeoutMs })
  }

  return {
    begin() {
      resuming.clear()
      waiting.clear()
    },
    onInput(input) {
      if (input.type === 'request') {
        if (input.request.type === 'ping') return
        activity().requests += 1
        sample(input.conn, input.request)
      } else if (input.type === 'disconnected') {
        resuming.delete(input.conn)
        waiting.delete(input.conn)
      } else if (input.sessionId !== NO_SESSION) resuming.add(input.conn)
    },
    onReply,
    onSession({ conn, sessionId, timeoutMs }) {
      if (resuming.delete(conn) && timeoutMs > 0) saySession('moved', sessionId, timeoutMs)
    },
    onSessionTxn({ txn, sessionId, cxid }) {
      if (txn.type === 'createSession') saySession('created', sessionId, txn.timeoutMs)
      // A client closes its session with the number of its last request; the leader, when it expires one, with 0.
      else if (txn.type === 'closeSession') saySession(cxid === 0 ? 'expired' : 'closed', sessionId, 0)
    },
  }
}
