// The timeline at the bottom of every view: write rate, epochs, and what happened to members. A mark is a
// button; pointing anywhere reads the time and the rate there, a click goes back to that moment.

import { useState } from 'react'
import type { ClusterView, Marker } from '#shared/events/cluster-view.ts'
import { formatClock, formatRate } from '../i18n/format.ts'
import type { Messages } from '../i18n/languages.ts'
import { useNow } from '../stores/clock.ts'
import { setLayout, TIMELINE_PX, useLayout } from '../stores/layout-store.ts'
import { rewind } from '../stores/moment-store.ts'
import { seek } from '../stores/recording-store.ts'
import { select } from '../stores/route-store.ts'
import { currentView, presentNow, useClusterValue, useViewStore } from '../stores/view-store.ts'
import { Resizer } from '../ui/resizer.tsx'
import { Segments } from '../ui/segments.tsx'
import { type Size, useSize } from '../ui/use-size.ts'
import { useLanguage, useMessages } from '../ui/words.ts'
import { ensembleAnswer } from '../viz/ensemble-answer.ts'
import { layoutTimeline, type TimelineLayout, type TimelineMark } from '../viz/timeline.ts'
import { PixelsShort } from './pixels-note.tsx'
import { TimelineGlyph } from './timeline-glyph.tsx'

const MARKS_PX = 22
const AXIS_PX = 18
const SPANS_MIN = [2, 5, 10] as const

export function Timeline() {
  const words = useMessages()
  const language = useLanguage()
  const heightPx = useLayout((kept) => kept.timelinePx)
  const [minutes, setMinutes] = useState<number>(5)
  const [ref, size] = useSize<HTMLDivElement>()
  useNow()
  const known = useViewStore((state) => state.known)
  const pastAt = useViewStore((state) => state.pastAt)
  const recorded = useViewStore((state) => state.about?.recording !== undefined)
  // All that can be gone back to: the present, whatever is shown.
  const [now, view] = [presentNow(), currentView()]
  const epoch = useClusterValue((cluster) => ensembleAnswer(cluster).epoch)
  useClusterValue((cluster) => cluster.markers.at(-1)?.t ?? 0)
  const box = { width: size?.width ?? 0, height: Math.max(10, (size?.height ?? 0) - MARKS_PX - AXIS_PX) }
  const layout = layoutTimeline(view, now, minutes * 60_000, epoch, box)
  const rate = formatRate(layout.now, language)
  const changes = layout.bands.length - 1
  return (
    <section className="timeline" aria-label={words.timeline.title} data-picture={words.timeline.title}>
      <Resizer
        label={words.palette.timelineSize}
        axis="y"
        value={heightPx}
        {...TIMELINE_PX}
        onChange={(timelinePx) => setLayout({ timelinePx })}
      />
      <div className="timeline-side">
        <span className="timeline-rate">
          <b>{known ? rate : '–'}</b> {words.timeline.perSecond('').trim()}
        </span>
        <span className="tertiary">{words.timeline.writes}</span>
        <PixelsShort />
        <Segments
          label={words.timeline.span}
          value={minutes}
          onChange={setMinutes}
          choices={SPANS_MIN.map((value) => ({ value, label: value, name: words.timeline.minutes(value) }))}
        />
      </div>
      <div className="timeline-chart" ref={ref}>
        {size && known && <Chart layout={layout} size={size} view={view} pastAt={pastAt} />}
        {known && pastAt === null && !recorded && (
          <button type="button" className="button small timeline-rewind" onClick={() => void rewind(presentNow())}>
            {words.timeline.rewind}
          </button>
        )}
      </div>
      <p className="hidden">{words.timeline.caption(rate, changes, minutes)}</p>
    </section>
  )
}

interface ChartProps {
  readonly layout: TimelineLayout
  readonly size: Size
  readonly view: ClusterView
  /** The moment that is shown; null: the present. */
  readonly pastAt: number | null
}

/** Of a recording a moment of it, of a living cluster one that the gateway remembers. */
function goTo(t: number): void {
  void (useViewStore.getState().about?.recording ? seek(t) : rewind(t))
}

function Chart({ layout, size, view, pastAt }: ChartProps) {
  const words = useMessages()
  const language = useLanguage()
  const [pointerX, setPointerX] = useState<number | null>(null)
  const moment = useViewStore((state) => state.moment)
  const bottom = size.height - AXIS_PX
  return (
    <>
      <svg
        width={size.width}
        height={size.height}
        aria-hidden="true"
        onPointerMove={(event) => setPointerX(event.nativeEvent.offsetX)}
        onPointerLeave={() => setPointerX(null)}
        onClick={(event) => goTo(layout.timeAt(event.nativeEvent.offsetX))}
      >
        {layout.bands.map((band) => (
          <g key={band.x}>
            <rect className="epoch-band" data-tint={band.tint} x={band.x} y={0} width={band.width} height={bottom} />
            {band.edge && <line className="epoch-edge" x1={band.x} x2={band.x} y1={0} y2={bottom} />}
          </g>
        ))}
        <g transform={`translate(0 ${MARKS_PX})`}>
          <path className="rate-area" d={layout.area} />
        </g>
        {layout.peak > 0 && size.width > 400 && (
          <text className="axis-label peak" x={4} y={MARKS_PX - 4}>
            {words.timeline.peak(formatRate(layout.peak, language))}
          </text>
        )}
        <line className="axis-line" x1={0} x2={size.width} y1={bottom + 0.5} y2={bottom + 0.5} />
        {layout.ticks
          .filter((tick) => tick.x > 24 && tick.x < size.width - 48)
          .map((tick) => (
            <text key={tick.t} className="axis-label" x={tick.x} y={size.height - 4} textAnchor="middle">
              {formatClock(tick.t)}
            </text>
          ))}
        <text className="axis-label" x={size.width - 4} y={size.height - 4} textAnchor="end">
          {moment === null ? words.timeline.now : formatClock(moment)}
        </text>
        {pastAt !== null && (
          <line className="past-cursor" x1={layout.xOf(pastAt)} x2={layout.xOf(pastAt)} y1={0} y2={bottom} />
        )}
        {pointerX !== null && <Crosshair x={pointerX} layout={layout} size={size} view={view} />}
      </svg>
      {layout.marks.map((mark) => (
        <MarkButton key={`${mark.x} ${mark.markers.length}`} mark={mark} />
      ))}
    </>
  )
}

function Crosshair({ x, layout, size, view }: Omit<ChartProps, 'pastAt'> & { readonly x: number }) {
  const { timeline } = useMessages()
  const language = useLanguage()
  const t = layout.timeAt(x)
  const count = view.writeRate.find(([second]) => second === Math.floor(t / 1000))?.[1] ?? 0
  const right = x > size.width - 160
  return (
    <g>
      <line className="crosshair" x1={x} x2={x} y1={0} y2={size.height - AXIS_PX} />
      <text className="crosshair-label" x={right ? x - 6 : x + 6} y={14} textAnchor={right ? 'end' : 'start'}>
        {formatClock(t)} · {timeline.perSecond(formatRate(count, language))}
      </text>
    </g>
  )
}

function markerText(marker: Marker, words: Messages, english: boolean): string {
  // The gateway's sentences are English and know more; other languages say what the type says.
  return english || marker.sid === null ? marker.text : words.timeline.marks[marker.type](String(marker.sid))
}

function MarkButton({ mark }: { readonly mark: TimelineMark }) {
  const words = useMessages()
  const english = useLanguage() === 'en'
  const lines = mark.markers.map((marker) => `${formatClock(marker.t)} ${markerText(marker, words, english)}`)
  const sid = mark.markers.find((marker) => marker.type === mark.type)?.sid ?? null
  return (
    <button
      type="button"
      className="timeline-mark"
      style={{ left: mark.x }}
      title={lines.join('\n')}
      aria-label={lines.join('; ')}
      onClick={() => sid !== null && select({ type: 'member', sid })}
    >
      <TimelineGlyph type={mark.type} sid={sid} />
      {mark.markers.length > 1 && <span className="mark-count">{mark.markers.length}</span>}
    </button>
  )
}
