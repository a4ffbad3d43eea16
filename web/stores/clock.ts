// One shared, slow clock for everything that says "3 s ago". It stops while nobody looks.

import { useSyncExternalStore } from 'react'
import { serverNow } from './view-store.ts'

const TICK_MS = 1000
const listeners = new Set<() => void>()
let now = serverNow()
let timer: ReturnType<typeof setInterval> | undefined

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    if (document.hidden) return
    now = serverNow()
    for (const each of listeners) each()
  }, TICK_MS)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** At once: another moment is shown. */
export function renewNow(): void {
  now = serverNow()
  for (const each of listeners) each()
}

/** Server time in ms since 1970, renewed once a second; stands still while the past is shown. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now)
}
