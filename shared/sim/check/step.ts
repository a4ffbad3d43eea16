// One step of one server, told apart: what came in, what was done about it in order, and how things stand after it.
// Each part is judged where its rules are; here is only who is asked when.

import { assert } from '../../base/assert.ts'
import type { PeerEffect, PeerInput } from '../../peer/contract.ts'
import type { Peer } from '../../peer/state.ts'
import { isElector } from '../../zab/configs.ts'
import type { LinkId } from '../../zab/contract.ts'
import { lastZxid } from '../../zab/log-window.ts'
import type { LeaderPacket, LearnerPacket, QuorumPacket } from '../../zk/packet.ts'
import { counterOf, type Zxid } from '../../zk/zxid.ts'
import type { SimServer } from '../world/contract.ts'
import { greet, leaderRead, leaderSent, learnerSent, receive } from './conversation.ts'
import { afterStep, checkShown, onAppend, onApplied, onReply } from './delivery.ts'
import { type Ghost, type GhostServer, ghostOf } from './ghost.ts'
import { cutAfter, isPrefix } from './history.ts'
import { historyAt, z } from './intern.ts'
import { beat, checkAnswered, checkExpiry, heardClient, heardLearner, noteOpened } from './listener.ts'
import { checkRecoveredTree } from './on-disk.ts'
import { checkNotification, checkRound, noteLeadership, noteVote, onRole } from './roles.ts'
import { noteSession } from './session-ledger.ts'
import { checkHandled, checkLeaderWord, checkLearnerWord } from './words.ts'

export function onStepped(
  ghost: Ghost,
  server: SimServer,
  input: PeerInput,
  effects: readonly PeerEffect[],
  cutShort: boolean,
): void {
  const g = ghostOf(ghost, server)
  const { peer } = server
  assert(peer !== null, 'a process that steps is running')
  const { zab } = peer
  const appliedBefore = g.applied
  const logBefore = g.log
  // Of a step that was cut short it cannot be said what was not done.
  onInput(ghost, g, peer, input, cutShort ? null : effects)
  noteLeadership(ghost, g, zab.role)
  for (const effect of effects) onEffect(ghost, g, peer, input, effect)
  if (cutShort) {
    ghost.facts.crashesMidStep += 1
    return // the core is ahead of what was performed; the process ends now
  }
  if (input.type === 'packet') checkHandled(ghost, g, zab.role, input.packet)
  if (zab.round !== g.round) checkRound(ghost, g, zab)
  if (zab.role !== g.role || zab.role.stage !== g.stage) onRole(ghost, g, zab)
  if (zab.acceptedEpoch > g.acceptedEpoch || zab.currentEpoch > g.currentEpoch || lastZxid(zab.log) !== g.log.zxid)
    ghost.fail(
      'O-9',
      `server ${g.sid} goes by epochs ${zab.acceptedEpoch}, ${zab.currentEpoch} and ${z(lastZxid(zab.log))}; ` +
        `saved are ${g.acceptedEpoch}, ${g.currentEpoch}, logged ${z(g.log.zxid)}`,
    )
  afterStep(ghost, g, peer, appliedBefore, logBefore)
  if (input.type === 'tick' && g.listener) checkAnswered(ghost, g, g.listener, input.nowMs)
  g.role = zab.role
  g.stage = zab.role.stage
  g.vote = zab.vote
}

/** All effects of a step; `null`: not all were performed. */
type Whole = readonly PeerEffect[] | null

/** What arrives, before what came of it. `g.role` is the role in which it was read. */
function onInput(ghost: Ghost, g: GhostServer, peer: Peer, input: PeerInput, effects: Whole): void {
  switch (input.type) {
    case 'tick':
      if (g.listener) beat(ghost, g.listener, input.nowMs)
      return
    case 'packet':
      return onPacket(ghost, g, peer, input.link, input.packet, effects)
    case 'notification':
      return onNotification(ghost, g, peer, input, effects)
    case 'linkDown':
      g.links.delete(input.link)
      return
    case 'reloaded':
      if (peer.tree !== input.recovered.tree) return // a snapshot has replaced it meanwhile
      g.applied = historyAt(ghost, input.recovered.lastZxid) ?? g.applied
      return checkRecoveredTree(ghost, g, input.recovered.tree)
    case 'request':
    case 'connect':
      if (g.listener) heardClient(g.listener, peer, input)
  }
}

function onPacket(ghost: Ghost, g: GhostServer, peer: Peer, link: LinkId, packet: QuorumPacket, effects: Whole): void {
  const { role } = g
  if (role?.state === 'LOOKING' && effects && effects.length > 0)
    ghost.fail('M-6', `server ${g.sid} is LOOKING and answers a ${packet.type} with ${effects[0]?.type}`)
  const conversation = receive(ghost, g, link, packet)
  if (!conversation) return
  if (conversation.leader === g.sid) {
    if (role?.state === 'LEADING') leaderRead(g, conversation, packet, role.epoch)
    g.leaderLinksChanged = true
    if (g.listener) heardLearner(g.listener, conversation.learner, packet, peer.nowMs)
    if (packet.type === 'ACK' && effects) checkKnownAck(ghost, g, link, packet.zxid, effects)
  } else if (packet.type === 'NEWLEADER' && g.stage !== 'SYNC') {
    ghost.fail('M-2', `server ${g.sid} is given a NEWLEADER in ${g.stage}`)
  } else if (packet.type === 'UPTODATE' && g.stage !== 'WAITING') {
    ghost.fail('M-2', `server ${g.sid} is given an UPTODATE in ${g.stage}`)
  }
}

/** M-5: an ACK of what was never proposed ends the connection. */
function checkKnownAck(ghost: Ghost, g: GhostServer, link: LinkId, zxid: Zxid, effects: readonly PeerEffect[]): void {
  if (counterOf(zxid) === 0 || g.role?.state !== 'LEADING') return
  const node = historyAt(ghost, zxid)
  if (node && isPrefix(node, g.log)) return
  if (!effects.some((effect) => effect.type === 'close' && effect.link === link))
    ghost.fail('M-5', `server ${g.sid} accepts an ACK of ${z(zxid)}, which is not in its log`)
}

function onNotification(
  ghost: Ghost,
  g: GhostServer,
  peer: Peer,
  input: Extract<PeerInput, { type: 'notification' }>,
  effects: Whole,
): void {
  const { from, notification } = input
  noteVote(g, from, notification)
  const late = notification.state === 'LOOKING' && notification.electionEpoch < g.round
  if (!late || !effects || g.stage !== 'voting' || !ghost.top.membership.voters.includes(from)) return
  // What it brings may also be a newer configuration, which begins a round of its own.
  if (peer.zab.round > g.round) return
  // Who has no vote has no round to teach either; who is no voter as far as this server knows is answered now and then.
  const answered =
    ![g.sid, from].every((sid) => ghost.top.membership.voters.includes(sid) && isElector(peer.zab, sid)) ||
    effects.some((effect) => effect.type === 'notify' && effect.to === from)
  if (peer.zab.vote !== g.vote || !answered)
    ghost.fail('E-2', `server ${g.sid} in round ${g.round} lets a vote of round ${notification.electionEpoch} count`)
}

function onEffect(ghost: Ghost, g: GhostServer, peer: Peer, input: PeerInput, effect: PeerEffect): void {
  const { zab } = peer
  switch (effect.type) {
    case 'append':
      if (g.listener && input.type === 'tick') checkExpiry(ghost, g, g.listener, effect.entry, input.nowMs)
      else if (g.listener) noteOpened(g.listener, effect.entry, peer.nowMs)
      return onAppend(ghost, g, zab.role, effect.entry)
    case 'truncate':
      if (g.leads) ghost.fail('L-9', `server ${g.sid} leads and truncates its log after ${z(effect.zxid)}`)
      g.log = cutAfter(g.log, effect.zxid)
      return
    case 'installSnapshot':
      if (g.leads) ghost.fail('L-9', `server ${g.sid} leads and replaces its log by a snapshot of ${z(effect.zxid)}`)
      g.log = historyAt(ghost, effect.zxid) ?? g.log
      g.applied = g.log
      g.fuzzyUpTo = ghost.top.zxid
      return
    case 'send':
      return onSend(ghost, g, peer, effect.link, effect.packet)
    case 'close':
      g.links.delete(effect.link)
      return
    case 'notify':
      return checkNotification(ghost, g, effect.notification, zab.role)
    case 'applied':
      return onApplied(ghost, g, effect)
    case 'reply':
      ghost.facts.replies += 1
      return onReply(ghost, g, peer, effect)
    case 'watchEvent':
      ghost.facts.watchEvents += 1
      return checkShown(ghost, g, effect.zxid)
    case 'session':
      if (effect.timeoutMs > 0) noteSession(ghost, effect.sessionId, g.sid)
      return
    case 'state':
      if (effect.state === 'LEADING') ghost.facts.elections += 1
      return
    case 'diverged':
      return ghost.fail('T-1', `server ${g.sid} finds that its tree at ${z(effect.zxid)} is not the leader's`)
    case 'learnerSync':
      if (effect.how === 'DIFF') ghost.facts.diffs += 1
      else if (effect.how === 'TRUNC') ghost.facts.truncs += 1
      else ghost.facts.snaps += 1
  }
}

function onSend(ghost: Ghost, g: GhostServer, peer: Peer, link: LinkId, packet: LearnerPacket | LeaderPacket): void {
  if ('acceptedEpoch' in packet) {
    learnerSent(ghost, g, greet(ghost, g, link, packet), packet)
    return
  }
  const conversation = g.links.get(link)
  if (!conversation) return // it ended in this very step
  if (conversation.leader === g.sid) {
    checkLeaderWord(ghost, g, packet)
    leaderSent(ghost, g, conversation, packet as LeaderPacket) // who is which end decides whose word it is
    return
  }
  const word = packet as LearnerPacket // as above
  checkLearnerWord(ghost, g, peer.zab.role, word)
  learnerSent(ghost, g, conversation, word)
}
