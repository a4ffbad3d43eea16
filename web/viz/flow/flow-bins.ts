// A window of time too wide for single rounds, as bins: writes counted exactly (a second is the finest that is
// counted), and for the rounds that are kept the slowest commit of each bin. Nothing is left out silently: a bin
// of which no single round is kept says so.

import type { ClusterView, RoundView } from '#shared/events/cluster-view.ts'
import type { HistoryStep } from '#shared/events/history-protocol.ts'
import { commitLatency } from '../round-facts.ts'
import { type FlowWindow, flowX } from './flow-marks.ts'

export interface FlowBin {
  readonly x: number
  readonly width: number
  /** Writes per second. */
  readonly rate: number
  /** The slowest commit of the rounds kept that fall into it, or the gateway's p99 of older ones, ms; null: neither. */
  readonly slowestMs: number | null
  /** How far each member had applied of those kept: rounds by sid. */
  readonly applied: Readonly<Record<string, number>>
}

export interface FlowBins {
  readonly bins: readonly FlowBin[]
  readonly peak: number
  readonly binMs: number
  /** Writes in the window, exact to its whole seconds. */
  readonly writes: number
}

const BIN_LEAST_PX = 4

interface BinnedView {
  readonly writeRate: ClusterView['writeRate']
  readonly rounds: readonly RoundView[]
  /** What the gateway counted, in steps as wide as a bin: for the time before the view's own counts. */
  readonly past?: Past | null
}

export interface Past {
  readonly stepMs: number
  readonly steps: readonly Pick<HistoryStep, 't' | 'commits' | 'roundMs'>[]
}

/** Whole seconds of which at least BIN_LEAST_PX are to be seen: 1, 2, 5, 10, 30, 60 … */
export function binMsFor(spanMs: number, widthPx: number): number {
  const least = (spanMs / Math.max(1, widthPx)) * BIN_LEAST_PX
  return [1, 2, 5, 10, 15, 30, 60, 120, 300].map((seconds) => seconds * 1000).find((ms) => ms >= least) ?? 600_000
}

export function flowBins(view: BinnedView, box: FlowWindow): FlowBins {
  const binMs = binMsFor(box.to - box.from, box.rightPx - box.leftPx)
  const x = flowX(box)
  const first = Math.floor(box.from / binMs) * binMs
  const count = Math.max(1, Math.ceil((box.to - first) / binMs))
  const writes = new Float64Array(count)
  const slowest = new Map<number, number>()
  // The bin in which the view's counts begin has only a part of its seconds there; the gateway has all of them.
  const ownFrom = (view.writeRate[0]?.[0] ?? Number.POSITIVE_INFINITY) * 1000
  let pastTo = 0
  for (const { t, commits, roundMs } of view.past?.stepMs === binMs ? view.past.steps : []) {
    const at = Math.floor((t - first) / binMs)
    if (t >= ownFrom || at < 0 || at >= count) continue
    writes[at] = commits
    pastTo = Math.max(pastTo, t + binMs)
    if (roundMs.p99 !== null) slowest.set(at, roundMs.p99)
  }
  for (const [second, n] of view.writeRate) {
    if (second * 1000 < pastTo) continue
    const at = Math.floor((second * 1000 - first) / binMs)
    if (at >= 0 && at < count) writes[at] = (writes[at] ?? 0) + n
  }
  const applied = new Map<number, Record<string, number>>()
  for (const round of view.rounds) {
    const at = Math.floor((round.proposedAt - first) / binMs)
    if (at < 0 || at >= count) continue
    const latency = commitLatency(round)
    if (latency !== null) slowest.set(at, Math.max(slowest.get(at) ?? 0, latency))
    const by = applied.get(at) ?? {}
    for (const [sid, stages] of Object.entries(round.members))
      if (stages.applied !== undefined) by[sid] = (by[sid] ?? 0) + 1
    applied.set(at, by)
  }
  const bins = Array.from(writes, (n, i): FlowBin => {
    const from = x(first + i * binMs)
    return {
      x: from,
      width: x(first + (i + 1) * binMs) - from,
      rate: (n * 1000) / binMs,
      slowestMs: slowest.get(i) ?? null,
      applied: applied.get(i) ?? {},
    }
  })
  return {
    bins,
    binMs,
    peak: bins.reduce((most, { rate }) => Math.max(most, rate), 0),
    writes: writes.reduce((sum, n) => sum + n, 0),
  }
}
