// A learner's dealings with its leader on behalf of its clients: writes and syncs forwarded, sessions
// revalidated, touches reported. Source: FollowerRequestProcessor, Learner, zab.md §6.2.

import { dequeue, peek } from '../base/queue.ts'
import type { LeaderPacket } from '../zk/packet.ts'
import type { ClientRequest } from '../zk/request.ts'
import type { Zxid } from '../zk/zxid.ts'
import { drain, establish, refuse } from './clients.ts'
import type { PeerEffect } from './contract.ts'
import type { Conn, Followership, Peer } from './state.ts'

/** Sends a client's write or sync to the leader, in the order of its requests. */
export function forward(
  followership: Followership,
  conn: Conn,
  xid: number,
  request: ClientRequest,
  out: PeerEffect[],
): void {
  out.push({
    type: 'send',
    link: followership.link,
    packet: { type: 'REQUEST', sessionId: conn.sessionId, cxid: xid, request, authInfo: conn.auth },
  })
}

/** The leader pings: tell it whom we have heard since. */
export function sendTouches(peer: Peer, zxid: Zxid, out: PeerEffect[]): void {
  const { followership, zab } = peer
  if (!followership) {
    if (zab.role.state === 'FOLLOWING' || zab.role.state === 'OBSERVING')
      out.push({ type: 'send', link: zab.role.link, packet: { type: 'PING', zxid, touches: [] } })
    return
  }
  const touches = [...followership.touches].map(([sessionId, timeoutMs]) => ({ sessionId, timeoutMs }))
  followership.touches.clear()
  followership.touchRound += 1
  out.push({ type: 'send', link: followership.link, packet: { type: 'PING', zxid, touches } })
}

export function onLeaderAnswer(
  peer: Peer,
  packet: Extract<LeaderPacket, { type: 'REVALIDATE' | 'SYNC' }>,
  out: PeerEffect[],
): void {
  const { followership } = peer
  if (packet.type === 'SYNC') {
    const syncs = (followership ?? peer.leadership)?.syncs
    if (!syncs || !peek(syncs)) return
    const { conn, waiting } = dequeue(syncs)
    waiting.ready = true
    const asker = peer.conns.get(conn)
    if (asker) drain(peer, asker, out)
    return
  }
  if (!followership) return
  const id = followership.revalidating.get(packet.sessionId)
  followership.revalidating.delete(packet.sessionId)
  const conn = id === undefined ? undefined : peer.conns.get(id)
  if (!conn) return // it has gone meanwhile
  if (packet.valid) establish(peer, conn, out)
  else refuse(peer, conn, 'the session is unknown or over', out)
}
