// The numbers an operator asks for first: how many serve, who leads, how many more may fail, who lags.

import type { ClusterView, MemberView } from '#shared/events/cluster-view.ts'
import { zxidParts } from './zxid-parts.ts'

export interface EnsembleAnswer {
  readonly members: number
  readonly serving: number
  readonly voters: number
  readonly votersServing: number
  readonly quorum: number
  readonly leader: number | null
  /** More failures that leave a quorum; negative: so many are missing. */
  readonly canLose: number
  /** Voters that must be started, or resumed, before there can be a quorum. */
  readonly missing: number
  readonly epoch: number
  readonly judgement: 'good' | 'warning' | 'bad'
}

export function membersInOrder(view: ClusterView): MemberView[] {
  return Object.values(view.members).sort((a, b) => a.sid - b.sid)
}

export function isUp(member: MemberView): boolean {
  return member.process === 'running' || member.process === 'starting'
}

export function isServing(member: MemberView): boolean {
  return member.serving && member.process === 'running'
}

/** A leader counts only while it runs and serves. */
export function leaderOf(view: ClusterView): MemberView | null {
  const leaders = membersInOrder(view).filter((member) => isServing(member) && member.state === 'LEADING')
  return leaders.reduce<MemberView | null>(
    (best, each) => (best === null || each.epoch > best.epoch ? each : best),
    null,
  )
}

export function ensembleAnswer(view: ClusterView): EnsembleAnswer {
  const members = membersInOrder(view)
  const voters = members.filter((member) => member.role === 'participant')
  const votersServing = voters.filter(isServing).length
  const quorum = Math.floor(voters.length / 2) + 1
  const leader = leaderOf(view)
  const canLose = votersServing - quorum
  const writes = leader !== null && canLose >= 0
  return {
    members: members.length,
    serving: members.filter(isServing).length,
    voters: voters.length,
    votersServing,
    quorum,
    leader: leader?.sid ?? null,
    canLose,
    missing: Math.max(0, quorum - voters.filter(isUp).length),
    epoch: members.reduce((newest, member) => Math.max(newest, member.epoch), 0),
    judgement: !writes ? 'bad' : canLose === 0 && voters.length > 1 ? 'warning' : 'good',
  }
}

/** Clients of a member, without the gateway's own connection; `own` are its sessions. */
export function clientsOf(view: ClusterView, member: MemberView, own: ReadonlySet<string>): number {
  let clients = member.connections
  for (const { sid, session } of Object.values(view.connections)) {
    if (sid === member.sid && own.has(session)) clients -= 1
  }
  return Math.max(0, clients)
}

export type Lag =
  | { readonly type: 'none' | 'older-epoch' | 'unknown' }
  | { readonly type: 'txns'; readonly count: number }

/** How far `member` is behind the newest zxid that any member reported. */
export function lagOf(member: MemberView, view: ClusterView): Lag {
  const mine = zxidParts(member.lastZxid)
  const newest = leaderOf(view) ?? membersInOrder(view).reduce((a, b) => (zxidValue(b) > zxidValue(a) ? b : a), member)
  const theirs = zxidParts(newest.lastZxid)
  if (!mine || !theirs) return { type: 'unknown' }
  if (mine.epoch < theirs.epoch) return { type: 'older-epoch' }
  const count = theirs.counter - mine.counter
  return mine.epoch === theirs.epoch && count > 0 ? { type: 'txns', count } : { type: 'none' }
}

function zxidValue(member: MemberView): number {
  const parts = zxidParts(member.lastZxid)
  return parts ? parts.epoch * 2 ** 32 + parts.counter : -1
}

export type MemberRole = 'LEADING' | 'FOLLOWING' | 'OBSERVING' | 'LOOKING' | 'down' | 'paused' | 'starting' | 'unknown'

/** The one mark of a member: its process comes before what it last said. */
export function roleOf(member: MemberView): MemberRole {
  if (['killed', 'stopped', 'unreachable'].includes(member.process)) return 'down'
  if (member.process === 'paused') return 'paused'
  if (member.state === null) return member.process === 'starting' ? 'starting' : 'unknown'
  return member.state
}
