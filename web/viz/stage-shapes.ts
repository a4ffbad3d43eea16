// How far one member got with one round, as a mark: outline (logged), half (durable), three quarters (acked),
// full (committed), full with tick (applied); a diamond where its ack made the quorum. Drawn around 0,0.

import type { StageName } from './round-facts.ts'

export interface StageMark {
  readonly stage: StageName | 'none'
  readonly quorum: boolean
}

export interface StageShape {
  readonly className: string
  /** Of a path; null: a circle of `r`. */
  readonly d: string | null
  readonly r: number
  /** A diamond that is filled. */
  readonly full: boolean
}

const FILL: Record<StageName | 'none', number> = {
  none: -1,
  proposed: 0,
  received: 0,
  logged: 0.5,
  acked: 0.75,
  committed: 1,
  applied: 1,
}

const R = 5
const DIAMOND = 'M0 -6.6L6.6 0L0 6.6L-6.6 0Z'
const TICK = 'M-2.4 0.2L-0.6 2L2.6 -1.8'

/** A pie of `part`, from the top, clockwise. */
function slice(part: number): string {
  const angle = part * 2 * Math.PI
  const [x, y] = [Math.sin(angle) * R, -Math.cos(angle) * R]
  return `M0 0V${-R}A${R} ${R} 0 ${part > 0.5 ? 1 : 0} 1 ${x.toFixed(3)} ${y.toFixed(3)}Z`
}

function path(className: string, d: string, full = false): StageShape {
  return { className, d, r: 0, full }
}

function circle(className: string, r: number): StageShape {
  return { className, d: null, r, full: false }
}

/** From the back to the front. */
export function stageShapes({ stage, quorum }: StageMark): StageShape[] {
  const fill = FILL[stage]
  const shapes: StageShape[] = []
  if (fill < 0) shapes.push(path('stage-none', 'M-2 0H2'))
  if (quorum) shapes.push(path('stage-quorum', DIAMOND, fill === 1))
  else if (fill === 1) shapes.push(circle('stage-fill', R + 0.6))
  else if (fill >= 0) shapes.push(circle('stage-rim', R))
  if (fill > 0 && fill < 1 && !quorum) shapes.push(path('stage-fill', slice(fill)))
  if (stage === 'applied') shapes.push(path('stage-tick', TICK))
  return shapes
}
