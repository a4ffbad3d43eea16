// What servers commit, apply and answer. B-0 is the heart: nothing that may be served is outside CHOSEN. The others
// say the same of single moves, so that a violation names what went wrong. B-0 to B-12, T-1, T-3, T-8, T-10, S-1, O-7.

import type { PeerEffect } from '../../peer/contract.ts'
import { isWrite } from '../../peer/leading.ts'
import { isServing, type Peer } from '../../peer/state.ts'
import type { Role } from '../../zab/state.ts'
import type { Entry } from '../../zk/txn.ts'
import { counterOf, epochOf, makeZxid, type Zxid } from '../../zk/zxid.ts'
import { extendTip } from './chosen.ts'
import { checkForwarding } from './conversation.ts'
import { type Ghost, type GhostServer, isChosen } from './ghost.ts'
import { areComparable, type HistoryNode, isPrefix } from './history.ts'
import { historyAt, intern, z } from './intern.ts'
import { sameData } from './same-data.ts'

/** An entry goes into the log: the leader's own proposal, or one that came from a leader. */
export function onAppend(ghost: Ghost, g: GhostServer, role: Role, entry: Entry): void {
  const node = intern(ghost, g, g.log, entry)
  const { leads } = g
  if (leads) {
    checkAssigned(ghost, g, leads.epoch, node)
    node.primary ??= g.sid
    extendTip(ghost, g, leads, node)
  } else if (role.state === 'LEADING') {
    ghost.fail('B-12', `server ${g.sid} assigns ${z(entry.zxid)} before its epoch has begun`)
    node.primary ??= g.sid
  } else if (node.primary === null) {
    ghost.fail('B-1', `server ${g.sid} logs ${z(entry.zxid)}, which no leader has proposed`)
  }
  g.log = node
}

/** B-12 and B-7, when a leader gives a txn its zxid. */
function checkAssigned(ghost: Ghost, g: GhostServer, epoch: number, node: HistoryNode): void {
  const { zxid, parent } = node
  const first = epochOf(parent?.zxid ?? zxid) !== epoch
  if (!g.leads?.isActive || epochOf(zxid) !== epoch || (first && zxid !== makeZxid(epoch, 1)))
    ghost.fail('B-12', `server ${g.sid} assigns ${z(zxid)} in epoch ${epoch}, which no quorum has acknowledged so far`)
  if (epochOf(ghost.top.zxid) < epoch && !isPrefix(ghost.top, node))
    ghost.fail('B-7', `server ${g.sid} broadcasts ${z(zxid)} without having ${z(ghost.top.zxid)}, which is chosen`)
}

/** An entry goes into the tree. */
export function onApplied(ghost: Ghost, g: GhostServer, effect: Extract<PeerEffect, { type: 'applied' }>): void {
  const { entry, err } = effect
  const node = historyAt(ghost, entry.zxid)
  if (!node || node.primary === null || (node.entry !== entry && !sameData(node.entry, entry))) {
    ghost.fail('B-1', `server ${g.sid} applies ${z(entry.zxid)}, which no leader has proposed`)
    return
  }
  if (node.depth <= g.deliveredDepth) ghost.fail('B-1', `server ${g.sid} applies ${z(entry.zxid)} for the second time`)
  else if (node.parent !== g.applied) checkOrder(ghost, g, node)
  if (g.serves && node.outcome && err !== node.outcome.err)
    ghost.fail('T-8', `server ${g.sid} gets ${err} for ${z(entry.zxid)}; the reference gets ${node.outcome.err}`)
  g.applied = node
}

function checkOrder(ghost: Ghost, g: GhostServer, node: HistoryNode): void {
  const what = `server ${g.sid} applies ${z(node.zxid)} behind ${z(g.applied.zxid)}`
  const before = node.parent
  if (epochOf(node.zxid) < epochOf(g.applied.zxid)) ghost.fail('B-6', what)
  else if (before && epochOf(before.zxid) === epochOf(node.zxid))
    ghost.fail('B-5', `${what}, without ${z(before.zxid)}`)
  else ghost.fail('B-4', `${what}; elsewhere it is behind ${z(before?.zxid ?? 0)}`)
}

/** After a whole step: where the commit mark and the tree are now. */
export function afterStep(
  ghost: Ghost,
  g: GhostServer,
  peer: Peer,
  appliedBefore: HistoryNode,
  logBefore: HistoryNode,
) {
  const { role } = peer.zab
  const inBroadcast = role.state !== 'LOOKING' && role.stage === 'BROADCAST'
  // A follower whose recovered tree is ahead of the commits waits for them before it serves anybody.
  const serves = inBroadcast && isServing(peer)
  if (role.state === 'LEADING') {
    if (role.stage === 'SYNC' || inBroadcast) afterLeaderStep(ghost, g, role, logBefore, inBroadcast)
  } else if (role.state !== 'LOOKING') {
    if (inBroadcast) afterFollowerStep(ghost, g, role.committed, serves)
    if (inBroadcast || role.stage === 'WAITING') checkConsistent(ghost, g, role.epoch, logBefore)
  }
  if (!inBroadcast) g.committed = NEVER
  if (serves && (!g.serves || g.applied !== appliedBefore)) checkServed(ghost, g, peer)
  g.serves = serves
}

const NEVER = -1 as Zxid

function afterLeaderStep(
  ghost: Ghost,
  g: GhostServer,
  role: Extract<Role, { state: 'LEADING' }>,
  logBefore: HistoryNode,
  inBroadcast: boolean,
): void {
  const { committed, selfAcked } = role
  if (committed === g.committed && g.log === logBefore && selfAcked === g.selfAcked && !g.leaderLinksChanged) return
  g.leaderLinksChanged = false
  const node = historyAt(ghost, committed)
  if (node) checkForwarding(ghost, g, node)
  if (!inBroadcast) return
  if (selfAcked !== g.selfAcked) {
    const own = historyAt(ghost, selfAcked)
    if (!own || !isPrefix(own, g.disk))
      ghost.fail('O-7', `server ${g.sid} counts its own ack of ${z(selfAcked)}; its disk ends at ${z(g.disk.zxid)}`)
    g.selfAcked = selfAcked
  }
  if (committed === g.committed) return
  g.committed = committed
  if (!node || !isChosen(ghost, node) || !isPrefix(node, g.log))
    ghost.fail('B-10', `server ${g.sid} counts ${z(committed)} as committed; chosen is ${z(ghost.top.zxid)}`)
  if (!node) return
  if (!areComparable(node, ghost.leaderCommitted))
    ghost.fail('B-8', `server ${g.sid} commits ${z(committed)} beside ${z(ghost.leaderCommitted.zxid)}`)
  if (node.depth > ghost.leaderCommitted.depth) ghost.leaderCommitted = node
  noteCommitted(ghost, g, node)
}

function afterFollowerStep(ghost: Ghost, g: GhostServer, committed: Zxid, serves: boolean): void {
  if (committed === g.committed) return
  const before = historyAt(ghost, g.committed)
  const node = historyAt(ghost, committed)
  if (serves && g.serves && before && node?.parent !== before)
    ghost.fail('B-11', `server ${g.sid} goes from ${z(g.committed)} to ${z(committed)} in one commit`)
  g.committed = committed
  if (!node || !isChosen(ghost, node) || !isPrefix(node, g.log))
    ghost.fail('B-0', `server ${g.sid} counts ${z(committed)} as committed; chosen is ${z(ghost.top.zxid)}`)
  if (node) noteCommitted(ghost, g, node)
}

/** B-2: what two servers know committed agrees. */
function noteCommitted(ghost: Ghost, g: GhostServer, node: HistoryNode): void {
  if (!areComparable(node, ghost.committed))
    ghost.fail('B-2', `server ${g.sid} has ${z(node.zxid)} committed, another one ${z(ghost.committed.zxid)}`)
  if (node.depth > ghost.committed.depth) ghost.committed = node
}

/** B-9: who has acknowledged NEWLEADER has nothing that its leader has not. */
function checkConsistent(ghost: Ghost, g: GhostServer, epoch: number, logBefore: HistoryNode): void {
  if (g.log === logBefore && g.stage === 'BROADCAST') return
  const tip = ghost.established.get(epoch)?.tip
  if (!tip || !isPrefix(g.log, tip))
    ghost.fail('B-9', `server ${g.sid} follows epoch ${epoch} with ${z(g.log.zxid)}, which its leader has not`)
}

/** B-0, B-3, T-1: the tree that clients see. */
function checkServed(ghost: Ghost, g: GhostServer, peer: Peer): void {
  const { applied } = g
  const { tree } = peer
  if (!isChosen(ghost, applied))
    ghost.fail('B-0', `server ${g.sid} may serve ${z(applied.zxid)}; chosen is ${z(ghost.top.zxid)}`)
  if (!areComparable(applied, ghost.delivered))
    ghost.fail('B-3', `server ${g.sid} has delivered ${z(applied.zxid)}, another one ${z(ghost.delivered.zxid)}`)
  if (applied.depth > ghost.delivered.depth) ghost.delivered = applied
  if (applied.depth > g.deliveredDepth) g.deliveredDepth = applied.depth
  if (tree.lastProcessedZxid !== applied.zxid)
    ghost.fail('T-1', `server ${g.sid} has applied ${z(applied.zxid)}; its tree says ${z(tree.lastProcessedZxid)}`)
  const { outcome, entry } = applied
  if (!outcome) return
  if (ghost.reference.keepsDigest && entry && entry.digest !== null && tree.digest !== entry.digest)
    ghost.fail('T-10', `server ${g.sid} goes on with a tree that is not the leader's at ${z(applied.zxid)}`)
  if (ghost.reference.keepsDigest && tree.digest !== outcome.digest)
    ghost.fail('T-1', `server ${g.sid} has another tree at ${z(applied.zxid)} than the reference`)
  if (tree.nodes.size !== outcome.nodes || tree.sessions.size !== outcome.sessions)
    ghost.fail(
      'T-1',
      `server ${g.sid} has ${tree.nodes.size} znodes and ${tree.sessions.size} sessions at ${z(applied.zxid)}; ` +
        `the reference has ${outcome.nodes} and ${outcome.sessions}`,
    )
}

/** S-1 and T-3: an answer leaves. */
export function onReply(
  ghost: Ghost,
  g: GhostServer,
  peer: Peer,
  effect: Extract<PeerEffect, { type: 'reply' }>,
): void {
  const { zxid, xid, err, body, request } = effect
  checkShown(ghost, g, zxid)
  if (!isWrite(request)) return
  const node = answered(ghost, peer, effect)
  if (node === null) return
  const who = `server ${g.sid} answers the ${request.type} ${xid} with ${z(zxid)}`
  if (!node || !isChosen(ghost, node) || !isPrefix(node, g.applied) || node.zxid > zxid)
    ghost.fail('S-1', `${who}, which is not chosen, not applied here, or another request's`)
  else if (node.outcome && (err !== node.outcome.err || !sameBody(err, body, node.outcome.body)))
    ghost.fail('S-1', `${who} and another result than the reference`)
}

/**
 * The txn that a reply is about: that of its zxid, mostly. A reply that had to wait for a sync before it shows a later
 * zxid. `undefined`: there is none; `null`: its connection has ended in this very step, so that nobody can say.
 */
function answered(
  ghost: Ghost,
  peer: Peer,
  { conn, xid, zxid }: Extract<PeerEffect, { type: 'reply' }>,
): HistoryNode | null | undefined {
  const node = historyAt(ghost, zxid)
  const sessionId = peer.conns.get(conn)?.sessionId
  if (node?.entry?.cxid === xid && (sessionId === undefined || node.entry.sessionId === sessionId)) return node
  if (sessionId === undefined) return null
  return ghost.sessions.sessions.get(sessionId)?.cxids.get(xid)
}

/** An error has no body on the wire. */
function sameBody(err: number, body: unknown, expected: unknown): boolean {
  return err !== 0 || sameData(body, expected)
}

/** T-3: a zxid on the wire to a client is chosen; (e,0) is when a quorum has acknowledged epoch e. */
export function checkShown(ghost: Ghost, g: GhostServer, zxid: Zxid): void {
  if (zxid <= ghost.top.zxid) return
  if (counterOf(zxid) === 0 && ghost.established.get(epochOf(zxid))?.isActive) return
  ghost.fail('T-3', `server ${g.sid} shows ${z(zxid)} to a client; chosen is ${z(ghost.top.zxid)}`)
}
