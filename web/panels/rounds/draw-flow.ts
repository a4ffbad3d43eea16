// Draws the space–time view on a canvas: lanes, and on them either every mark of every round or bins. Proposal:
// solid with a filled head; ack: thin with an open head; commit: double; lost: a cross where it died.

import { scaleLinear } from 'd3'
import { formatClock } from '../../i18n/format.ts'
import type { Colours } from '../../ui/canvas.tsx'
import type { RequestNote } from '../../viz/chronicle/chronicle.ts'
import type { FlowBins } from '../../viz/flow/flow-bins.ts'
import type { FlowMark, FlowRound, FlowWindow } from '../../viz/flow/flow-marks.ts'
import { FOLD_PX, scaleBar, type TimeScale } from '../../viz/flow/time-scale.ts'

export const FLOW = { leftPx: 44, rightPx: 12, topPx: 22, axisPx: 18 } as const

export interface FlowPicture {
  readonly width: number
  readonly height: number
  readonly box: FlowWindow
  readonly scale: TimeScale
  readonly sids: readonly number[]
  /** Sampled requests of the time shown; a lane of their own above the members. */
  readonly requests: readonly RequestNote[]
  readonly leader: number | null
  readonly rounds: readonly FlowRound[]
  /** Null: rounds are drawn one by one. */
  readonly bins: FlowBins | null
  readonly chosen: string | null
  readonly words: { readonly rate: string; readonly slowest: string; readonly clients: string }
  readonly duration: (ms: number) => string
}

type Lanes = Pick<FlowPicture, 'height' | 'sids' | 'requests'>

const CLIENTS_PX = 40

export function laneY({ height, sids, requests }: Lanes, sid: number): number {
  const top = FLOW.topPx + (requests.length > 0 ? CLIENTS_PX : 0)
  const lane = (height - top - FLOW.axisPx) / Math.max(1, sids.length)
  return top + (sids.indexOf(sid) + 0.5) * lane
}

export function drawFlow(context: CanvasRenderingContext2D, colours: Colours, picture: FlowPicture): void {
  const { width, height, box, sids } = picture
  context.font = `11px ${colours.sans}`
  drawAxis(context, colours, picture)
  if (picture.requests.length > 0) drawClients(context, colours, picture)
  for (const sid of sids) drawLane(context, colours, picture, sid)
  context.save()
  context.beginPath()
  context.rect(box.leftPx, 0, width - box.leftPx, height - FLOW.axisPx)
  context.clip()
  if (picture.bins) drawBins(context, colours, picture, picture.bins)
  else drawRounds(context, colours, picture)
  context.restore()
}

/** Clock times: at ticks, or where a piece of folded time begins; and how long a few px are. */
function drawAxis(context: CanvasRenderingContext2D, colours: Colours, picture: FlowPicture): void {
  const { scale, width, height } = picture
  const bottom = height - FLOW.axisPx
  let labelledTo = Number.NEGATIVE_INFINITY
  const label = (text: string, at: number) => {
    const half = context.measureText(text).width / 2
    if (at - half < labelledTo || at + half > width) return
    context.fillStyle = colours.of('text-3')
    context.textAlign = 'center'
    context.fillText(text, at, height - 5)
    labelledTo = at + half + 16
  }
  const only = scale.pieces.length === 1 ? scale.pieces[0] : undefined
  if (only) {
    const span = only.to - only.from
    const ticks = scaleLinear([0, span], [0, 1]).ticks(Math.max(2, Math.floor(width / 130)))
    const step = (ticks[1] ?? span) - (ticks[0] ?? 0)
    for (let t = Math.ceil(only.from / step) * step; t <= only.to; t += step) {
      const at = Math.round(scale.x(t))
      context.fillStyle = colours.of('line')
      context.fillRect(at, FLOW.topPx - 6, 1, bottom - FLOW.topPx + 6)
      label(formatClock(t, step < 1000), at)
    }
  } else {
    for (const piece of scale.pieces) {
      context.fillStyle = colours.of('line')
      context.fillRect(Math.round(piece.x1), FLOW.topPx - 6, 1, bottom - FLOW.topPx + 6)
      label(formatClock(piece.from, true), Math.round(piece.x1) + 38)
    }
  }
  if (picture.bins) return
  const bar = scaleBar(scale, 120)
  context.fillStyle = colours.of('text-2')
  context.fillRect(width - FLOW.rightPx - bar.px, 12, bar.px, 1.5)
  context.textAlign = 'right'
  context.fillText(picture.duration(bar.ms), width - FLOW.rightPx - bar.px - 6, 16)
}

/** Of the few names of operations: measuring text costs more than drawing it. */
const widths = new Map<string, number>()

function widthOf(context: CanvasRenderingContext2D, op: string): number {
  const known = widths.get(op)
  if (known !== undefined) return known
  const { width } = context.measureText(op)
  widths.set(op, width)
  return width
}

/** Bars from the arrival of a request to its answer, in as many rows as overlap. */
function drawClients(context: CanvasRenderingContext2D, colours: Colours, picture: FlowPicture): void {
  const { scale, requests, box } = picture
  context.textAlign = 'left'
  context.fillStyle = colours.of('text-3')
  context.fillText(picture.words.clients, 0, FLOW.topPx + 16)
  const rows: number[] = []
  for (const { t, latencyMs, op, sid } of requests) {
    const [from, to] = [Math.max(box.leftPx, scale.x(t - latencyMs)), scale.x(t)]
    let row = rows.findIndex((end) => end < from - 2)
    if (row < 0) row = rows.length
    if (row > 3) continue
    rows[row] = Math.max(to, from + 2)
    const y = FLOW.topPx + 2 + row * 9
    context.fillStyle = colours.member(sid)
    context.globalAlpha = 0.55
    context.fillRect(from, y, Math.max(2, to - from), 7)
    context.globalAlpha = 1
    if (to - from < widthOf(context, op) + 6) continue
    context.fillStyle = colours.of('text')
    context.fillText(op, from + 3, y + 7)
  }
}

function drawLane(context: CanvasRenderingContext2D, colours: Colours, picture: FlowPicture, sid: number): void {
  const y = laneY(picture, sid)
  context.fillStyle = colours.of('line-strong')
  for (const [i, piece] of picture.scale.pieces.entries()) {
    context.fillRect(piece.x1, Math.round(y), piece.x2 - piece.x1, 1)
    // A fold: two short strokes.
    if (i > 0) {
      for (const x of [piece.x1 - FOLD_PX / 2 - 2, piece.x1 - FOLD_PX / 2 + 2]) {
        context.fillRect(x, Math.round(y) - 4, 1, 9)
      }
    }
  }
  context.fillStyle = colours.member(sid)
  context.beginPath()
  context.arc(16, y, 9, 0, Math.PI * 2)
  context.fill()
  if (sid === picture.leader) {
    context.strokeStyle = colours.member(sid)
    context.lineWidth = 1.4
    context.beginPath()
    context.arc(16, y, 12, 0, Math.PI * 2)
    context.stroke()
  }
  context.fillStyle = colours.of('on-member')
  context.textAlign = 'center'
  context.font = `600 11px ${colours.sans}`
  context.fillText(String(sid), 16, y + 4)
  context.font = `11px ${colours.sans}`
}

function drawRounds(context: CanvasRenderingContext2D, colours: Colours, picture: FlowPicture): void {
  const { rounds, chosen } = picture
  const lit = rounds.find(({ zxid }) => zxid === chosen)
  for (const round of rounds) {
    if (round.zxid === chosen) continue
    context.globalAlpha = lit ? 0.45 : 1
    for (const mark of round.marks) drawMark(context, colours, picture, mark, false)
  }
  context.globalAlpha = 1
  if (lit) for (const mark of lit.marks) drawMark(context, colours, picture, mark, true)
}

function drawMark(
  context: CanvasRenderingContext2D,
  colours: Colours,
  picture: FlowPicture,
  mark: FlowMark,
  lit: boolean,
): void {
  switch (mark.type) {
    case 'flush': {
      const y = laneY(picture, mark.sid)
      context.fillStyle = colours.member(mark.sid)
      const alpha = context.globalAlpha
      if (mark.open) context.globalAlpha = alpha * 0.4
      context.fillRect(mark.x1, y - 3.5, Math.max(1.5, mark.x2 - mark.x1), 7)
      context.globalAlpha = alpha
      return
    }
    case 'applied': {
      context.fillStyle = colours.member(mark.sid)
      context.strokeStyle = colours.of('surface')
      context.lineWidth = 1
      context.beginPath()
      context.arc(mark.x1, laneY(picture, mark.sid), 4, 0, Math.PI * 2)
      context.fill()
      context.stroke()
      return
    }
    case 'quorum': {
      const y = laneY(picture, mark.sid)
      context.fillStyle = colours.of('accent')
      context.beginPath()
      context.moveTo(mark.x1, y - 6)
      context.lineTo(mark.x1 + 6, y)
      context.lineTo(mark.x1, y + 6)
      context.lineTo(mark.x1 - 6, y)
      context.fill()
      return
    }
    default:
      drawArrow(context, colours, picture, mark, lit)
  }
}

type Arrow = Extract<FlowMark, { type: 'proposal' | 'ack' | 'commit' }>

function drawArrow(
  context: CanvasRenderingContext2D,
  colours: Colours,
  picture: FlowPicture,
  { type, x1, x2, from, to, end }: Arrow,
  lit: boolean,
): void {
  const y1 = laneY(picture, from)
  const whole = laneY(picture, to)
  const y2 = end === 'arrived' ? whole : y1 + (whole - y1) * 0.45
  const colour = lit ? colours.of('accent') : type === 'commit' ? colours.of('mark') : colours.of('text-2')
  context.strokeStyle = colour
  context.fillStyle = colour
  context.lineWidth = type === 'proposal' ? 1.3 : 1
  context.setLineDash(end === 'open' ? [1.5, 3] : [])
  context.beginPath()
  const shift = type === 'commit' ? 1.5 : 0
  context.moveTo(x1 - shift, y1)
  context.lineTo(x2 - shift, y2)
  if (shift > 0) {
    context.moveTo(x1 + shift, y1)
    context.lineTo(x2 + shift, y2)
  }
  context.stroke()
  context.setLineDash([])
  if (end === 'lost') {
    context.strokeStyle = colours.of('bad')
    context.lineWidth = 1.8
    context.beginPath()
    context.moveTo(x2 - 4, y2 - 4)
    context.lineTo(x2 + 4, y2 + 4)
    context.moveTo(x2 + 4, y2 - 4)
    context.lineTo(x2 - 4, y2 + 4)
    context.stroke()
  } else if (end === 'arrived' && type !== 'commit') drawHead(context, x1, y1, x2, y2, type === 'proposal')
}

const HEAD_PX = 6

function drawHead(
  context: CanvasRenderingContext2D,
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  filled: boolean,
): void {
  const angle = Math.atan2(y2 - y1, x2 - x1)
  const side = (turn: number) => [x2 - HEAD_PX * Math.cos(angle + turn), y2 - HEAD_PX * Math.sin(angle + turn)] as const
  const [a, b] = [side(0.45), side(-0.45)]
  context.beginPath()
  context.moveTo(a[0], a[1])
  context.lineTo(x2, y2)
  context.lineTo(b[0], b[1])
  if (filled) context.fill()
  else context.stroke()
}

/** Writes per second as an area over all lanes, how many rounds are kept as ticks on each lane. */
function drawBins(context: CanvasRenderingContext2D, colours: Colours, picture: FlowPicture, found: FlowBins): void {
  const { height, sids, words, box } = picture
  const bottom = height - FLOW.axisPx
  const y = scaleLinear([0, found.peak || 1], [bottom, FLOW.topPx + 8])
  context.fillStyle = colours.of('area')
  context.globalAlpha = 0.6
  for (const bin of found.bins) context.fillRect(bin.x, y(bin.rate), Math.max(1, bin.width - 0.5), bottom - y(bin.rate))
  context.globalAlpha = 1
  const most = Math.max(1, ...found.bins.flatMap(({ applied }) => Object.values(applied)))
  for (const sid of sids) {
    const lane = laneY(picture, sid)
    context.fillStyle = colours.member(sid)
    for (const bin of found.bins) {
      const n = bin.applied[String(sid)] ?? 0
      if (n > 0) context.fillRect(bin.x, lane - 2 - (n / most) * 8, Math.max(1, bin.width - 0.5), 4 + (n / most) * 16)
    }
  }
  const slowest = Math.max(0, ...found.bins.map(({ slowestMs }) => slowestMs ?? 0))
  context.textAlign = 'left'
  context.fillStyle = colours.of('text-2')
  context.fillText(`${Math.round(found.peak * 10) / 10} ${words.rate}`, box.leftPx + 4, 12)
  if (slowest === 0) return
  const worst = found.bins.find(({ slowestMs }) => slowestMs === slowest)
  context.textAlign = 'right'
  context.fillText(`◆ ${picture.duration(slowest)} ${words.slowest}`, picture.width - 8, 12)
  if (worst) context.fillText('◆', worst.x + worst.width / 2 + 5, FLOW.topPx + 8)
}
