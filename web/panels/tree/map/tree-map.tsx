// The tree as a map: how large each part is, and how often it changed lately. A picture with a cursor for the keyboard, a table
// that says the same, and words on what was looked at and what is reckoned.

import { type KeyboardEvent, type PointerEvent, useEffect, useMemo, useState } from 'react'
import { formatCount } from '../../../i18n/format.ts'
import { visibleText } from '../../../i18n/visible-text.ts'
import { useNow } from '../../../stores/clock.ts'
import { select, useRoute } from '../../../stores/route-store.ts'
import { currentHeat } from '../../../stores/tree/heat-store.ts'
import { askSizes, stopSizes, useSizes } from '../../../stores/tree/size-store.ts'
import { useViewStore } from '../../../stores/view-store.ts'
import { Canvas } from '../../../ui/canvas.tsx'
import { Segments } from '../../../ui/segments.tsx'
import { Empty, Skeleton } from '../../../ui/states.tsx'
import { useSize } from '../../../ui/use-size.ts'
import { Visible } from '../../../ui/visible.tsx'
import { useLanguage, useMessages } from '../../../ui/words.ts'
import { heatBelow, heatFigures } from '../../../viz/tree/heat.ts'
import {
  CELL_PX,
  cellAt,
  cellBeside,
  HEAT_STEPS,
  type IcicleCell,
  layoutIcicle,
  MAP_MEASURES,
  type MapMeasure,
} from '../../../viz/tree/icicle.ts'
import { JobBar } from '../job-bar.tsx'
import { drawIcicle, toneOf } from './draw-icicle.ts'
import { MapTable } from './map-table.tsx'

export function TreeMap() {
  const { treeMap: words, frame } = useMessages()
  const live = useViewStore((state) => state.status.type === 'live')
  const { sizes, running, message } = useSizes()
  const selection = useRoute((route) => route.selection)
  const path = selection?.type === 'znode' ? selection.path : '/'
  const [measure, setMeasure] = useState<MapMeasure>('nodes')
  const unknown = sizes === null
  useEffect(() => {
    if (live && unknown) void askSizes('/')
    return stopSizes
  }, [live, unknown])
  return (
    <div className="tree-map">
      <div className="toolbar">
        <Segments
          label={words.width}
          choices={MAP_MEASURES.map((value) => ({ value, label: words.measures[value] }))}
          value={measure}
          onChange={setMeasure}
        />
        <button type="button" className="button small" disabled={running !== null} onClick={() => void askSizes(path)}>
          <Visible text={words.only(visibleText(path))} />
        </button>
        {sizes !== null && sizes.path !== '/' && (
          <button type="button" className="button small" disabled={running !== null} onClick={() => void askSizes('/')}>
            {words.whole}
          </button>
        )}
      </div>
      {running && <JobBar job={running.job} onStop={stopSizes} />}
      {message !== null && (
        <Empty title={words.failed}>
          <p>
            <Visible text={message} />
          </p>
          <button type="button" className="button" onClick={() => void askSizes(path)}>
            {frame.retry}
          </button>
        </Empty>
      )}
      {sizes === null && message === null && <Skeleton rows={6} rowHeight={CELL_PX} />}
      {sizes !== null && message === null && <Picture measure={measure} chosenPath={path} />}
    </div>
  )
}

function Picture({ measure, chosenPath }: { readonly measure: MapMeasure; readonly chosenPath: string }) {
  const { treeMap: words } = useMessages()
  const language = useLanguage()
  const sizes = useSizes((state) => state.sizes)
  const now = useNow()
  const [ref, size] = useSize<HTMLDivElement>()
  const [cursor, setCursor] = useState(-1)
  const [hovered, setHovered] = useState<{ readonly at: number; readonly x: number; readonly y: number } | null>(null)
  const width = size?.width ?? 0
  const heat = useMemo(() => heatFigures(currentHeat(), now), [now])
  const changes = useMemo(() => heatBelow(heat), [heat])
  const cells = useMemo(
    () => (sizes ? layoutIcicle(sizes.entries, changes, sizes.path, measure, width) : []),
    [sizes, changes, measure, width],
  )
  if (!sizes) return null
  const count = (n: number) => formatCount(Math.round(n), language)
  // The top holds all changes; the next busiest decides how tones are spread.
  const most = cells.reduce((max, cell) => (cell.depth > 0 ? Math.max(max, cell.changes) : max), 0)
  const height = CELL_PX * (1 + cells.reduce((max, { depth }) => Math.max(max, depth), 0))
  const chosen = cells.findIndex((cell) => cell.path === chosenPath && cell.others === 0)
  const told = cells[hovered?.at ?? cursor]
  const say = (cell: IcicleCell) =>
    words.cell(
      cell.others > 0 ? words.others(cell.others, count(cell.others), visibleText(cell.path)) : visibleText(cell.path),
      count(cell.nodes),
      count(cell.bytes),
      count(cell.changes),
    )
  const pick = (at: number) => {
    const cell = cells[at]
    if (!cell) return
    setCursor(at)
    select({ type: 'znode', path: cell.path })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === 'Enter') pick(cursor)
    else if (event.key.startsWith('Arrow')) setCursor(cellBeside(cells, cursor >= 0 ? cursor : chosen, event.key))
    else return
    event.preventDefault()
  }
  const pointAt = (event: PointerEvent | React.MouseEvent) => {
    const box = event.currentTarget.getBoundingClientRect()
    const [x, y] = [event.clientX - box.left, event.clientY - box.top]
    return { at: cellAt(cells, x, y), x, y }
  }
  return (
    <>
      <p className="secondary">{words.about(count(sizes.nodes), count(sizes.visited), sizes.complete)}</p>
      <p className="secondary">
        {words.heat(count(heat.committed), heat.told < heat.committed ? count(heat.told) : null)}
      </p>
      {/* biome-ignore lint/a11y/useSemanticElements: a picture with a cursor of its own, no fields */}
      <div
        ref={ref}
        className="icicle"
        role="group"
        aria-label={words.label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a picture with a cursor of its own
        tabIndex={0}
        style={{ height }}
        onKeyDown={onKeyDown}
        onPointerMove={(event) => setHovered(pointAt(event))}
        onPointerLeave={() => setHovered(null)}
        onClick={(event) => pick(pointAt(event).at)}
      >
        {width > 0 && (
          <Canvas
            width={width}
            height={height}
            draw={(context, colours) => drawIcicle(context, colours, { cells, most, chosen, cursor })}
          />
        )}
        {hovered !== null && told !== undefined && (
          <span
            className="icicle-tip"
            style={{ left: Math.min(hovered.x, width * 0.6), top: hovered.y + 16 }}
            aria-hidden="true"
          >
            <Visible text={say(told)} />
          </span>
        )}
      </div>
      <p role="status" className="icicle-said">
        {told === undefined ? words.hint : <Visible text={say(told)} />}
      </p>
      <Legend />
      <MapTable entries={sizes.entries} changes={changes} measure={measure} />
    </>
  )
}

function Legend() {
  const { treeMap: words } = useMessages()
  return (
    <p className="icicle-legend secondary">
      <span>{words.seldom}</span>
      {Array.from({ length: HEAT_STEPS + 1 }, (_, step) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: steps of a scale
        <span key={step} className="icicle-tone" aria-hidden="true">
          <span style={{ opacity: toneOf(step) }} />
        </span>
      ))}
      <span>{words.often}</span>
      <span className="icicle-tone hatched" aria-hidden="true" />
      <span>{words.reckoned}</span>
    </p>
  )
}
