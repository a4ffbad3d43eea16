// The timeline in pixels: one scale for time, the area of the write rate, bands of epochs, and marks that
// stand apart or are counted together. Pure; d3 does the shapes.

import { curveStepAfter, max, scaleLinear, scaleTime, area as shapeArea } from 'd3'
import type { ClusterView, Marker } from '#shared/events/cluster-view.ts'

export interface TimelineBox {
  readonly width: number
  /** Of the chart alone: the marks stand above it, the axis below. */
  readonly height: number
}

export interface TimelineMark {
  readonly x: number
  /** One or more events too close to tell apart. */
  readonly markers: readonly Marker[]
  /** What the mark shows: the gravest of its events. */
  readonly type: Marker['type']
}

export interface EpochBand {
  readonly x: number
  readonly width: number
  readonly tint: 0 | 1
  /** False for the first one: it began before the window. */
  readonly edge: boolean
}

export interface TimelineLayout {
  /** SVG path of the write rate. */
  readonly area: string
  readonly bands: readonly EpochBand[]
  readonly marks: readonly TimelineMark[]
  readonly ticks: readonly { readonly x: number; readonly t: number }[]
  readonly peak: number
  /** Writes in the last full second. */
  readonly now: number
  readonly timeAt: (x: number) => number
  readonly xOf: (t: number) => number
}

const MARK_APART_PX = 14
const GRAVITY: readonly Marker['type'][] = [
  'killed',
  'stopped',
  'left',
  'fault',
  'paused',
  'epoch',
  'looking',
  'started',
  'resumed',
  'healed',
  'sync',
]

/** Buckets of the window with the silent seconds filled in: [second, count]. */
export function fillSilence(
  buckets: readonly (readonly [number, number])[],
  fromS: number,
  toS: number,
): [number, number][] {
  const counts = new Map(buckets.filter(([second]) => second >= fromS && second <= toS).map(([s, n]) => [s, n]))
  const out: [number, number][] = []
  for (let second = fromS; second <= toS; second += 1) out.push([second, counts.get(second) ?? 0])
  return out
}

function clusterMarks(markers: readonly Marker[], xOf: (t: number) => number): TimelineMark[] {
  const groups: { x: number; markers: Marker[] }[] = []
  for (const marker of markers) {
    const x = xOf(marker.t)
    const last = groups.at(-1)
    if (last && x - last.x < MARK_APART_PX) last.markers.push(marker)
    else groups.push({ x, markers: [marker] })
  }
  return groups.map(({ x, markers: together }) => ({
    x,
    markers: together,
    type: GRAVITY.find((type) => together.some((marker) => marker.type === type)) ?? 'sync',
  }))
}

/** `epochNow` gives the newest band its tint; older bands alternate. */
function epochBands(edges: readonly number[], width: number, epochNow: number): EpochBand[] {
  const starts = [0, ...edges]
  return starts.flatMap((x, i) => {
    const epoch = epochNow - (starts.length - 1 - i)
    const tint = epoch % 2 === 0 ? 0 : 1
    // Before the first epoch there was none.
    return epoch < 1 ? [] : [{ x, width: Math.max(0, (starts[i + 1] ?? width) - x), tint, edge: i > 0 }]
  })
}

/** The last `windowMs` before `now` (ms since 1970) in a box. */
export function layoutTimeline(
  view: Pick<ClusterView, 'writeRate' | 'markers'>,
  now: number,
  windowMs: number,
  epochNow: number,
  box: TimelineBox,
): TimelineLayout {
  const from = now - windowMs
  const x = scaleTime([from, now], [0, box.width])
  const xOf = (t: number) => x(t)
  const lastFullSecond = Math.floor(now / 1000) - 1
  const buckets = fillSilence(view.writeRate, Math.floor(from / 1000), lastFullSecond)
  const peak = max(buckets, ([, count]) => count) ?? 0
  const y = scaleLinear([0, Math.max(1, peak)], [box.height, 0])
  const path = shapeArea<[number, number]>(
    ([second]) => xOf(second * 1000),
    () => box.height,
    ([, count]) => y(count),
  ).curve(curveStepAfter)
  const shown = view.markers.filter((marker) => marker.t >= from && marker.t <= now)
  const edges = shown.filter((marker) => marker.type === 'epoch').map((marker) => xOf(marker.t))
  return {
    area: path([...buckets, [lastFullSecond + 1, buckets.at(-1)?.[1] ?? 0]]) ?? '',
    bands: epochBands(edges, box.width, epochNow),
    marks: clusterMarks(shown, xOf),
    ticks: x.ticks(Math.max(2, Math.floor(box.width / 140))).map((tick) => ({ x: x(tick), t: tick.getTime() })),
    peak,
    now: buckets.at(-1)?.[1] ?? 0,
    timeAt: (px) => x.invert(px).getTime(),
    xOf,
  }
}
