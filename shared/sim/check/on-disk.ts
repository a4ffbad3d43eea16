// A disk changes, or a process starts on one: the rules of what may be there when. L-3, L-4, D-6, D-8, D-10 while
// it runs; D-9, D-11, D-12, T-2, T-9 at a start, when a whole disk is read anyway.

import type { Recovered } from '../../peer/contract.ts'
import type { DataTree } from '../../tree/data-tree.ts'
import { treeDigest } from '../../tree/node-digest.ts'
import type { DiskEffect } from '../../zab/contract.ts'
import { follows } from '../../zab/log-window.ts'
import { epochOf, ZERO_ZXID, type Zxid } from '../../zk/zxid.ts'
import type { SimServer, SimSnapshot } from '../world/contract.ts'
import { checkDurable, noteHeld } from './chosen.ts'
import { type Ghost, type GhostServer, ghostOf, isChosen } from './ghost.ts'
import { commonPrefix, cutAfter, type HistoryNode, isPrefix } from './history.ts'
import { historyAt, intern, z } from './intern.ts'
import { sumAcls, sumSessions } from './reference.ts'
import { checkShape } from './tree-shape.ts'

export function onDurable(ghost: Ghost, server: SimServer, effect: DiskEffect): void {
  const g = ghostOf(ghost, server)
  switch (effect.type) {
    case 'append':
      g.disk = intern(ghost, g, g.disk, effect.entry)
      break
    case 'truncate':
      replaceDisk(ghost, g, cutAfter(g.disk, effect.zxid), `truncates its log after ${z(effect.zxid)}`)
      checkRecoverable(ghost, g)
      break
    case 'installSnapshot': {
      const node = historyAt(ghost, effect.zxid)
      if (!node) ghost.fail('D-8', `server ${g.sid} installs a snapshot of ${z(effect.zxid)}, which nobody has logged`)
      replaceDisk(ghost, g, node ?? ghost.origin, `installs the snapshot ${z(effect.zxid)}`)
      checkRecoverable(ghost, g)
      break
    }
    case 'saveEpoch':
      onEpoch(ghost, g, effect.which, effect.epoch)
  }
  if (epochOf(g.disk.zxid) > g.acceptedEpoch)
    ghost.fail('L-4', `server ${g.sid} has ${z(g.disk.zxid)} on disk and accepted only epoch ${g.acceptedEpoch}`)
  noteHeld(ghost, g)
}

/** D-8: what is chosen is on the new disk if it was on the old one. */
function replaceDisk(ghost: Ghost, g: GhostServer, next: HistoryNode, deed: string): void {
  const had = commonPrefix(g.disk, ghost.top)
  const before = g.disk
  g.disk = next
  if (had.depth > 0 && !isPrefix(had, next))
    ghost.fail('D-8', `server ${g.sid} ${deed} and with it loses ${z(had.zxid)}, which is chosen`)
  if (before !== next) checkDurable(ghost)
}

function onEpoch(ghost: Ghost, g: GhostServer, which: 'accepted' | 'current', epoch: number): void {
  const before = which === 'accepted' ? g.acceptedEpoch : g.currentEpoch
  if (epoch < before) ghost.fail('L-3', `server ${g.sid} goes back from ${which}Epoch ${before} to ${epoch}`)
  if (which === 'accepted') g.acceptedEpoch = epoch
  else g.currentEpoch = epoch
  if (g.currentEpoch > g.acceptedEpoch)
    ghost.fail('L-4', `server ${g.sid} has currentEpoch ${g.currentEpoch} above acceptedEpoch ${g.acceptedEpoch}`)
  if (which === 'accepted') return checkTwins(ghost, g)
  // The leader saves the epoch before it is established: `establish` looks at its disk. It may have given up since.
  if (g.role?.state === 'LEADING' || epoch === g.ownEpoch) return
  const initial = ghost.established.get(epoch)?.initial
  if (!initial || !isPrefix(initial, g.disk))
    ghost.fail(
      'D-6',
      `server ${g.sid} has epoch ${epoch} on disk, its history only up to ${z(g.disk.zxid)}` +
        (initial ? ` of ${z(initial.zxid)}` : '; nobody has established it'),
    )
}

/** L-2: two that lead at the same time never have the same acceptedEpoch. */
export function checkTwins(ghost: Ghost, g: GhostServer): void {
  if (!g.leads) return
  for (const other of ghost.servers.values())
    if (other !== g && other.leads && other.acceptedEpoch === g.acceptedEpoch)
      ghost.fail('L-2', `servers ${g.sid} and ${other.sid} lead, both with acceptedEpoch ${g.acceptedEpoch}`)
}

export function onSnapshotTaken(ghost: Ghost, server: SimServer, snapshot: SimSnapshot): void {
  const g = ghostOf(ghost, server)
  ghost.facts.snapshots += 1
  const node = historyAt(ghost, snapshot.zxid)
  // R-1549: a snapshot of what is not committed would outlive its truncation.
  if (!node || !isChosen(ghost, node))
    ghost.fail('D-9', `server ${g.sid} keeps a snapshot named ${z(snapshot.zxid)}, which is not chosen`)
  checkRecoverable(ghost, g)
}

/** D-10: the oldest snapshot kept (or none, if nothing was purged) has a log without a hole behind it. */
export function checkRecoverable(ghost: Ghost, g: GhostServer): void {
  const { snapshots, log } = g.server.disk
  const first = log[0]
  const start = first ? (historyAt(ghost, first.zxid)?.parent ?? ghost.origin) : g.disk
  const oldest = snapshots[0]?.zxid ?? ZERO_ZXID
  const newest = snapshots.at(-1)?.zxid ?? ZERO_ZXID
  if (oldest < start.zxid)
    ghost.fail('D-10', `server ${g.sid} has a snapshot ${z(oldest)} and its log from behind ${z(start.zxid)} on`)
  if (newest > g.disk.zxid)
    ghost.fail('D-10', `server ${g.sid} has a snapshot ${z(newest)} and its log only up to ${z(g.disk.zxid)}`)
}

/** The process has ended. What survived of its disk's queue was told as `durable`. */
export function onCrashed(ghost: Ghost, server: SimServer): void {
  const g = ghostOf(ghost, server)
  ghost.facts.crashes += 1
  forgetProcess(ghost, g)
}

function forgetProcess(ghost: Ghost, g: GhostServer): void {
  g.role = null
  g.stage = null
  g.leads = null
  g.listener = null
  g.serves = false
  g.links.clear()
  g.looking.clear()
  g.settled.clear()
  if (ghost.greetings.size > 1000) ghost.greetings.clear()
}

export function onStarted(ghost: Ghost, server: SimServer, recovered: Recovered): void {
  const g = ghostOf(ghost, server)
  if (g.role !== null || g.log !== ghost.origin || g.disk !== ghost.origin) ghost.facts.restarts += 1
  forgetProcess(ghost, g)
  g.log = g.disk
  g.applied = g.disk
  g.round = 0
  g.committed = ZERO_ZXID
  g.selfAcked = ZERO_ZXID
  g.deliveredDepth = 0
  g.epochBefore = g.currentEpoch
  checkLogFiles(ghost, g)
  checkRecovered(ghost, g, recovered)
  checkRecoveredTree(ghost, g, recovered.tree)
  if (!server.peer) ghost.fail('D-14', `server ${g.sid} does not start on what it wrote itself`)
  else {
    g.role = server.peer.zab.role
    g.stage = server.peer.zab.role.stage
  }
}

/** D-12: each entry of the log continues the one before it. */
function checkLogFiles(ghost: Ghost, g: GhostServer): void {
  const { log, snapshots } = g.server.disk
  let last: Zxid | null = null
  for (const { zxid } of log) {
    if (last !== null && !follows(last, zxid))
      ghost.fail('D-12', `on the disk of server ${g.sid} ${z(zxid)} comes behind ${z(last)}`)
    last = zxid
  }
  const end = last ?? snapshots.at(-1)?.zxid ?? ZERO_ZXID
  if (end !== g.disk.zxid)
    ghost.fail('D-11', `the disk of server ${g.sid} ends at ${z(end)}; ${z(g.disk.zxid)} was durable`)
}

/** D-11: what is recovered is what was durable, neither more nor less. */
function checkRecovered(ghost: Ghost, g: GhostServer, recovered: Recovered): void {
  const { lastZxid, acceptedEpoch, currentEpoch, recent, recentAfter } = recovered
  if (lastZxid !== g.disk.zxid)
    ghost.fail('D-11', `server ${g.sid} recovers up to ${z(lastZxid)}; ${z(g.disk.zxid)} was durable`)
  if (acceptedEpoch !== g.acceptedEpoch || currentEpoch !== g.currentEpoch)
    ghost.fail(
      'D-11',
      `server ${g.sid} recovers epochs ${acceptedEpoch}, ${currentEpoch}; ${g.acceptedEpoch}, ${g.currentEpoch} were durable`,
    )
  let node: HistoryNode | null = g.disk
  for (let i = recent.length - 1; i >= 0; i -= 1) {
    if (node?.zxid !== recent[i]?.zxid) {
      ghost.fail('D-11', `server ${g.sid} recovers ${z(recent[i]?.zxid ?? 0)} in the place of ${z(node?.zxid ?? 0)}`)
      return
    }
    node = node?.parent ?? null
  }
  if (node && recentAfter !== node.zxid && recentAfter < node.zxid)
    ghost.fail('D-11', `server ${g.sid} says that its log is whole from ${z(recentAfter)} on; it lacks ${z(node.zxid)}`)
}

/** D-9, T-2, T-9: snapshot and replayed log give what the reference has there. */
export function checkRecoveredTree(ghost: Ghost, g: GhostServer, tree: DataTree): void {
  const { outcome, zxid } = g.disk
  const at = `server ${g.sid} recovers at ${z(zxid)}`
  if (tree.lastProcessedZxid !== zxid) ghost.fail('D-9', `${at} a tree of ${z(tree.lastProcessedZxid)}`)
  checkShape(ghost, `${at}:`, tree)
  // A streamed snapshot is ahead of its name until the log behind it has come, too.
  if (!outcome || !isChosen(ghost, g.disk) || zxid < g.fuzzyUpTo) return
  if (ghost.reference.keepsDigest && treeDigest(tree) !== outcome.digest)
    ghost.fail('D-9', `${at} another tree than its history gives`)
  if (tree.nodes.size !== outcome.nodes)
    ghost.fail('D-9', `${at} ${tree.nodes.size} znodes; its history gives ${outcome.nodes}`)
  if (tree.sessions.size !== outcome.sessions || sumSessions(tree) !== outcome.sessionSum)
    ghost.fail('T-2', `${at} other sessions than its history gives`)
  if (sumAcls(tree) !== outcome.aclSum) ghost.fail('T-9', `${at} other ACLs than its history gives`)
}
