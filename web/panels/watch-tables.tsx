// Watches of an attached cluster: who watches what now, as its servers list it. Nobody tells when one is set or fires, so
// there is no log of them; the tables are asked for again while somebody looks.

import { useEffect, useState } from 'react'
import type { WatchList } from '#shared/events/operator-requests.ts'
import { ask } from '../stores/ask.ts'
import { useOwnSessions, useViewStore } from '../stores/view-store.ts'
import { Empty, Skeleton } from '../ui/states.tsx'
import { MemberMark, PathTag, SessionTag } from '../ui/tags.tsx'
import { Visible } from '../ui/visible.tsx'
import { useMessages } from '../ui/words.ts'

/** The gateway asks a server for them no more often. */
const AGAIN_MS = 5000
const ROWS_MAX = 500
const SESSIONS_SHOWN = 8

type Tables =
  | { readonly type: 'loading' }
  | { readonly type: 'ready'; readonly list: WatchList }
  | { readonly type: 'failed'; readonly message: string }

function useTables(): Tables {
  const [tables, setTables] = useState<Tables>({ type: 'loading' })
  const live = useViewStore((state) => state.status.type === 'live')
  useEffect(() => {
    if (!live) return
    let over = false
    const look = async () => {
      const answer = await ask('watches:list', { limit: ROWS_MAX })
      if (over) return
      setTables((before) =>
        answer.ok
          ? { type: 'ready', list: answer.value }
          : before.type === 'ready'
            ? before
            : { type: 'failed', message: answer.message },
      )
    }
    void look()
    const timer = setInterval(() => {
      if (!document.hidden) void look()
    }, AGAIN_MS)
    return () => {
      over = true
      clearInterval(timer)
    }
  }, [live])
  return tables
}

export function WatchTables() {
  const { attached: words } = useMessages()
  const tables = useTables()
  const own = useOwnSessions()
  if (tables.type === 'loading')
    return (
      <div className="page-skeleton">
        <Skeleton rows={8} />
      </div>
    )
  if (tables.type === 'failed')
    return (
      <Empty title={words.whoWatches}>
        <p role="alert">
          <Visible text={tables.message} />
        </p>
      </Empty>
    )
  const { watches, complete, silent } = tables.list
  const rows = watches
    .map((row) => ({ ...row, sessions: row.sessions.filter((session) => !own.has(session)) }))
    .filter(({ sessions }) => sessions.length > 0)
  const silence = silent.length > 0 ? words.silentServers(silent.join(', ')) : null
  if (rows.length === 0)
    return (
      <Empty title={words.whoWatches}>
        <p>{silence ?? words.noWatches}</p>
      </Empty>
    )
  return (
    <div className="watch-tables">
      <p className="tertiary">
        {words.whoWatches}
        {complete ? '' : ` · ${words.notAllWatches}`}
        {silence === null ? '' : ` · ${silence}`}
      </p>
      <Rows rows={rows} />
    </div>
  )
}

function Rows({ rows }: { readonly rows: WatchList['watches'] }) {
  const { attached: words, sessions } = useMessages()
  return (
    <table className="plain" aria-label={words.whoWatches}>
      <thead>
        <tr>
          <th scope="col">{sessions.columns.member}</th>
          <th scope="col">Znode</th>
          <th scope="col">{words.watchers}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ sid, path, sessions: watchers }) => (
          <tr key={`${sid} ${path}`}>
            <td>
              <MemberMark sid={sid} />
            </td>
            <td>
              <PathTag path={path} />
            </td>
            <td className="watchers">
              {watchers.slice(0, SESSIONS_SHOWN).map((session) => (
                <SessionTag key={session} session={session} />
              ))}
              {watchers.length > SESSIONS_SHOWN && <span>+{watchers.length - SESSIONS_SHOWN}</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
