// The slow proof of the quick checks: what the ghost remembers step by step is compared with the whole state, and
// the rules over pairs of servers are evaluated by their definitions. Called now and then, and at the end of a run.

import { isServing } from '../../peer/state.ts'
import { treeDigest } from '../../tree/node-digest.ts'
import { lastDelivered, lastZxid } from '../../zab/log-window.ts'
import type { Entry } from '../../zk/txn.ts'
import { epochOf, ZERO_ZXID } from '../../zk/zxid.ts'
import { checkDurable } from './chosen.ts'
import { type Ghost, type GhostServer, isChosen } from './ghost.ts'
import { areComparable, type HistoryNode, isPrefix } from './history.ts'
import { historyAt, z } from './intern.ts'
import { checkRecoverable, checkTwins } from './on-disk.ts'
import { sumAcls, sumSessions } from './reference.ts'
import { checkShape } from './tree-shape.ts'

/** Every rule that speaks of a state, from the state alone. */
export function checkEverything(ghost: Ghost): void {
  checkChosen(ghost)
  checkDurable(ghost)
  checkShape(ghost, 'in the reference', ghost.reference.machine.tree)
  for (const g of ghost.servers.values()) {
    checkDisk(ghost, g)
    checkProcess(ghost, g)
    checkTwins(ghost, g)
    for (const other of ghost.servers.values()) if (other.sid > g.sid) checkPair(ghost, g, other)
  }
  ghost.facts.fullChecks += 1
}

/** CHOSEN is one history, and each of its entries is on a majority of disks (D-7, entry by entry). */
function checkChosen(ghost: Ghost): void {
  const { chosen, top } = ghost
  for (let i = 1; i < chosen.length; i += 1)
    if (chosen[i]?.parent !== chosen[i - 1] || chosen[i]?.depth !== i)
      ghost.fail('B-8', `chosen is not one history: ${z(chosen[i]?.zxid ?? ZERO_ZXID)} stands at ${i}`)
  if (chosen.at(-1) !== top)
    ghost.fail('B-8', `chosen ends at ${z(chosen.at(-1)?.zxid ?? ZERO_ZXID)}, not ${z(top.zxid)}`)
}

/** The ghost's disk is the disk (D-11, L-3, D-12, D-2). */
function checkDisk(ghost: Ghost, g: GhostServer): void {
  const { disk } = g.server
  const last = disk.log.at(-1)?.zxid ?? disk.snapshots.at(-1)?.zxid ?? ZERO_ZXID
  if (last !== g.disk.zxid) ghost.fail('D-11', `the disk of server ${g.sid} ends at ${z(last)}, not ${z(g.disk.zxid)}`)
  if (disk.acceptedEpoch !== g.acceptedEpoch || disk.currentEpoch !== g.currentEpoch)
    ghost.fail('L-3', `the disk of server ${g.sid} has epochs ${disk.acceptedEpoch}, ${disk.currentEpoch}`)
  if (epochOf(g.disk.zxid) > g.acceptedEpoch || g.currentEpoch > g.acceptedEpoch)
    ghost.fail('L-4', `server ${g.sid} has ${z(g.disk.zxid)}, ${g.currentEpoch} and ${g.acceptedEpoch} on disk`)
  walkBack(ghost, g, 'D-12', disk.log, g.disk)
  checkRecoverable(ghost, g)
}

function walkBack(ghost: Ghost, g: GhostServer, id: 'D-2' | 'D-12', entries: readonly Entry[], end: HistoryNode): void {
  let node: HistoryNode | null = end
  for (let i = entries.length - 1; i >= 0; i -= 1) {
    if (!node || node.zxid !== entries[i]?.zxid) {
      ghost.fail(id, `server ${g.sid} has ${z(entries[i]?.zxid ?? ZERO_ZXID)} in the place of ${z(node?.zxid ?? 0)}`)
      return
    }
    node = node.parent
  }
}

/** Log, marks and tree of a running process. */
function checkProcess(ghost: Ghost, g: GhostServer): void {
  const { peer } = g.server
  if (!peer) return
  const { zab, tree } = peer
  if (lastZxid(zab.log) !== g.log.zxid)
    ghost.fail('O-9', `the log of server ${g.sid} ends at ${z(lastZxid(zab.log))}, not ${z(g.log.zxid)}`)
  walkBack(ghost, g, 'D-2', zab.log.entries, g.log)
  const { role } = zab
  if (role.state === 'LOOKING' || role.stage !== 'BROADCAST') return
  const committed = historyAt(ghost, role.committed)
  if (!committed || !isChosen(ghost, committed))
    ghost.fail('B-0', `server ${g.sid} counts ${z(role.committed)} as committed; chosen is ${z(ghost.top.zxid)}`)
  if (role.state !== 'LEADING') {
    const tip = ghost.established.get(role.epoch)?.tip
    if (!tip || !isPrefix(g.log, tip)) ghost.fail('B-9', `server ${g.sid} has ${z(g.log.zxid)}, its leader has not`)
  }
  if (!isServing(peer)) return
  if (!isChosen(ghost, g.applied) || lastDelivered(zab.log) !== g.applied.zxid)
    ghost.fail('B-0', `server ${g.sid} may serve ${z(lastDelivered(zab.log))}; chosen is ${z(ghost.top.zxid)}`)
  checkShape(ghost, `server ${g.sid} at ${z(g.applied.zxid)}:`, tree)
  const { outcome } = g.applied
  if (!outcome) return
  if (ghost.reference.keepsDigest && treeDigest(tree) !== outcome.digest)
    ghost.fail('T-1', `server ${g.sid} has another tree at ${z(g.applied.zxid)} than the reference`)
  if (sumSessions(tree) !== outcome.sessionSum)
    ghost.fail('T-1', `server ${g.sid} has other sessions at ${z(g.applied.zxid)} than the reference`)
  if (sumAcls(tree) !== outcome.aclSum)
    ghost.fail('T-9', `server ${g.sid} has other ACLs at ${z(g.applied.zxid)} than the reference`)
}

/** B-2, B-3 by their definitions; L-2. */
function checkPair(ghost: Ghost, a: GhostServer, b: GhostServer): void {
  if (a.serves && b.serves && !areComparable(a.applied, b.applied))
    ghost.fail('B-3', `servers ${a.sid} and ${b.sid} have delivered ${z(a.applied.zxid)} and ${z(b.applied.zxid)}`)
  const [left, right] = [historyAt(ghost, a.committed), historyAt(ghost, b.committed)]
  if (left && right && !areComparable(left, right))
    ghost.fail('B-2', `servers ${a.sid} and ${b.sid} have ${z(left.zxid)} and ${z(right.zxid)} committed`)
}
