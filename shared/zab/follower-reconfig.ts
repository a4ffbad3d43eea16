// A learner whose ensemble changes: what its leader's words put in force, and leaving when its own place or the
// leader is another from now on. Rules RECONF-5, -7 to -9. Source: Learner.syncWithLeader, Follower.processPacket,
// QuorumPeer.processReconfig.

import { isVoter } from '../zk/quorum-config.ts'
import { makeZxid } from '../zk/zxid.ts'
import { activate, isReconfiguring, placeOf } from './configs.ts'
import type { ZabEffect } from './contract.ts'
import { type Following, lookAgain, type Zab } from './state.ts'

/**
 * RECONF-9: at UPTODATE a quorum has acked NEWLEADER, and with it every configuration older than the epoch. One
 * that was proposed in this epoch waits for its own commit, which the leader may not have sent yet.
 */
export function activateAnnounced(zab: Zab, following: Following, out: ZabEffect[]): void {
  const { announced, committed, epoch } = following
  if (announced && announced.version <= Math.max(committed, makeZxid(epoch, 0))) activate(zab, announced, out)
}

/** RECONF-7, RECONF-8: as a server that is something else now, or under another leader, it connects anew. */
export function leaveForNewPlace(zab: Zab, following: Following, out: ZabEffect[]): void {
  if (!zab.config.reconfigEnabled || zab.role !== following || following.stage !== 'BROADCAST' || zab.reloading) return
  const { leader, designated } = following
  const next = designated ?? leader
  const leads = isVoter(zab.active, next) || (isReconfiguring(zab) && isVoter(zab.lastSeen, next))
  if (next === leader && leads && placeOf(zab) === following.state) return
  const reason =
    next === leader && leads ? 'this server has another place now' : `server ${leader} does not lead any more`
  lookAgain(zab, reason, out, leads && designated !== null ? designated : null)
}
