// The route as a store, kept equal to the address bar. History entries carry the tab's state (the access
// token) along; see feeds/access-token.ts.

import { create } from 'zustand'
import { isNarrow } from './narrow.ts'
import { formatRoute, parseRoute, type Route, type Selection, sameSelection, type ViewName } from './route.ts'

export const useRoute = create<Route>(() => parseRoute(location.search))

/** Changes parts of the route and the address bar with it. */
export function navigate(patch: Partial<Route>, how: 'push' | 'replace' = 'push'): void {
  const next = { ...useRoute.getState(), ...patch }
  const url = location.pathname + formatRoute(next)
  if (url !== location.pathname + location.search) {
    if (how === 'push') history.pushState(history.state, '', url)
    else history.replaceState(history.state, '', url)
  }
  useRoute.setState(next, true)
}

/** Shows `selection` in the inspector; moving on from one selection to the next does not fill the history. */
export function select(selection: Selection | null): void {
  const before = useRoute.getState().selection
  if (sameSelection(before, selection)) return
  navigate({ selection }, before === null || selection === null || before.type !== selection.type ? 'push' : 'replace')
}

/** Where the inspector is a sheet over the view, it makes room for the new one. */
export function openView(view: ViewName): void {
  navigate(isNarrow() ? { view, selection: null } : { view })
}

/** Follows the browser's back and forward buttons. Returns how to stop. */
export function followHistory(): () => void {
  const onPop = () => useRoute.setState(parseRoute(location.search), true)
  addEventListener('popstate', onPop)
  return () => removeEventListener('popstate', onPop)
}
