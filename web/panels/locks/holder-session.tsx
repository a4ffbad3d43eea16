// The session of whoever holds a lock, as a timeout that drains while nothing is heard of it.

import { useChronicle } from '../../stores/chronicle-store.ts'
import { useNow } from '../../stores/clock.ts'
import { useCluster } from '../../stores/view-store.ts'
import { SessionTag } from '../../ui/tags.tsx'
import { useDuration } from '../../ui/times.tsx'
import { useMessages } from '../../ui/words.ts'
import { sessionLease } from '../../viz/locks/lease.ts'

export function HolderSession({ session }: { readonly session: string }) {
  const { lockView: words } = useMessages()
  const duration = useDuration()
  const now = useNow()
  const chronicle = useChronicle((heard) => heard)
  const view = useCluster((cluster) => cluster)
  const lease = sessionLease(view, chronicle, session, now)
  return (
    <span className="holder-session">
      <span className="tertiary">{words.holderSession}</span> <SessionTag session={session} />
      {lease === null ? (
        <span className="tertiary">{words.sessionUnknown}</span>
      ) : (
        <>
          <span className="lease" data-low={lease.part < 1 / 3 ? '' : undefined} aria-hidden="true">
            <span style={{ width: `${lease.part * 100}%` }} />
          </span>
          <span className={lease.silentMs === null ? 'tertiary' : 'behind'}>
            {lease.silentMs === null
              ? words.heldConnected(duration(lease.timeoutMs))
              : words.heldBy(duration(lease.silentMs), duration(lease.leftMs), duration(lease.timeoutMs))}
          </span>
        </>
      )}
    </span>
  )
}
