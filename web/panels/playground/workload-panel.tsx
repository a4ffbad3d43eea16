// Workloads: a form to start one, and each that runs with its settings to tune and what its clients report.

import { useEffect, useRef, useState } from 'react'
import { type AnySettings, WORKLOAD_KINDS, type WorkloadKind } from '#shared/events/workload-settings.ts'
import { isOver, type WorkloadView } from '#shared/events/workload-view.ts'
import { startWorkload, stopWorkload, tuneWorkload, usePlayground } from '../../stores/playground-store.ts'
import { useCluster } from '../../stores/view-store.ts'
import { useMessages } from '../../ui/words.ts'
import { GuardedButton } from '../tree/guarded-button.tsx'
import { ChoiceField } from './setting-field.tsx'
import { defaultsOf, WorkloadForm } from './workload-form.tsx'
import { WorkloadReportView } from './workload-report.tsx'

/** Ended ones that stay in sight. */
const ENDED_SHOWN = 3
/** A slider that is dragged is told this often. */
const TUNE_MS = 250

export function WorkloadPanel() {
  const { playground } = useMessages()
  const words = playground.workloads
  const all = useCluster((view) => Object.values(view.workloads).toReversed())
  const running = all.filter((workload) => !isOver(workload))
  const ended = all.filter(isOver).slice(0, ENDED_SHOWN)
  return (
    <div className="play-columns">
      <StartForm />
      <section className="play-main" aria-label={words.running}>
        <h2>{words.running}</h2>
        {running.length + ended.length === 0 && <p className="tertiary">{words.none}</p>}
        {[...running, ...ended].map((workload) => (
          <WorkloadCard key={workload.id} workload={workload} />
        ))}
      </section>
    </div>
  )
}

function StartForm() {
  const { playground } = useMessages()
  const words = playground.workloads
  const [kind, setKind] = useState<WorkloadKind>('lock')
  const [settings, setSettings] = useState<AnySettings>(() => defaultsOf('lock'))
  const busy = usePlayground((state) => state.busy > 0)
  const choose = (name: string): void => {
    const next = WORKLOAD_KINDS.find((one) => one === name) ?? 'lock'
    setKind(next)
    setSettings(defaultsOf(next))
  }
  return (
    <section className="play-side" aria-label={words.start}>
      <h2>{words.start}</h2>
      <p className="secondary">{words.intro}</p>
      <ChoiceField
        label={words.kind}
        value={kind}
        choices={WORKLOAD_KINDS.map((one) => [one, playground.workloadTitles[one]] as const)}
        onChange={choose}
      />
      <p className="tertiary">{playground.workloadAbout[kind]}</p>
      <WorkloadForm
        kind={kind}
        settings={settings}
        running={false}
        onChange={(name, value) => setSettings((before) => ({ ...before, [name]: value }))}
      />
      <GuardedButton
        needs="workload:start"
        className="primary"
        disabled={busy}
        label={words.startOne(playground.workloadTitles[kind])}
        onClick={() => void startWorkload(kind, settings)}
      >
        {playground.start}
      </GuardedButton>
    </section>
  )
}

function WorkloadCard({ workload }: { readonly workload: WorkloadView }) {
  const { playground } = useMessages()
  const words = playground.workloads
  const { id, kind, state, settings, problem } = workload
  const title = playground.workloadTitles[kind]
  const over = isOver(workload)
  const [draft, tune] = useTuning(id, settings)
  return (
    <article className="workload" aria-label={`${title} ${id}`}>
      <header>
        <h3>
          {title} <span className="mono tertiary">{id}</span>
        </h3>
        <span className={`play-state ${state === 'failed' ? 'bad' : ''}`}>{words.states[state]}</span>
        {!over && (
          <GuardedButton
            needs="workload:stop"
            className="small"
            disabled={state === 'stopping'}
            label={words.stopOne(title, id)}
            onClick={() => void stopWorkload(id)}
          >
            {playground.stop}
          </GuardedButton>
        )}
      </header>
      {problem !== null && <p className="play-problem">{problem}</p>}
      <WorkloadReportView workload={workload} />
      {!over && (
        <details>
          <summary>{words.tune(title)}</summary>
          <WorkloadForm kind={kind} settings={draft} running={true} onChange={tune} />
        </details>
      )}
    </article>
  )
}

/** What the person has set, ahead of what the workload says; sent a few times a second, the last value for sure. */
function useTuning(id: string, settings: AnySettings) {
  const [changed, setChanged] = useState<AnySettings>({})
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null)
  const pending = useRef<Record<string, number | string | boolean>>({})
  useEffect(
    () => () => {
      if (timer.current) clearTimeout(timer.current)
    },
    [],
  )
  const tune = (name: string, value: number | string | boolean): void => {
    setChanged((before) => ({ ...before, [name]: value }))
    pending.current[name] = value
    timer.current ??= setTimeout(() => {
      timer.current = null
      const sent = pending.current
      pending.current = {}
      // Refused or taken: what counts from now on is what the workload says.
      void tuneWorkload(id, sent).then(() => {
        if (timer.current === null) setChanged({})
      })
    }, TUNE_MS)
  }
  return [{ ...settings, ...changed }, tune] as const
}
