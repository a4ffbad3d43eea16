// Many rounds as one space–time picture: marks in pixels for the rounds of a window of time. Where marks would
// stand closer than they can be told apart, the window is binned instead, exactly; see flow-bins.ts.

import type { ClusterView, Marker, RoundView } from '#shared/events/cluster-view.ts'

export interface FlowWindow {
  /** Ms since 1970. */
  readonly from: number
  readonly to: number
  readonly leftPx: number
  readonly rightPx: number
}

export type FlowMark =
  | {
      readonly type: 'proposal' | 'ack' | 'commit'
      readonly x1: number
      readonly x2: number
      readonly from: number
      readonly to: number
      readonly end: 'arrived' | 'open' | 'lost'
    }
  | { readonly type: 'flush'; readonly x1: number; readonly x2: number; readonly sid: number; readonly open: boolean }
  | { readonly type: 'applied'; readonly x1: number; readonly sid: number }
  | { readonly type: 'quorum'; readonly x1: number; readonly sid: number }

export interface FlowRound {
  readonly zxid: string
  /** Where it began and ended, for hitting it. */
  readonly x1: number
  readonly x2: number
  readonly marks: readonly FlowMark[]
}

/** Rounds in the window may be no closer than this, on average, to be drawn one by one. */
export const ROUND_LEAST_PX = 5
/** A round that nobody finished is drawn so long. */
const OPEN_MS = 2000

export function flowX({ from, to, leftPx, rightPx }: FlowWindow): (t: number) => number {
  const perMs = (rightPx - leftPx) / Math.max(1e-6, to - from)
  return (t) => leftPx + (t - from) * perMs
}

/** When it was done, as far as anybody told. */
export function lastOf(round: RoundView): number {
  let last = round.proposedAt
  const open = last + OPEN_MS
  const later = (t: number | undefined) => {
    if (t !== undefined && t > last && t < open) last = t
  }
  // Of hundreds of rounds ten times a second: no lists are made for it.
  for (const sid in round.members) {
    const stages = round.members[sid]
    later(stages?.logged)
    later(stages?.acked)
    later(stages?.committed)
    later(stages?.applied)
  }
  return last
}

export function roundsWithin(rounds: readonly RoundView[], { from, to }: FlowWindow): RoundView[] {
  return rounds.filter((round) => {
    const { proposedAt } = round
    return proposedAt <= to && proposedAt + OPEN_MS >= from && (proposedAt >= from || lastOf(round) >= from)
  })
}

/** What became of a proposal of which `sid` never told: lost with its process, still under way, or never sent. */
export function unheardProposal(round: RoundView, sid: number, markers: readonly Marker[]): 'lost' | 'open' | 'none' {
  const own = markers.filter((marker) => marker.sid === sid)
  const before = own.findLast(({ t }) => t <= round.proposedAt)
  if (before && (before.type === 'killed' || before.type === 'stopped' || before.type === 'looking')) return 'none'
  if (before?.type === 'paused') return 'open'
  const after = own.find(
    ({ t, type }) => t > round.proposedAt && (type === 'killed' || type === 'stopped' || type === 'looking'),
  )
  return after ? 'lost' : 'none'
}

/** An ack without a recorded arrival is drawn this part of the way. */
const PART_WAY_PX = 14

function marksOf(
  round: RoundView,
  sids: readonly number[],
  markers: readonly Marker[],
  x: (t: number) => number,
): FlowMark[] {
  const { leader, proposedAt, quorumBy, quorumAt } = round
  const lead = round.members[String(leader)]
  const marks: FlowMark[] = []
  for (const sid of sids) {
    const stages = round.members[String(sid)]
    const received = sid === leader ? proposedAt : stages?.received
    if (sid !== leader) {
      if (received !== undefined)
        marks.push({ type: 'proposal', x1: x(proposedAt), x2: x(received), from: leader, to: sid, end: 'arrived' })
      else {
        const fate = unheardProposal(round, sid, markers)
        if (fate !== 'none')
          marks.push({
            type: 'proposal',
            x1: x(proposedAt),
            x2: x(proposedAt) + PART_WAY_PX,
            from: leader,
            to: sid,
            end: fate,
          })
      }
    }
    if (received !== undefined && stages?.logged !== undefined)
      marks.push({ type: 'flush', x1: x(received), x2: x(stages.logged), sid, open: false })
    else if (received !== undefined)
      marks.push({ type: 'flush', x1: x(received), x2: x(received) + PART_WAY_PX, sid, open: true })
    if (sid !== leader && stages?.acked !== undefined) {
      const known = quorumBy === sid && quorumAt !== null
      const end = known ? x(Math.max(quorumAt, stages.acked)) : x(stages.acked) + PART_WAY_PX
      marks.push({ type: 'ack', x1: x(stages.acked), x2: end, from: sid, to: leader, end: known ? 'arrived' : 'open' })
    }
    if (sid !== leader && lead?.committed !== undefined && stages?.committed !== undefined)
      marks.push({
        type: 'commit',
        x1: x(lead.committed),
        x2: x(Math.max(lead.committed, stages.committed)),
        from: leader,
        to: sid,
        end: 'arrived',
      })
    if (stages?.applied !== undefined) marks.push({ type: 'applied', x1: x(stages.applied), sid })
  }
  if (quorumAt !== null) marks.push({ type: 'quorum', x1: x(quorumAt), sid: leader })
  return marks
}

export function flowRounds(
  rounds: readonly RoundView[],
  sids: readonly number[],
  view: Pick<ClusterView, 'markers'>,
  x: (t: number) => number,
): FlowRound[] {
  return rounds.map((round) => ({
    zxid: round.txn.zxid,
    x1: x(round.proposedAt),
    x2: x(lastOf(round)),
    marks: marksOf(round, sids, view.markers, x),
  }))
}

/** The round under `px`: the one that began last before it, or else the nearest within `reachPx`. */
export function hitRound(rounds: readonly FlowRound[], px: number, reachPx: number): FlowRound | null {
  let best: FlowRound | null = null
  let bestAway = reachPx
  for (const round of rounds) {
    const away = px < round.x1 ? round.x1 - px : px > round.x2 ? px - round.x2 : 0
    if (away < bestAway || (away === 0 && bestAway === 0)) {
      best = round
      bestAway = away
    }
  }
  return best
}
