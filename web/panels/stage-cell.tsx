// How far one member got with one round, as a mark: outline (logged), half (durable), three quarters (acked),
// full (committed), full with tick (applied); a diamond where its ack made the quorum.

import type { StageName } from '../viz/round-facts.ts'

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

/** A pie of `part`, from the top, clockwise. */
function slice(part: number): string {
  const angle = part * 2 * Math.PI
  const [x, y] = [Math.sin(angle) * R, -Math.cos(angle) * R]
  return `M0 0V${-R}A${R} ${R} 0 ${part > 0.5 ? 1 : 0} 1 ${x.toFixed(3)} ${y.toFixed(3)}Z`
}

const DIAMOND = 'M0 -6.6L6.6 0L0 6.6L-6.6 0Z'
const TICK = 'M-2.4 0.2L-0.6 2L2.6 -1.8'

interface StageMarkProps {
  readonly stage: StageName | 'none'
  readonly quorum: boolean
}

/** On its own, for a legend. */
export function StageGlyph(props: StageMarkProps) {
  return (
    <svg className="stage" width="16" height="16" viewBox="-8 -8 16 16" aria-hidden="true">
      <StageMark {...props} />
    </svg>
  )
}

/** Pixels from one member's mark to the next. */
export const STAGE_PX = 24

/** One drawing for all members of a round: a list of rounds has many of them. `sentence` says the same. */
export function StageRow({
  marks,
  sentence,
}: {
  readonly marks: readonly StageMarkProps[]
  readonly sentence: string
}) {
  return (
    <svg className="stage" width={marks.length * STAGE_PX} height="16" role="img" aria-label={sentence}>
      {marks.map((mark, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: one place a member
        <g key={i} transform={`translate(${(i + 0.5) * STAGE_PX} 8)`}>
          <StageMark {...mark} />
        </g>
      ))}
    </svg>
  )
}

function StageMark({ stage, quorum }: StageMarkProps) {
  const fill = FILL[stage]
  return (
    <>
      {fill < 0 && <path className="stage-none" d="M-2 0H2" />}
      {fill >= 0 && !quorum && fill < 1 && <circle className="stage-rim" r={R} />}
      {fill > 0 && fill < 1 && !quorum && <path className="stage-fill" d={slice(fill)} />}
      {fill === 1 && !quorum && <circle className="stage-fill" r={R + 0.6} />}
      {quorum && <path className="stage-quorum" data-full={fill === 1 ? '' : undefined} d={DIAMOND} />}
      {stage === 'applied' && <path className="stage-tick" d={TICK} />}
    </>
  )
}
