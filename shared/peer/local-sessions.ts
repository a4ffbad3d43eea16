// Sessions of one server alone: no txn makes or ends them, and no other server knows them. They live as long as the
// service in which they were made. In read-only mode there are no others. A local session that creates an ephemeral
// znode becomes a global one first, where that is allowed.
// Source: UpgradeableSessionTracker, QuorumZooKeeperServer.checkUpgradeSession, watches-sessions.md §7.3, §9.

import { createTracker, expire, forget, postponeAll } from '../tree/sessions.ts'
import { ERROR_CODES, type ErrorCode } from '../zk/errors.ts'
import type { SessionId, Sid } from '../zk/ids.ts'
import { CREATE_FLAGS } from '../zk/op.ts'
import type { ClientRequest } from '../zk/request.ts'
import { cut } from './clients.ts'
import type { PeerEffect } from './contract.ts'
import type { Peer } from './state.ts'

/** Service begins: with local sessions if they are wanted. */
export function beginLocalSessions(peer: Peer): void {
  const wanted = peer.readOnly || (peer.config.localSessions ?? 'off') !== 'off'
  peer.local = wanted ? createTracker(peer.config.tickTimeMs) : null
}

/** `gapMs`: time that has passed since the last tick; in a long one nobody could be heard (O-18). */
export function onLocalTick(peer: Peer, gapMs: number, out: PeerEffect[]): void {
  const { local } = peer
  if (!local) return
  if (gapMs > peer.config.tickTimeMs) return postponeAll(local, gapMs)
  for (const sessionId of expire(local, peer.nowMs)) {
    forget(local, sessionId)
    const conn = peer.bySession.get(sessionId)
    if (conn) cut(peer, conn.id, 'the session has expired', out)
  }
}

/** What becomes of a local session's request: `pass` it on, make the session global first, or answer with an error. */
export function judgeLocal(peer: Peer, request: ClientRequest): 'pass' | 'upgrade' | ErrorCode {
  if (!createsEphemeral(request)) return 'pass'
  return peer.config.localSessions === 'upgrading' ? 'upgrade' : ERROR_CODES.EPHEMERALONLOCALSESSION
}

/** Source: QuorumZooKeeperServer.checkUpgradeSession. */
export function createsEphemeral(request: ClientRequest): boolean {
  switch (request.type) {
    case 'create':
    case 'create2':
      return isEphemeralFlag(request.flags)
    case 'multi':
      return request.ops.some((op) => (op.type === 'create' || op.type === 'create2') && isEphemeralFlag(op.flags))
    default:
      return false
  }
}

function isEphemeralFlag(flags: number): boolean {
  return flags === CREATE_FLAGS.ephemeral || flags === CREATE_FLAGS.ephemeralSequential
}

/** The server that gave out this id has its sid in the high byte. */
export function isIdOf(sid: Sid, sessionId: SessionId): boolean {
  return Number(BigInt.asUintN(64, sessionId) >> 56n) === (sid & 0xff)
}
