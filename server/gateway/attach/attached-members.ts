// From what the servers of an attached ensemble tell to the events that the view is folded from. Nothing is made up: what
// nobody tells is listed as unknown, and a server that does not answer is unreachable, not dead.

import type { MemberFigure } from '#shared/events/attach.ts'
import type { MemberView } from '#shared/events/cluster-view.ts'
import type { GatewayEvent } from '#shared/events/socket-protocol.ts'
import type { ServerState } from '#shared/zk/vote.ts'
import { CONNECTIONS_READ_MAX } from './attach-limits.ts'
import type { ProbeState } from './server-probe.ts'

const STATES: Readonly<Record<string, ServerState>> = {
  leader: 'LEADING',
  standalone: 'LEADING',
  follower: 'FOLLOWING',
  observer: 'OBSERVING',
}

export interface AttachedMember {
  readonly sid: number
  readonly address: string
  readonly role: 'participant' | 'observer'
  /** Null: it is only named, and nobody asks it. */
  readonly state: ProbeState | null
}

/** How a server is described; `leader`: whom those that serve follow, null when nobody or several say that they lead. */
export function describeMember(member: AttachedMember, leader: number | null): MemberView {
  const { sid, address, state: probed } = member
  const facts = probed?.facts ?? null
  const figures = probed?.figures ?? null
  const state = stateOf(probed)
  const serving = probed?.reachable === true && !probed.looking && state !== null && state !== 'LOOKING'
  const told: Record<MemberFigure, number | null> = {
    sessions: figures?.sessions ?? null,
    watches: figures?.watches ?? null,
    znodes: facts?.znodes ?? figures?.znodes ?? null,
    // Servers count the connection that asks; those with a session are the clients.
    connections: clientsOf(probed) ?? facts?.connections ?? figures?.connections ?? null,
    outstanding: facts?.outstanding ?? figures?.outstanding ?? null,
    requests: facts?.requests ?? figures?.requests ?? null,
  }
  const zxid = facts?.zxid ?? '0x0'
  return {
    sid,
    process: probed?.reachable ? 'running' : 'unreachable',
    pid: null,
    clientAddress: address,
    role: state === 'OBSERVING' ? 'observer' : member.role,
    state,
    phase: serving ? 'BROADCAST' : state === 'LOOKING' ? 'ELECTION' : null,
    serving,
    epoch: epochOf(zxid),
    leader: serving ? leader : null,
    lastZxid: zxid,
    sessions: told.sessions ?? 0,
    watches: told.watches ?? 0,
    znodes: told.znodes ?? 0,
    connections: told.connections ?? 0,
    outstanding: told.outstanding ?? 0,
    requests: told.requests ?? 0,
    unknown: (Object.keys(told) as MemberFigure[]).filter((figure) => told[figure] === null),
    heardAt: probed?.heardAt ?? 0,
  }
}

/** Null: it does not list them, or not all. */
function clientsOf(probed: ProbeState | null): number | null {
  const listed = probed?.connections?.length ?? null
  return listed !== null && listed < CONNECTIONS_READ_MAX ? listed : null
}

/** Null: it does not answer, or does not say. A read-only server has lost its quorum and looks for a leader. */
export function stateOf(probed: ProbeState | null): ServerState | null {
  if (!probed?.reachable) return null
  const mode = probed.facts?.mode ?? probed.figures?.mode ?? null
  if (probed.looking || mode === 'read-only') return 'LOOKING'
  return mode === null ? null : (STATES[mode] ?? null)
}

/** The one that says it leads, null when none does, or several: then one of them is mistaken, and nobody knows which. */
export function leaderOf(members: readonly AttachedMember[]): number | null {
  const leading = members.filter(({ state }) => stateOf(state) === 'LEADING')
  return leading.length === 1 ? (leading[0]?.sid ?? null) : null
}

export function epochOf(zxid: string): number {
  return Number(BigInt(zxid) >> 32n)
}

/** Beside the description, what is news for the timeline. */
export function newsOf(before: MemberView | undefined, after: MemberView, t: number): readonly GatewayEvent[] {
  const { sid } = after
  const news: GatewayEvent[] = []
  const wasSilent = before === undefined || before.process === 'unreachable'
  const isSilent = after.process === 'unreachable'
  if (isSilent && !wasSilent)
    news.push({ type: 'process', t, sid, process: 'unreachable', pid: null, reason: 'its client port gives no answer' })
  if (!isSilent && before?.process === 'unreachable' && before.heardAt > 0)
    news.push({ type: 'process', t, sid, process: 'running', pid: null, reason: 'it answers' })
  if (isSilent !== wasSilent || before === undefined) news.push({ type: 'stream', t, sid, up: !isSilent })
  if (after.state === 'LOOKING' && before?.state !== 'LOOKING')
    news.push({ type: 'state', t, sid, state: 'LOOKING', round: 0, reason: 'it says that it does not serve' })
  const leads = after.state === 'LEADING' && (before?.state !== 'LEADING' || before.epoch !== after.epoch)
  if (leads) news.push({ type: 'phase', t, sid, phase: 'BROADCAST', epoch: after.epoch, leader: sid })
  return news
}
