// Which world the page shows, and how fresh it is: LIVE, or STALE while the gateway cannot be heard; and the
// banner that says what is being done about it.

import { useEffect, useState } from 'react'
import { formatAgo } from '../i18n/format.ts'
import { retryNow } from '../stores/ask.ts'
import { useViewStore } from '../stores/view-store.ts'
import { Icon } from '../ui/icon.tsx'
import { useMessages } from '../ui/words.ts'

export function WorldBadge() {
  const { frame, recordings } = useMessages()
  const recorded = useViewStore((state) => state.about?.recording !== undefined)
  const status = useViewStore((state) => state.status.type)
  const known = useViewStore((state) => state.known)
  if (status === 'live' && recorded) {
    return (
      <span className="world" data-world="recording" title={recordings.badgeHint}>
        <Icon name="play" size={12} />
        {recordings.badge}
      </span>
    )
  }
  if (status === 'live') {
    return (
      <span className="world" data-world="live" title={frame.liveHint}>
        <Icon name="live" size={12} />
        {frame.live}
      </span>
    )
  }
  const stale = status === 'lost' && known
  return (
    <span className="world" data-world={stale ? 'stale' : 'connecting'}>
      <Icon name="pause" size={12} />
      {stale ? frame.stale : frame.connecting}
    </span>
  )
}

/** This browser's clock, four times a second while mounted. */
function useCountdownClock(): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 250)
    return () => clearInterval(timer)
  }, [])
  return now
}

export function LostBanner() {
  const status = useViewStore((state) => state.status)
  return status.type === 'lost' ? <Countdown since={status.since} retryAt={status.retryAt} /> : null
}

function Countdown({ since, retryAt }: { readonly since: number; readonly retryAt: number }) {
  const { frame, units } = useMessages()
  const now = useCountdownClock()
  const seconds = Math.ceil((retryAt - now) / 1000)
  return (
    <div className="banner" role="alert">
      <p>
        {frame.lost(formatAgo(now - since, units))}{' '}
        <span aria-live="off">{seconds > 0 ? frame.retryIn(seconds) : frame.retrying}</span>
      </p>
      <button type="button" className="button small" onClick={retryNow}>
        {frame.retryNow}
      </button>
    </div>
  )
}
