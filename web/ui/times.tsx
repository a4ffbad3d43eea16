// Times and durations as words that keep themselves current, with the exact value on hover.

import { formatAgo, formatDuration, formatExact } from '../i18n/format.ts'
import { useNow } from '../stores/clock.ts'
import { useMessages } from './words.ts'

/** `3 s ago`, exact on hover. `t` by the servers' clock, ms since 1970. */
export function Ago({ t }: { readonly t: number }) {
  const units = useMessages().units
  const now = useNow()
  return (
    <time dateTime={new Date(t).toISOString()} title={formatExact(t)}>
      {formatAgo(now - t, units)}
    </time>
  )
}

export function useDuration(): (ms: number) => string {
  const units = useMessages().units
  return (ms) => formatDuration(ms, units)
}
