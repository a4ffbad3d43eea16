// Draws the log lanes: outline = received, half = logged, three quarters = acked, full = committed, full with a
// tick = applied; struck through and faded = cut away. A diamond where an ack made the quorum.

import type { Colours } from '../../ui/canvas.tsx'
import type { CellStage, LogColumn } from '../../viz/log-lanes.ts'

export const LOGS = { leftPx: 40, columnPx: 16, lanePx: 40, topPx: 34, bottomPx: 8 } as const
const RADIUS_PX = 5.5

interface LogsPicture {
  readonly columns: readonly LogColumn[]
  readonly sids: readonly number[]
  readonly chosen: string | null
  readonly cursor: string | null
  readonly width: number
}

export function drawLogs(context: CanvasRenderingContext2D, colours: Colours, picture: LogsPicture): void {
  const { columns, sids, width } = picture
  const height = LOGS.topPx + sids.length * LOGS.lanePx
  drawEpochs(context, colours, columns, height)
  for (const [i, sid] of sids.entries()) {
    const y = LOGS.topPx + (i + 0.5) * LOGS.lanePx
    context.fillStyle = colours.of('line')
    context.fillRect(LOGS.leftPx, Math.round(y), width - LOGS.leftPx, 1)
    context.fillStyle = colours.member(sid)
    context.beginPath()
    context.arc(14, y, 9, 0, Math.PI * 2)
    context.fill()
    context.fillStyle = colours.of('on-member')
    context.font = `600 11px ${colours.sans}`
    context.textAlign = 'center'
    context.fillText(String(sid), 14, y + 4)
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
    for (const [lane, stage] of column.cells.entries()) {
      const y = LOGS.topPx + (lane + 0.5) * LOGS.lanePx
      context.globalAlpha = column.ghost || stage === 'cut' ? 0.5 : 1
      drawCell(context, colours, x, y, stage, column.quorumBy === sids[lane])
      context.globalAlpha = 1
    }
  }
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

/** How much of the disc is filled; `proposed` is the leader's own, not yet on disk. */
const FILL: Record<CellStage, number> = {
  none: 0,
  proposed: 0,
  received: 0,
  logged: 0.5,
  acked: 0.75,
  committed: 1,
  applied: 1,
  cut: 0.5,
}

function drawCell(
  context: CanvasRenderingContext2D,
  colours: Colours,
  x: number,
  y: number,
  stage: CellStage,
  quorum: boolean,
): void {
  const ink = quorum ? colours.of('accent') : colours.of('mark')
  if (stage === 'none') {
    context.fillStyle = colours.of('line-strong')
    context.fillRect(x - 1, y - 1, 2.5, 2.5)
    return
  }
  context.strokeStyle = ink
  context.fillStyle = ink
  context.lineWidth = 1.2
  context.beginPath()
  if (quorum) {
    context.moveTo(x, y - RADIUS_PX - 1.5)
    context.lineTo(x + RADIUS_PX + 1.5, y)
    context.lineTo(x, y + RADIUS_PX + 1.5)
    context.lineTo(x - RADIUS_PX - 1.5, y)
    context.closePath()
  } else context.arc(x, y, RADIUS_PX, 0, Math.PI * 2)
  context.stroke()
  if (FILL[stage] === 1) context.fill()
  else if (FILL[stage] > 0) {
    context.beginPath()
    context.moveTo(x, y)
    context.arc(x, y, RADIUS_PX, -Math.PI / 2, -Math.PI / 2 + FILL[stage] * Math.PI * 2)
    context.fill()
  }
  if (stage === 'applied') {
    context.strokeStyle = colours.of('surface')
    context.lineWidth = 1.5
    context.beginPath()
    context.moveTo(x - 2.4, y + 0.2)
    context.lineTo(x - 0.6, y + 2)
    context.lineTo(x + 2.6, y - 1.8)
    context.stroke()
  }
  if (stage === 'cut') {
    context.strokeStyle = colours.of('bad')
    context.lineWidth = 1.8
    context.beginPath()
    context.moveTo(x - 7, y + 4)
    context.lineTo(x + 7, y - 4)
    context.stroke()
  }
}
