// The rows of the Sessions view, and one session of them, kept current.

import type { SessionRow } from '../viz/session-rows.ts'
import { sessionRows } from '../viz/session-rows.ts'
import { currentChronicle } from './chronicle-store.ts'
import { useNow } from './clock.ts'
import { useLocks } from './lock-store.ts'
import { useCluster } from './view-store.ts'

export function useSessionRows(): readonly SessionRow[] {
  const now = useNow()
  const directories = useLocks((state) => state.directories)
  return useCluster((view) =>
    sessionRows(
      view,
      currentChronicle(),
      (directories ?? []).map(({ path }) => path),
      now,
    ),
  )
}
