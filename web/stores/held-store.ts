// Messages that the fault `hold` keeps between members: read again and again while somebody looks and something is held,
// and let go one by one. The members hold them; this is only what was heard last.

import { useEffect } from 'react'
import { create } from 'zustand'
import type { HeldAction, HeldList, HeldMessage } from '#shared/events/held-messages.ts'
import { ask } from './ask.ts'
import { tell } from './notice-store.ts'
import { useClusterValue } from './view-store.ts'

const READ_EVERY_MS = 500
const NOTHING: HeldList = { messages: [], more: 0 }

interface HeldState {
  readonly list: HeldList
  readonly busy: boolean
}

export const useHeldMessages = create<HeldState>(() => ({ list: NOTHING, busy: false }))

/** An answer that was asked for before another one arrived is older than it. */
let asked = 0
let heard = 0

async function read(): Promise<void> {
  asked += 1
  const mine = asked
  const answer = await ask('fault:held', {})
  if (answer.ok && mine > heard) hear(mine, answer.value)
}

function hear(at: number, list: HeldList): void {
  heard = at
  useHeldMessages.setState({ list })
}

async function release(from: number, to: number, message: number | null, action: HeldAction): Promise<boolean> {
  useHeldMessages.setState({ busy: true })
  const answer = await ask('fault:release', { from, to, message, action })
  useHeldMessages.setState({ busy: false })
  if (!answer.ok) {
    tell(answer.message)
    return false
  }
  asked += 1
  hear(asked, answer.value)
  return true
}

export const releaseOne = ({ from, to, id }: HeldMessage, action: HeldAction): Promise<boolean> =>
  release(from, to, id, action)

/** Those that are held now; what they cause is held again. */
export async function releaseAll(): Promise<void> {
  const links = new Map(useHeldMessages.getState().list.messages.map(({ from, to }) => [`${from} ${to}`, { from, to }]))
  for (const { from, to } of links.values()) if (!(await release(from, to, null, 'deliver'))) return
}

/** Keeps the list fresh while the caller is on the screen; whether anything is held at all. */
export function useHolding(): boolean {
  const holding = useClusterValue((view) => view.faults.some(({ fault }) => fault === 'hold'))
  useEffect(() => {
    if (!holding) return
    void read()
    const timer = setInterval(() => void read(), READ_EVERY_MS)
    return () => {
      clearInterval(timer)
      asked += 1
      hear(asked, NOTHING)
    }
  }, [holding])
  return holding
}
