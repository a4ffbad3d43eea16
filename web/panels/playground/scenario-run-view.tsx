// One run of a scenario: its steps with ticks, the question and the person's prediction, the explanation and the verdict.

import type { ScenarioRun, ScenarioStepView, ScenarioSummary, StepState } from '#shared/events/scenario-run.ts'
import { answerScenario, nextScenario, stopScenario, usePlayground } from '../../stores/playground-store.ts'
import { useLanguage, useMessages } from '../../ui/words.ts'
import { GuardedButton } from '../tree/guarded-button.tsx'
import { HeldMessages } from './held-messages.tsx'

/** Words say the same, for those who do not see them. */
const TICKS: Record<StepState, string> = { pending: '○', running: '◐', done: '✓', failed: '✕' }

interface ScenarioRunViewProps {
  readonly run: ScenarioRun
  /** Null: of a newer gateway than this page. */
  readonly scenario: ScenarioSummary | null
  readonly onBack: () => void
}

export function ScenarioRunView({ run, scenario, onBack }: ScenarioRunViewProps) {
  const { playground } = useMessages()
  const words = playground.scenarios
  const language = useLanguage()
  const over = run.endedAt !== null
  const stateWords = {
    ...{ running: words.running, waiting: words.waiting, asking: words.waiting, cleaning: words.cleaning },
    ...{ passed: words.passed, failed: words.failed, stopped: words.stopped },
  }
  return (
    <div className="scenario-run">
      <div className="play-head">
        <div>
          <h2>{scenario?.title[language] ?? run.scenario}</h2>
          <p className="secondary">{scenario?.learn[language]}</p>
        </div>
        {over ? (
          <button type="button" className="button" onClick={onBack}>
            {words.back}
          </button>
        ) : (
          <GuardedButton needs="scenario:stop" disabled={run.state === 'cleaning'} onClick={() => void stopScenario()}>
            {playground.stop}
          </GuardedButton>
        )}
      </div>
      <p role="status" className="scenario-state" data-state={run.state}>
        {stateWords[run.state]}
        {run.reason !== null && ` · ${run.reason}`}
      </p>
      <HeldMessages />
      <ol className="scenario-steps" aria-label={words.steps}>
        {run.steps.map((step, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: steps neither come nor go
          <StepView key={i} step={step} at={i} run={run} />
        ))}
      </ol>
      {run.assertions.length > 0 && <Verdict run={run} />}
    </div>
  )
}

interface StepViewProps {
  readonly step: ScenarioStepView
  readonly at: number
  readonly run: ScenarioRun
}

function StepView({ step, at, run }: StepViewProps) {
  const { playground } = useMessages()
  const words = playground.scenarios
  const language = useLanguage()
  const busy = usePlayground((state) => state.busy > 0)
  const here = run.step === at
  return (
    <li className="scenario-step" data-type={step.type} data-state={step.state}>
      <span className="tick" role="img" aria-label={words.stepStates[step.state]}>
        {TICKS[step.state]}
      </span>
      <div>
        <p>{step.text[language]}</p>
        {step.result !== '' && <p className="mono tertiary">{step.result}</p>}
        {step.type === 'ask' && step.state !== 'pending' && (
          // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a column everywhere
          <div className="scenario-choices" role="group" aria-label={words.yourPrediction}>
            {step.choices.map(({ id, text }) => (
              <button
                key={id}
                type="button"
                className="button"
                aria-pressed={step.answered === id}
                disabled={busy || !here || run.state !== 'asking'}
                onClick={() => void answerScenario(at, id)}
              >
                {text[language]}
                {step.answered === id && <span className="tertiary"> · {words.answered}</span>}
                {step.right === id && <span className="turned-out"> ✓ {words.right}</span>}
              </button>
            ))}
          </div>
        )}
        {step.right !== null && step.answered !== null && (
          <p className="secondary">{step.right === step.answered ? words.predictedRight : words.predictedWrong}</p>
        )}
        {step.type === 'say' && here && run.state === 'waiting' && (
          <button type="button" className="button primary" disabled={busy} onClick={() => void nextScenario(at)}>
            {words.next}
          </button>
        )}
      </div>
    </li>
  )
}

function Verdict({ run }: { readonly run: ScenarioRun }) {
  const words = useMessages().playground.scenarios
  const language = useLanguage()
  return (
    <section className="scenario-verdict" aria-label={words.verdict}>
      <h2>{words.verdict}</h2>
      <ul>
        {run.assertions.map(({ text, passed, evidence }) => (
          <li key={text.en} data-passed={passed}>
            <span className="tick" role="img" aria-label={passed ? words.holds : words.broken}>
              {passed ? '✓' : '✕'}
            </span>
            <div>
              <p>{text[language]}</p>
              <p className="mono tertiary">{evidence}</p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}
