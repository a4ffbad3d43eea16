// Which clusters the gateway has, and turning to another one: everything that was known of the one before is forgotten, the
// view stays. Which one is looked at is in the address.

import { create } from 'zustand'
import type { ClusterSummary } from '#shared/events/cluster-list.ts'
import { ask, lookAt } from './ask.ts'
import { forgetChronicle } from './chronicle-store.ts'
import { useHeldMessages } from './held-store.ts'
import { useLockRules } from './lock-rules.ts'
import { useLocks } from './lock-store.ts'
import { forgetMoment } from './moment-store.ts'
import { tell } from './notice-store.ts'
import { forgetPast } from './past-store.ts'
import { usePause } from './pause-store.ts'
import { usePlayground } from './playground-store.ts'
import { useRights } from './rights-store.ts'
import { navigate, useRoute } from './route-store.ts'
import { forgetHeat } from './tree/heat-store.ts'
import { useSearch } from './tree/search-store.ts'
import { useSizes } from './tree/size-store.ts'
import { forgetPages } from './tree/tree-pages.ts'
import { useTree } from './tree/tree-state.ts'
import { forgetView, useViewStore } from './view-store.ts'

interface ClusterState {
  /** The first is the one that the gateway was started with; empty before it said. */
  readonly clusters: readonly ClusterSummary[]
  /** What may be attached from here; null until asked. */
  readonly allowedTargets: readonly string[] | null
  readonly most: number
  /** One that was looked at and is not there any more, until that was read. */
  readonly gone: string | null
}

export const useClusters = create<ClusterState>(() => ({ clusters: [], allowedTargets: null, most: 0, gone: null }))

export function onClusters(clusters: readonly ClusterSummary[]): void {
  useClusters.setState({ clusters })
}

/** What the gateway says that it shows: when it is not what the address names, that one is gone. */
export function onShown(cluster: string): void {
  const wanted = useRoute.getState().cluster
  if (wanted === null || wanted === cluster) return
  useClusters.setState({ gone: wanted })
  navigate({ cluster: null, selection: null, lock: null }, 'replace')
}

export function dismissGone(): void {
  useClusters.setState({ gone: null })
}

export function openCluster(id: string): void {
  const first = useClusters.getState().clusters[0]?.id
  useClusters.setState({ gone: null })
  navigate({ cluster: id === first ? null : id, selection: null, lock: null })
}

/** Turns the feed whenever the address names another cluster, also by the browser's back button. Returns how to stop. */
export function followCluster(): () => void {
  return useRoute.subscribe((route, before) => {
    if (route.cluster === before.cluster) return
    const id = route.cluster ?? useClusters.getState().clusters[0]?.id
    if (id === undefined || id === useViewStore.getState().about?.cluster.id) return
    lookAt(id)
    forgetCluster()
  })
}

/** All that was known of the cluster before. */
export function forgetCluster(): void {
  forgetView()
  forgetChronicle()
  forgetPast()
  forgetMoment()
  forgetHeat()
  forgetPages()
  useTree.setState(useTree.getInitialState(), true)
  useSizes.setState(useSizes.getInitialState(), true)
  useLocks.setState(useLocks.getInitialState(), true)
  useLockRules.setState(useLockRules.getInitialState(), true)
  useHeldMessages.setState({ list: useHeldMessages.getInitialState().list })
  useSearch.setState(useSearch.getInitialState(), true)
  usePause.setState(usePause.getInitialState(), true)
  useRights.setState(useRights.getInitialState(), true)
  usePlayground.setState({ scenarios: null, seen: null, link: null })
}

export async function askTargets(): Promise<void> {
  const answer = await ask('cluster:list', {})
  if (answer.ok) useClusters.setState(answer.value)
}

/** Failures become notices. */
export async function detachCluster(id: string): Promise<boolean> {
  const answer = await ask('cluster:detach', { cluster: id })
  if (!answer.ok) tell(answer.message)
  return answer.ok
}

export async function allowWrites(on: boolean): Promise<void> {
  const answer = await ask('cluster:allow-writes', { on })
  if (!answer.ok) tell(answer.message)
}
