// Metrics: rates and latencies of every member on one axis of time, with one crosshair.

import { memo, useEffect, useMemo, useState } from 'react'
import type { ClusterView } from '#shared/events/cluster-view.ts'
import { formatClock } from '../i18n/format.ts'
import { CHART } from '../panels/metrics/draw-chart.ts'
import { MetricChart } from '../panels/metrics/metric-chart.tsx'
import { PixelsNote } from '../panels/pixels-note.tsx'
import { currentChronicle } from '../stores/chronicle-store.ts'
import { useNow } from '../stores/clock.ts'
import { pointAt, useCrosshair } from '../stores/crosshair-store.ts'
import { type FiguresPast, loadFigures, usePast } from '../stores/past-store.ts'
import { serverNow, useViewStore } from '../stores/view-store.ts'
import { Segments } from '../ui/segments.tsx'
import { Skeleton } from '../ui/states.tsx'
import { useMessages } from '../ui/words.ts'
import { METRICS, type MetricId, metricLines } from '../viz/metrics/metric-lines.ts'

const SPANS_MIN = [2, 5, 10, 60] as const
const STEP_MS = 1000

/** Of an attached cluster nobody tells these. */
const UNTOLD: readonly MetricId[] = ['commit', 'flush', 'latency']

/** No server tells it. */
function isUnknown(view: ClusterView, id: MetricId): boolean {
  const members = Object.values(view.members)
  return members.length > 0 && members.every(({ unknown }) => unknown?.some((figure) => figure === id))
}

export function MetricsPage() {
  const { metrics: words, timeline } = useMessages()
  const known = useViewStore((state) => state.known)
  const view = useViewStore((state) => state.view)
  const attached = useViewStore((state) => state.about?.attached !== undefined)
  // Read when the clock ticks, not whenever something was heard.
  const chronicle = currentChronicle()
  const [minutes, setMinutes] = useState<number>(5)
  // Once a second is often enough: that is how often members tell.
  const now = useNow()
  const at = useCrosshair((state) => state.t)
  useEffect(() => () => pointAt(null), [])
  const past = usePast((state) => state.figures.get(minutes) ?? undefined)
  useEffect(() => {
    if (known) void loadFigures(minutes, serverNow())
  }, [known, minutes])
  if (!known) {
    return (
      <div className="page-skeleton">
        <Skeleton rows={6} rowHeight={96} />
      </div>
    )
  }
  const from = now - minutes * 60_000
  const shown = attached ? METRICS.filter((id) => !UNTOLD.includes(id) && !isUnknown(view, id)) : METRICS
  const onPointerMove = (event: React.PointerEvent) => {
    const canvas = event.target instanceof Element ? event.target.closest('.metric-canvas') : null
    if (!canvas) return
    const { left, width } = canvas.getBoundingClientRect()
    const part = (event.clientX - left - CHART.leftPx) / Math.max(1, width - CHART.leftPx - CHART.rightPx)
    pointAt(part < 0 || part > 1 ? null : from + part * (now - from))
  }
  const onKeyDown = (event: React.KeyboardEvent) => {
    const step = { ArrowLeft: -STEP_MS, ArrowRight: STEP_MS }[event.key]
    if (step === undefined) return
    event.preventDefault()
    pointAt(Math.max(from, Math.min(now, (at ?? now) + step * (event.shiftKey ? 10 : 1))))
  }
  return (
    <>
      <div className="toolbar">
        <Segments
          label={words.span}
          value={minutes}
          onChange={setMinutes}
          choices={SPANS_MIN.map((value) => ({ value, label: timeline.minutes(value) }))}
        />
        <span className="mono">{at === null ? words.now : words.at(formatClock(at))}</span>
        {chronicle.since !== null && <span className="tertiary">{words.since(formatClock(chronicle.since))}</span>}
        <PixelsNote />
      </div>
      <section
        className="metrics"
        data-picture={words.label}
        aria-label={words.label}
        title={words.keys}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move the crosshair
        tabIndex={0}
        onPointerMove={onPointerMove}
        onPointerLeave={() => pointAt(null)}
        onKeyDown={onKeyDown}
      >
        {shown.map((id, i) => (
          <Chart
            key={id}
            id={id}
            place={i}
            now={now}
            minutes={minutes}
            view={view}
            past={attached && id !== 'writes' ? undefined : past}
          />
        ))}
      </section>
    </>
  )
}

/** Between a chart and the next: all of them in one frame would be the longest frame of the second. */
const APART_MS = 60

interface ChartProps {
  readonly id: MetricId
  readonly place: number
  readonly now: number
  readonly minutes: number
  readonly view: ClusterView
  readonly past: FiguresPast | undefined
}

const StillChart = memo(MetricChart)

/** Each a moment after the one before it. */
function Chart({ id, place, now, minutes, view, past }: ChartProps) {
  const { metrics: words } = useMessages()
  const [to, setTo] = useState(now)
  useEffect(() => {
    const timer = setTimeout(() => setTo(now), place * APART_MS)
    return () => clearTimeout(timer)
  }, [now, place])
  const from = to - minutes * 60_000
  const lines = useMemo(
    () => metricLines(id, view, currentChronicle(), from, to, past, words.past),
    [id, view, from, to, past, words],
  )
  return <StillChart id={id} lines={lines} from={from} now={to} markers={view.markers} />
}
