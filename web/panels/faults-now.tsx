// What is broken now, each with the time that it still has: the text mirror of the ring's broken links.

import { formatAge } from '../i18n/format.ts'
import { useNow } from '../stores/clock.ts'
import { useCluster } from '../stores/view-store.ts'
import { MemberMark } from '../ui/tags.tsx'
import { Visible } from '../ui/visible.tsx'
import { useMessages } from '../ui/words.ts'

export function FaultsNow() {
  const { story, units } = useMessages()
  const now = useNow()
  const faults = useCluster((view) => view.faults.filter(({ endsAt }) => endsAt !== null && endsAt > now))
  if (faults.length === 0) return null
  return (
    <section className="faults-now" aria-label={story.faultsNow}>
      <h2>{story.faultsNow}</h2>
      <ul>
        {faults.map(({ id, text, sids, endsAt }) => (
          <li key={id}>
            <span className="faults-sids">
              {sids.map((sid) => (
                <MemberMark key={sid} sid={sid} />
              ))}
            </span>
            <span className="feed-words">
              <Visible text={text} />
            </span>
            <span className="tertiary">{story.faultLeft(formatAge((endsAt ?? now) - now, units))}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
