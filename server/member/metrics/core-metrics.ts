// What the peer's inputs and effects say about latencies, roles and watches. The host calls it where it performs
// what is counted; nothing here decides anything. Times since a txn was made are of the leader's wall clock, as
// Apache's are. Source: the places in Apache's servers that feed ServerMetrics.

import type { PeerEffect, PeerInput } from '#shared/peer/contract.ts'
import type { Peer } from '#shared/peer/peer.ts'
import type { DiskOp } from '#shared/zab/contract.ts'
import type { Entry } from '#shared/zk/txn.ts'
import type { WatchEventType } from '#shared/zk/watch.ts'
import { counterOf, type Zxid } from '#shared/zk/zxid.ts'
import { ackLatencyOf, type Metrics } from './metrics.ts'

type Effect<T extends PeerEffect['type']> = Extract<PeerEffect, { type: T }>

/** Proposals whose time is remembered; with more than this under way the oldest are not measured. */
const UNDER_WAY = 8192
/** As often as Apache keeps the digest of its tree, and how many of them. Source: DataTree.DIGEST_LOG_INTERVAL. */
const DIGEST_EVERY = 128
const DIGESTS_MAX = 1024

export interface KeptDigest {
  readonly zxid: Zxid
  readonly digest: bigint
}

export interface CoreMetrics {
  /** Oldest first. */
  readonly digests: readonly KeptDigest[]
  onPacket(input: Extract<PeerInput, { type: 'packet' }>): void
  onPersisted(upTo: DiskOp): void
  onAppend(effect: Effect<'append'>): void
  onSend(packet: Effect<'send'>['packet']): void
  onCommitted(zxid: Zxid): void
  onApplied(entry: Entry): void
  onWatchEvent(effect: Effect<'watchEvent'>): void
  onState(state: Effect<'state'>['state']): void
  onPhase(phase: Effect<'phase'>['phase']): void
  onLearnerSync(how: Effect<'learnerSync'>['how']): void
  onServing(): void
  onNotServing(): void
  /** Closes the group of watch events that is open. Before the figures are read. */
  settle(): void
}

/** `nowMs` monotonic. */
export function createCoreMetrics(peer: Peer, metrics: Metrics, standalone: boolean, nowMs: () => number): CoreMetrics {
  const { counters, basic, advanced } = metrics
  const digests: KeptDigest[] = []
  /** By the low bits of zxid and op: when it was made (wall clock), and when it was given to the disk. */
  const madeMs = new Float64Array(UNDER_WAY)
  const appendedMs = new Float64Array(UNDER_WAY)
  const appendedOp = new Float64Array(UNDER_WAY)
  let settledOp = 0
  let committedUpTo = 0
  /** A server of an ensemble starts by looking for a leader. */
  let electionSinceMs: number | null = standalone ? null : nowMs()
  if (!standalone) counters.looking_count += 1
  let syncSinceMs: number | null = null
  let unavailableSinceMs: number | null = nowMs()
  /** One txn fires one event at many watchers, in a row. */
  let groupZxid: Zxid | null = null
  let groupPath = ''
  let groupType: WatchEventType | null = null
  let groupSize = 0

  const sinceMade = (zxid: Zxid) => Math.max(0, peer.wallMs - (madeMs[zxid & (UNDER_WAY - 1)] ?? peer.wallMs))

  function settle(): void {
    if (groupSize === 0) return
    const name = groupType === null ? undefined : WATCH_SUMMARIES[groupType]
    if (name) basic[name].add(groupSize)
    groupSize = 0
  }

  return {
    digests,
    onPacket({ link, packet }) {
      switch (packet.type) {
        case 'ACK': {
          const { role } = peer.zab
          const learner = role.state === 'LEADING' ? role.learners.get(link) : undefined
          if (!learner || counterOf(packet.zxid) === 0) return
          const summary = ackLatencyOf(metrics, learner.sid)
          // Of a run of ACKs the link hands on the last.
          const { zxid } = packet
          const first = Math.max(learner.acked + 1, zxid - counterOf(zxid) + 1, zxid - UNDER_WAY + 1)
          for (let each = first; each <= zxid; each += 1) summary?.add(sinceMade(each as Zxid)) // of one epoch
          return
        }
        case 'PROPOSAL':
          counters.learner_proposal_received_count += 1
          madeMs[packet.entry.zxid & (UNDER_WAY - 1)] = packet.entry.timeMs
          advanced.proposal_latency.add(Math.max(0, peer.wallMs - packet.entry.timeMs))
          return
        case 'COMMIT':
        case 'COMMITANDACTIVATE':
          counters.learner_commit_received_count += 1
          advanced.commit_propagation_latency.add(sinceMade(packet.zxid))
          return
        case 'INFORM':
        case 'INFORMANDACTIVATE':
          counters.learner_commit_received_count += 1
          advanced.commit_propagation_latency.add(Math.max(0, peer.wallMs - packet.entry.timeMs))
          return
        case 'REVALIDATE':
          if (peer.leadership) counters.revalidate_count += 1
          return
      }
    },
    onPersisted(upTo) {
      const now = nowMs()
      for (let op = Math.max(settledOp, upTo - UNDER_WAY) + 1; op <= upTo; op += 1) {
        const cell = op & (UNDER_WAY - 1)
        if (appendedOp[cell] !== op) continue // no append
        advanced.sync_processor_queue_and_flush_time_ms.add(now - (appendedMs[cell] ?? now))
      }
      settledOp = upTo
    },
    onAppend({ op, entry }) {
      const cell = op & (UNDER_WAY - 1)
      appendedOp[cell] = op
      appendedMs[cell] = peer.nowMs
      counters.sync_processor_request_queued += 1
      if (peer.zab.role.state !== 'LEADING' || standalone) return
      counters.proposal_count += 1
      madeMs[entry.zxid & (UNDER_WAY - 1)] = entry.timeMs
      // A client closes its session with the number of its last request; the leader, when it expires one, with 0.
      if (entry.txn.type === 'closeSession' && entry.cxid === 0) counters.stale_sessions_expired += 1
    },
    onSend(packet) {
      if (packet.type === 'ACK' && counterOf(packet.zxid) > 0)
        advanced.proposal_ack_creation_latency.add(sinceMade(packet.zxid))
    },
    onCommitted(zxid) {
      if (standalone) return
      const first = Math.max(committedUpTo + 1, zxid - counterOf(zxid) + 1, zxid - UNDER_WAY + 1)
      for (let each = first; each <= zxid; each += 1) {
        counters.commit_count += 1
        advanced.quorum_ack_latency.add(sinceMade(each as Zxid)) // between two zxids of one epoch
      }
      committedUpTo = zxid
    },
    onApplied(entry) {
      advanced.propagation_latency.add(Math.max(0, peer.wallMs - entry.timeMs))
      if ((entry.zxid & (DIGEST_EVERY - 1)) !== 0 || entry.digest === null) return
      digests.push({ zxid: entry.zxid, digest: entry.digest })
      if (digests.length > DIGESTS_MAX) digests.shift()
    },
    onWatchEvent({ zxid, event }) {
      if (zxid !== groupZxid || event.type !== groupType || event.path !== groupPath) {
        settle()
        groupZxid = zxid
        groupType = event.type
        groupPath = event.path
      }
      groupSize += 1
    },
    onState(state) {
      if (state === 'LOOKING') {
        counters.looking_count += 1
        electionSinceMs = nowMs()
        return
      }
      if (electionSinceMs !== null) basic.election_time.add(nowMs() - electionSinceMs)
      electionSinceMs = null
    },
    onPhase(phase) {
      const { state } = peer.zab.role
      if (phase === 'SYNCHRONIZATION') syncSinceMs = nowMs()
      if (phase !== 'BROADCAST' || syncSinceMs === null) return
      if (state === 'FOLLOWING') basic.follower_sync_time.add(nowMs() - syncSinceMs)
      if (state === 'OBSERVING') basic.observer_sync_time.add(nowMs() - syncSinceMs)
      syncSinceMs = null
    },
    onLearnerSync(how) {
      if (how === 'SNAP') counters.snap_count += 1
      else counters.diff_count += 1
    },
    onServing() {
      if (unavailableSinceMs === null) return
      const tookMs = nowMs() - unavailableSinceMs
      unavailableSinceMs = null
      basic.unavailable_time.add(tookMs)
      if (peer.zab.role.state === 'LEADING' && !standalone) basic.leader_unavailable_time.add(tookMs)
    },
    onNotServing() {
      unavailableSinceMs ??= nowMs()
    },
    settle,
  }
}

const WATCH_SUMMARIES: Readonly<Partial<Record<WatchEventType, keyof Metrics['basic']>>> = {
  nodeCreated: 'node_created_watch_count',
  nodeDeleted: 'node_deleted_watch_count',
  nodeDataChanged: 'node_changed_watch_count',
  nodeChildrenChanged: 'node_children_watch_count',
}
