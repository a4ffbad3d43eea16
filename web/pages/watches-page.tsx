// Watches: who watches what; each trigger and its fan-out.

import { useMemo, useState } from 'react'
import { formatCount } from '../i18n/format.ts'
import { useLanguage, useMessages } from '../i18n/messages.ts'
import { PauseButton } from '../panels/pause-button.tsx'
import { useShownWatchLog } from '../panels/shown-rounds.ts'
import { WatchList } from '../panels/watch-list.tsx'
import { useCluster, useViewStore } from '../stores/view-store.ts'
import { Command } from '../ui/copy-button.tsx'
import { Empty, Skeleton } from '../ui/states.tsx'
import { membersInOrder } from '../viz/ensemble-answer.ts'
import { groupWatches, watchRows } from '../viz/watch-groups.ts'

export function WatchesPage() {
  const { watches: words } = useMessages()
  const language = useLanguage()
  const [filter, setFilter] = useState('')
  const known = useViewStore((state) => state.known)
  const connect = useViewStore((state) => state.about?.connectString.split(',')[0] ?? '127.0.0.1:2181')
  const total = useCluster((view) => membersInOrder(view).reduce((sum, member) => sum + member.watches, 0))
  const { log } = useShownWatchLog()
  const newest = log.at(-1)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the log grows in place, its newest entry tells of it
  const groups = useMemo(() => groupWatches(log), [log, newest])
  const rows = watchRows(groups, filter)
  const listed = groups.reduce((sum, group) => sum + group.lives.length, 0)
  if (!known) {
    return (
      <div className="page-skeleton">
        <Skeleton rows={12} />
      </div>
    )
  }
  if (groups.length === 0) {
    return (
      <Empty title={words.emptyTitle}>
        <p>{words.emptyText}</p>
        <Command text={`zkCli.sh -server ${connect} get -w /hello`} />
        <Command text={`zkCli.sh -server ${connect} set /hello again`} />
      </Empty>
    )
  }
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
        <span className="tertiary">{words.summary(formatCount(listed, language), formatCount(total, language))}</span>
        <span className="end">
          <PauseButton newer={0} />
        </span>
      </div>
      {rows.length === 0 ? <Empty title={words.noMatch(filter)} /> : <WatchList rows={rows} />}
    </>
  )
}
