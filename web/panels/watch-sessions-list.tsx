// The watches of the log by session: what each sleeps on, and which of its watches fired.

import { formatCount } from '../i18n/format.ts'
import { select, useRoute } from '../stores/route-store.ts'
import { MemberMark, SessionTag } from '../ui/tags.tsx'
import { VirtualList } from '../ui/virtual-list.tsx'
import { useLanguage, useMessages } from '../ui/words.ts'
import type { SessionWatches, SessionWatchRow } from '../viz/watch-sessions.ts'
import { LifeContent, WatchColumns } from './watch-list.tsx'

const ROW_PX = 28

function keyOf(row: SessionWatchRow): string {
  if (row.type === 'session') return `session ${row.watches.session}`
  return row.type === 'life' ? row.life.key : `rest ${row.session}`
}

function sessionOf(row: SessionWatchRow): string {
  if (row.type === 'session') return row.watches.session
  return row.type === 'life' ? row.life.session : row.session
}

interface WatchSessionsListProps {
  readonly rows: readonly SessionWatchRow[]
  readonly gaps: ReadonlyMap<string, number | null>
}

export function WatchSessionsList({ rows, gaps }: WatchSessionsListProps) {
  const { watches: words } = useMessages()
  const language = useLanguage()
  const selection = useRoute((route) => route.selection)
  const session = selection?.type === 'session' ? selection.session : null
  const isChosen = (row: SessionWatchRow) => row.type === 'session' && row.watches.session === session
  return (
    <>
      <WatchColumns second={words.columns.path} />
      <VirtualList
        label={words.bySessionLabel}
        rows={rows}
        rowHeight={ROW_PX}
        keyOf={keyOf}
        chosen={session === null ? -1 : rows.findIndex(isChosen)}
        onPick={(row) => select({ type: 'session', session: sessionOf(row) })}
        attributes={(row) => ({
          role: 'option',
          className: row.type === 'session' ? 'watch-group pickable' : 'watch-columns pickable',
          'aria-selected': isChosen(row),
        })}
        render={(row) =>
          row.type === 'session' ? (
            <SessionContent watches={row.watches} />
          ) : row.type === 'life' ? (
            <LifeContent life={row.life} gap={gaps.get(row.life.key)} named="path" />
          ) : (
            <span className="tertiary rest">{words.more(formatCount(row.count, language))}</span>
          )
        }
      />
    </>
  )
}

function SessionContent({ watches }: { readonly watches: SessionWatches }) {
  const { watches: words } = useMessages()
  const language = useLanguage()
  return (
    <>
      <span className="group-path">
        <MemberMark sid={watches.sid} /> <SessionTag session={watches.session} />
      </span>
      <span className="secondary">{watches.fired > 0 && words.firedCount(formatCount(watches.fired, language))}</span>
      <span className="tertiary end">
        {watches.waiting > 0 && words.waitingCount(formatCount(watches.waiting, language))}
      </span>
    </>
  )
}
