// What a serving leader has heard, by its own monotonic clock: of its voters (L-11, V-9) and of sessions (S-8). The
// time in which it could not listen, because its process stood still, counts for nobody (O-18).

import type { PeerInput } from '../../peer/contract.ts'
import type { Peer } from '../../peer/state.ts'
import { formatSessionId, NO_SESSION, type SessionId, type Sid } from '../../zk/ids.ts'
import type { QuorumPacket } from '../../zk/packet.ts'
import type { Entry } from '../../zk/txn.ts'
import type { Ghost, GhostServer } from './ghost.ts'
import { z } from './intern.ts'

interface Heard {
  /** On the leader's clock, less the time in which it was deaf. */
  atMs: number
  timeoutMs: number
}

export interface Listener {
  readonly sinceMs: number
  lastTickMs: number
  deafMs: number
  readonly sessions: Map<SessionId, Heard>
  readonly voters: Map<Sid, number>
  /** When a quorum was first missed, by a tick that came in time; `null` while it answers. */
  overdueSinceMs: number | null
}

export function createListener(nowMs: number): Listener {
  return { sinceMs: nowMs, lastTickMs: nowMs, deafMs: 0, sessions: new Map(), voters: new Map(), overdueSinceMs: null }
}

function note(listener: Listener, id: SessionId, nowMs: number, timeoutMs: number | null): void {
  const atMs = nowMs - listener.deafMs
  const known = listener.sessions.get(id)
  if (!known) {
    if (timeoutMs !== null) listener.sessions.set(id, { atMs, timeoutMs })
    return
  }
  known.atMs = atMs
  if (timeoutMs !== null) known.timeoutMs = timeoutMs
}

/** A packet of a learner has been read. */
export function heardLearner(listener: Listener, learner: Sid, packet: QuorumPacket, nowMs: number): void {
  listener.voters.set(learner, nowMs)
  if (packet.type === 'PING' && 'touches' in packet)
    for (const { sessionId, timeoutMs } of packet.touches) note(listener, sessionId, nowMs, timeoutMs)
  else if (packet.type === 'REVALIDATE' && 'timeoutMs' in packet)
    note(listener, packet.sessionId, nowMs, packet.timeoutMs)
}

/** A client of the leader's own has been heard. */
export function heardClient(listener: Listener, peer: Peer, input: PeerInput): void {
  if (input.type === 'request') {
    const conn = peer.conns.get(input.conn)
    if (conn) note(listener, conn.sessionId, peer.nowMs, conn.timeoutMs)
  } else if (input.type === 'connect' && input.sessionId !== NO_SESSION && input.passwordOk) {
    const { minSessionTimeoutMs, maxSessionTimeoutMs } = peer.config
    const timeoutMs = Math.min(Math.max(input.timeoutMs, minSessionTimeoutMs), maxSessionTimeoutMs)
    note(listener, input.sessionId, peer.nowMs, timeoutMs)
  }
}

/** A session has been created: its time begins. */
export function noteOpened(listener: Listener, entry: Entry, nowMs: number): void {
  if (entry.txn.type === 'createSession') note(listener, entry.sessionId, nowMs, entry.txn.timeoutMs)
}

/** S-8: at a tick the leader closes a session of its own accord, which it may after the session's timeout of silence. */
export function checkExpiry(ghost: Ghost, g: GhostServer, listener: Listener, entry: Entry, nowMs: number): void {
  if (entry.txn.type !== 'closeSession') return
  const heard = listener.sessions.get(entry.sessionId)
  const timeoutMs = heard?.timeoutMs ?? ghost.reference.machine.tree.sessions.get(entry.sessionId) ?? 0
  const silentMs = nowMs - listener.deafMs - (heard?.atMs ?? listener.sinceMs)
  if (silentMs < timeoutMs)
    ghost.fail(
      'S-8',
      `server ${g.sid} expires session ${formatSessionId(entry.sessionId)} by ${z(entry.zxid)} ` +
        `after ${silentMs} of ${timeoutMs} ms of silence`,
    )
}

/** A tick of a serving leader comes; a gap of more than a tick is time in which it was deaf. */
export function beat(ghost: Ghost, listener: Listener, nowMs: number): void {
  const { tickTimeMs } = ghost.view.options
  const gapMs = nowMs - listener.lastTickMs
  listener.lastTickMs = nowMs
  if (gapMs > tickTimeMs) listener.deafMs += gapMs
  if (gapMs * 2 > tickTimeMs) listener.overdueSinceMs = null
}

/** L-11: without answers from a quorum for syncLimit a leader is gone within two more ticks. */
export function checkAnswered(ghost: Ghost, g: GhostServer, listener: Listener, nowMs: number): void {
  const { tickTimeMs, syncLimit } = ghost.view.options
  if (nowMs - heardQuorumAt(ghost, g, listener) <= syncLimit * tickTimeMs) listener.overdueSinceMs = null
  else if (listener.overdueSinceMs === null) listener.overdueSinceMs = nowMs
  // The pings at which a leader looks are tickTime / 2 apart, and it looks at every second one.
  else if (nowMs - listener.overdueSinceMs > 2 * tickTimeMs)
    ghost.fail('L-11', `server ${g.sid} leads though no quorum has answered for ${syncLimit} ticks and more`)
}

const scratch: number[] = []

/** The latest moment since which a quorum, the leader included, has been heard. */
function heardQuorumAt(ghost: Ghost, g: GhostServer, listener: Listener): number {
  const { voters } = ghost.top.membership
  scratch.length = 0
  for (const sid of voters)
    scratch.push(sid === g.sid ? listener.lastTickMs : (listener.voters.get(sid) ?? listener.sinceMs))
  scratch.sort((a, b) => b - a)
  return scratch[Math.floor(voters.length / 2)] ?? listener.sinceMs
}
