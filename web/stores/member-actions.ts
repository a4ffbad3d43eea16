// What a person can do to a member's process. Failures become notices; success shows itself in the events.

import { create } from 'zustand'
import { ask } from './ask.ts'
import { tell } from './notice-store.ts'

export type MemberAction = 'kill' | 'start' | 'stop' | 'pause' | 'resume'

/** Which members have an order under way. */
export const useOrders = create<{
  readonly busy: ReadonlySet<number>
  readonly confirming: { readonly sid: number; readonly action: MemberAction } | null
}>(() => ({ busy: new Set(), confirming: null }))

export function askFirst(sid: number, action: MemberAction): void {
  useOrders.setState({ confirming: { sid, action } })
}

export function neverMind(): void {
  useOrders.setState({ confirming: null })
}

export async function order(sid: number, action: MemberAction): Promise<void> {
  useOrders.setState(({ busy }) => ({ busy: new Set([...busy, sid]) }))
  const answer = await ask(`member:${action}`, { sid })
  useOrders.setState(({ busy }) => ({ busy: new Set([...busy].filter((other) => other !== sid)) }))
  if (!answer.ok) tell(answer.message)
}
