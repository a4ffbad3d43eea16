// Draws the lanes of a lock: light while waiting, solid while holding, striped while holding in silence, striped in red
// while only its client believes that it holds, and at each end what ended it. Numbers come from viz/locks/lanes.ts.

import { scaleLinear, scaleTime } from 'd3'
import { formatClock } from '../../i18n/format.ts'
import type { Colours } from '../../ui/canvas.tsx'
import type { LaneEnd, Lanes, Stretch } from '../../viz/locks/lanes.ts'

export const LANE_PX = 28
export const TOP_PX = 24
const BAR_PX = 12
const RIGHT_PX = 12
const TICK_PX = 140

export function drawLanes(
  context: CanvasRenderingContext2D,
  colours: Colours,
  { lanes, fromMs, toMs }: Lanes,
  width: number,
  height: number,
): void {
  const x = scaleLinear([fromMs, toMs], [0, width - RIGHT_PX])
  drawAxis(context, colours, fromMs, toMs, x, width, height)
  for (const [i, lane] of lanes.entries()) {
    const y = TOP_PX + i * LANE_PX + (LANE_PX - BAR_PX) / 2
    context.fillStyle = colours.of('line')
    context.fillRect(0, TOP_PX + (i + 1) * LANE_PX - 1, width, 1)
    for (const stretch of lane.stretches)
      drawStretch(context, colours, stretch, x(stretch.fromMs), x(stretch.toMs ?? toMs), y)
    for (const end of lane.ends) drawEnd(context, colours, end, x(end.atMs), y)
  }
  context.fillStyle = colours.of('accent')
  context.fillRect(x(toMs), TOP_PX, 1, height - TOP_PX)
}

function drawAxis(
  context: CanvasRenderingContext2D,
  colours: Colours,
  fromMs: number,
  toMs: number,
  x: (t: number) => number,
  width: number,
  height: number,
): void {
  context.font = `11px ${colours.sans}`
  context.textBaseline = 'middle'
  for (const tick of scaleTime([fromMs, toMs], [0, width]).ticks(Math.max(2, Math.floor(width / TICK_PX)))) {
    const at = x(tick.getTime())
    context.fillStyle = colours.of('line')
    context.fillRect(at, TOP_PX, 1, height - TOP_PX)
    context.fillStyle = colours.of('text-3')
    const text = formatClock(tick.getTime())
    if (at + 4 + context.measureText(text).width <= width) context.fillText(text, at + 4, TOP_PX / 2)
  }
}

function drawStretch(
  context: CanvasRenderingContext2D,
  colours: Colours,
  { type, unsure }: Stretch,
  from: number,
  to: number,
  y: number,
): void {
  const width = Math.max(2, to - from)
  if (type === 'waiting') {
    context.fillStyle = colours.of('faint')
    context.fillRect(from, y + 3, width, BAR_PX - 6)
    return
  }
  if (type === 'believed') {
    drawStripes(context, colours, from, y, width, 'bad')
    context.strokeStyle = colours.of('bad')
    context.lineWidth = 1
    context.strokeRect(from + 0.5, y + 0.5, width - 1, BAR_PX - 1)
    return
  }
  context.fillStyle = colours.of(type === 'silent' ? 'faint' : 'text-2')
  context.fillRect(from, y, width, BAR_PX)
  if (type === 'silent') drawStripes(context, colours, from, y, width)
  if (unsure) {
    // Nobody saw when it was granted: the beginning is open.
    context.fillStyle = colours.of('surface')
    for (let dx = 0; dx < Math.min(12, width); dx += 4) context.fillRect(from + dx, y, 2, BAR_PX)
  }
}

function drawStripes(
  context: CanvasRenderingContext2D,
  colours: Colours,
  from: number,
  y: number,
  width: number,
  colour: 'text-2' | 'bad' = 'text-2',
): void {
  context.save()
  context.beginPath()
  context.rect(from, y, width, BAR_PX)
  context.clip()
  context.strokeStyle = colours.of(colour)
  context.lineWidth = 2
  context.beginPath()
  for (let at = from - BAR_PX; at < from + width; at += 6) {
    context.moveTo(at, y + BAR_PX)
    context.lineTo(at + BAR_PX, y)
  }
  context.stroke()
  context.restore()
}

/** A cross: its session expired or closed. A ring: it gave up. Nothing: it was released, as it should be. */
function drawEnd(context: CanvasRenderingContext2D, colours: Colours, { by }: LaneEnd, at: number, y: number): void {
  const middle = y + BAR_PX / 2
  if (by === 'expiry' || by === 'close' || by === 'removed') {
    context.strokeStyle = colours.of(by === 'expiry' ? 'bad' : 'text-2')
    context.lineWidth = 2
    context.beginPath()
    context.moveTo(at - 4, middle - 4)
    context.lineTo(at + 4, middle + 4)
    context.moveTo(at + 4, middle - 4)
    context.lineTo(at - 4, middle + 4)
    context.stroke()
  } else if (by === 'cancel') {
    context.strokeStyle = colours.of('warning')
    context.fillStyle = colours.of('surface')
    context.lineWidth = 1.5
    context.beginPath()
    context.arc(at, middle, 3.5, 0, 2 * Math.PI)
    context.fill()
    context.stroke()
  }
}
