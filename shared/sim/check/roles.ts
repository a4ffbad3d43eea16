// A server's role and stage change: what must be true at that moment. E-1 to E-5, L-2, L-6, L-7, L-12.

import type { Leading, Role, Zab } from '../../zab/state.ts'
import type { Sid } from '../../zk/ids.ts'
import type { Notification } from '../../zk/vote.ts'
import { establish } from './chosen.ts'
import type { Ghost, GhostServer } from './ghost.ts'
import { isPrefix } from './history.ts'
import { historyAt, z } from './intern.ts'
import { createListener } from './listener.ts'
import { isSomeQuorum, type Membership } from './membership.ts'
import { checkTwins } from './on-disk.ts'

/** How far a leader has come. */
const LEADING_STAGES: readonly (Role['stage'] | null)[] = [
  'DISCOVERY',
  'SAVING_ACCEPTED',
  'EPOCH_ACKS',
  'SAVING_CURRENT',
  'SYNC',
  'BROADCAST',
]

/** Before anything that the step did is looked at: a leader that has entered SYNC is established from there on. */
export function noteLeadership(ghost: Ghost, g: GhostServer, role: Role): void {
  if (role.state !== 'LEADING' || g.leads || (role.stage !== 'SYNC' && role.stage !== 'BROADCAST')) return
  const { epoch, initialLast } = role
  const initial = historyAt(ghost, initialLast)
  if (!initial || !isPrefix(initial, g.log))
    ghost.fail('L-9', `server ${g.sid} begins epoch ${epoch} at ${z(initialLast)}; its log ends at ${z(g.log.zxid)}`)
  checkMostRecent(ghost, g, role)
  establish(ghost, g, epoch, initial ?? g.log)
  checkTwins(ghost, g)
}

/** L-7: nobody whose promise was counted knows more. */
function checkMostRecent(ghost: Ghost, g: GhostServer, role: Leading): void {
  for (const { learner, promise, wasCounted } of g.links.values()) {
    if (!promise || !wasCounted || !ghost.top.membership.voters.includes(learner)) continue
    const { currentEpoch, lastLoggedZxid } = promise
    if (currentEpoch > g.epochBefore || (currentEpoch === g.epochBefore && lastLoggedZxid > role.initialLast))
      ghost.fail(
        'L-7',
        `server ${g.sid} leads with epoch ${g.epochBefore} and ${z(role.initialLast)}; ` +
          `server ${learner} promised with epoch ${currentEpoch} and ${z(lastLoggedZxid)}`,
      )
  }
}

/** `g.role` and `g.stage` are those of the step before. */
export function onRole(ghost: Ghost, g: GhostServer, zab: Zab): void {
  const { role } = zab
  if (role !== g.role) {
    if (g.role?.state === 'LEADING') {
      g.leads = null
      g.listener = null
    }
    if (role.state !== 'LOOKING' && !isDesignated(g, role)) checkElected(ghost, g, zab, role)
    if (role.state === 'LEADING') g.epochBefore = g.currentEpoch
  }
  if (role.state === 'LEADING') onLeadingStage(ghost, g, zab, role)
}

function onLeadingStage(ghost: Ghost, g: GhostServer, zab: Zab, role: Leading): void {
  const from = g.role === role ? LEADING_STAGES.indexOf(g.stage) : 0
  const to = LEADING_STAGES.indexOf(role.stage)
  const passes = (stage: Leading['stage']): boolean => {
    const at = LEADING_STAGES.indexOf(stage)
    return from < at && at <= to
  }
  const known = knownMemberships(ghost, g)
  if (passes('SAVING_ACCEPTED')) {
    // L-6: larger than what a quorum had accepted, as it said in this round.
    const below = new Set<Sid>(g.acceptedEpoch < role.epoch ? [g.sid] : [])
    for (const { learner, acceptedEpoch } of g.links.values()) if (acceptedEpoch < role.epoch) below.add(learner)
    if (!isSomeQuorum(known, (sid) => below.has(sid)))
      ghost.fail(
        'L-6',
        `server ${g.sid} proposes epoch ${role.epoch}; no quorum has said that it accepted only smaller`,
      )
  }
  if (passes('SAVING_CURRENT')) {
    g.ownEpoch = role.epoch
    const promised = (sid: Sid): boolean => sid === g.sid || ghost.servers.get(sid)?.promises.get(role.epoch) === g.sid
    if (!isSomeQuorum(known, promised))
      ghost.fail('L-12', `server ${g.sid} makes epoch ${role.epoch} current without the promises of a quorum of voters`)
  }
  if (passes('BROADCAST')) {
    if (!g.leads?.isActive)
      ghost.fail('L-12', `server ${g.sid} serves in epoch ${role.epoch}, which no quorum of voters has on disk`)
    g.listener = createListener(zab.nowMs)
  }
}

function knownMemberships(ghost: Ghost, g: GhostServer): Membership[] {
  return [ghost.top.membership, g.log.membership, g.applied.membership]
}

/** A notification is read. */
export function noteVote(g: GhostServer, from: Sid, n: Notification): void {
  if (n.state === 'LOOKING') {
    if (n.electionEpoch >= g.round) g.looking.set(from, n)
  } else if (n.state !== 'OBSERVING') g.settled.set(from, n)
}

/** Named by the leader that committed a reconfiguration; discovery asks for the promises of a quorum all the same. */
function isDesignated(g: GhostServer, role: Exclude<Role, { state: 'LOOKING' }>): boolean {
  const leader = role.state === 'LEADING' ? g.sid : role.leader
  return g.role?.state === 'LOOKING' && g.role.designated === leader
}

/**
 * E-3: a quorum, oneself included, has given this very vote in this round; or a quorum of others names the leader,
 * who says that it leads.
 */
function checkElected(ghost: Ghost, g: GhostServer, zab: Zab, role: Exclude<Role, { state: 'LOOKING' }>): void {
  const known = knownMemberships(ghost, g)
  const { vote } = zab
  const leader = role.state === 'LEADING' ? g.sid : role.leader
  const elected = (sid: Sid): boolean => {
    if (sid === g.sid) return true
    const n = g.looking.get(sid)
    return n?.leader === leader && n.electionEpoch === vote.electionEpoch && n.zxid === vote.zxid
  }
  if (isSomeQuorum(known, elected)) return
  const named = (sid: Sid): boolean => {
    const n = g.looking.get(sid)
    return g.settled.get(sid)?.leader === leader || (n?.leader === leader && n.electionEpoch === vote.electionEpoch)
  }
  const claims = leader === g.sid || g.settled.get(leader)?.state === 'LEADING'
  if (!claims || !isSomeQuorum(known, named))
    ghost.fail('E-3', `server ${g.sid} is ${role.state}, server ${leader} leading, without the votes of a quorum`)
}

/** E-2: the round goes on in one incarnation; only who joins a leadership takes over its round (ELECT-5). */
export function checkRound(ghost: Ghost, g: GhostServer, zab: Zab): void {
  if (zab.round < g.round && (zab.role === g.role || zab.role.state === 'LOOKING'))
    ghost.fail('E-2', `server ${g.sid} goes back from round ${g.round} to ${zab.round}`)
  g.round = zab.round
}

/** E-1 and E-5: what a server says of itself. */
export function checkNotification(ghost: Ghost, g: GhostServer, n: Notification, role: Role): void {
  if (n.state === 'LOOKING') {
    if (n.leader === g.sid && (n.zxid !== g.log.zxid || g.log !== g.disk || n.peerEpoch !== g.currentEpoch))
      ghost.fail(
        'E-1',
        `server ${g.sid} votes for itself with epoch ${n.peerEpoch} and ${z(n.zxid)}; ` +
          `on disk it has ${g.currentEpoch} and ${z(g.disk.zxid)}`,
      )
    return
  }
  if (role.state === 'LOOKING' || role.stage !== 'BROADCAST') return
  const leader = role.state === 'LEADING' ? g.sid : role.leader
  if (n.leader !== leader || n.peerEpoch !== role.epoch)
    ghost.fail(
      'E-5',
      `server ${g.sid} reports server ${n.leader} and epoch ${n.peerEpoch}; it is with server ${leader} in ${role.epoch}`,
    )
}
