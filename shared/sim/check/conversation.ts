// One quorum connection as both its ends see it: what is under way (M-1), and how far leader and learner have got
// with each other (M-2 to M-5). A conversation begins with FOLLOWERINFO, by which its two ends are paired.

import { createQueue, dequeue, enqueue, type Queue, queueLength } from '../../base/queue.ts'
import type { LinkId } from '../../zab/contract.ts'
import type { Sid } from '../../zk/ids.ts'
import type { LeaderPacket, LearnerPacket, QuorumPacket } from '../../zk/packet.ts'
import { counterOf, makeZxid, ZERO_ZXID, type Zxid } from '../../zk/zxid.ts'
import type { Ghost, GhostServer } from './ghost.ts'
import { cutAfter, type HistoryNode, isPrefix } from './history.ts'
import { historyAt, z } from './intern.ts'

export interface Conversation {
  readonly learner: Sid
  readonly learnerLink: LinkId
  readonly isObserver: boolean
  /** Told in FOLLOWERINFO. */
  readonly acceptedEpoch: number
  /** `null` until FOLLOWERINFO has arrived. */
  leader: Sid | null
  /** Under way, in order. */
  readonly up: Queue<QuorumPacket>
  readonly down: Queue<QuorumPacket>
  /** What the learner said it holds, once the leader has read it; and while the leader was still counting promises. */
  promise: Extract<LearnerPacket, { type: 'ACKEPOCH' }> | null
  wasCounted: boolean
  /** How the leader brings it up to date; what it holds and knows committed when all that was sent has arrived. */
  plan: 'DIFF' | 'TRUNC' | 'SNAP' | null
  sent: HistoryNode
  sentCommit: HistoryNode
  /** NEWLEADER is sent: from here on every proposal and every commit goes to it. */
  isForwarded: boolean
  /** ACK-LD: sent by the learner; read by the leader. */
  hasAckedLeader: boolean
  leaderHasAck: boolean
  /** The learner's last ACK of a proposal. */
  lastAck: HistoryNode | null
}

/** The learner's first word. */
export function greet(
  ghost: Ghost,
  g: GhostServer,
  link: LinkId,
  packet: Extract<LearnerPacket, { acceptedEpoch: number }>,
): Conversation {
  const conversation: Conversation = {
    learner: g.sid,
    learnerLink: link,
    isObserver: packet.type === 'OBSERVERINFO',
    acceptedEpoch: packet.acceptedEpoch,
    leader: null,
    up: createQueue(),
    down: createQueue(),
    promise: null,
    wasCounted: false,
    plan: null,
    sent: ghost.origin,
    sentCommit: ghost.origin,
    isForwarded: false,
    hasAckedLeader: false,
    leaderHasAck: false,
    lastAck: null,
  }
  g.links.set(link, conversation)
  ghost.greetings.set(packet, conversation)
  return conversation
}

/** A packet has arrived; M-1: it is the next one that the other end sent. `null` when its link is unknown. */
export function receive(ghost: Ghost, g: GhostServer, link: LinkId, packet: QuorumPacket): Conversation | null {
  let conversation = g.links.get(link)
  if (!conversation) {
    conversation = ghost.greetings.get(packet)
    ghost.greetings.delete(packet)
    if (!conversation) {
      ghost.fail('M-1', `server ${g.sid} is given a ${packet.type} on a link that has ended or said nothing before`)
      return null
    }
    conversation.leader = g.sid
    g.links.set(link, conversation)
  }
  const queue = conversation.leader === g.sid ? conversation.up : conversation.down
  const next = queueLength(queue) > 0 ? dequeue(queue) : null
  if (next !== packet)
    ghost.fail('M-1', `server ${g.sid} is given a ${packet.type} where ${next?.type ?? 'nothing'} was sent to it`)
  return conversation
}

/** A learner has sent something. */
export function learnerSent(ghost: Ghost, g: GhostServer, conversation: Conversation, packet: LearnerPacket): void {
  enqueue(conversation.up, packet)
  if (packet.type !== 'ACK') return
  const { zxid } = packet
  if (counterOf(zxid) === 0) {
    conversation.hasAckedLeader = true
    return
  }
  if (!conversation.hasAckedLeader)
    ghost.fail('M-5', `server ${g.sid} acknowledges ${z(zxid)} before the leader's NEWLEADER`)
  const node = historyAt(ghost, zxid)
  if (!node || (conversation.lastAck && node.parent !== conversation.lastAck))
    ghost.fail('M-5', `server ${g.sid} acknowledges ${z(zxid)} after ${z(conversation.lastAck?.zxid ?? ZERO_ZXID)}`)
  conversation.lastAck = node
}

/** A leader has sent something. */
export function leaderSent(ghost: Ghost, g: GhostServer, conversation: Conversation, packet: LeaderPacket): void {
  enqueue(conversation.down, packet)
  switch (packet.type) {
    case 'DIFF':
    case 'TRUNC':
    case 'SNAP':
      return begin(ghost, g, conversation, packet.type, packet.zxid)
    case 'PROPOSAL':
      return proposed(ghost, g, conversation, packet.entry.zxid)
    case 'INFORM':
    case 'INFORMANDACTIVATE':
      proposed(ghost, g, conversation, packet.entry.zxid)
      return committed(ghost, g, conversation, packet.entry.zxid)
    case 'COMMIT':
    case 'COMMITANDACTIVATE':
      return committed(ghost, g, conversation, packet.zxid)
    case 'NEWLEADER':
      if (!conversation.plan)
        ghost.fail('M-2', `server ${g.sid} sends NEWLEADER to server ${conversation.learner} before any history`)
      conversation.isForwarded = true
      return
    case 'UPTODATE':
      if (!conversation.leaderHasAck)
        ghost.fail(
          'M-2',
          `server ${g.sid} sends UPTODATE to server ${conversation.learner} without its ACK of NEWLEADER`,
        )
      return
  }
}

function begin(
  ghost: Ghost,
  g: GhostServer,
  conversation: Conversation,
  how: 'DIFF' | 'TRUNC' | 'SNAP',
  zxid: Zxid,
): void {
  const reported = conversation.promise?.lastLoggedZxid ?? ZERO_ZXID
  if (!conversation.promise)
    ghost.fail('M-2', `server ${g.sid} sends ${how} to server ${conversation.learner} before its ACKEPOCH`)
  conversation.plan = how
  const end = how === 'DIFF' ? reported : zxid
  const node = historyAt(ghost, end) ?? cutAfter(g.log, end) // (e,0) names no entry: what is before it
  conversation.sent = node
  conversation.sentCommit = cutAfter(node, zxid)
}

/** M-3: what is sent continues what was sent; a repeat does no harm. */
function proposed(ghost: Ghost, g: GhostServer, conversation: Conversation, zxid: Zxid): void {
  const { learner, sent, plan } = conversation
  const node = historyAt(ghost, zxid)
  if (!plan) ghost.fail('M-2', `server ${g.sid} proposes ${z(zxid)} to server ${learner} before any history`)
  if (node?.parent === sent) conversation.sent = node
  else if (!node || !isPrefix(node, sent))
    ghost.fail('M-3', `server ${g.sid} sends ${z(zxid)} to server ${learner} behind ${z(sent.zxid)}`)
}

/** M-4: commits come one by one, and only of what the learner has been sent. */
function committed(ghost: Ghost, g: GhostServer, conversation: Conversation, zxid: Zxid): void {
  const { learner, sent, sentCommit, plan } = conversation
  const node = historyAt(ghost, zxid)
  if (!plan) ghost.fail('M-2', `server ${g.sid} commits ${z(zxid)} to server ${learner} before any history`)
  if (!node || node.parent !== sentCommit || !isPrefix(node, sent))
    ghost.fail('M-4', `server ${g.sid} commits ${z(zxid)} to server ${learner} after ${z(sentCommit.zxid)}`)
  if (node) conversation.sentCommit = node
}

/** A leader has read something. */
export function leaderRead(g: GhostServer, conversation: Conversation, packet: QuorumPacket, epoch: number): void {
  if (packet.type === 'ACKEPOCH') {
    conversation.promise = packet
    conversation.wasCounted = g.stage === 'EPOCH_ACKS'
  } else if (packet.type === 'ACK' && packet.zxid === makeZxid(epoch, 0) && conversation.isForwarded) {
    conversation.leaderHasAck = true
  }
}

/** After a leader's step: nobody who is forwarded to has been left out (M-3, M-4). */
export function checkForwarding(ghost: Ghost, g: GhostServer, committedTo: HistoryNode): void {
  for (const conversation of g.links.values()) {
    if (!conversation.isForwarded) continue
    const { learner, sent, sentCommit, isObserver } = conversation
    if (sent !== (isObserver ? committedTo : g.log))
      ghost.fail(
        'M-3',
        `server ${learner} is sent everything up to ${z(sent.zxid)}; server ${g.sid} is at ${z(g.log.zxid)}`,
      )
    if (sentCommit !== committedTo)
      ghost.fail(
        'M-4',
        `server ${learner} is told of commits up to ${z(sentCommit.zxid)}; server ${g.sid} is at ${z(committedTo.zxid)}`,
      )
  }
}
