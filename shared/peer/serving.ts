// Starting and ending service: a server answers clients only while it follows or leads in BROADCAST. When
// that ends every client is cut off, so that it looks for a server that knows more (S-6, T-3).

import { CONFIG_PATH, setConfigNode } from '../tree/create-tree.ts'
import { kindOfOwner } from '../tree/owner.ts'
import { createTracker, restartAll } from '../tree/sessions.ts'
import { dropConnection } from '../tree/watch-table.ts'
import type { UpEffect } from '../zab/contract.ts'
import type { SessionId } from '../zk/ids.ts'
import { formatQuorumConfig } from '../zk/quorum-config.ts'
import type { Zxid } from '../zk/zxid.ts'
import type { PeerEffect } from './contract.ts'
import { submit } from './leading.ts'
import { beginLocalSessions } from './local-sessions.ts'
import { newFollowership, newLeadership, type Peer } from './state.ts'

export function startServing(peer: Peer, effect: Extract<UpEffect, { type: 'serving' }>, out: PeerEffect[]): void {
  const { tree, config, zab } = peer
  const { active } = zab
  peer.zxid = Math.max(tree.lastProcessedZxid, effect.zxid) as Zxid
  const shown = tree.nodes.get(CONFIG_PATH)
  // A reconfiguration's txn has put its text there, as everywhere; only what no txn brought is set here.
  const isShown = config.reconfigEnabled === true && shown && shown.dataLength > 0 && shown.mzxid === active.version
  // A server that is in no ensemble has no configuration to show, as Apache's ZooKeeperServerMain.
  if (shown && !isShown && config.standalone !== true)
    setConfigNode(tree, formatQuorumConfig(active), active.version, peer.wallMs)
  if (effect.state === 'LEADING') {
    // Every session gets its full time under a new leader: it could not be heard while there was none.
    const tracker = createTracker(config.tickTimeMs)
    restartAll(tracker, tree.sessions, peer.nowMs)
    peer.leadership = newLeadership(tracker, peer.nowMs, config.reapIntervalMs)
  } else if (zab.role.state === 'FOLLOWING' || zab.role.state === 'OBSERVING') {
    peer.followership = newFollowership(zab.role.link)
  }
  beginLocalSessions(peer)
  out.push(effect)
}

/** On a new leader: ephemerals whose session is unknown (an old log may leave such) go by a txn, as any others (S-7). */
export function closeOrphans(peer: Peer, out: PeerEffect[]): void {
  if (!peer.leadership) return
  const orphans: SessionId[] = []
  for (const owner of peer.tree.ephemerals.keys())
    if (!peer.tree.sessions.has(owner) && kindOfOwner(owner) === 'ephemeral') orphans.push(owner)
  for (const sessionId of orphans)
    submit(peer, { sessionId, cxid: 0, request: { type: 'closeSession' }, auth: [], origin: 'internal' }, out)
}

export function stopServing(peer: Peer, reason: string, out: PeerEffect[]): void {
  for (const conn of peer.conns.values()) {
    dropConnection(peer.watches, conn.id)
    out.push({ type: 'closeConn', conn: conn.id, reason })
  }
  peer.conns.clear()
  peer.bySession.clear()
  peer.leadership = null
  peer.followership = null
  peer.local = null
  peer.readOnly = false
  peer.received = null
  out.push({ type: 'notServing', reason })
}
