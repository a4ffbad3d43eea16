// What the one who looks at this page may do, as the gateway says. Buttons for the rest stay where they are and say
// why they do nothing; the gateway checks every request itself.

import { create } from 'zustand'
import type { ApiDescription } from '#shared/events/socket-protocol.ts'
import type { AskName } from '../feeds/feed.ts'
import { ask } from './ask.ts'
import { useViewStore } from './view-store.ts'

interface Rights {
  /** Null until the gateway said. */
  readonly api: ApiDescription | null
}

export const useRights = create<Rights>(() => ({ api: null }))

export async function askRights(): Promise<void> {
  const answer = await ask('api:describe', {})
  if (answer.ok) useRights.setState({ api: answer.value })
}

/** Why something cannot be asked now; null when it can. */
export type Barrier = { readonly type: 'offline' } | { readonly type: 'role'; readonly role: string }

export function useBarrier(name: AskName): Barrier | null {
  const live = useViewStore((state) => state.status.type === 'live')
  const operation = useRights((state) => state.api?.operations.find((each) => each.name === name))
  if (!live) return { type: 'offline' }
  return operation && !operation.allowed ? { type: 'role', role: operation.role } : null
}
