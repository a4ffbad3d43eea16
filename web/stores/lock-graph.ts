// Who waits for whom over all locks, asked for again every two seconds as long as somebody looks at it.

import { useEffect, useState } from 'react'
import type { LockGraph } from '#shared/events/lock-requests.ts'
import { ask } from './ask.ts'
import { loadDirectories } from './lock-store.ts'
import { useViewStore } from './view-store.ts'

const AGAIN_MS = 2000

export type GraphState =
  | { readonly type: 'loading' }
  | { readonly type: 'ready'; readonly graph: LockGraph }
  | { readonly type: 'failed'; readonly message: string }

/** Calls `look` now and every two seconds while the page is connected, and seen. */
function useLookAgain(look: () => void, on: boolean): void {
  const live = useViewStore((state) => state.status.type === 'live')
  useEffect(() => {
    if (!live || !on) return
    look()
    const timer = setInterval(() => {
      if (!document.hidden) look()
    }, AGAIN_MS)
    return () => clearInterval(timer)
  }, [look, live, on])
}

export function useLockGraph(): GraphState {
  const [state, setState] = useState<GraphState>({ type: 'loading' })
  const [look] = useState(() => () => {
    void ask('locks:graph', {}).then((answer) =>
      setState((before) => {
        if (answer.ok) return { type: 'ready', graph: answer.value }
        return before.type === 'ready' ? before : { type: 'failed', message: answer.message }
      }),
    )
  })
  useLookAgain(look, true)
  return state
}

const lookAtAll = () => void loadDirectories()

/** Keeps the figures of all locks current; they change also when no directory comes or goes. */
export function useFreshDirectories(): void {
  useLookAgain(lookAtAll, true)
}
