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

export function PlaygroundPage() {
  const { playground } = useMessages()
  const tab = useRoute((route) => route.play)
  const known = useViewStore((state) => state.known)
  const workloads = useClusterValue(
    (view) => Object.values(view.workloads).filter(({ state }) => state === 'running').length,
  )
  const faults = useClusterValue((view) => view.faults.length)
  const counts: Partial<Record<PlayTab, number>> = { workloads, faults }
  const Panel = PANELS[tab]
  return (
    <>
      <div className="toolbar">
        <Segments
          label={playground.tabsLabel}
          value={tab}
          onChange={(play) => navigate({ play })}
          choices={PLAY_TABS.map((value) => ({
            value,
            label: counts[value] ? `${playground.tabs[value]} ${counts[value]}` : playground.tabs[value],
          }))}
        />
      </div>
      <div className="playground">{known ? <Panel /> : <Skeleton rows={8} rowHeight={48} />}</div>
    </>
  )
}
