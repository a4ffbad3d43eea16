// Read-only mode: a server that has been without a leader for a while answers reads of clients that accept that, from
// its tree as it is. What it shows may be stale, and may even be undone later: the end of its log is not known to be
// committed. Source: ReadOnlyZooKeeperServer, QuorumPeer.run, watches-sessions.md §9.

import type { ClientRequest } from '../zk/request.ts'
import type { Zxid } from '../zk/zxid.ts'
import type { PeerEffect } from './contract.ts'
import { isWrite } from './leading.ts'
import { beginLocalSessions } from './local-sessions.ts'
import { stopServing } from './serving.ts'
import type { Peer } from './state.ts'

/** ZooKeeper waits a tick, and this at least: most elections are over by then. */
const WAIT_MS = 2000

export function onReadOnlyTick(peer: Peer, out: PeerEffect[]): void {
  const { zab, config, nowMs } = peer
  if (!config.readOnlyMode || peer.readOnly || zab.role.state !== 'LOOKING') return
  peer.lookingSinceMs ??= nowMs
  const waitMs = Math.max(WAIT_MS, config.tickTimeMs)
  // While the disk settles, a truncation may be about to take back what the tree holds.
  if (nowMs - peer.lookingSinceMs < waitMs || zab.role.stage === 'settling' || zab.reloading) return
  peer.readOnly = true
  peer.zxid = Math.max(peer.tree.lastProcessedZxid, peer.zxid) as Zxid
  beginLocalSessions(peer)
  out.push({ type: 'readOnly', zxid: peer.zxid })
}

/** An election is over. Whoever was served is cut off, and comes back to a server that knows more. */
export function endReadOnly(peer: Peer, out: PeerEffect[]): void {
  peer.lookingSinceMs = null
  if (peer.readOnly) stopServing(peer, 'read-only mode is over', out)
}

/** What is answered with NOTREADONLY. */
export function needsLeader(request: ClientRequest): boolean {
  return request.type === 'sync' || (isWrite(request) && request.type !== 'closeSession')
}
