// Sessions: who is connected where, whose time is running out, and what would go with them.

import { useEffect, useState } from 'react'
import { formatCount } from '../i18n/format.ts'
import { SessionList } from '../panels/session-list.tsx'
import { loadDirectories } from '../stores/lock-store.ts'
import { useSessionRows } from '../stores/session-rows.ts'
import { useCluster, useViewStore } from '../stores/view-store.ts'
import { Command } from '../ui/copy-button.tsx'
import { Empty, Skeleton } from '../ui/states.tsx'
import { useLanguage, useMessages } from '../ui/words.ts'
import { matchesSession } from '../viz/session-rows.ts'

export function SessionsPage() {
  const { sessions: words } = useMessages()
  const language = useLanguage()
  const known = useViewStore((state) => state.known)
  const connect = useViewStore((state) => state.about?.connectString.split(',')[0] ?? '127.0.0.1:2181')
  const counted = useCluster((view) =>
    Object.values(view.members).reduce((sum, member) => sum + (member.serving ? member.connections : 0), 0),
  )
  const rows = useSessionRows()
  const [needle, setNeedle] = useState('')
  // Which ephemerals are places in a lock is known by the directories.
  useEffect(() => void loadDirectories(), [])
  if (!known) {
    return (
      <div className="page-skeleton">
        <Skeleton rows={10} rowHeight={32} />
      </div>
    )
  }
  if (rows.length === 0) {
    return (
      <Empty title={words.emptyTitle}>
        <p>{words.emptyText}</p>
        <Command text={`zkCli.sh -server ${connect}`} />
      </Empty>
    )
  }
  const shown = rows.filter((row) => matchesSession(row, needle))
  const count = (state: 'connected' | 'away') => formatCount(rows.filter((row) => row.state === state).length, language)
  const listed = rows.filter((row) => row.state === 'connected').length
  return (
    <>
      <div className="toolbar">
        <input
          type="search"
          className="field find"
          data-find=""
          placeholder={words.find}
          aria-label={words.find}
          value={needle}
          onChange={(event) => setNeedle(event.target.value)}
        />
        <span className="tertiary">{words.summary(count('connected'), count('away'))}</span>
        {counted > listed + 2 && <span className="tertiary">{words.capped(formatCount(counted, language))}</span>}
      </div>
      {shown.length === 0 ? <Empty title={words.noMatch(needle)} /> : <SessionList rows={shown} />}
    </>
  )
}
