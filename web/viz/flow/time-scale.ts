// Time in px, in two ways: as it passes, or with the idle parts folded away so that what happens has the room.
// A fold is visible: two pieces of time with a gap of fixed width between them.

import type { RoundView } from '#shared/events/cluster-view.ts'
import { type FlowWindow, flowX, lastOf } from './flow-marks.ts'

export interface TimePiece {
  readonly from: number
  readonly to: number
  readonly x1: number
  readonly x2: number
}

export interface TimeScale {
  readonly x: (t: number) => number
  readonly pieces: readonly TimePiece[]
  readonly pxPerMs: number
}

/** Width of a fold. */
export const FOLD_PX = 18
/** Folds take no more than this part of the width. */
const FOLDS_PART = 0.5
/** Around what happens, as a part of the time shown. */
const PAD_PART = 0.02

export function plainScale(box: FlowWindow): TimeScale {
  const pxPerMs = (box.rightPx - box.leftPx) / Math.max(1e-6, box.to - box.from)
  return { x: flowX(box), pxPerMs, pieces: [{ from: box.from, to: box.to, x1: box.leftPx, x2: box.rightPx }] }
}

/**
 * The newest rounds before `box.to`, as many as `busyMs` of time in which something happened hold. Oldest first;
 * what lies outside of the pieces has the px of the nearest one.
 */
export function foldedScale(rounds: readonly RoundView[], box: FlowWindow, busyMs: number): TimeScale {
  const width = box.rightPx - box.leftPx
  const pad = busyMs * PAD_PART
  const foldsMax = Math.max(0, Math.floor((width * FOLDS_PART) / FOLD_PX))
  const spans: { from: number; to: number }[] = []
  let busy = 0
  for (let i = rounds.length - 1; i >= 0 && busy < busyMs; i -= 1) {
    const round = rounds[i]
    if (!round || round.proposedAt > box.to) continue
    const from = round.proposedAt - pad
    const to = Math.min(lastOf(round) + pad, box.to + pad)
    const after = spans[0]
    if (after && to >= after.from) {
      busy += Math.max(0, after.from - from) + Math.max(0, to - after.to)
      after.from = Math.min(after.from, from)
      after.to = Math.max(after.to, to)
    } else {
      if (spans.length > foldsMax) break
      spans.unshift({ from, to })
      busy += to - from
    }
  }
  const folds = Math.max(0, spans.length - 1) * FOLD_PX
  const total = spans.reduce((sum, { from, to }) => sum + to - from, 0)
  const pxPerMs = (width - folds) / Math.max(1e-6, total)
  let at = box.leftPx
  const pieces = spans.map(({ from, to }): TimePiece => {
    const piece = { from, to, x1: at, x2: at + (to - from) * pxPerMs }
    at = piece.x2 + FOLD_PX
    return piece
  })
  const x = (t: number): number => {
    let at = pieces.length - 1
    while (at > 0 && (pieces[at]?.from ?? 0) > t) at -= 1
    const piece = pieces[at]
    if (!piece) return box.leftPx
    return piece.x1 + (Math.min(Math.max(t, piece.from), piece.to) - piece.from) * pxPerMs
  }
  return { x, pieces, pxPerMs }
}

/** Part of the axis that a round number of ms takes: at most `mostPx`. */
export function scaleBar({ pxPerMs }: TimeScale, mostPx: number): { readonly ms: number; readonly px: number } {
  const most = mostPx / pxPerMs
  const power = 10 ** Math.floor(Math.log10(most))
  const ms = ([5, 2, 1].find((n) => n * power <= most) ?? 1) * power
  return { ms, px: ms * pxPerMs }
}
