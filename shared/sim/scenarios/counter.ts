// Brings a quiet world close to the last counter of its epoch, without four thousand million writes: every
// server's log, tree and position are moved on together, as if a snapshot up to there had been installed everywhere.

import { assert } from '../../base/assert.ts'
import { copyTree } from '../../tree/snapshot.ts'
import { COUNTER_MAX, makeZxid, type Zxid } from '../../zk/zxid.ts'
import { type Stage, settle } from './stage.ts'

/** `left` proposals fit into the epoch from now on. All servers serve and nothing is under way. */
export function nearlyExhaust(stage: Stage, left: number): Zxid {
  const leader = settle(stage)
  const epoch = leader.peer?.zab.currentEpoch ?? 0
  const zxid = makeZxid(epoch, COUNTER_MAX - left)
  for (const { peer, disk } of stage.world.servers.values()) {
    assert(peer !== null && disk.queue.length === 0, 'every server runs and its disk is quiet')
    const { log, role } = peer.zab
    assert(log.delivered === log.entries.length, 'nothing is under way')
    Object.assign(log, { entries: [], after: zxid, delivered: 0 })
    if (role.state === 'LEADING') {
      Object.assign(role, { initialLast: zxid, selfAcked: zxid, committed: zxid })
      for (const learner of role.learners.values()) learner.acked = zxid
    } else if (role.state !== 'LOOKING') {
      role.committed = zxid
    }
    peer.tree.lastProcessedZxid = zxid
    peer.zxid = zxid
    Object.assign(disk, { log: [], logAfter: zxid, snapshots: [{ zxid, tree: copyTree(peer.tree) }] })
  }
  return zxid
}
