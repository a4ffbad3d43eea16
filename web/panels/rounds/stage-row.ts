// The marks of all members of a round in one drawing: made once for each combination, then copied.

import { type StageMark, stageShapes } from '../../viz/stage-shapes.ts'

const SVG = 'http://www.w3.org/2000/svg'
/** Pixels from one member's mark to the next. */
export const STAGE_PX = 24
/** Combinations kept; there are a few dozen for an ensemble that stays as it is. */
const KEPT_MAX = 500

const kept = new Map<string, SVGElement>()

/** `sentence` says the same in words. */
export function stageRow(marks: readonly StageMark[], sentence: string): SVGElement {
  const known = kept.get(sentence)
  // A copy of a drawing costs a tenth of a new one.
  if (known) return known.cloneNode(true) as SVGElement // what is cloned is an SVGElement
  if (kept.size >= KEPT_MAX) kept.clear()
  const made = draw(marks, sentence)
  kept.set(sentence, made)
  return made.cloneNode(true) as SVGElement // as above
}

function draw(marks: readonly StageMark[], sentence: string): SVGElement {
  const svg = element('svg', { class: 'stage', role: 'img', 'aria-label': sentence, height: '16' })
  svg.setAttribute('width', String(marks.length * STAGE_PX))
  for (const [i, mark] of marks.entries()) {
    const place = element('g', { transform: `translate(${(i + 0.5) * STAGE_PX} 8)` })
    for (const { className, d, r, full } of stageShapes(mark)) {
      const shape =
        d === null ? element('circle', { class: className, r: String(r) }) : element('path', { class: className, d })
      if (full) shape.setAttribute('data-full', '')
      place.append(shape)
    }
    svg.append(place)
  }
  return svg
}

function element(name: string, attributes: Readonly<Record<string, string>>): SVGElement {
  const made = document.createElementNS(SVG, name) as SVGElement // the namespace makes it one
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  return made
}
