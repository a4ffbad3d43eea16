// Playground: guided scenarios, workloads, faults, and how to connect a client of one's own.

import type { ReactNode } from 'react'
import { ConnectPanel } from '../panels/playground/connect-panel.tsx'
import { FaultPanel } from '../panels/playground/fault-panel.tsx'
import { ScenarioPanel } from '../panels/playground/scenario-panel.tsx'
import { WorkloadPanel } from '../panels/playground/workload-panel.tsx'
import { PLAY_TABS, type PlayTab } from '../stores/route.ts'
import { navigate, useRoute } from '../stores/route-store.ts'
import { useClusterValue, useViewStore } from '../stores/view-store.ts'
import { Segments } from '../ui/segments.tsx'
import { Skeleton } from '../ui/states.tsx'
import { useMessages } from '../ui/words.ts'

const PANELS: Record<PlayTab, () => ReactNode> = {
  scenarios: ScenarioPanel,
  workloads: WorkloadPanel,
  faults: FaultPanel,
  connect: ConnectPanel,
}

const OF_ANY_CLUSTER: readonly PlayTab[] = ['connect']

export function PlaygroundPage() {
  const { playground } = useMessages()
  const attached = useViewStore((state) => state.about?.attached !== undefined)
  // Only an ensemble that was started here can be broken and loaded.
  const tabs = attached ? OF_ANY_CLUSTER : PLAY_TABS
  const wanted = useRoute((route) => route.play)
  const tab = tabs.find((each) => each === wanted) ?? tabs[0] ?? 'connect'
  const known = useViewStore((state) => state.known)
  const workloads = useClusterValue(
    (view) => Object.values(view.workloads).filter(({ state }) => state === 'running').length,
  )
  const faults = useClusterValue((view) => view.faults.length)
  const counts: Partial<Record<PlayTab, number>> = { workloads, faults }
  const Panel = PANELS[tab]
  return (
    <>
      {tabs.length > 1 && (
        <div className="toolbar">
          <Segments
            label={playground.tabsLabel}
            value={tab}
            onChange={(play) => navigate({ play })}
            choices={tabs.map((value) => ({
              value,
              label: counts[value] ? `${playground.tabs[value]} ${counts[value]}` : playground.tabs[value],
            }))}
          />
        </div>
      )}
      <div className="playground">{known ? <Panel /> : <Skeleton rows={8} rowHeight={48} />}</div>
    </>
  )
}
