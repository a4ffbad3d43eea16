// The page's narrow form, where the inspector is a sheet over the view. The same limit stands in frame.css.

import { useSyncExternalStore } from 'react'

const query = matchMedia('(max-width: 900px)')

function subscribe(listener: () => void): () => void {
  query.addEventListener('change', listener)
  return () => query.removeEventListener('change', listener)
}

export function isNarrow(): boolean {
  return query.matches
}

export function useNarrow(): boolean {
  return useSyncExternalStore(subscribe, isNarrow)
}
