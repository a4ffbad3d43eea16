// Draws the log lanes: in each a band for received, logged, acked, committed and applied, named at its left; outlined and
// struck through = cut away, faded = of an epoch that ended before it was committed. A diamond where an ack made the quorum.

import type { Colours } from '../../ui/canvas.tsx'
import { BANDS, type Bands, type LogColumn } from '../../viz/log-lanes.ts'

const BAND_PX = 11

export const LOGS = {
  leftPx: 92,
  columnPx: 12,
  bandPx: BAND_PX,
  lanePx: BANDS.length * BAND_PX + 13,
  topPx: 26,
  bottomPx: 4,
} as const

interface LogsPicture {
  readonly columns: readonly LogColumn[]
  readonly sids: readonly number[]
  readonly chosen: string | null
  readonly cursor: string | null
  readonly width: number
  readonly bandNames: readonly string[]
}

export function drawLogs(context: CanvasRenderingContext2D, colours: Colours, picture: LogsPicture): void {
  const { columns, sids, width } = picture
  const height = LOGS.topPx + sids.length * LOGS.lanePx
  drawEpochs(context, colours, columns, height)
  for (const [i, sid] of sids.entries()) {
    const y = LOGS.topPx + (i + 0.5) * LOGS.lanePx
    context.fillStyle = colours.of('line')
    context.fillRect(0, Math.round(y + LOGS.lanePx / 2), width, 1)
    context.fillStyle = colours.member(sid)
    context.beginPath()
    context.arc(14, y, 9, 0, Math.PI * 2)
    context.fill()
    context.fillStyle = colours.of('on-member')
    context.font = `600 11px ${colours.sans}`
    context.textAlign = 'center'
    context.fillText(String(sid), 14, y + 4)
    context.font = `10px ${colours.sans}`
    context.textAlign = 'right'
    context.fillStyle = colours.of('text-3')
    for (const [band, name] of picture.bandNames.entries())
      context.fillText(name, LOGS.leftPx - 8, bandsTop(i) + (band + 0.5) * LOGS.bandPx + 3.5)
  }
  for (const [i, column] of columns.entries()) {
    const x = LOGS.leftPx + (i + 0.5) * LOGS.columnPx
    if (column.zxid === picture.chosen || column.zxid === picture.cursor) {
      context.fillStyle = colours.of('chosen')
      context.fillRect(x - LOGS.columnPx / 2, LOGS.topPx - 6, LOGS.columnPx, height - LOGS.topPx + 6)
      context.strokeStyle = colours.of('accent')
      context.lineWidth = column.zxid === picture.chosen ? 1.5 : 1
      context.strokeRect(x - LOGS.columnPx / 2, LOGS.topPx - 6, LOGS.columnPx, height - LOGS.topPx + 6)
    }
    for (const [lane, bands] of column.bands.entries()) {
      const cut = column.cells[lane] === 'cut'
      const sid = sids[lane] ?? 0
      context.globalAlpha = column.ghost || cut ? 0.5 : 1
      const quorum = column.quorumBy === sid
      drawCell(context, colours, { x, top: bandsTop(lane), bands, cut, quorum, colour: colours.member(sid) })
      context.globalAlpha = 1
    }
  }
}

function bandsTop(lane: number): number {
  return LOGS.topPx + lane * LOGS.lanePx + (LOGS.lanePx - BANDS.length * LOGS.bandPx) / 2
}

const LABEL_EVERY = 8

/** Tints of the epochs, their edges, and every eighth counter. */
function drawEpochs(
  context: CanvasRenderingContext2D,
  colours: Colours,
  columns: readonly LogColumn[],
  height: number,
): void {
  context.font = `10.5px ${colours.mono}`
  let labelledTo = 0
  for (const [i, column] of columns.entries()) {
    const x = LOGS.leftPx + i * LOGS.columnPx
    context.fillStyle = colours.of(column.epoch % 2 === 0 ? 'epoch-0' : 'epoch-1')
    context.globalAlpha = 0.6
    context.fillRect(x, 18, LOGS.columnPx, height - 18)
    context.globalAlpha = 1
    if (column.edge) {
      context.fillStyle = colours.of('mark')
      for (let y = 4; y < height; y += 5) context.fillRect(x, y, 1.5, 3)
    }
    const first = i === 0 || column.edge
    if (!first && (column.counter % LABEL_EVERY !== 0 || x < labelledTo)) continue
    const label = first ? `${column.epoch}/${column.counter.toString(16)}` : column.counter.toString(16)
    context.fillStyle = colours.of(first ? 'text' : 'text-3')
    context.textAlign = 'left'
    context.fillText(label, x + 3, 13)
    labelledTo = x + context.measureText(label).width + 14
  }
}

interface Cell {
  readonly x: number
  readonly top: number
  readonly bands: Bands
  readonly cut: boolean
  /** Its ack made the quorum. */
  readonly quorum: boolean
  readonly colour: string
}

const BAR_PX = 7
const DIAMOND_PX = 6

/** A bar in each band that is filled, a dot in the others; struck through where it was cut away. */
function drawCell(context: CanvasRenderingContext2D, colours: Colours, cell: Cell): void {
  const { x, top, bands, cut, quorum } = cell
  const wide = LOGS.columnPx - 2
  for (const [i, filled] of bands.entries()) {
    const y = top + (i + 0.5) * LOGS.bandPx
    if (!filled) {
      context.fillStyle = colours.of('line-strong')
      context.fillRect(x - 1, y - 1, 2, 2)
      continue
    }
    if (cut) {
      context.strokeStyle = colours.of('mark')
      context.lineWidth = 1
      context.strokeRect(x - wide / 2 + 0.5, y - BAR_PX / 2, wide - 1, BAR_PX)
      continue
    }
    context.fillStyle = cell.colour
    context.globalAlpha *= STRENGTH[i] ?? 1
    context.fillRect(x - wide / 2, y - BAR_PX / 2, wide, BAR_PX)
    context.globalAlpha /= STRENGTH[i] ?? 1
    if (quorum && i === ACKED) drawDiamond(context, colours, x, y)
  }
  if (!cut) return
  context.strokeStyle = colours.of('bad')
  context.lineWidth = 1.8
  context.beginPath()
  context.moveTo(x - wide / 2, top + LOGS.bandPx * 2)
  context.lineTo(x + wide / 2, top)
  context.stroke()
}

/** Each step of a txn is firmer than the one before. */
const STRENGTH = [0.35, 0.55, 0.7, 0.85, 1] as const
const ACKED = BANDS.indexOf('acked')

function drawDiamond(context: CanvasRenderingContext2D, colours: Colours, x: number, y: number): void {
  context.beginPath()
  context.moveTo(x, y - DIAMOND_PX)
  context.lineTo(x + DIAMOND_PX, y)
  context.lineTo(x, y + DIAMOND_PX)
  context.lineTo(x - DIAMOND_PX, y)
  context.closePath()
  context.fillStyle = colours.of('accent')
  context.fill()
  context.strokeStyle = colours.of('surface')
  context.lineWidth = 1
  context.stroke()
}
