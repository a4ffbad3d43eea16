// What clients believe about a lock beside what the servers know: each that differs, with what its fencing token is worth.

import type { LockView } from '#shared/events/socket-protocol.ts'
import { formatCount } from '../../i18n/format.ts'
import { useNow } from '../../stores/clock.ts'
import { useCluster } from '../../stores/view-store.ts'
import { SessionTag } from '../../ui/tags.tsx'
import { useDuration } from '../../ui/times.tsx'
import { Visible } from '../../ui/visible.tsx'
import { useLanguage, useMessages } from '../../ui/words.ts'
import { type Belief, lockBeliefs } from '../../viz/locks/beliefs.ts'

const SHOWN = 5

export function LockBeliefs({ lock }: { readonly lock: LockView }) {
  const { lockDetail: words } = useMessages()
  const language = useLanguage()
  const workloads = useCluster((view) => view.workloads)
  const { differ, reported, leftOut } = lockBeliefs(lock, workloads)
  if (reported === 0) return null
  const count = (n: number) => formatCount(n, language)
  return (
    <section className="beliefs" aria-label={words.beliefs} data-differ={differ.length > 0 ? '' : undefined}>
      <p className={differ.length === 0 ? 'tertiary' : undefined}>
        {differ.length === 0
          ? words.beliefsAgree(reported, count(reported))
          : words.beliefsDiffer(differ.length, count(differ.length), count(reported))}
        {leftOut > 0 && <span className="tertiary"> {words.beliefsLeftOut(count(leftOut))}</span>}
      </p>
      {differ.length > 0 && (
        <ul>
          {differ.slice(0, SHOWN).map((belief) => (
            <BeliefRow key={belief.key} belief={belief} />
          ))}
        </ul>
      )}
    </section>
  )
}

function BeliefRow({ belief }: { readonly belief: Belief }) {
  const { lockDetail: words } = useMessages()
  const duration = useDuration()
  const now = useNow()
  const ago = (t: number) => duration(Math.max(0, now - t))
  const { name, session, verdict, believes, sinceMs, truth, truthMs, token, newer, checks } = belief
  return (
    <li>
      <span className="belief-who">
        <b>
          <Visible text={name} />
        </b>{' '}
        <SessionTag session={session} /> {words.believes[believes](ago(sinceMs))}
        <span className="badge-word">{verdict === 'stale' ? words.stale : words.unaware}</span>
      </span>
      <span className="secondary">
        {words.truth[truth]} {truthMs !== null && <span className="tertiary">({words.endedAgo(ago(truthMs))})</span>}
      </span>
      {verdict === 'stale' && token !== null && (
        <span className={newer === null ? 'secondary' : 'behind'}>
          {newer === null ? words.tokenNewest(token) : words.tokenOlder(token, newer)}{' '}
          {checks !== null && <span className="secondary">{checks ? words.resourceChecks : words.resourceTrusts}</span>}
        </span>
      )}
    </li>
  )
}
