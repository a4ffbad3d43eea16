// Watches: who watches what; each trigger and its fan-out.

import { useMemo, useState } from 'react'
import { formatCount } from '../i18n/format.ts'
import { PauseButton } from '../panels/pause-button.tsx'
import { useShownWatchLog } from '../panels/shown-rounds.ts'
import { WatchList } from '../panels/watch-list.tsx'
import { WatchSessionsList } from '../panels/watch-sessions-list.tsx'
import { WatchTables } from '../panels/watch-tables.tsx'
import { useCluster, useOwnSessions, useViewStore } from '../stores/view-store.ts'
import { Command } from '../ui/copy-button.tsx'
import { Segments } from '../ui/segments.tsx'
import { Empty, Skeleton } from '../ui/states.tsx'
import { useLanguage, useMessages } from '../ui/words.ts'
import { membersInOrder } from '../viz/ensemble-answer.ts'
import { endWithConnections, groupWatches, watchLives, watchRows } from '../viz/watch-groups.ts'
import { watchesBySession, watchGaps } from '../viz/watch-sessions.ts'

export function WatchesPage() {
  const { watches: words } = useMessages()
  const language = useLanguage()
  const [filter, setFilter] = useState('')
  const [by, setBy] = useState<'path' | 'session'>('path')
  const known = useViewStore((state) => state.known)
  const attached = useViewStore((state) => state.about?.attached !== undefined)
  const total = useCluster((view) => membersInOrder(view).reduce((sum, member) => sum + member.watches, 0))
  const { log } = useShownWatchLog()
  const own = useOwnSessions()
  const [ownShown, setOwnShown] = useState(false)
  const newest = log.at(-1)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the log grows in place, its newest entry tells of it
  const lives = useMemo(() => watchLives(log), [log, newest])
  const ownCount = useMemo(() => lives.filter((life) => own.has(life.session)).length, [lives, own])
  const shown = ownShown ? lives : lives.filter((life) => !own.has(life.session))
  const gaps = useMemo(() => watchGaps(lives), [lives])
  const ended = useCluster((view) => endWithConnections(shown, view.connections))
  const groups = groupWatches(ended)
  const rows = watchRows(groups, filter)
  const sessionRows = by === 'session' ? watchesBySession(ended, filter) : []
  const listed = groups.reduce((sum, group) => sum + group.lives.length, 0)
  if (!known) {
    return (
      <div className="page-skeleton">
        <Skeleton rows={12} />
      </div>
    )
  }
  if (attached) return <WatchTables />
  if (groups.length === 0 && ownCount === 0) return <Nothing />
  return (
    <>
      <div className="toolbar">
        <input
          type="search"
          className="field find"
          data-find=""
          placeholder={words.filter}
          aria-label={words.filter}
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
        />
        <span className="tertiary" title={words.total(formatCount(total, language))}>
          {words.summary(formatCount(listed, language))}
        </span>
        {ownCount > 0 && (
          <span className="tertiary own-watches">
            {(ownShown ? words.ownShown : words.ownHidden)(ownCount, formatCount(ownCount, language))}
            <button
              type="button"
              className="button small quiet"
              aria-pressed={ownShown}
              onClick={() => setOwnShown(!ownShown)}
            >
              {ownShown ? words.hide : words.show}
            </button>
          </span>
        )}
        <span className="end">
          <Segments
            label={words.groupBy}
            value={by}
            onChange={setBy}
            choices={(['path', 'session'] as const).map((value) => ({ value, label: words.groupings[value] }))}
          />
          <PauseButton newer={0} />
        </span>
      </div>
      {groups.length === 0 ? (
        <Nothing />
      ) : rows.length === 0 ? (
        <Empty title={words.noMatch(filter)} />
      ) : by === 'session' ? (
        <WatchSessionsList rows={sessionRows} gaps={gaps} />
      ) : (
        <WatchList rows={rows} gaps={gaps} />
      )}
    </>
  )
}

function Nothing() {
  const { watches: words } = useMessages()
  const connect = useViewStore((state) => state.about?.connectString.split(',')[0] ?? '127.0.0.1:2181')
  return (
    <Empty title={words.emptyTitle}>
      <p>{words.emptyText}</p>
      <Command text={`zkCli.sh -server ${connect} get -w /hello`} />
      <Command text={`zkCli.sh -server ${connect} set /hello again`} />
    </Empty>
  )
}
