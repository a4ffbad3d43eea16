// The past of one lock on a canvas, a lane a session, and the same as a list of sentences for who cannot see it.

import type { LockView } from '#shared/events/socket-protocol.ts'
import { formatClock, formatCount } from '../../i18n/format.ts'
import { useNow } from '../../stores/clock.ts'
import { useCluster } from '../../stores/view-store.ts'
import { Canvas } from '../../ui/canvas.tsx'
import { Empty } from '../../ui/states.tsx'
import { SessionTag } from '../../ui/tags.tsx'
import { useDuration } from '../../ui/times.tsx'
import { useSize } from '../../ui/use-size.ts'
import { useLanguage, useMessages } from '../../ui/words.ts'
import { lockBeliefs } from '../../viz/locks/beliefs.ts'
import { type Lane, lockLanes } from '../../viz/locks/lanes.ts'
import { drawLanes, LANE_PX, TOP_PX } from './draw-lanes.ts'

export function LockLanesView({ lock }: { readonly lock: LockView }) {
  const { lockView: words, locks, picture: pictures } = useMessages()
  const language = useLanguage()
  const duration = useDuration()
  const now = useNow()
  const [ref, size] = useSize<HTMLDivElement>()
  const workloads = useCluster((view) => view.workloads)
  const lanes = lockLanes(lock, now, lockBeliefs(lock, workloads).differ)
  if (lanes.lanes.length === 0) return <Empty title={locks.nobody} />
  const height = TOP_PX + lanes.lanes.length * LANE_PX
  return (
    <div className="scrolls" data-picture={pictures.lockLanes} data-legend={pictures.lanesLegend}>
      <p className="secondary lanes-caption">
        {words.lanesCaption(formatCount(lanes.lanes.length, language), duration(lanes.toMs - lanes.fromMs))}{' '}
        <span className="tertiary">
          {words.lanesKept}
          {lanes.more > 0 && ` ${words.lanesMore(formatCount(lanes.more, language))}.`}
        </span>
      </p>
      <div className="lanes">
        <ul aria-label={words.lanes} style={{ paddingTop: TOP_PX }}>
          {lanes.lanes.map((lane) => (
            <li key={lane.session} style={{ height: LANE_PX }}>
              <SessionTag session={lane.session} />
              <LaneWords lane={lane} />
            </li>
          ))}
        </ul>
        <div ref={ref} className="lanes-canvas" style={{ height }}>
          {size !== null && size.width > 0 && (
            <Canvas
              width={size.width}
              height={height}
              draw={(context, colours) => drawLanes(context, colours, lanes, size.width, height)}
            />
          )}
        </div>
      </div>
    </div>
  )
}

function LaneWords({ lane }: { readonly lane: Lane }) {
  const { lockView: words } = useMessages()
  const end = (at: number | null) => (at === null ? words.still : formatClock(at))
  return (
    <span className="hidden">
      {lane.stretches.map(({ type, fromMs, toMs, unsure, path }) => (
        <span key={`${type} ${path}`}>
          {words.stretchWords[type]} {formatClock(fromMs)}
          {unsure && ` (${words.unsure})`}–{end(toMs)};{' '}
        </span>
      ))}
      {lane.ends.map(({ by, atMs, path }) => (
        <span key={path}>
          {words.endWords[by] ?? by} {formatClock(atMs)};{' '}
        </span>
      ))}
    </span>
  )
}
