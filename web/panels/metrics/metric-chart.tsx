// One chart of the Metrics view: its name and the values at the crosshair (or now), the lines on a canvas, the
// caption as a sentence. Epochs and what happened to members are marked as on the timeline.

import { scaleLinear } from 'd3'
import type { Marker } from '#shared/events/cluster-view.ts'
import { formatBytes, formatClock, formatCount, formatRate } from '../../i18n/format.ts'
import type { Messages } from '../../i18n/languages.ts'
import { useCrosshair } from '../../stores/crosshair-store.ts'
import { Canvas } from '../../ui/canvas.tsx'
import { memberColour } from '../../ui/member-glyph.tsx'
import { useDuration } from '../../ui/times.tsx'
import { useSize } from '../../ui/use-size.ts'
import { useLanguage, useMessages } from '../../ui/words.ts'
import { captionFacts, type MetricId, type MetricLine, UNITS, valueAt } from '../../viz/metrics/metric-lines.ts'
import { CHART, drawChart } from './draw-chart.ts'

interface MetricChartProps {
  readonly id: MetricId
  readonly lines: readonly MetricLine[]
  readonly from: number
  readonly now: number
  readonly markers: readonly Marker[]
}

function useValue(id: MetricId): (value: number) => string {
  const language = useLanguage()
  const duration = useDuration()
  switch (UNITS[id]) {
    case 'ms':
      return duration
    case 'part':
      return (value) => value.toFixed(2)
    case 'bytes':
      return formatBytes
    case 'rate':
      return (value) => formatRate(value, language)
    default:
      return (value) => formatCount(value, language)
  }
}

export function MetricChart({ id, lines, from, now, markers }: MetricChartProps) {
  const { metrics: words } = useMessages()
  const value = useValue(id)
  const [ref, size] = useSize<HTMLDivElement>()
  const at = useCrosshair((state) => state.t)
  const width = size?.width ?? 0
  const x = scaleLinear([from, now], [CHART.leftPx, Math.max(CHART.leftPx + 1, width - CHART.rightPx)])
  // A line that ended before the page was opened has no value now, and needs none.
  const values = lines
    .map((line) => ({ line, v: valueAt(line, at ?? now) }))
    .filter(({ line, v }) => v !== null || line.sid !== null || lines.length === 1)
  const axis = (v: number) => (UNITS[id] === 'ms' ? String(+v.toPrecision(3)) : value(v))
  const caption = useCaption(id, lines, now, value, words)
  return (
    <figure className="metric" aria-label={words.names[id]}>
      <div className="metric-head">
        <h2 title={words.unitOf[id]}>
          {words.names[id]} <span className="tertiary">{words.unitOf[id]}</span>
        </h2>
        <dl className="metric-values">
          {values.map(({ line, v }) => (
            <div key={line.name} data-member={line.sid === null ? undefined : memberColour(line.sid)}>
              <dt className={line.sid === null ? 'tertiary' : 'metric-sid'}>
                {line.sid === null ? line.name : <MemberName sid={line.sid} />}
              </dt>
              <dd>{v === null ? '–' : value(v)}</dd>
            </div>
          ))}
        </dl>
      </div>
      <div ref={ref} className="metric-canvas" style={{ height: CHART.heightPx }}>
        {width > 80 && (
          <>
            <Canvas
              width={width}
              height={CHART.heightPx}
              draw={(context, colours) =>
                drawChart(context, colours, {
                  lines,
                  x,
                  width,
                  markers,
                  from,
                  now,
                  axis,
                  whole: UNITS[id] === 'count' || UNITS[id] === 'rate',
                })
              }
            />
            {at !== null && at >= from && at <= now && <span className="metric-cross" style={{ left: x(at) }} />}
          </>
        )}
      </div>
      <figcaption className="secondary">{caption}</figcaption>
    </figure>
  )
}

function MemberName({ sid }: { readonly sid: number }) {
  const { ensemble } = useMessages()
  return (
    <>
      <span aria-hidden="true">{sid}</span>
      <span className="hidden">{ensemble.member(String(sid))}</span>
    </>
  )
}

function useCaption(
  id: MetricId,
  lines: readonly MetricLine[],
  now: number,
  value: (v: number) => string,
  words: Messages['metrics'],
): string {
  const facts = captionFacts(lines, now)
  if (!facts) return words.quiet[id]
  const peak = words.peak(value(facts.peak), formatClock(facts.peakAt))
  if (!facts.change) return `${words.about[id]} ${peak}`
  const { from, to } = facts.change
  return `${(to > from ? words.rose : words.fell)(value(from), value(to))} ${peak}`
}
