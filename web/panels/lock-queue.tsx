// The queue of one lock: a bar for each contender from when it came until now, and lines from each waiter to
// the one it waits for.

import { useMemo } from 'react'
import type { LockStanding } from '#shared/events/lock-requests.ts'
import type { LockView } from '#shared/events/socket-protocol.ts'
import { formatDuration, formatExact } from '../i18n/format.ts'
import type { Messages } from '../i18n/languages.ts'
import { useNow } from '../stores/clock.ts'
import { useNarrow } from '../stores/narrow.ts'
import { select, useRoute } from '../stores/route-store.ts'
import { NameText } from '../ui/name-text.tsx'
import { MemberMark, SessionTag, ZxidTag } from '../ui/tags.tsx'
import { VirtualList } from '../ui/virtual-list.tsx'
import { Visible } from '../ui/visible.tsx'
import { useMessages } from '../ui/words.ts'
import { layoutQueue, type QueueRow } from '../viz/lock-queue.ts'
import { WakeMark } from './locks/wake-mark.tsx'
import { WhySentence } from './locks/why-sentence.tsx'

const WIDE_ROW_PX = 52
/** With three lines for the sentence. */
const NARROW_ROW_PX = 96
/** Height of a row's first line, which has the dot in its middle. */
const DOT_PX = 24
const LINE_PX = DOT_PX / 2

interface LockQueueProps {
  readonly lock: LockView
  /** When the gateway told it, by the servers' clock. */
  readonly toldAt: number
}

export function LockQueue({ lock, toldAt }: LockQueueProps) {
  const { locks: words, lockView } = useMessages()
  const standings = useMemo(() => new Map(lock.detail?.standings.map((each) => [each.path, each])), [lock.detail])
  const rowPx = useNarrow() ? NARROW_ROW_PX : WIDE_ROW_PX
  // The page's clock ticks once a second: what was told since is newer.
  const now = Math.max(useNow(), toldAt)
  const rows = layoutQueue(lock, now)
  const selection = useRoute((route) => route.selection)
  const path = selection?.type === 'contender' ? selection.path : null
  return (
    <>
      <div className="list-head lock-columns">
        <span>{words.columns.place}</span>
        <span>{words.columns.contender}</span>
        <span title={words.barHint}>{words.columns.since}</span>
        <span className="wide-only">{words.columns.session}</span>
        <span className="wide-only">{words.columns.address}</span>
        <span className="wide-only" title={lockView.tokenHint}>
          {lockView.token}
        </span>
      </div>
      <VirtualList
        label={words.queue(lock.path)}
        rows={rows}
        rowHeight={rowPx}
        keyOf={(row) => row.contender.path}
        chosen={path === null ? -1 : rows.findIndex((row) => row.contender.path === path)}
        onPick={(row) => select({ type: 'contender', path: row.contender.path })}
        attributes={(row) => ({
          role: 'option',
          className: 'lock-columns pickable',
          'aria-selected': row.contender.path === path,
        })}
        render={(row, i) => (
          <RowContent
            row={row}
            index={i}
            awaited={awaitedName(rows, row)}
            standing={standings.get(row.contender.path)}
            toldAt={toldAt}
            rowPx={rowPx}
          />
        )}
      />
    </>
  )
}

function awaitedName(rows: readonly QueueRow[], row: QueueRow): string | null {
  if (row.waitsForRow !== null) return rows[row.waitsForRow]?.contender.name ?? null
  return row.contender.waitsFor
}

interface RowContentProps {
  readonly row: QueueRow
  readonly index: number
  readonly awaited: string | null
  readonly standing: LockStanding | undefined
  readonly toldAt: number
  readonly rowPx: number
}

function RowContent({ row, index, awaited, standing, toldAt, rowPx }: RowContentProps) {
  const { locks: words, units } = useMessages()
  const { contender } = row
  const holds = contender.role === 'holder'
  return (
    <>
      <span className="place">
        <QueueDot row={row} index={index} rowPx={rowPx} />
        {holds ? <b>{words.holder}</b> : <span className="mono">{row.place}</span>}
      </span>
      <span className="mono" title={contender.name}>
        <NameText text={contender.name} />
      </span>
      <span className="since" title={sinceHint(row, words)}>
        <span className="bar-track">
          <span
            className="bar"
            data-role={holds && row.heldFrom === null ? 'holder' : 'waiting'}
            style={{ left: `${row.barFrom * 100}%` }}
          />
          {row.heldFrom !== null && (
            <span className="bar" data-role="holder" style={{ left: `${row.heldFrom * 100}%` }} />
          )}
        </span>
        <span className="since-words">
          {row.heldMs === null
            ? formatDuration(row.inLineMs, units)
            : words.holdsFor(formatDuration(row.heldMs, units))}
        </span>
      </span>
      <span className="wide-only">
        <SessionTag session={contender.session} />
      </span>
      <span className="wide-only lock-client">
        {contender.sid !== null && <MemberMark sid={contender.sid} />}
        {contender.address === null ? (
          <span className="tertiary">{words.addressUnknown}</span>
        ) : (
          <span className="mono secondary">
            <Visible text={contender.address} />
          </span>
        )}
      </span>
      <span className="wide-only">{standing && <ZxidTag zxid={standing.token} />}</span>
      <span className="queue-why secondary">
        {standing ? (
          <>
            <WhySentence sentence={standing.why} toldAt={toldAt} /> <WakeMark standing={standing} />
          </>
        ) : (
          awaited !== null && (
            <>
              {words.columns.waitsFor} <NameText text={awaited} />
            </>
          )
        )}
      </span>
    </>
  )
}

function sinceHint({ contender }: QueueRow, words: Messages['locks']): string {
  const since = words.inLineSince(formatExact(contender.sinceMs))
  if (contender.heldSinceMs !== null) return `${since}\n${words.holdsSince(formatExact(contender.heldSinceMs))}`
  return contender.role === 'holder' ? `${since}\n${words.holdsUnseen}` : since
}

/** A dot for the contender and a line up to the row that it waits for. */
function QueueDot({ row, index, rowPx }: { readonly row: QueueRow; readonly index: number; readonly rowPx: number }) {
  const rise = row.waitsForRow === null ? 0 : (index - row.waitsForRow) * rowPx
  const holds = row.contender.role === 'holder'
  const bend = rise > rowPx ? 6 : 0
  return (
    <svg className="queue-dot" width="20" height={DOT_PX} aria-hidden="true">
      {rise > 0 && (
        <path
          d={
            bend === 0
              ? `M10 ${LINE_PX - 5}V${LINE_PX - rise + 5}`
              : `M6 ${LINE_PX - 2}C${-bend} ${LINE_PX - 12} ${-bend} ${LINE_PX - rise + 12} 6 ${LINE_PX - rise + 2}`
          }
        />
      )}
      <circle cx="10" cy={LINE_PX} r="4.5" data-role={holds ? 'holder' : 'waiting'} />
    </svg>
  )
}
