// The agreement ratio of a round as a step line that crosses one half, and what that means in a sentence.

import { scaleLinear } from 'd3'
import { useId } from 'react'
import type { RoundView } from '#shared/events/cluster-view.ts'
import { useCluster } from '../../stores/view-store.ts'
import { memberColour } from '../../ui/member-glyph.tsx'
import { useDuration } from '../../ui/times.tsx'
import { useSize } from '../../ui/use-size.ts'
import { useMessages } from '../../ui/words.ts'
import { type AgreementStep, agreementSteps } from '../../viz/agreement.ts'
import { membersInOrder } from '../../viz/ensemble-answer.ts'

const HEIGHT_PX = 96
const PAD = { left: 28, right: 16, top: 10, bottom: 16 } as const
/** Room behind the last ack, as a part of the time shown. */
const TAIL = 1.15

export function AgreementChart({ round }: { readonly round: RoundView }) {
  const { reading: words } = useMessages()
  const duration = useDuration()
  const [ref, size] = useSize<HTMLDivElement>()
  const titleId = useId()
  const voters = useCluster((view) =>
    membersInOrder(view)
      .filter(({ role }) => role === 'participant')
      .map(({ sid }) => sid),
  )
  const steps = agreementSteps(round, voters)
  const crossed = steps.findIndex(({ crosses }) => crosses)
  const step = steps[crossed]
  const late = steps.slice(crossed + 1)
  const lastLate = late.at(-1)
  // The leader may hear of an ack later than it was given.
  const heardMs = round.quorumAt === null ? null : Math.max(0, round.quorumAt - round.proposedAt)
  return (
    <section>
      <h3 title={words.agreementHint}>{words.agreement}</h3>
      <div ref={ref}>
        {size && size.width > 100 && steps.length > 0 && (
          <svg width={size.width} height={HEIGHT_PX} role="img" aria-labelledby={titleId} className="agreement">
            <title id={titleId}>{words.agreementHint}</title>
            <Steps steps={steps} width={size.width} quorumBy={round.quorumBy} />
          </svg>
        )}
      </div>
      <p className="secondary">
        {step
          ? words.agreed(String(step.sid), duration(step.ms), String(crossed + 1), String(voters.length))
          : words.notAgreed(String(steps.length), String(voters.length))}{' '}
        {step &&
          heardMs !== null &&
          round.quorumBy !== step.sid &&
          words.heardOf(String(round.quorumBy), duration(heardMs))}{' '}
        {step && lastLate && words.stragglers(late.map(({ sid }) => sid).join(', '), duration(lastLate.ms))}
      </p>
    </section>
  )
}

interface StepsProps {
  readonly steps: readonly AgreementStep[]
  readonly width: number
  /** Whose ack completed the quorum at the leader: the only diamond. */
  readonly quorumBy: number | null
}

function Steps({ steps, width, quorumBy }: StepsProps) {
  const { reading: words } = useMessages()
  const span = Math.max(0.1, (steps.at(-1)?.ms ?? 0) * TAIL)
  const x = scaleLinear([0, span], [PAD.left, width - PAD.right])
  const y = scaleLinear([0, 1], [HEIGHT_PX - PAD.bottom, PAD.top])
  const path = steps.reduce((line, { ms, ratio }) => `${line}H${x(ms)}V${y(ratio)}`, `M${x(0)} ${y(0)}`)
  return (
    <>
      {x.ticks(4).map((ms) => (
        <text key={ms} className="axis-label" x={x(ms)} y={HEIGHT_PX - 3} textAnchor="middle">
          {ms}
        </text>
      ))}
      <text className="axis-label" x={0} y={y(1) + 4}>
        1
      </text>
      <text className="axis-label" x={0} y={y(0.5) + 4}>
        {words.half}
      </text>
      <text className="axis-label" x={0} y={y(0) + 4}>
        0
      </text>
      <line className="axis-line" x1={PAD.left} x2={width - PAD.right} y1={y(0)} y2={y(0)} />
      <line className="agreement-half" x1={PAD.left} x2={width - PAD.right} y1={y(0.5)} y2={y(0.5)} />
      <path className="agreement-line" d={`${path}H${width - PAD.right}`} />
      {steps.map(({ sid, ms, ratio, crosses }) => (
        <g key={sid} transform={`translate(${x(ms)} ${y(ratio)})`} data-member={memberColour(sid)}>
          {crosses && sid === quorumBy ? (
            <path className="quorum" d="M0 -7L7 0L0 7L-7 0Z" />
          ) : (
            <circle className="lane-disc" r={4} />
          )}
          <text className="agreement-sid" x={-8} y={-3} textAnchor="end">
            {sid}
          </text>
        </g>
      ))}
    </>
  )
}
