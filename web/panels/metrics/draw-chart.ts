// Draws the lines of one chart: bands of epochs, a few ticks, lines with their names at the end, marks of what
// happened above. Zero based.

import { bisector, type ScaleLinear, scaleLinear, scaleTime } from 'd3'
import type { Marker } from '#shared/events/cluster-view.ts'
import { formatClock } from '../../i18n/format.ts'
import type { Colours } from '../../ui/canvas.tsx'
import type { MetricLine } from '../../viz/metrics/metric-lines.ts'

export const CHART = { heightPx: 128, leftPx: 52, rightPx: 26, topPx: 14, bottomPx: 18 } as const

export interface ChartData {
  readonly lines: readonly MetricLine[]
  readonly x: ScaleLinear<number, number>
  readonly width: number
  readonly markers: readonly Marker[]
  readonly from: number
  readonly now: number
  /** A tick's text. */
  readonly axis: (v: number) => string
  /** Only whole numbers occur. */
  readonly whole: boolean
}

const TICKS = 3
const WIDTHS = [1.6, 1.2, 1] as const
/** Shorter times have their seconds on the axis. */
const SECONDS_MATTER_MS = 240_000
const NAME_APART_PX = 11
const FONT_PX = 10.5

function peakOf(lines: readonly MetricLine[]): number {
  let peak = 0
  for (const { points } of lines) for (const { v } of points) if (v !== null && v > peak) peak = v
  return peak
}

export function drawChart(context: CanvasRenderingContext2D, colours: Colours, data: ChartData): void {
  const { lines, x, width, from, now } = data
  const bottom = CHART.heightPx - CHART.bottomPx
  const y = scaleLinear([0, peakOf(lines) || 1], [bottom, CHART.topPx]).nice(TICKS)
  context.font = `${FONT_PX}px ${colours.sans}`
  drawTime(context, colours, data, bottom)
  context.textAlign = 'right'
  for (const tick of y.ticks(TICKS).filter((v) => !data.whole || Number.isInteger(v))) {
    context.fillStyle = colours.of('line')
    context.fillRect(CHART.leftPx, Math.round(y(tick)), width - CHART.leftPx - CHART.rightPx, 1)
    context.fillStyle = colours.of('text-3')
    context.fillText(tick === 0 ? '0' : data.axis(tick), CHART.leftPx - 6, y(tick) + 3.5)
  }
  context.save()
  context.beginPath()
  context.rect(CHART.leftPx, 0, width - CHART.leftPx - CHART.rightPx + 2, bottom + 1)
  context.clip()
  for (const line of lines) drawLine(context, colours, line, x, y)
  context.restore()
  drawNames(context, colours, data, y)
  drawMarks(
    context,
    colours,
    data.markers.filter(({ t }) => t >= from && t <= now),
    x,
  )
}

function drawTime(context: CanvasRenderingContext2D, colours: Colours, data: ChartData, bottom: number): void {
  const { x, from, now, width } = data
  const edges = data.markers.filter(({ type, t }) => type === 'epoch' && t > from && t < now)
  for (const { t } of edges) {
    context.fillStyle = colours.of('line-strong')
    for (let at = CHART.topPx; at < bottom; at += 5) context.fillRect(Math.round(x(t)), at, 1, 2)
  }
  context.textAlign = 'center'
  context.fillStyle = colours.of('text-3')
  const short = now - from < SECONDS_MATTER_MS
  for (const tick of scaleTime([from, now], [0, 1]).ticks(Math.max(3, Math.floor(width / 100)))) {
    const at = x(tick.getTime())
    if (at > CHART.leftPx + 20 && at < width - CHART.rightPx - 20)
      context.fillText(
        short ? formatClock(tick.getTime()) : formatClock(tick.getTime()).slice(0, 5),
        at,
        CHART.heightPx - 4,
      )
  }
}

function drawLine(
  context: CanvasRenderingContext2D,
  colours: Colours,
  { points, sid, rank }: MetricLine,
  x: ScaleLinear<number, number>,
  y: ScaleLinear<number, number>,
): void {
  context.beginPath()
  let open = false
  let alone = false
  for (const [i, { t, v }] of points.entries()) {
    if (v === null) {
      open = false
      continue
    }
    if (open) context.lineTo(x(t), y(v))
    else context.moveTo(x(t), y(v))
    alone = !open && (points[i + 1]?.v ?? null) === null
    // A value between two gaps is a dot.
    if (alone) context.lineTo(x(t) + 1.5, y(v))
    open = true
  }
  context.lineWidth = WIDTHS[rank]
  context.lineJoin = 'round'
  context.setLineDash(rank === 2 ? [3, 2] : [])
  context.strokeStyle = sid === null ? colours.of(rank === 0 ? 'text' : 'text-2') : colours.member(sid)
  context.stroke()
  context.setLineDash([])
}

/** At the right end of each line, moved apart where they would touch. */
function drawNames(
  context: CanvasRenderingContext2D,
  colours: Colours,
  { lines, width }: ChartData,
  y: ScaleLinear<number, number>,
): void {
  const ends = lines
    .flatMap(({ name, sid, points }) => {
      const last = points.at(-1)
      return last && last.v !== null && name !== '' ? [{ name, sid, at: y(last.v) }] : []
    })
    .sort((a, b) => a.at - b.at)
  context.textAlign = 'left'
  const highest = CHART.heightPx - CHART.bottomPx - (ends.length - 1) * NAME_APART_PX
  let above = Number.NEGATIVE_INFINITY
  for (const [i, { name, sid, at }] of ends.entries()) {
    const placed = Math.min(Math.max(at, above + NAME_APART_PX), highest + i * NAME_APART_PX)
    above = placed
    context.fillStyle = sid === null ? colours.of('text-2') : colours.member(sid)
    context.fillText(name, width - CHART.rightPx + 4, placed + 3.5)
  }
}

const GRAVE: ReadonlySet<Marker['type']> = new Set([
  ...(['killed', 'stopped', 'paused', 'epoch', 'started', 'resumed', 'left'] as const),
  'fault',
])
const MARK_APART_PX = 9
const byTime = bisector((marker: Marker) => marker.t)

/** Small marks at the top: a cross where a member ended, a diamond where an epoch began. */
function drawMarks(
  context: CanvasRenderingContext2D,
  colours: Colours,
  markers: readonly Marker[],
  x: ScaleLinear<number, number>,
): void {
  let last = Number.NEGATIVE_INFINITY
  for (const { t, type, sid } of markers.slice(byTime.left(markers, x.domain()[0] ?? 0))) {
    const at = x(t)
    if (!GRAVE.has(type) || at - last < MARK_APART_PX) continue
    last = at
    const colour = type === 'killed' ? colours.of('bad') : sid === null ? colours.of('text-2') : colours.member(sid)
    context.strokeStyle = colour
    context.fillStyle = colour
    context.lineWidth = 1.5
    context.beginPath()
    if (type === 'killed' || type === 'stopped') {
      context.moveTo(at - 3, 3)
      context.lineTo(at + 3, 9)
      context.moveTo(at + 3, 3)
      context.lineTo(at - 3, 9)
      context.stroke()
    } else if (type === 'epoch') {
      context.moveTo(at, 2)
      context.lineTo(at + 4, 6)
      context.lineTo(at, 10)
      context.lineTo(at - 4, 6)
      context.fill()
    } else if (type === 'fault') {
      context.strokeRect(at - 3.5, 2.5, 7, 7)
      context.fillRect(at - 1, 5, 2, 2)
    } else if (type === 'paused') {
      context.fillRect(at - 3, 3, 2, 6)
      context.fillRect(at + 1, 3, 2, 6)
    } else {
      context.moveTo(at - 2.5, 2.5)
      context.lineTo(at + 3, 6)
      context.lineTo(at - 2.5, 9.5)
      context.fill()
    }
  }
}
