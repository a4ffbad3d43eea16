// CHOSEN, computed from what disks really hold and from nothing that was said. An entry is chosen when an
// established leader of epoch e had it in its log and a quorum of the voters has held everything up to it while
// their accepted and current epochs were e (invariants.md §1; that the *accepted* epoch is still e is L-10's part:
// what somebody takes over from a later leader is no vote for an earlier one).

import type { Sid } from '../../zk/ids.ts'
import { epochOf } from '../../zk/zxid.ts'
import type { Established, Ghost, GhostServer } from './ghost.ts'
import { ancestorAt, commonPrefix, type HistoryNode, isPrefix } from './history.ts'
import { z } from './intern.ts'
import { isQuorum, type Membership } from './membership.ts'
import { recordChosen } from './reference.ts'
import { recordSessions } from './session-ledger.ts'

/** A server enters SYNC as the leader of `epoch`, with the history `initial`. */
export function establish(ghost: Ghost, g: GhostServer, epoch: number, initial: HistoryNode): void {
  const before = ghost.established.get(epoch)
  if (before) ghost.fail('L-1', `server ${g.sid} establishes epoch ${epoch}, as server ${before.leader} has done`)
  checkEstablished(ghost, g, epoch, initial)
  const established: Established = {
    epoch,
    leader: g.sid,
    initial,
    tip: initial,
    held: new Map(),
    isActive: false,
  }
  ghost.established.set(epoch, established)
  if (!ghost.newest || epoch > ghost.newest.epoch) ghost.newest = established
  ghost.facts.epochs += 1
  g.leads = established
  for (const other of ghost.servers.values()) noteHeld(ghost, other)
}

/** L-8, E-4, and D-6 for the leader itself. */
function checkEstablished(ghost: Ghost, g: GhostServer, epoch: number, initial: HistoryNode): void {
  const decided = lastChosenBelow(ghost, epoch)
  if (!isPrefix(decided, initial))
    ghost.fail('L-8', `server ${g.sid} establishes epoch ${epoch} up to ${z(initial.zxid)} without ${z(decided.zxid)}`)
  if (!isPrefix(initial, g.disk))
    ghost.fail('D-6', `server ${g.sid} has epoch ${epoch} on disk, its history only up to ${z(g.disk.zxid)}`)
  for (const other of ghost.servers.values()) {
    if (other === g || other.role?.state !== 'LEADING' || other.stage !== 'BROADCAST') continue
    const epochOfOther = other.role.epoch
    // A candidate whose disk was slow may come when a later epoch is in force: nobody will follow it any more.
    if (epochOfOther > epoch) continue
    const follows = (sid: Sid): boolean => sid === other.sid || isFollowing(ghost, sid, other.sid, epochOfOther)
    if (isQuorum(ghost.top.membership, follows))
      ghost.fail('E-4', `server ${g.sid} establishes epoch ${epoch} while a quorum follows server ${other.sid}`)
  }
}

function isFollowing(ghost: Ghost, sid: Sid, leader: Sid, epoch: number): boolean {
  const role = ghost.servers.get(sid)?.role
  return role?.state === 'FOLLOWING' && role.stage === 'BROADCAST' && role.leader === leader && role.epoch === epoch
}

/** The longest prefix of CHOSEN whose entries are all of epochs below `epoch`. */
export function lastChosenBelow(ghost: Ghost, epoch: number): HistoryNode {
  let at = ghost.top
  while (at.parent && epochOf(at.zxid) >= epoch) at = at.parent
  return at
}

/** The leader's log has grown by `node`. */
export function extendTip(ghost: Ghost, g: GhostServer, established: Established, node: HistoryNode): void {
  established.tip = node
  // A crash in the middle of a step lets the disk run ahead of what was told of the log.
  if (g.disk.depth >= node.depth) noteHeld(ghost, g)
}

/** Disk or epochs of `g` have changed: what it holds of its epoch's history may complete a quorum. */
export function noteHeld(ghost: Ghost, g: GhostServer): void {
  if (g.acceptedEpoch !== g.currentEpoch) return
  const established = ghost.established.get(g.currentEpoch)
  if (!established) return
  const { tip, held } = established
  const node = isPrefix(g.disk, tip) ? g.disk : commonPrefix(g.disk, tip)
  const before = held.get(g.sid)
  if (before && before.depth >= node.depth) return
  held.set(g.sid, node)
  if (!established.isActive)
    established.isActive =
      isQuorum(established.initial.membership, (sid) => holds(established, sid)) &&
      isQuorum(ghost.top.membership, (sid) => holds(established, sid))
  if (node.depth > ghost.top.depth) choose(ghost, established)
}

function holds({ held, initial }: Established, sid: Sid): boolean {
  const node = held.get(sid)
  return node !== undefined && node.depth >= initial.depth
}

/** Appends to CHOSEN everything that has a quorum by now. */
function choose(ghost: Ghost, established: Established): void {
  for (;;) {
    const { top } = ghost
    const depth = quorumDepth(established, top.membership)
    if (depth <= top.depth) return
    const path = pathTo(ancestorAt(established.tip, depth), top.depth)
    if (path[0]?.parent !== top) return conflict(ghost, established, path[0])
    if (!appendPath(ghost, established, path)) return
  }
}

/** True when a reconfig was among it: then others count for what follows. */
function appendPath(ghost: Ghost, established: Established, path: readonly HistoryNode[]): boolean {
  for (const node of path) {
    const isReconfig = node.membership !== ghost.top.membership
    // A reconfig needs its new voters too; what is behind it needs only them.
    if (isReconfig && quorumDepth(established, node.membership) < node.depth) return false
    append(ghost, established, node)
    if (isReconfig) return true
  }
  return false
}

const scratch: number[] = []

/** How deep a quorum's disks reach into the leader's history; -1 without a quorum. */
function quorumDepth({ held }: Established, { voters }: Membership): number {
  scratch.length = 0
  for (const sid of voters) scratch.push(held.get(sid)?.depth ?? -1)
  scratch.sort(descending)
  return scratch[Math.floor(voters.length / 2)] ?? -1
}

function descending(a: number, b: number): number {
  return b - a
}

/** The nodes after `depth` up to `node`, in order. */
function pathTo(node: HistoryNode, depth: number): HistoryNode[] {
  const path: HistoryNode[] = []
  for (let at: HistoryNode | null = node; at && at.depth > depth; at = at.parent) path.push(at)
  return path.length > 1 ? path.reverse() : path
}

function append(ghost: Ghost, established: Established, node: HistoryNode): void {
  const { newest } = ghost
  if (newest && newest.epoch > established.epoch && !isPrefix(node, newest.tip))
    ghost.fail('L-10', `${z(node.zxid)} is chosen through epoch ${established.epoch}; epoch ${newest.epoch} lacks it`)
  ghost.chosen.push(node)
  ghost.top = node
  ghost.facts.commits += 1
  recordSessions(ghost, node)
  recordChosen(ghost, node)
  checkDurable(ghost)
}

/** D-7: what is chosen stays on a majority of disks. No fault of this world destroys what was durable: lost(t) = 0. */
export function checkDurable(ghost: Ghost): void {
  const { top } = ghost
  let holders = 0
  for (const sid of top.membership.voters) {
    const disk = ghost.servers.get(sid)?.disk
    if (disk && isPrefix(top, disk)) holders += 1
  }
  if (holders * 2 <= top.membership.voters.length)
    ghost.fail('D-7', `${z(top.zxid)} is chosen and on the disks of ${holders} voters`)
}

function conflict(ghost: Ghost, established: Established, node: HistoryNode | undefined): void {
  ghost.fail(
    'B-8',
    `a quorum of epoch ${established.epoch} holds ${z(node?.zxid ?? 0)}, which does not continue ${z(ghost.top.zxid)}`,
  )
}
