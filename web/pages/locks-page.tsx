// Locks: first what is contended, then, of one, who holds, who waits, since when, for whom and why.

import { useEffect } from 'react'
import { AllLocks } from '../panels/locks/all-locks.tsx'
import { OneLock } from '../panels/locks/one-lock.tsx'
import { loadDirectories, openLock } from '../stores/lock-store.ts'
import { useRoute } from '../stores/route-store.ts'
import { useViewStore } from '../stores/view-store.ts'

export function LocksPage() {
  const path = useRoute((route) => route.lock)
  const live = useViewStore((state) => state.status.type === 'live')
  useEffect(() => {
    if (live) void loadDirectories()
  }, [live])
  useEffect(() => {
    if (live) void openLock(path)
  }, [live, path])
  return path === null ? <AllLocks /> : <OneLock path={path} />
}
