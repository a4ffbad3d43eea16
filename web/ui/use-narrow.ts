// Whether the page is in its narrow form, where the inspector is a sheet over the view. Same limit as frame.css.

import { useSyncExternalStore } from 'react'

const narrow = matchMedia('(max-width: 900px)')

function subscribe(listener: () => void): () => void {
  narrow.addEventListener('change', listener)
  return () => narrow.removeEventListener('change', listener)
}

export function useNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => narrow.matches)
}
