// A leader and a reconfiguration: may it be proposed, when is it committed, who leads afterwards. Rules RECONF-*.
// Source: Leader.isQuorumSynced, tryToCommit, getDesignatedLeader; zab.md §6.4.

import type { Sid } from '../zk/ids.ts'
import { hasQuorum, isVoter, type QuorumConfig } from '../zk/quorum-config.ts'
import type { Zxid } from '../zk/zxid.ts'
import { IN_ACTIVE, IN_LAST_SEEN, mayCount, quorumReached } from './quorum.ts'
import type { Leading, Zab } from './state.ts'

/** RECONF-1: a quorum of `next` is connected, in sync, and not as observers. */
export function isQuorumSynced(zab: Zab, next: QuorumConfig): boolean {
  const { role } = zab
  if (role.state !== 'LEADING') return false
  const synced: Sid[] = [zab.config.sid]
  for (const learner of role.learners.values())
    if (!learner.observer && learner.stage === 'current') synced.push(learner.sid)
  return hasQuorum(next, synced)
}

/**
 * What may be committed. RECONF-2: from a proposed configuration on both quorums are needed; what was proposed
 * before it needs the one that is in force only.
 */
export function committable(zab: Zab, leading: Leading): Zxid {
  const active = quorumReached(leading, IN_ACTIVE, leading.selfAcked, 'acked')
  const { version } = zab.lastSeen
  if (leading.needLastSeen === 0 || active < version) return active as Zxid // a voter's number: a zxid
  const both = Math.min(active, quorumReached(leading, IN_LAST_SEEN, leading.selfAcked, 'acked'))
  return (both < version ? version - 1 : both) as Zxid
}

/**
 * RECONF-6: who leads once the last seen configuration is in force: this server, if it is a voter there at the same
 * place; else the voter that has acked the most, `zxid` at least, so that little is lost.
 */
export function designate(zab: Zab, leading: Leading, zxid: Zxid): Sid {
  const { sid } = zab.config
  const next = zab.lastSeen
  if (!zab.config.reconfigEnabled || (isVoter(next, sid) && isSamePlace(zab, sid))) return sid
  let best: { readonly sid: Sid; readonly acked: number } | null = null
  for (const learner of leading.learners.values()) {
    if (learner.stage !== 'current' || !isVoter(next, learner.sid) || !mayCount(zab, learner)) continue
    const acked = Math.max(learner.acked, leading.initialLast) // its NEWLEADER ack
    if (acked < zxid) continue
    if (!best || acked > best.acked || (acked === best.acked && learner.sid > best.sid))
      best = { sid: learner.sid, acked }
  }
  return best?.sid ?? sid
}

/** The host listens where the active configuration says. */
function isSamePlace(zab: Zab, sid: Sid): boolean {
  const here = zab.active.servers.get(sid)
  const there = zab.lastSeen.servers.get(sid)
  return !here || (here.host === there?.host && here.quorumPort === there.quorumPort)
}

/** RECONF-6: another server leads from now on. The learners leave by themselves: so a quorum hears of it. */
export function retire(zab: Zab, leading: Leading, designated: Sid): void {
  leading.retiring = { designated, untilMs: zab.nowMs + zab.config.syncLimit * zab.config.tickTimeMs }
}
