// The space–time view of all rounds: zoom from one message to an hour. It follows the newest until somebody
// moves it; what it cannot draw one by one it counts.

import { useEffect, useRef, useState } from 'react'
import type { RoundView } from '#shared/events/cluster-view.ts'
import { formatClock, formatCount } from '../../i18n/format.ts'
import { useChronicle } from '../../stores/chronicle-store.ts'
import { type FiguresPast, loadFlow, usePast } from '../../stores/past-store.ts'
import { select, useRoute } from '../../stores/route-store.ts'
import { serverNow, useCluster, useViewStore } from '../../stores/view-store.ts'
import { Canvas } from '../../ui/canvas.tsx'
import { useDuration } from '../../ui/times.tsx'
import { useSize } from '../../ui/use-size.ts'
import { useLanguage, useMessages } from '../../ui/words.ts'
import type { RequestNote } from '../../viz/chronicle/chronicle.ts'
import { leaderOf, membersInOrder } from '../../viz/ensemble-answer.ts'
import { binMsFor, flowBins } from '../../viz/flow/flow-bins.ts'
import {
  type FlowWindow,
  flowRounds,
  hitRound,
  lastOf,
  ROUND_LEAST_PX,
  roundsWithin,
} from '../../viz/flow/flow-marks.ts'
import { foldedScale, plainScale, type TimePiece } from '../../viz/flow/time-scale.ts'
import { drawFlow, FLOW, type FlowPicture } from './draw-flow.ts'

const SHORTEST_MS = 2
const LONGEST_MS = 3_600_000
const FIRST_MS = 2000
/** Of time in which something happened, while idle time is folded. */
const FIRST_BUSY_MS = 60
const ZOOM = 1.5
const REACH_PX = 10
/** Events come so much later than they happen; without it the newest rounds would always be half told. */
const BEHIND_MS = 150

interface FlowViewProps {
  readonly rounds: readonly RoundView[]
  /** Somebody paused the rounds: time stands still as well. */
  readonly pausedAt: number | null
}

const clampSpan = (ms: number): number => Math.min(LONGEST_MS, Math.max(SHORTEST_MS, ms))

export function FlowView({ rounds, pausedAt }: FlowViewProps) {
  const { reading: words } = useMessages()
  const language = useLanguage()
  const duration = useDuration()
  const [ref, size] = useSize<HTMLDivElement>()
  const [folded, setFolded] = useState(true)
  const [span, setSpan] = useState(FIRST_BUSY_MS)
  const requests = useChronicle((heard) => heard.requests)
  /** Right end of the window; null follows the newest. */
  const [fixedTo, setFixedTo] = useState<number | null>(null)
  const view = useViewStore((state) => state.view)
  const sids = useCluster((cluster) => membersInOrder(cluster).map(({ sid }) => sid))
  const leader = useCluster((cluster) => leaderOf(cluster)?.sid ?? null)
  const selection = useRoute((route) => route.selection)
  const chosen = selection?.type === 'round' ? selection.zxid : null
  const width = size?.width ?? 0
  const height = size?.height ?? 0
  const to = fixedTo ?? (pausedAt ?? serverNow()) - BEHIND_MS
  const box = { from: to - span, to, leftPx: FLOW.leftPx, rightPx: Math.max(FLOW.leftPx + 1, width - FLOW.rightPx) }
  const within = folded ? [] : roundsWithin(rounds, box)
  // Older than the oldest kept: only counts are left of it.
  const kept = rounds[0]?.proposedAt ?? Number.POSITIVE_INFINITY
  const fits = within.length * ROUND_LEAST_PX <= box.rightPx - box.leftPx && (box.from >= kept - span || span <= 20_000)
  const scale = folded ? foldedScale(rounds, box, span) : plainScale(box)
  const [firstPiece, lastPiece] = [scale.pieces[0], scale.pieces.at(-1)]
  const shown = folded
    ? rounds.filter(({ proposedAt }) => proposedAt >= (firstPiece?.from ?? 0) && proposedAt <= (lastPiece?.to ?? 0))
    : within
  const single = folded || fits
  const drawn = single ? flowRounds(shown, sids, view, scale.x) : []
  const past = useFlowPast(single ? null : box, view.writeRate[0]?.[0] ?? null)
  const bins = single ? null : flowBins({ writeRate: view.writeRate, rounds, past }, box)
  const picture: FlowPicture = {
    width,
    height,
    box,
    scale,
    sids,
    requests: single ? requestsIn(requests, scale.pieces) : [],
    leader,
    rounds: drawn,
    bins,
    chosen,
    duration,
    words: { rate: words.writesPerSecond, slowest: words.slowestKept, clients: words.clients },
  }
  const zoom = (factor: number, part = 1) => {
    const next = clampSpan(span * factor)
    if (!folded && (fixedTo !== null || part < 1)) setFixedTo(to + (next - span) * (1 - part))
    setSpan(next)
  }
  const move = (ms: number) => {
    if (folded) {
      // By rounds: real time would jump over folds.
      const last = rounds.findLastIndex(({ proposedAt }) => proposedAt <= to)
      const by = Math.sign(ms) * Math.max(1, Math.round((Math.abs(ms) / span) * shown.length))
      const next = rounds[Math.max(0, last + by)]
      setFixedTo(next && last + by < rounds.length - 1 ? lastOf(next) : null)
      return
    }
    const next = to + ms
    setFixedTo(next >= serverNow() - BEHIND_MS && pausedAt === null ? null : next)
  }
  // A wheel that zooms must not scroll: React's own listener cannot prevent that.
  const onWheel = useRef<(event: WheelEvent) => void>(() => undefined)
  onWheel.current = (event) => {
    event.preventDefault()
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      move(((event.deltaX || event.deltaY) / Math.max(1, width)) * span)
      return
    }
    const part = fixedTo === null ? 1 : (event.offsetX - box.leftPx) / Math.max(1, box.rightPx - box.leftPx)
    zoom(event.deltaY > 0 ? 1.2 : 1 / 1.2, Math.min(1, Math.max(0, part)))
  }
  useEffect(() => {
    const element = ref.current
    const handle = (event: WheelEvent) => onWheel.current(event)
    element?.addEventListener('wheel', handle, { passive: false })
    return () => element?.removeEventListener('wheel', handle)
  }, [ref])
  const onKeyDown = (event: React.KeyboardEvent) => {
    const keys: Record<string, () => void> = {
      '+': () => zoom(1 / ZOOM),
      '=': () => zoom(1 / ZOOM),
      '-': () => zoom(ZOOM),
      '0': () => setFixedTo(null),
      ArrowLeft: () => move(-span / 8),
      ArrowRight: () => move(span / 8),
      Home: () => setFixedTo(Math.min(kept + span, to)),
      End: () => setFixedTo(null),
    }
    const act = keys[event.key]
    if (!act || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    act()
  }
  const drag = useDrag((px) => move((-px / Math.max(1, box.rightPx - box.leftPx)) * span))
  const pick = (px: number) => {
    const hit = hitRound(drawn, px, REACH_PX)
    if (!hit) return
    // It must not run away from whoever looks at it.
    setFixedTo(to)
    select({ type: 'round', zxid: hit.zxid })
  }
  const caption = folded
    ? shown.length === 0
      ? words.flowNone
      : words.flowFolded(formatCount(shown.length, language), duration(busyOf(scale.pieces)))
    : single
      ? within.length === 0
        ? words.flowNone
        : words.flowSingle(formatCount(within.length, language), formatClock(box.from, true), formatClock(to, true))
      : bins && bins.writes > 0
        ? words.flowBinned(formatCount(bins.writes, language), duration(bins.binMs))
        : within.length > 0
          ? words.flowBinnedFine(formatCount(within.length, language))
          : words.flowNone
  return (
    <figure className="flow" data-picture={words.flow}>
      <div className="flow-tools">
        <button
          type="button"
          className="button small"
          aria-label={words.zoomOut}
          title={words.zoomOut}
          onClick={() => zoom(ZOOM)}
        >
          −
        </button>
        <span className="mono">{words.span(duration(span))}</span>
        <button
          type="button"
          className="button small"
          aria-label={words.zoomIn}
          title={words.zoomIn}
          onClick={() => zoom(1 / ZOOM)}
        >
          +
        </button>
        <button
          type="button"
          className="button small"
          aria-pressed={fixedTo === null}
          onClick={() => setFixedTo(fixedTo === null ? to : null)}
        >
          {fixedTo === null ? words.following : words.follow}
        </button>
        <button
          type="button"
          className="button small"
          aria-pressed={folded}
          title={words.foldedHint}
          onClick={() => {
            setFolded(!folded)
            setSpan(folded ? FIRST_MS : FIRST_BUSY_MS)
          }}
        >
          {words.folded}
        </button>
        <span className="tertiary flow-hint">{words.flowHint}</span>
      </div>
      <div
        ref={ref}
        className="flow-canvas"
        role="application"
        aria-label={words.flow}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: keys zoom and move
        tabIndex={0}
        onKeyDown={onKeyDown}
        {...drag.handlers}
        onClick={(event) => {
          if (!drag.moved()) pick(event.clientX - event.currentTarget.getBoundingClientRect().left)
        }}
      >
        {width > 120 && height > 80 && (
          <Canvas width={width} height={height} draw={(context, colours) => drawFlow(context, colours, picture)} />
        )}
      </div>
      <figcaption className="secondary">
        {caption}{' '}
        <span className="tertiary">
          {single && words.flowMarks} {picture.requests.length > 0 && words.clientsSampled}
        </span>
      </figcaption>
    </figure>
  )
}

/** The past is asked for again when the window has moved so far. */
const PAST_AGAIN_MS = 60_000

/** What the gateway counted before the view's own counts begin, as far as the window reaches back there. */
function useFlowPast(box: FlowWindow | null, ownFromS: number | null): FiguresPast | null {
  const past = usePast((state) => state.flow)
  const reaches = box !== null && (ownFromS === null || box.from < ownFromS * 1000)
  const stepMs = box ? binMsFor(box.to - box.from, box.rightPx - box.leftPx) : 0
  const from = reaches ? Math.floor(box.from / PAST_AGAIN_MS) * PAST_AGAIN_MS : null
  const to = reaches ? Math.ceil(box.to / PAST_AGAIN_MS) * PAST_AGAIN_MS : null
  useEffect(() => {
    if (from !== null && to !== null) void loadFlow(from, to, stepMs)
  }, [from, to, stepMs])
  return reaches ? past : null
}

const REQUESTS_DRAWN_MAX = 400

/** Those that were under way in one of the pieces. */
function requestsIn(requests: readonly RequestNote[], pieces: readonly TimePiece[]): RequestNote[] {
  const [first, last] = [pieces[0], pieces.at(-1)]
  if (!first || !last) return []
  return requests
    .filter(
      ({ t, latencyMs }) =>
        t >= first.from && t - latencyMs <= last.to && pieces.some(({ from, to }) => t >= from && t - latencyMs <= to),
    )
    .slice(-REQUESTS_DRAWN_MAX)
    .sort((a, b) => a.t - a.latencyMs - (b.t - b.latencyMs))
}

function busyOf(pieces: readonly TimePiece[]): number {
  return pieces.reduce((sum, { from, to }) => sum + to - from, 0)
}

const CLICK_PX = 4

/** Moves by the px that the pointer did; a press that hardly moved is a click. */
function useDrag(onMove: (px: number) => void) {
  const at = useRef<{ x: number; total: number } | null>(null)
  const total = useRef(0)
  return {
    moved: () => total.current > CLICK_PX,
    handlers: {
      onPointerDown: (event: React.PointerEvent) => {
        at.current = { x: event.clientX, total: 0 }
        total.current = 0
        event.currentTarget.setPointerCapture(event.pointerId)
      },
      onPointerMove: (event: React.PointerEvent) => {
        if (!at.current) return
        const px = event.clientX - at.current.x
        at.current.x = event.clientX
        total.current += Math.abs(px)
        if (total.current > CLICK_PX) onMove(px)
      },
      onPointerUp: () => {
        at.current = null
      },
    },
  }
}
