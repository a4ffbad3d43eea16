// The chronicle as the page holds it, beside the view: folded in place, and read again whenever the view's
// version moves.

import { useMemo } from 'react'
import { type Chronicle, emptyChronicle } from '../viz/chronicle/chronicle.ts'
import { useViewStore } from './view-store.ts'

let chronicle = emptyChronicle()

export function currentChronicle(): Chronicle {
  return chronicle
}

export function forgetChronicle(): void {
  chronicle = emptyChronicle()
}

/** What `read` finds in the chronicle, again whenever something was heard. */
export function useChronicle<T>(read: (chronicle: Chronicle) => T): T {
  const version = useViewStore((state) => state.version)
  // biome-ignore lint/correctness/useExhaustiveDependencies: folded in place, `version` tells of it
  return useMemo(() => read(chronicle), [version, read])
}
