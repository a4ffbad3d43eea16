// While a moment of the past is shown: which one, what happened last, steps from there, and the way back to the present.

import { useState } from 'react'
import { backToNow, lastEvent, type StepKind, stepTo, useMoment } from '../stores/moment-store.ts'
import { useViewStore } from '../stores/view-store.ts'
import { useMessages } from '../ui/words.ts'
import { formatMoment, momentText } from '../viz/moment-text.ts'

export function ReplayBar() {
  const pastAt = useViewStore((state) => state.pastAt)
  return pastAt === null ? null : <Bar pastAt={pastAt} />
}

function Bar({ pastAt }: { readonly pastAt: number }) {
  const { replay: words } = useMessages().timeline
  const busy = useMoment((state) => state.busy)
  const last = useMoment(lastEvent)
  const [problem, setProblem] = useState('')
  const step = (kind: StepKind, forward: boolean): void => {
    setProblem('')
    void stepTo(kind, forward).then((done) => {
      if (!done) setProblem(forward ? words.end : words.start)
    })
  }
  const steps: readonly (readonly [StepKind, boolean, string, string])[] = [
    ['election', false, '|◀', words.backElection],
    ['round', false, '◀◀', words.backRound],
    ['event', false, '◀', words.backEvent],
    ['event', true, '▶', words.nextEvent],
    ['round', true, '▶▶', words.nextRound],
    ['election', true, '▶|', words.nextElection],
  ]
  return (
    <section className="banner replay" aria-label={words.title}>
      <p role="status">
        <b>{words.shown(formatMoment(pastAt))}</b> {last && <span className="mono">{momentText(last)}</span>}{' '}
        {problem === '' ? words.warning : problem}
      </p>
      <span className="replay-steps">
        {steps.map(([kind, forward, sign, name]) => (
          <button
            key={name}
            type="button"
            className="button small"
            disabled={busy}
            aria-label={name}
            title={name}
            onClick={() => step(kind, forward)}
          >
            {sign}
          </button>
        ))}
        <button type="button" className="button small primary" onClick={backToNow}>
          {words.present}
        </button>
      </span>
    </section>
  )
}
