// Ensemble: who leads, who lags, how many more failures are survivable, who is connected where.

import { formatCount, formatRate } from '../i18n/format.ts'
import { ElectionView } from '../panels/election-view.tsx'
import { EventFeed } from '../panels/event-feed.tsx'
import { FaultsNow } from '../panels/faults-now.tsx'
import { MemberRing } from '../panels/member-ring.tsx'
import { MemberTable } from '../panels/member-table.tsx'
import { HeldMessages } from '../panels/playground/held-messages.tsx'
import { RingDots } from '../panels/ring-dots.tsx'
import { useNow } from '../stores/clock.ts'
import { offerLink } from '../stores/playground-store.ts'
import { useCluster, useOwnSessions, useViewStore } from '../stores/view-store.ts'
import { Empty, Skeleton } from '../ui/states.tsx'
import { type Size, useSize } from '../ui/use-size.ts'
import { useLanguage, useMessages } from '../ui/words.ts'
import { clientsOf, ensembleAnswer, membersInOrder } from '../viz/ensemble-answer.ts'
import type { RingBox } from '../viz/ring.ts'

const NARROW_PX = 520
const RING_LEAST_PX = 320
/** With words above and below the discs. */
const RING_TALL_PX = 360

function ringBox({ width, height }: Size): RingBox {
  const tall = Math.max(RING_LEAST_PX, height)
  return width < NARROW_PX
    ? { width, height: Math.max(RING_TALL_PX, height), discPx: 24, labelPx: 84, labels: 'outside' }
    : { width, height: tall, discPx: 32, labelPx: 150, labels: 'beside' }
}

export function EnsemblePage() {
  const { ensemble: words, picture } = useMessages()
  const known = useViewStore((state) => state.known)
  const answer = useCluster(ensembleAnswer)
  const [ref, size] = useSize<HTMLDivElement>()
  if (known && answer.members === 0) {
    return (
      <Empty title={words.emptyTitle}>
        <p>{words.emptyText}</p>
      </Empty>
    )
  }
  return (
    <div className="ensemble">
      <div className="ensemble-top">
        <div className="ring-box" ref={ref} data-picture={words.ring} data-legend={picture.ringLegend}>
          {!known && <RingSkeleton />}
          {known && size && size.width > 0 && <MemberRing box={ringBox(size)} onLink={(a, b) => offerLink([a, b])} />}
          {known && size && size.width > 0 && <RingDots box={ringBox(size)} />}
        </div>
        <div className="ensemble-side">
          <Figures />
          {known && <FaultsNow />}
          {known && <EventFeed />}
        </div>
      </div>
      {known && <HeldMessages />}
      {known ? <MemberTable /> : <Skeleton rows={4} rowHeight={32} />}
      {known && <ElectionView />}
    </div>
  )
}

function Figures() {
  const { ensemble: words } = useMessages()
  const language = useLanguage()
  const known = useViewStore((state) => state.known)
  const now = useNow()
  const answer = useCluster(ensembleAnswer)
  const totals = useCluster((view) => view.totals)
  const rates = useCluster((view) => view.writeRate)
  const own = useOwnSessions()
  const clients = useCluster((view) =>
    membersInOrder(view).reduce((sum, member) => sum + clientsOf(view, member, own), 0),
  )
  const lastSecond = Math.floor(now / 1000) - 1
  const rate = rates.findLast(([second]) => second === lastSecond)?.[1] ?? 0
  const figures: (readonly [term: string, value: string, hint?: string])[] = [
    [words.survives, String(Math.max(0, answer.canLose))],
    [words.quorum, words.quorumOf(String(answer.quorum), String(answer.voters))],
    [words.epoch, String(answer.epoch)],
    [words.rate, formatRate(rate, language)],
    [words.committed, formatCount(totals.committed, language)],
    [words.clients, formatCount(clients, language), words.clientsHint],
  ]
  return (
    <>
      <dl className="figures">
        {figures.map(([term, value, hint]) => (
          <div key={term} title={hint}>
            <dt>{term}</dt>
            <dd>{known ? value : <span className="skeleton" />}</dd>
          </div>
        ))}
      </dl>
      {totals.dropped > 0 && <p className="tertiary">{words.dropped(formatCount(totals.dropped, language))}</p>}
    </>
  )
}

function RingSkeleton() {
  return (
    <svg className="ring" viewBox="-170 -150 340 300" width="100%" height={RING_LEAST_PX} aria-hidden="true">
      {[-90, 30, 150].map((degrees) => (
        <circle
          key={degrees}
          className="ring-ghost"
          r="30"
          cx={Math.cos((degrees * Math.PI) / 180) * 116}
          cy={Math.sin((degrees * Math.PI) / 180) * 116}
        />
      ))}
    </svg>
  )
}
