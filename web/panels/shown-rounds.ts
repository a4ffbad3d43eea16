// The rounds that a person sees: the live ones, or those of the moment when they paused.

import type { RoundView, WatchLogEntry } from '#shared/events/cluster-view.ts'
import { usePause } from '../stores/pause-store.ts'
import { useCluster } from '../stores/view-store.ts'

interface Shown {
  /** Oldest first. */
  readonly rounds: readonly RoundView[]
  /** Rounds that came after the pause. */
  readonly newer: number
  readonly paused: boolean
}

/** Live rounds, or the paused ones and how many are newer. */
export function useShownRounds(): Shown {
  const frozen = usePause((state) => state.frozen)
  const live = useCluster((view) => view.rounds)
  if (!frozen) return { rounds: live, newer: 0, paused: false }
  const last = frozen.rounds.at(-1)?.txn.zxid
  const at = live.findLastIndex((round) => round.txn.zxid === last)
  return { rounds: frozen.rounds, newer: live.length - 1 - at, paused: true }
}

export function useShownWatchLog(): { readonly log: readonly WatchLogEntry[]; readonly paused: boolean } {
  const frozen = usePause((state) => state.frozen)
  const live = useCluster((view) => view.watchLog)
  return frozen ? { log: frozen.watchLog, paused: true } : { log: live, paused: false }
}
