// A list that changes faster than anybody can read is shown as it was a moment ago: new rows cost the browser
// far more than their data. While little happens, every change shows at once.

import { useRef } from 'react'

/** New rows a second, above which the list is held. */
const READABLE_PER_S = 100
const HOLD_MS = 400

interface Held<T> {
  list: readonly T[]
  at: number
  newest: string | null
  total: number
}

/** `total` only grows, by one for each row that ever came. */
export function useCalm<T>(list: readonly T[], total: number, newest: string | null): readonly T[] {
  const held = useRef<Held<T>>({ list, at: 0, newest: null, total })
  const now = performance.now()
  const since = now - held.current.at
  const came = total - held.current.total
  const busy = came > 0 && (came * 1000) / Math.max(since, 100) > READABLE_PER_S
  if (busy && since < HOLD_MS) return held.current.list
  if (newest !== held.current.newest || !busy) held.current = { list: busy ? [...list] : list, at: now, newest, total }
  return held.current.list
}
