// What the one who looks at this page may do, as the gateway says. Buttons for the rest stay where they are and say
// why they do nothing; the gateway checks every request itself.

import { create } from 'zustand'
import type { ApiDescription, Role } from '#shared/events/socket-protocol.ts'
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
export type Barrier =
  | { readonly type: 'offline' }
  | { readonly type: 'role'; readonly role: string }
  /** Whoever asks: this cluster is read-only, or not one that this can be done to. */
  | { readonly type: 'readOnly' }
  | { readonly type: 'notHere' }

/** Operations that no attached cluster takes, read-only or not. */
const OF_MEMBERS = /^(?:member|ensemble|fault|session|workload|scenario):/
const RANK: Record<Role, number> = { viewer: 0, operator: 1, admin: 2 }

export function useBarrier(name: AskName): Barrier | null {
  const live = useViewStore((state) => state.status.type === 'live')
  const operation = useRights((state) => state.api?.operations.find((each) => each.name === name))
  const role = useRights((state) => state.api?.role)
  const readOnly = useViewStore((state) => state.about?.attached?.readOnly === true)
  if (!live) return { type: 'offline' }
  if (!operation || operation.allowed || role === undefined) return null
  if (RANK[role] < RANK[operation.role]) return { type: 'role', role: operation.role }
  return { type: readOnly && !OF_MEMBERS.test(name) ? 'readOnly' : 'notHere' }
}

/** The sentence of a barrier. */
export function whyNot(
  barrier: Barrier,
  words: {
    readonly offline: string
    readonly role: (role: string) => string
    readonly readOnly: string
    readonly notHere: string
  },
): string {
  return barrier.type === 'role' ? words.role(barrier.role) : words[barrier.type]
}
