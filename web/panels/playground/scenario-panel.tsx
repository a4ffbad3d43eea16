// Guided scenarios: the list, and the run that is there now or has ended since this page was opened.

import { useEffect } from 'react'
import type { ScenarioSummary } from '#shared/events/scenario-run.ts'
import { putAside, readScenarios, startScenario, usePlayground } from '../../stores/playground-store.ts'
import { useCluster, useViewStore } from '../../stores/view-store.ts'
import { Skeleton } from '../../ui/states.tsx'
import { useLanguage, useMessages } from '../../ui/words.ts'
import { GuardedButton } from '../tree/guarded-button.tsx'
import { ScenarioRunView } from './scenario-run-view.tsx'

/** What ended before, somebody else has read. */
const OPENED_AT = performance.timeOrigin

export function ScenarioPanel() {
  const scenarios = usePlayground((state) => state.scenarios)
  const seen = usePlayground((state) => state.seen)
  const live = useViewStore((state) => state.status.type === 'live')
  const run = useCluster((view) => view.scenario)
  useEffect(() => {
    if (live && scenarios === null) void readScenarios()
  }, [live, scenarios])
  if (scenarios === null) return <Skeleton rows={8} rowHeight={56} />
  const shown = run && (run.endedAt === null || (seen !== run.id && run.endedAt > OPENED_AT)) ? run : null
  if (!shown) return <List scenarios={scenarios} />
  const scenario = scenarios.find(({ id }) => id === shown.scenario)
  return <ScenarioRunView run={shown} scenario={scenario ?? null} onBack={() => putAside(shown.id)} />
}

function List({ scenarios }: { readonly scenarios: readonly ScenarioSummary[] }) {
  const { playground } = useMessages()
  const words = playground.scenarios
  const language = useLanguage()
  const busy = usePlayground((state) => state.busy > 0)
  return (
    <div className="scenarios">
      <p className="secondary">{words.intro}</p>
      <ol className="scenario-list" aria-label={words.list}>
        {scenarios.map((scenario) => (
          <li key={scenario.id}>
            <div>
              <h2>{scenario.title[language]}</h2>
              <p className="secondary">{scenario.learn[language]}</p>
            </div>
            <span className="tertiary">{words.about(scenario.aboutSeconds)}</span>
            <GuardedButton
              needs="scenario:start"
              disabled={busy}
              label={words.startOne(scenario.title[language])}
              onClick={() => void startScenario(scenario.id)}
            >
              {playground.start}
            </GuardedButton>
          </li>
        ))}
      </ol>
    </div>
  )
}
