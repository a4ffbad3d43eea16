// The chronicle as the page holds it, beside the view: folded in place, and read again whenever the view's
// version moves.

import { useMemo } from 'react'
import { type Chronicle, emptyChronicle } from '../viz/chronicle/chronicle.ts'
import { useViewStore } from './view-store.ts'

let chronicle = emptyChronicle()
/** Of the moment of the past that is shown; null: the present is. */
let past: Chronicle | null = null

/** The one to be shown. */
export function currentChronicle(): Chronicle {
  return past ?? chronicle
}

/** The one of the present, for folding events into it, whatever is shown. */
export function presentChronicle(): Chronicle {
  return chronicle
}

/** Null: the present's. Tell the view's store afterwards. */
export function showChronicle(shown: Chronicle | null): void {
  past = shown
}

export function forgetChronicle(): void {
  chronicle = emptyChronicle()
  past = null
}

/** What `read` finds in the chronicle, again whenever something was heard. */
export function useChronicle<T>(read: (chronicle: Chronicle) => T): T {
  const version = useViewStore((state) => state.version)
  // biome-ignore lint/correctness/useExhaustiveDependencies: folded in place, `version` tells of it
  return useMemo(() => read(currentChronicle()), [version, read])
}
