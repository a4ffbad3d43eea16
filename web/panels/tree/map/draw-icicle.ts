// Paints the cells of the icicle: how often a znode and what is below it changed lately is its tone, its name stands in it where
// there is room. What was not looked at is hatched.

import { visibleText } from '../../../i18n/visible-text.ts'
import type { Colours } from '../../../ui/canvas.tsx'
import { HEAT_STEPS, heatStep, type IcicleCell } from '../../../viz/tree/icicle.ts'

const GAP_PX = 1
const TEXT_PX_MIN = 34
const TEXT_LEFT_PX = 6
const CHAR_PX = 7
const HATCH_PX = 6
/** Of the accent, from a path that changes seldom to the one that changes most. */
const TONE_FIRST = 0.18
const TONE_LAST = 0.85

export function toneOf(step: number): number {
  return step === 0 ? 0 : TONE_FIRST + ((TONE_LAST - TONE_FIRST) * (step - 1)) / (HEAT_STEPS - 1)
}

interface Scene {
  readonly cells: readonly IcicleCell[]
  readonly most: number
  readonly chosen: number
  readonly cursor: number
}

export function drawIcicle(
  context: CanvasRenderingContext2D,
  colours: Colours,
  { cells, most, chosen, cursor }: Scene,
): void {
  context.font = `12px ${colours.mono}`
  context.textBaseline = 'middle'
  cells.forEach((cell, i) => {
    const [x, y, width, height] = [cell.x, cell.y, Math.max(0.5, cell.width - GAP_PX), cell.height - GAP_PX]
    context.fillStyle = colours.of('area')
    context.fillRect(x, y, width, height)
    if (cell.others > 0) hatch(context, colours.of('line-strong'), x, y, width, height)
    const step = heatStep(cell.changes, most)
    if (step > 0) {
      context.globalAlpha = toneOf(step)
      context.fillStyle = colours.of('accent')
      context.fillRect(x, y, width, height)
      context.globalAlpha = 1
    }
    if (i === chosen || i === cursor) {
      context.strokeStyle = colours.of(i === chosen ? 'text' : 'mark')
      context.lineWidth = i === chosen ? 2 : 1
      context.strokeRect(x + 1, y + 1, Math.max(0, width - 2), height - 2)
    }
    if (width < TEXT_PX_MIN || cell.name === '') return
    const room = Math.floor((width - 2 * TEXT_LEFT_PX) / CHAR_PX)
    const text = visibleText(cell.name)
    // On the strongest tone the text of the surface is the one that can be read.
    context.fillStyle = colours.of(step >= HEAT_STEPS - 1 ? 'surface' : 'text')
    context.fillText(
      text.length > room ? `${text.slice(0, Math.max(1, room - 1))}…` : text,
      x + TEXT_LEFT_PX,
      y + height / 2,
    )
  })
}

function hatch(
  context: CanvasRenderingContext2D,
  colour: string,
  x: number,
  y: number,
  width: number,
  height: number,
): void {
  context.save()
  context.beginPath()
  context.rect(x, y, width, height)
  context.clip()
  context.strokeStyle = colour
  context.lineWidth = 1
  context.beginPath()
  for (let at = x - height; at < x + width; at += HATCH_PX) {
    context.moveTo(at, y + height)
    context.lineTo(at + height, y)
  }
  context.stroke()
  context.restore()
}
