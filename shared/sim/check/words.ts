// What a server sends on the quorum port is a promise: here each of them is compared with what its disk holds at
// that moment. D-4, D-5, D-13, L-4, L-5, L-6, L-10, O-1.

import type { Following, Role } from '../../zab/state.ts'
import type { LearnerPacket, QuorumPacket } from '../../zk/packet.ts'
import { counterOf, epochOf, type Zxid } from '../../zk/zxid.ts'
import type { Ghost, GhostServer } from './ghost.ts'
import { isPrefix } from './history.ts'
import { historyAt, z } from './intern.ts'

/** A learner's packet, `role` being that in which it was sent. */
export function checkLearnerWord(ghost: Ghost, g: GhostServer, role: Role, packet: LearnerPacket): void {
  if (role.state !== 'FOLLOWING' && role.state !== 'OBSERVING') return
  if (packet.type === 'ACK') checkAck(ghost, g, role, packet.zxid)
  else if (packet.type === 'ACKEPOCH') checkPromise(ghost, g, role, packet)
}

function checkAck(ghost: Ghost, g: GhostServer, role: Following, zxid: Zxid): void {
  if (g.acceptedEpoch > role.epoch)
    ghost.fail('L-10', `server ${g.sid} acknowledges ${z(zxid)} after it has accepted epoch ${g.acceptedEpoch}`)
  if (epochOf(g.disk.zxid) > g.currentEpoch)
    ghost.fail('L-4', `server ${g.sid} acknowledges with ${z(g.disk.zxid)} and currentEpoch ${g.currentEpoch} on disk`)
  if (counterOf(zxid) !== 0) {
    const node = historyAt(ghost, zxid)
    if (!node || !isPrefix(node, g.disk))
      ghost.fail('D-4', `server ${g.sid} acknowledges ${z(zxid)}; its disk ends at ${z(g.disk.zxid)}`)
    return
  }
  const epoch = epochOf(zxid)
  const initial = ghost.established.get(epoch)?.initial
  if (!initial || !isPrefix(initial, g.disk) || g.currentEpoch !== epoch)
    ghost.fail(
      'D-5',
      `server ${g.sid} acknowledges NEWLEADER ${z(zxid)}; its disk has epoch ${g.currentEpoch} and ends at ${z(g.disk.zxid)}`,
    )
}

function checkPromise(
  ghost: Ghost,
  g: GhostServer,
  role: Following,
  packet: Extract<LearnerPacket, { type: 'ACKEPOCH' }>,
): void {
  const { epoch, leader } = role
  const { lastLoggedZxid, currentEpoch } = packet
  if (lastLoggedZxid !== g.disk.zxid || g.log !== g.disk || !isPrefix(g.applied, g.disk))
    ghost.fail(
      'D-13',
      `server ${g.sid} reports ${z(lastLoggedZxid)}; its disk ends at ${z(g.disk.zxid)}, its tree at ${z(g.applied.zxid)}`,
    )
  if (currentEpoch === -1) return // "no vote": it has promised this epoch before
  if (g.acceptedEpoch !== epoch)
    ghost.fail('O-1', `server ${g.sid} promises epoch ${epoch}; on disk it has accepted ${g.acceptedEpoch}`)
  const before = g.promises.get(epoch)
  if (epoch < g.promised || before !== undefined)
    ghost.fail(
      'L-5',
      `server ${g.sid} promises epoch ${epoch} to server ${leader}; ` +
        (before === undefined ? `it has promised ${g.promised}` : `it has promised that to server ${before}`),
    )
  g.promises.set(epoch, leader)
  g.promised = Math.max(g.promised, epoch)
}

/** A leader's packet. */
export function checkLeaderWord(ghost: Ghost, g: GhostServer, packet: QuorumPacket): void {
  if (packet.type === 'LEADERINFO' && g.acceptedEpoch < packet.epoch)
    ghost.fail('L-6', `server ${g.sid} proposes epoch ${packet.epoch}; on disk it has accepted ${g.acceptedEpoch}`)
}

/** L-5: who has promised an epoch handles nothing of an earlier leader. `role` is that after the packet. */
export function checkHandled(ghost: Ghost, g: GhostServer, role: Role, packet: QuorumPacket): void {
  if (role.state !== 'FOLLOWING' && role.state !== 'OBSERVING') return
  if (role.epoch === 0 || role.epoch >= g.promised) return
  switch (packet.type) {
    case 'NEWLEADER':
    case 'PROPOSAL':
    case 'INFORM':
    case 'INFORMANDACTIVATE':
    case 'COMMIT':
    case 'COMMITANDACTIVATE':
    case 'SNAP':
    case 'TRUNC':
    case 'DIFF':
      ghost.fail(
        'L-5',
        `server ${g.sid} handles a ${packet.type} of epoch ${role.epoch} after its promise of ${g.promised}`,
      )
  }
}
