// Pausing what moves: a paused list shows what it showed when it was paused, and counts what came since.
// The page goes on folding events meanwhile; nothing is lost.

import { create } from 'zustand'
import type { ClusterView, RoundView, WatchLogEntry } from '#shared/events/cluster-view.ts'
import { currentView, serverNow } from './view-store.ts'

export interface Frozen {
  /** When, by the servers' clock. */
  readonly at: number
  readonly rounds: readonly RoundView[]
  readonly watchLog: readonly WatchLogEntry[]
}

/** `null` while live. */
export const usePause = create<{ readonly frozen: Frozen | null }>(() => ({ frozen: null }))

export function togglePause(): void {
  const { frozen } = usePause.getState()
  usePause.setState({ frozen: frozen ? null : freeze(currentView()) })
}

function freeze(view: ClusterView): Frozen {
  return { at: serverNow(), rounds: structuredClone(view.rounds), watchLog: structuredClone(view.watchLog) }
}
