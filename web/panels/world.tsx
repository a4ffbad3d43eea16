// Which world the page shows, and how fresh it is: LIVE, REPLAY for a moment of the past, or STALE while the gateway
// cannot be heard; and the banners: what is being done about that, and that no member serves clients.

import { useEffect, useState } from 'react'
import { formatAgo, formatClock } from '../i18n/format.ts'
import { retryNow } from '../stores/ask.ts'
import { serverNow, useClusterValue, useViewStore } from '../stores/view-store.ts'
import { Icon } from '../ui/icon.tsx'
import { useMessages } from '../ui/words.ts'
import { ensembleAnswer } from '../viz/ensemble-answer.ts'

export function WorldBadge() {
  const { frame } = useMessages()
  const status = useViewStore((state) => state.status.type)
  const known = useViewStore((state) => state.known)
  const past = useViewStore((state) => state.pastAt !== null)
  if (past) {
    return (
      <span className="world" data-world="replay" title={frame.replayHint}>
        <Icon name="pause" size={12} />
        {frame.replay}
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

/** An election takes less, and needs no words of its own. */
const NOBODY_AFTER_MS = 1500

/** The gateway is heard, and no member answers clients: what was read of znodes and locks is from before. */
export function NobodyServes() {
  const { frame } = useMessages()
  const live = useViewStore((state) => state.known && state.status.type === 'live')
  const nobody = useClusterValue((view) => {
    const { members, serving } = ensembleAnswer(view)
    return members > 0 && serving === 0
  })
  const [since, setSince] = useState<number | null>(null)
  useEffect(() => {
    if (!nobody) return
    const timer = setTimeout(() => setSince(serverNow()), NOBODY_AFTER_MS)
    return () => {
      clearTimeout(timer)
      setSince(null)
    }
  }, [nobody])
  if (!live || !nobody || since === null) return null
  return (
    <div className="banner" role="status">
      <p>{frame.nobodyServes(formatClock(since - NOBODY_AFTER_MS))}</p>
    </div>
  )
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
