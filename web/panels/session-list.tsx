// Sessions as rows; the time left of one that is away drains as a bar with its seconds beside it.

import { memo } from 'react'
import { formatCount } from '../i18n/format.ts'
import { useNow } from '../stores/clock.ts'
import { select, useRoute } from '../stores/route-store.ts'
import { useOwnSessions, useViewStore } from '../stores/view-store.ts'
import { MemberMark, SessionTag } from '../ui/tags.tsx'
import { Ago, useDuration } from '../ui/times.tsx'
import { VirtualList } from '../ui/virtual-list.tsx'
import { Visible } from '../ui/visible.tsx'
import { useLanguage, useMessages } from '../ui/words.ts'
import { type SessionRow, timeLeft } from '../viz/session-rows.ts'

const ROW_PX = 32

export function SessionList({ rows }: { readonly rows: readonly SessionRow[] }) {
  const { sessions: words } = useMessages()
  const selection = useRoute((route) => route.selection)
  const session = selection?.type === 'session' ? selection.session : null
  return (
    <div className="session-list">
      <div className="list-head session-columns">
        <span>{words.columns.session}</span>
        <span>{words.columns.state}</span>
        <span>{words.columns.member}</span>
        <span>{words.columns.address}</span>
        <span className="number wide-only">{words.columns.timeout}</span>
        <span>{words.columns.left}</span>
        <span className="number wide-only" title={words.heardHint}>
          {words.columns.heard}
        </span>
        <span className="number wide-only" title={words.atLeast}>
          {words.columns.ephemerals}
        </span>
        <span className="number wide-only">{words.columns.watches}</span>
        <span className="number wide-only" title={words.atLeast}>
          {words.columns.locks}
        </span>
      </div>
      <VirtualList
        label={words.label}
        rows={rows}
        rowHeight={ROW_PX}
        keyOf={(row) => row.session}
        chosen={session === null ? -1 : rows.findIndex((row) => row.session === session)}
        hold="scrolled"
        onPick={(row) => select({ type: 'session', session: row.session })}
        attributes={(row) => ({
          role: 'option',
          className: 'session-columns pickable',
          'aria-selected': row.session === session,
        })}
        render={(row) => <Row row={row} stamp={stampOf(row)} />}
      />
    </div>
  )
}

/** All that a row shows. When a session was heard is read as an age in seconds, which the clock moves on. */
function stampOf(row: SessionRow): string {
  return JSON.stringify({ ...row, heardAt: row.heardAt === null ? null : Math.floor(row.heardAt / 1000) })
}

interface RowProps {
  readonly row: SessionRow
  /** Rows are made anew whenever anything was heard: drawn again is one whose stamp differs. */
  readonly stamp: string
}

const Row = memo(RowContent, (a, b) => a.stamp === b.stamp)

function RowContent({ row }: RowProps) {
  const { sessions: words, ensemble, attached } = useMessages()
  const language = useLanguage()
  const duration = useDuration()
  const own = useOwnSessions().has(row.session)
  // Its servers tell of no txn and no watch: nothing was seen, which is not none.
  const untold = useViewStore((state) => state.about?.attached !== undefined)
  const zero = untold ? <span title={attached.untold}>–</span> : 0
  const some = (n: number) => (n === 0 ? <span className="tertiary">{zero}</span> : formatCount(n, language))
  return (
    <>
      <span>
        <SessionTag session={row.session} />
      </span>
      <span className="session-state" data-state={row.state} title={words.stateHints[row.state]}>
        {own ? words.own : row.expired ? words.expired : words.states[row.state]}
      </span>
      <span>
        <MemberMark sid={row.sid} doing={row.state === 'connected' ? 'FOLLOWING' : 'OBSERVING'}>
          <span className="hidden">{ensemble.member(String(row.sid))}</span>
        </MemberMark>
      </span>
      <span className="mono">
        <Visible text={row.address} />
      </span>
      <span className="number wide-only">{duration(row.timeoutMs)}</span>
      <span>
        <TimeLeft row={row} />
      </span>
      <span className="number words tertiary wide-only">
        {row.heardAt === null ? words.never : <Ago t={row.heardAt} />}
      </span>
      <span className="number wide-only">{some(row.ephemerals.length)}</span>
      <span className="number wide-only">{some(row.watches)}</span>
      <span className="number wide-only">{some(row.locks.length)}</span>
    </>
  )
}

export function TimeLeft({ row }: { readonly row: SessionRow }) {
  const { sessions: words } = useMessages()
  const duration = useDuration()
  const now = useNow()
  const left = timeLeft(row, now)
  if (row.state === 'over') return <span className="tertiary">–</span>
  const told = words.leftHint(duration(left.ms), duration(row.timeoutMs))
  return (
    <span className="time-left" data-state={row.state} title={row.state === 'connected' ? words.leftFull : told}>
      <span className="time-left-track" aria-hidden="true">
        <span style={{ transform: `scaleX(${left.part})` }} />
      </span>
      <span className={row.state === 'away' ? 'mono' : 'hidden'}>
        {row.state === 'away' ? duration(left.ms) : words.leftFull}
      </span>
    </span>
  )
}
