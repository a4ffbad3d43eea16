// What text commands and observers ask about a running server, in one place: the peer's state, read only,
// and what its host knows besides.

import { queueLength } from '#shared/base/queue.ts'
import type { MemberStats } from '#shared/events/cluster-event.ts'
import type { Peer } from '#shared/peer/peer.ts'
import { watchCount } from '#shared/tree/watch-table.ts'
import type { LinkId, ZabPhase } from '#shared/zab/contract.ts'
import type { Sid } from '#shared/zk/ids.ts'
import { formatZxid } from '#shared/zk/zxid.ts'
import type { ClientConnection } from './clients/client-connection.ts'
import type { MemberConfig } from './config/config.ts'
import type { CoreMetrics } from './metrics/core-metrics.ts'
import type { Namespaces } from './metrics/namespaces.ts'
import type { LinkFacts } from './quorum/quorum-link.ts'
import type { Traffic } from './traffic.ts'

/** What the host has learned from the core's notes. */
export interface RoleNotes {
  phase: ZabPhase
  leader: Sid | null
  serving: boolean
  /** Serving reads without a leader. */
  readOnly: boolean
  /** Monotonic, when service began. */
  servingSinceMs: number
}

export interface ServerFacts {
  readonly config: MemberConfig
  readonly peer: Peer
  readonly traffic: Traffic
  readonly coreMetrics: CoreMetrics
  /** null: bytes are not counted by namespace. */
  readonly namespaces: Namespaces | null
  /** ZooKeeper's trace mask: kept and shown; nothing here is traced by it, as nothing is by Apache's above TRACE. */
  readonly trace: { mask: bigint }
  readonly notes: RoleNotes
  /** Monotonic. */
  readonly startedAtMs: number
  readonly nowMs: () => number
  readonly connections: () => Iterable<ClientConnection>
  readonly connectionCount: () => number
  /** Of a learner's connection; null when it has gone. */
  readonly link: (id: LinkId) => LinkFacts | null
}

export function memberStats(facts: ServerFacts): MemberStats {
  const { peer, traffic, notes } = facts
  const { user, system } = process.cpuUsage()
  return {
    pid: process.pid,
    state: peer.zab.role.state,
    acceptedEpoch: peer.zab.acceptedEpoch,
    currentEpoch: peer.zab.currentEpoch,
    leader: notes.leader,
    lastZxid: formatZxid(peer.zxid),
    connections: facts.connectionCount(),
    sessions: peer.tree.sessions.size,
    znodes: peer.tree.nodes.size,
    watches: watchCount(peer.watches),
    outstanding: traffic.outstanding,
    requests: traffic.received,
    uptimeMs: Math.round(facts.nowMs() - facts.startedAtMs),
    cpuMs: Math.round((user + system) / 1000),
    rssBytes: process.memoryUsage.rss(),
  }
}

/** ZooKeeper's word for what this server does. */
export function modeOf(facts: ServerFacts): 'standalone' | 'leader' | 'follower' | 'observer' | 'read-only' {
  if (facts.notes.readOnly) return 'read-only'
  if (facts.config.standalone) return 'standalone'
  switch (facts.peer.zab.role.state) {
    case 'LEADING':
      return 'leader'
    case 'OBSERVING':
      return 'observer'
    default:
      return 'follower'
  }
}

export interface LeaderFacts {
  readonly learners: number
  readonly syncedFollowers: number
  readonly syncedObservers: number
  readonly syncedNonVoting: number
  readonly pendingSyncs: number
}

/** `null` while this server does not lead. */
export function leaderFacts({ peer }: ServerFacts): LeaderFacts | null {
  const { role } = peer.zab
  if (role.state !== 'LEADING') return null
  const learners = [...role.learners.values()]
  const synced = learners.filter((learner) => learner.stage === 'current')
  return {
    learners: learners.length,
    syncedFollowers: synced.filter((learner) => learner.votes !== 0).length,
    syncedObservers: synced.filter((learner) => learner.observer).length,
    syncedNonVoting: synced.filter((learner) => learner.votes === 0 && !learner.observer).length,
    pendingSyncs: queueLength(role.syncs),
  }
}

export function ephemeralCount({ peer }: ServerFacts): number {
  let count = 0
  for (const paths of peer.tree.ephemerals.values()) count += paths.size
  return count
}
