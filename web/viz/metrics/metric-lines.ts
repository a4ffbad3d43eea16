// What each chart of the Metrics view shows: lines of points in time, per member or of the whole ensemble.
// A gap is a point without a value: nothing was told then, and nothing is drawn.

import type { ClusterView } from '#shared/events/cluster-view.ts'
import type { HistoryStep } from '#shared/events/history-protocol.ts'
import type { Chronicle } from '../chronicle/chronicle.ts'
import type { MemberSecond } from '../chronicle/seconds.ts'
import { membersInOrder } from '../ensemble-answer.ts'

export const METRICS = [
  'writes',
  'commit',
  'flush',
  'requests',
  'latency',
  'cpu',
  'memory',
  'outstanding',
  'connections',
  'sessions',
  'watches',
  'znodes',
] as const
export type MetricId = (typeof METRICS)[number]

export type MetricUnit = 'rate' | 'ms' | 'count' | 'part' | 'bytes'

export const UNITS: Record<MetricId, MetricUnit> = {
  writes: 'rate',
  commit: 'ms',
  flush: 'ms',
  requests: 'rate',
  latency: 'ms',
  cpu: 'part',
  memory: 'bytes',
  outstanding: 'count',
  connections: 'count',
  sessions: 'count',
  watches: 'count',
  znodes: 'count',
}

export interface Point {
  readonly t: number
  readonly v: number | null
}

export interface MetricLine {
  /** Written at its end: a member's number, or the quantile. */
  readonly name: string
  readonly sid: number | null
  /** 0 is drawn strongest. */
  readonly rank: 0 | 1 | 2
  readonly points: readonly Point[]
}

/** Samples further apart than this leave a gap. */
export const GAP_MS = 3500

function memberLines(
  view: ClusterView,
  chronicle: Chronicle,
  from: number,
  read: (second: MemberSecond) => number | null,
): MetricLine[] {
  return membersInOrder(view).map(({ sid }) => {
    const points: Point[] = []
    for (const second of chronicle.seconds[sid] ?? []) {
      if (second.t < from) continue
      const last = points.at(-1)
      if (last && second.t - last.t > GAP_MS) points.push({ t: last.t + GAP_MS, v: null })
      points.push({ t: second.t, v: read(second) })
    }
    return { name: String(sid), sid, rank: 0, points }
  })
}

/** Quantiles of the commit time at whoever led. */
function commitLines(chronicle: Chronicle, from: number): MetricLine[] {
  const seconds = Object.values(chronicle.seconds)
    .flat()
    .filter(({ t, commit }) => t >= from && commit !== null)
    .sort((a, b) => a.t - b.t)
  return (['p50', 'p95', 'p99'] as const).map((name, rank) => {
    const points: Point[] = []
    for (const { t, commit } of seconds) {
      const last = points.at(-1)
      if (last && t - last.t > GAP_MS) points.push({ t: last.t + GAP_MS, v: null })
      if (commit) points.push({ t, v: commit[name] })
    }
    return { name, sid: null, rank: rank === 0 ? 0 : rank === 1 ? 1 : 2, points }
  })
}

/** Writes of every full second; a second without any is a zero, because counts are exact. */
function writeLine(view: ClusterView, from: number, now: number): MetricLine {
  const counts = new Map(view.writeRate)
  const first = Math.max(Math.ceil(from / 1000), view.writeRate[0]?.[0] ?? Number.POSITIVE_INFINITY)
  const points: Point[] = []
  for (let second = first; second < Math.floor(now / 1000); second += 1)
    points.push({ t: second * 1000, v: counts.get(second) ?? 0 })
  return { name: '', sid: null, rank: 0, points }
}

/** Figures of all members together, from before the page was opened. */
export interface Past {
  readonly stepMs: number
  readonly steps: readonly HistoryStep[]
}

/** How the lines of all members together are called. */
export interface PastNames {
  readonly all: string
  readonly mean: string
}

function pastLine(
  name: string,
  rank: MetricLine['rank'],
  { steps, stepMs }: Past,
  from: number,
  to: number,
  read: (step: HistoryStep) => number | null,
): MetricLine {
  const points: Point[] = []
  for (const step of steps) {
    if (step.t < from || step.t + stepMs > to) continue
    const last = points.at(-1)
    if (last && step.t - last.t > Math.max(GAP_MS, stepMs * 2)) points.push({ t: last.t + stepMs, v: null })
    points.push({ t: step.t, v: read(step) })
  }
  return { name, sid: null, rank, points }
}

/** What is known of the time before `to`, where the page's own samples begin. */
function pastLines(id: MetricId, past: Past, from: number, to: number, { all, mean }: PastNames): MetricLine[] {
  const seconds = past.stepMs / 1000
  switch (id) {
    case 'writes':
      return [pastLine('', 0, past, from, to, ({ commits }) => commits / seconds)]
    case 'commit':
      return (['p50', 'p95', 'p99'] as const).map((name, rank) =>
        pastLine(name, rank === 0 ? 0 : rank === 1 ? 1 : 2, past, from, to, ({ roundMs }) => roundMs[name]),
      )
    case 'flush':
      return [pastLine(mean, 1, past, from, to, ({ flushMeanMs }) => flushMeanMs)]
    case 'requests':
      return [pastLine(all, 1, past, from, to, ({ requests }) => requests / seconds)]
    case 'latency':
      return [pastLine(all, 1, past, from, to, ({ requestMs }) => requestMs.p95)]
    default:
      return []
  }
}

/** Lines of the same name become one; what is past comes first. */
function joinLines(past: readonly MetricLine[], lines: readonly MetricLine[]): MetricLine[] {
  const alone = past.filter(({ name, points }) => points.length > 0 && !lines.some((line) => line.name === name))
  const joined = lines.map((line) => {
    const before = past.find(({ name, sid }) => name === line.name && sid === line.sid)
    const first = line.points[0]?.t ?? Number.POSITIVE_INFINITY
    return before ? { ...line, points: [...before.points.filter(({ t }) => t < first), ...line.points] } : line
  })
  return [...joined, ...alone]
}

export function metricLines(
  id: MetricId,
  view: ClusterView,
  chronicle: Chronicle,
  from: number,
  now: number,
  past: Past = { stepMs: 1000, steps: [] },
  names: PastNames = { all: '', mean: '' },
): MetricLine[] {
  const own = id === 'writes' ? (view.writeRate[0]?.[0] ?? 0) * 1000 || now : (chronicle.since ?? now)
  return joinLines(pastLines(id, past, from, own, names), ownLines(id, view, chronicle, from, now))
}

function ownLines(id: MetricId, view: ClusterView, chronicle: Chronicle, from: number, now: number): MetricLine[] {
  switch (id) {
    case 'writes':
      return [writeLine(view, from, now)]
    case 'commit':
      return commitLines(chronicle, from)
    case 'flush':
      return memberLines(view, chronicle, from, ({ flush }) => flush?.p95 ?? null)
    case 'latency':
      return memberLines(view, chronicle, from, ({ request }) => request?.p95 ?? null)
    case 'requests':
      return memberLines(view, chronicle, from, ({ requestRate }) => requestRate)
    case 'cpu':
      return memberLines(view, chronicle, from, ({ cpu }) => cpu)
    case 'memory':
      return memberLines(view, chronicle, from, ({ rssBytes }) => rssBytes)
    default:
      return memberLines(view, chronicle, from, (second) => second[id])
  }
}

/** The value at `t`: of the newest point at or before it, as long as it is near. */
export function valueAt({ points }: MetricLine, t: number): number | null {
  for (let i = points.length - 1; i >= 0; i -= 1) {
    const point = points[i]
    if (point && point.t <= t) return t - point.t <= GAP_MS ? point.v : null
  }
  return null
}

export interface CaptionFacts {
  readonly now: number | null
  readonly peak: number
  readonly peakAt: number
  readonly peakName: string
  /** When the last half minute differs much from the time before: medians of both. */
  readonly change: { readonly from: number; readonly to: number } | null
}

const LATELY_MS = 30_000
const MUCH = 2
/** Fewer points than this make no median. */
const POINTS_LEAST = 5

function middle(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted.length < POINTS_LEAST ? null : (sorted[Math.floor(sorted.length / 2)] ?? null)
}

/** What the caption says of the last of `lines` (the highest quantile), or of the members together. */
export function captionFacts(lines: readonly MetricLine[], now: number): CaptionFacts | null {
  const all = lines.flatMap((line) =>
    line.points.flatMap(({ t, v }) => (v === null ? [] : [{ t, v, name: line.name }])),
  )
  const peak = all.reduce<(typeof all)[number] | null>((best, each) => (best && best.v >= each.v ? best : each), null)
  if (!peak) return null
  const told = lines.flatMap((line) => valueAt(line, now) ?? [])
  const lately = middle(all.filter(({ t }) => t > now - LATELY_MS).map(({ v }) => v))
  const before = middle(all.filter(({ t }) => t <= now - LATELY_MS).map(({ v }) => v))
  const differs =
    lately !== null && before !== null && before > 0 && (lately >= before * MUCH || lately <= before / MUCH)
  return {
    now: told.length === 0 ? null : Math.max(...told),
    peak: peak.v,
    peakAt: peak.t,
    peakName: peak.name,
    change: differs ? { from: before, to: lately } : null,
  }
}
