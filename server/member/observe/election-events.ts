// Why this server votes as it does: each change of its vote with the comparison that the other vote won, and who had
// voted alike when it decided. Notifications are rare, so they are followed also while nobody watches. Part of observe.ts.

import type { VoteReason } from '#shared/events/activity-event.ts'
import type { Peer } from '#shared/peer/peer.ts'
import type { Sid } from '#shared/zk/ids.ts'
import type { Notification, ServerState, Vote } from '#shared/zk/vote.ts'
import { formatZxid } from '#shared/zk/zxid.ts'
import type { Said } from './watch-events.ts'

export interface ElectionEvents {
  /** Before the peer takes it. */
  onNotification(from: Sid, notification: Notification): void
  /** Before the notification itself is told. */
  onNotify(notification: Notification): void
  onState(state: ServerState): void
}

export function createElectionEvents(peer: Peer, say: (event: Said) => void): ElectionEvents {
  const { sid } = peer.config
  /** The newest word of each server in this election. */
  let heard = new Map<Sid, Notification>()
  let cause: { readonly from: Sid; readonly notification: Notification } | null = null
  let before: Vote | null = null

  return {
    onNotification(from, notification) {
      const { role } = peer.zab
      // Until the disk is done nothing is taken in (ELECT-2).
      if (role.state !== 'LOOKING' || role.stage === 'settling' || from === sid) return
      heard.set(from, notification)
      cause = { from, notification }
    },
    onNotify(vote) {
      if (vote.state !== 'LOOKING' || (before !== null && isSame(before, vote))) return
      const why = cause && before ? reasonOf(before, vote, cause.notification) : 'start'
      const was = before ?? vote
      before = vote
      say({
        type: 'voteChange',
        round: vote.electionEpoch,
        from: why === 'start' ? null : (cause?.from ?? null),
        why,
        leader: vote.leader,
        zxid: formatZxid(vote.zxid),
        peerEpoch: vote.peerEpoch,
        beforeLeader: was.leader,
        beforeZxid: formatZxid(was.zxid),
        beforePeerEpoch: was.peerEpoch,
      })
      cause = null
    },
    onState(state) {
      if (state !== 'LOOKING') {
        const { leader } = peer.zab.vote
        const votes = [sid]
        for (const [from, notification] of heard) if (notification.leader === leader) votes.push(from)
        say({ type: 'elected', round: peer.zab.vote.electionEpoch, state, leader, votes: votes.sort((a, b) => a - b) })
      }
      heard = new Map()
      cause = null
      before = null
    },
  }
}

function isSame(a: Vote, b: Vote): boolean {
  return (
    a.leader === b.leader && a.zxid === b.zxid && a.electionEpoch === b.electionEpoch && a.peerEpoch === b.peerEpoch
  )
}

/** ELECT-1, ELECT-3: what made `after` of `before` when `heard` came. */
function reasonOf(before: Vote, after: Vote, heard: Notification): VoteReason {
  if (after.electionEpoch > before.electionEpoch) return heard.electionEpoch === after.electionEpoch ? 'round' : 'start'
  if (after.peerEpoch !== before.peerEpoch) return 'epoch'
  return after.zxid === before.zxid ? 'sid' : 'zxid'
}
