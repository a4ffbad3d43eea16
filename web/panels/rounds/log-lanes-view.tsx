// The logs of the members side by side, on a canvas: who has how much of each txn. The caption and the list of
// columns under the cursor say the same in words.

import { useState } from 'react'
import type { RoundView } from '#shared/events/cluster-view.ts'
import { formatCount } from '../../i18n/format.ts'
import { useChronicle } from '../../stores/chronicle-store.ts'
import { select, useRoute } from '../../stores/route-store.ts'
import { useCluster } from '../../stores/view-store.ts'
import { Canvas } from '../../ui/canvas.tsx'
import { useSize } from '../../ui/use-size.ts'
import { useLanguage, useMessages } from '../../ui/words.ts'
import { membersInOrder } from '../../viz/ensemble-answer.ts'
import { BANDS, type CellStage, type LogColumn, logColumns } from '../../viz/log-lanes.ts'
import { drawLogs, LOGS } from './draw-logs.ts'

export function LogLanesView({ rounds }: { readonly rounds: readonly RoundView[] }) {
  const { reading: words, rounds: roundWords, ensemble } = useMessages()
  const language = useLanguage()
  const [ref, size] = useSize<HTMLDivElement>()
  const sids = useCluster((view) => membersInOrder(view).map(({ sid }) => sid))
  const syncs = useChronicle((heard) => heard.syncs)
  const selection = useRoute((route) => route.selection)
  const chosen = selection?.type === 'round' ? selection.zxid : null
  /** The newest that is shown, when somebody looks at older ones. */
  const [until, setUntil] = useState<string | null>(null)
  const [cursor, setCursor] = useState<string | null>(null)
  const bandNames = BANDS.map((band) => roundWords.stages[band])
  const width = size?.width ?? 0
  const fits = Math.max(1, Math.floor((width - LOGS.leftPx) / LOGS.columnPx))
  const last = until === null ? -1 : rounds.findIndex(({ txn }) => txn.zxid === until)
  const skip = last < 0 ? 0 : rounds.length - 1 - last
  const columns = logColumns(rounds, sids, syncs, skip, fits)
  const cursorAt = columns.findIndex(({ zxid }) => zxid === cursor)
  const height = LOGS.topPx + sids.length * LOGS.lanePx + LOGS.bottomPx
  const page = (by: number) => {
    const to = Math.min(rounds.length - 1, Math.max(fits - 1, rounds.length - 1 - skip + by))
    setUntil(to >= rounds.length - 1 ? null : (rounds[to]?.txn.zxid ?? null))
  }
  const stageWord = (stage: CellStage) => (stage === 'cut' ? words.cut : roundWords.stages[stage])
  const tell = (column: LogColumn) =>
    words.column(
      column.zxid,
      sids.map((sid, i) => roundWords.cell(String(sid), stageWord(column.cells[i] ?? 'none'))).join(', '),
    )
  const under = columns[cursorAt] ?? columns.find(({ zxid }) => zxid === chosen)
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === 'Enter' && under) {
      select({ type: 'round', zxid: under.zxid })
      return
    }
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
    if (by === undefined && event.key !== 'Home' && event.key !== 'End') return
    event.preventDefault()
    if (by === undefined) {
      page(event.key === 'Home' ? -rounds.length : rounds.length)
      return
    }
    const from = cursorAt < 0 ? columns.length : cursorAt
    const to = Math.max(0, Math.min(columns.length - 1, from + by))
    // Hold the window still while somebody walks through it.
    setUntil(columns.at(-1)?.zxid ?? null)
    setCursor(columns[to]?.zxid ?? null)
    if (from + by < 0) page(-Math.ceil(fits / 2))
  }
  return (
    <figure className="logs" data-picture={words.logs}>
      <div className="flow-tools">
        <button type="button" className="button small" onClick={() => page(-fits)}>
          ← {words.logsOlder}
        </button>
        <button type="button" className="button small" disabled={until === null} onClick={() => page(fits)}>
          {words.logsNewer} →
        </button>
        <button type="button" className="button small" aria-pressed={until === null} onClick={() => setUntil(null)}>
          {words.logsNewest}
        </button>
        <span className="tertiary flow-hint">{words.logsHint}</span>
      </div>
      <div
        ref={ref}
        className="logs-canvas"
        role="application"
        aria-label={words.logs}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: keys move through it
        tabIndex={0}
        style={{ height }}
        onKeyDown={onKeyDown}
        onClick={(event) => {
          const px = event.clientX - event.currentTarget.getBoundingClientRect().left
          const column = columns[Math.floor((px - LOGS.leftPx) / LOGS.columnPx)]
          if (column) select({ type: 'round', zxid: column.zxid })
        }}
      >
        {width > 120 && (
          <Canvas
            width={width}
            height={height}
            draw={(context, colours) => drawLogs(context, colours, { columns, sids, chosen, cursor, width, bandNames })}
          />
        )}
      </div>
      <figcaption className="secondary">
        <Caption columns={columns} sids={sids} count={(n) => formatCount(n, language)} />
        <p className="logs-under" role="status">
          {under ? tell(under) : ''}
        </p>
        <span className="hidden">{sids.map((sid) => ensemble.member(String(sid))).join(', ')}</span>
      </figcaption>
    </figure>
  )
}

interface CaptionProps {
  readonly columns: readonly LogColumn[]
  readonly sids: readonly number[]
  readonly count: (n: number) => string
}

function Caption({ columns, sids, count }: CaptionProps) {
  const { reading: words } = useMessages()
  const [first, last] = [columns[0], columns.at(-1)]
  if (!first || !last) return null
  const cut = columns.reduce((sum, { cells }) => sum + cells.filter((cell) => cell === 'cut').length, 0)
  const ghosts = columns.filter(({ ghost }) => ghost).length
  const behind = sids
    .map((sid, i) => ({ sid, n: columns.filter(({ cells, ghost }) => !ghost && cells[i] !== 'applied').length }))
    .filter(({ n }) => n > 0)
  return (
    <p>
      {words.logsCaption(count(columns.length), first.zxid, last.zxid)}{' '}
      {behind.length === 0
        ? words.logsEven
        : behind.map(({ sid, n }) => words.logsBehind(String(sid), count(n))).join(' ')}{' '}
      {cut > 0 && `${words.logsCut(cut)} `}
      {ghosts > 0 && words.logsGhost(ghosts)}
    </p>
  )
}
