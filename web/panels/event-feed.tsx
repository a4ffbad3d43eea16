// What happened, newest first, as a colleague would tell it; repeats are counted, the reason stands beside it.

import { memo, useMemo } from 'react'
import { formatClock } from '../i18n/format.ts'
import type { Messages } from '../i18n/languages.ts'
import { currentChronicle } from '../stores/chronicle-store.ts'
import { select } from '../stores/route-store.ts'
import { useClusterValue, useOwnSessions, useViewStore } from '../stores/view-store.ts'
import { Ago } from '../ui/times.tsx'
import { Visible } from '../ui/visible.tsx'
import { useMessages } from '../ui/words.ts'
import { type FeedEntry, feedEntries } from '../viz/chronicle/feed.ts'
import { TimelineGlyph } from './timeline-glyph.tsx'

const SHOWN = 60

export function feedSentence({ kind, sid, count }: FeedEntry, story: Messages['story']): string {
  // Faults may be on several members; the text beside it says on whom.
  if (sid === null && (kind === 'fault' || kind === 'healed')) return story.anywhere[kind]
  return story.sayings[kind](String(sid ?? '–'), count)
}

const WAYS = ['DIFF', 'TRUNC', 'SNAP'] as const

/** The reason behind it, where one is known. Sessions and zxids say nothing in a sentence. */
function reasonOf({ kind, detail }: FeedEntry, story: Messages['story']): string {
  if (kind === 'sync') {
    const [how, count] = detail.split(' ')
    const way = WAYS.find((each) => each === how)
    if (!way) return ''
    return count === undefined ? story.ways[way] : `${story.ways[way]} (${story.sent(Number(count))})`
  }
  if (kind === 'fault' || kind === 'healed') return detail
  return kind === 'killed' || kind === 'looking' || kind === 'stopped' || kind === 'disconnected' ? detail : ''
}

export function EventFeed() {
  const { story } = useMessages()
  const own = useOwnSessions()
  const view = useViewStore((state) => state.view)
  const stamp = useClusterValue(({ markers }) => {
    const { notes, syncs } = currentChronicle()
    return `${markers.at(-1)?.t} ${markers.length} ${notes.at(-1)?.t} ${notes.length} ${syncs.at(-1)?.count}`
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: both are folded in place, the stamp tells of it
  const entries = useMemo(() => feedEntries(view, currentChronicle(), own).slice(0, SHOWN), [stamp, own, view])
  return (
    <section className="feed" aria-label={story.feed}>
      <h2 title={story.feedSince}>{story.feed}</h2>
      {entries.length === 0 && <p className="tertiary">{story.feedEmpty}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */}
      <ol className="feed-list" tabIndex={0} aria-label={story.feed}>
        {entries.map((entry) => (
          <FeedItem key={`${entry.kind} ${entry.sid} ${entry.t}`} entry={entry} />
        ))}
      </ol>
      <p className="hidden" role="log" aria-live="polite">
        {entries[0] ? feedSentence(entries[0], story) : ''}
      </p>
    </section>
  )
}

const GRAVE: ReadonlySet<FeedEntry['kind']> = new Set(['killed', 'unheard', 'dropped', 'expired'])

/** Entries are made anew whenever one comes: drawn again is one that tells something else. */
const FeedItem = memo(FeedLine, (a, b) => JSON.stringify(a.entry) === JSON.stringify(b.entry))

function FeedLine({ entry }: { readonly entry: FeedEntry }) {
  const { story } = useMessages()
  const { t, sid, kind } = entry
  const reason = reasonOf(entry, story)
  return (
    <li className="feed-item" data-grave={GRAVE.has(kind) ? '' : undefined}>
      <FeedMark entry={entry} />
      <span className="feed-words">
        {sid === null ? (
          feedSentence(entry, story)
        ) : (
          <button type="button" className="feed-pick" onClick={() => select({ type: 'member', sid })}>
            {feedSentence(entry, story)}
          </button>
        )}
        {reason !== '' && (
          <span className="tertiary feed-reason">
            <Visible text={reason} />
          </span>
        )}
      </span>
      <span className="tertiary feed-time" title={formatClock(t, true)}>
        <Ago t={t} />
      </span>
    </li>
  )
}

/** The timeline's mark where there is one, else a small dot. */
function FeedMark({ entry: { kind, sid } }: { readonly entry: FeedEntry }) {
  switch (kind) {
    case 'epoch':
    case 'looking':
    case 'killed':
    case 'started':
    case 'sync':
    case 'stopped':
    case 'paused':
    case 'resumed':
    case 'left':
    case 'fault':
    case 'healed':
      return <TimelineGlyph type={kind} sid={sid} />
    default:
      return <span className="feed-dot" aria-hidden="true" />
  }
}
