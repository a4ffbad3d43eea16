// One round as a space–time diagram: a lane for each member, time to the right in ms after the proposal.
// What was not measured is not drawn as if it had been: an ack whose arrival nobody recorded has no head.

import { scaleLinear } from 'd3'
import type { RoundView } from '#shared/events/cluster-view.ts'

export interface DiagramBox {
  readonly width: number
  readonly laneHeight: number
  /** Room for lane names at the left, and for late stages at the right. */
  readonly leftPx: number
  readonly rightPx: number
  readonly topPx: number
}

export interface Lane {
  readonly sid: number
  readonly y: number
  readonly leader: boolean
  /** Disk flush: from getting it to having it on disk. */
  readonly flush: { readonly x1: number; readonly x2: number; readonly ms: number; readonly open: boolean } | null
  readonly appliedX: number | null
  readonly committedX: number | null
  /** Stages that came too late for the scale, in order. */
  readonly late: readonly { readonly stage: 'received' | 'logged' | 'committed' | 'applied'; readonly ms: number }[]
  readonly seen: boolean
}

export interface Arrow {
  readonly type: 'proposal' | 'ack' | 'commit'
  /** The follower concerned. */
  readonly sid: number
  readonly x1: number
  readonly y1: number
  readonly x2: number
  readonly y2: number
  /** False: its end was not recorded. */
  readonly arrived: boolean
}

export interface Diagram {
  readonly lanes: readonly Lane[]
  readonly arrows: readonly Arrow[]
  /** Where the leader knew of its quorum. */
  readonly quorum: { readonly x: number; readonly y: number; readonly by: number; readonly ms: number } | null
  readonly ticks: readonly { readonly x: number; readonly ms: number }[]
  readonly height: number
  readonly endX: number
}

/** Stages later than this many times the commit are named at the edge instead of stretching the scale. */
const LATE_FACTOR = 4
/** Part of the way to the leader that an ack without a recorded arrival is drawn. */
const OPEN_ACK_PART = 0.45
/** Shortest scale, so that clock noise does not look like a story. */
const SHORTEST_MS = 0.2

function stageTimes(round: RoundView): number[] {
  return Object.values(round.members)
    .flatMap((stages) => Object.values(stages))
    .filter((t): t is number => typeof t === 'number')
    .map((t) => t - round.proposedAt)
}

/** Length of the scale in ms. */
export function diagramSpan(round: RoundView): number {
  const times = stageTimes(round)
  const committed = round.members[String(round.leader)]?.committed
  const reference = committed ?? round.quorumAt
  const limit = reference == null ? Number.POSITIVE_INFINITY : Math.max(1, (reference - round.proposedAt) * LATE_FACTOR)
  return Math.max(SHORTEST_MS, ...times.filter((ms) => ms <= limit)) * 1.04
}

/** The leader's lane comes first, the others in the order of their ids. */
export function layoutRound(round: RoundView, sids: readonly number[], box: DiagramBox): Diagram {
  const span = diagramSpan(round)
  const endX = box.width - box.rightPx
  const x = scaleLinear([0, span], [box.leftPx, endX])
  const at = (t: number | undefined): number | null => {
    if (t === undefined) return null
    const ms = Math.max(0, t - round.proposedAt)
    return ms > span ? null : x(ms)
  }
  const others = sids.filter((sid) => sid !== round.leader).sort((a, b) => a - b)
  const order = [round.leader, ...others]
  const yOf = (sid: number) => box.topPx + order.indexOf(sid) * box.laneHeight + box.laneHeight / 2
  const lanes = order.map((sid) => layoutLane(round, sid, yOf(sid), span, at, endX))
  const arrows = others.flatMap((sid) => layoutArrows(round, sid, yOf, at))
  const quorumX = round.quorumAt === null ? null : at(round.quorumAt)
  return {
    lanes,
    arrows,
    quorum:
      quorumX === null || round.quorumBy === null || round.quorumAt === null
        ? null
        : { x: quorumX, y: yOf(round.leader), by: round.quorumBy, ms: Math.max(0, round.quorumAt - round.proposedAt) },
    ticks: x.ticks(Math.max(2, Math.floor((endX - box.leftPx) / 90))).map((ms) => ({ x: x(ms), ms })),
    height: box.topPx + order.length * box.laneHeight,
    endX,
  }
}

function layoutLane(
  round: RoundView,
  sid: number,
  y: number,
  span: number,
  at: (t: number | undefined) => number | null,
  endX: number,
): Lane {
  const stages = round.members[String(sid)]
  const leader = sid === round.leader
  const start = at(leader ? round.proposedAt : stages?.received)
  const logged = at(stages?.logged)
  const loggedMs =
    stages?.logged === undefined ? 0 : stages.logged - (leader ? round.proposedAt : (stages.received ?? stages.logged))
  const late = (['received', 'logged', 'committed', 'applied'] as const).flatMap((stage) => {
    const t = stages?.[stage]
    const ms = t === undefined ? 0 : t - round.proposedAt
    return ms > span ? [{ stage, ms }] : []
  })
  return {
    sid,
    y,
    leader,
    flush: start === null ? null : { x1: start, x2: logged ?? endX, ms: Math.max(0, loggedMs), open: logged === null },
    committedX: at(stages?.committed),
    appliedX: at(stages?.applied),
    late,
    seen: stages !== undefined,
  }
}

function layoutArrows(
  round: RoundView,
  sid: number,
  yOf: (sid: number) => number,
  at: (t: number | undefined) => number | null,
): Arrow[] {
  const stages = round.members[String(sid)]
  const lead = round.members[String(round.leader)]
  const [leaderY, y] = [yOf(round.leader), yOf(sid)]
  const arrows: Arrow[] = []
  const [sent, received] = [at(lead?.proposed ?? round.proposedAt), at(stages?.received)]
  if (sent !== null && received !== null) {
    arrows.push({ type: 'proposal', sid, x1: sent, y1: leaderY, x2: received, y2: y, arrived: true })
  }
  const acked = at(stages?.acked)
  if (acked !== null) arrows.push(ackArrow(round, sid, acked, y, leaderY, at))
  const [decided, told] = [at(lead?.committed), at(stages?.committed)]
  if (decided !== null && told !== null) {
    arrows.push({ type: 'commit', sid, x1: decided, y1: leaderY, x2: Math.max(decided, told), y2: y, arrived: true })
  }
  return arrows
}

function ackArrow(
  round: RoundView,
  sid: number,
  acked: number,
  y: number,
  leaderY: number,
  at: (t: number | undefined) => number | null,
): Arrow {
  const quorumX = round.quorumBy === sid && round.quorumAt !== null ? at(round.quorumAt) : null
  if (quorumX !== null) {
    return { type: 'ack', sid, x1: acked, y1: y, x2: Math.max(acked, quorumX), y2: leaderY, arrived: true }
  }
  const rise = (leaderY - y) * OPEN_ACK_PART
  return {
    type: 'ack',
    sid,
    x1: acked,
    y1: y,
    x2: acked + Math.min(28, Math.abs(rise) * 0.25),
    y2: y + rise,
    arrived: false,
  }
}
