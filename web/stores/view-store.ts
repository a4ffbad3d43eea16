// The cluster as the page knows it: the view that events fold into, and how fresh it is. The view is folded
// in place; `version` says that it changed, at most ten times a second, and components read through it.

import { useMemo } from 'react'
import { create } from 'zustand'
import { type ClusterView, emptyClusterView } from '#shared/events/cluster-view.ts'
import type { About } from '#shared/events/socket-protocol.ts'
import type { FeedStatus } from '../feeds/feed.ts'
import { createPacer } from './pacer.ts'

export const REACT_INTERVAL_MS = 100

export type Refusal = Extract<FeedStatus, { type: 'refused' }>

interface ViewState {
  readonly status: FeedStatus
  readonly about: About | null
  /** Folded in place: compare `version`, not this. */
  readonly view: ClusterView
  readonly version: number
  /** True once a snapshot arrived. */
  readonly known: boolean
  /** This browser's clock, at the last frame. */
  readonly heardAt: number
  /** Server clock minus browser clock. */
  readonly skewMs: number
  /** The moment of the past that `view` is of, ms since 1970; null: the present. */
  readonly pastAt: number | null
}

export const useViewStore = create<ViewState>(() => ({
  status: { type: 'connecting' },
  about: null,
  view: emptyClusterView(),
  version: 0,
  known: false,
  heardAt: 0,
  skewMs: 0,
  pastAt: null,
}))

/** The present, while a moment of the past is shown in its place. */
let aside: { view: ClusterView } | null = null

let heardAt = 0
const pacer = createPacer(REACT_INTERVAL_MS, () =>
  useViewStore.setState((state) => ({ version: state.version + 1, heardAt })),
)

/** The view of the present, for folding events into it, whatever is shown. Call viewChanged() afterwards. */
export function currentView(): ClusterView {
  return aside?.view ?? useViewStore.getState().view
}

export function viewChanged(): void {
  heardAt = Date.now()
  if (aside === null) pacer.nudge()
}

export function replaceView(view: ClusterView): void {
  heardAt = Date.now()
  if (aside !== null) {
    aside.view = view
    return
  }
  useViewStore.setState((state) => ({ view, known: true, heardAt, version: state.version + 1 }))
}

/** Shows a moment of the past instead of the present, which is folded on meanwhile. */
export function showPast(view: ClusterView, pastAt: number): void {
  aside ??= { view: useViewStore.getState().view }
  useViewStore.setState((state) => ({ view, pastAt, version: state.version + 1 }))
}

/** Shows the present again. */
export function showPresent(): void {
  if (aside === null) return
  const { view } = aside
  aside = null
  useViewStore.setState((state) => ({ view, pastAt: null, heardAt, version: state.version + 1 }))
}

export function setStatus(status: FeedStatus): void {
  useViewStore.setState({ status })
}

export function setAbout(about: About): void {
  useViewStore.setState({ about, skewMs: about.serverTimeMs - Date.now() })
}

/** Forgets the cluster, for a new token. */
export function forgetView(): void {
  aside = null
  useViewStore.setState({
    view: emptyClusterView(),
    pastAt: null,
    known: false,
    about: null,
    status: { type: 'connecting' },
  })
}

/** What `read` finds in the view, again whenever it changed. `read` must not depend on anything else. */
export function useCluster<T>(read: (view: ClusterView) => T): T {
  const version = useViewStore((state) => state.version)
  const view = useViewStore((state) => state.view)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the view is folded in place, `version` tells of it
  return useMemo(() => read(view), [view, version, read])
}

/** Like useCluster for a number, text or truth value: draws again only when it is another one. */
export function useClusterValue<T extends string | number | boolean | null>(read: (view: ClusterView) => T): T {
  // `version` is read by nobody here: every change of the store asks `read` anew.
  return useViewStore((state) => read(state.view))
}

const NO_SESSIONS: ReadonlySet<string> = new Set()

/** The gateway's own sessions, present and past: what they do, they do for this page and others like it. */
export function useOwnSessions(): ReadonlySet<string> {
  const about = useViewStore((state) => state.about)
  return useMemo(() => {
    if (!about) return NO_SESSIONS
    const { gatewaySession, formerGatewaySessions } = about
    return new Set(gatewaySession === null ? formerGatewaySessions : [gatewaySession, ...formerGatewaySessions])
  }, [about])
}

/** Now, by the servers' clock; the moment that is shown, when that is one of the past. */
export function serverNow(): number {
  return useViewStore.getState().pastAt ?? presentNow()
}

/** Now, by the servers' clock, whatever is shown. */
export function presentNow(): number {
  return Date.now() + useViewStore.getState().skewMs
}
