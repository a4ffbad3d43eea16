// One round as a space–time diagram, with its story in words. Its numbers are in the inspector.

import { useId } from 'react'
import type { RoundView } from '#shared/events/cluster-view.ts'
import { useCluster } from '../stores/view-store.ts'
import { memberColour } from '../ui/member-glyph.tsx'
import { useDuration } from '../ui/times.tsx'
import { useSize } from '../ui/use-size.ts'
import { useMessages } from '../ui/words.ts'
import { membersInOrder } from '../viz/ensemble-answer.ts'
import { type Arrow, type Diagram, type Lane, layoutRound } from '../viz/space-time.ts'
import { RoundStory } from './round-story.tsx'

const LANE_PX = 44

export function RoundDiagram({ round }: { readonly round: RoundView }) {
  const { rounds: words, picture } = useMessages()
  const [ref, size] = useSize<HTMLDivElement>()
  const sids = useCluster((view) => membersInOrder(view).map((member) => member.sid))
  const titleId = useId()
  const width = size?.width ?? 0
  const layout = layoutRound(round, sids, { width, laneHeight: LANE_PX, leftPx: 72, rightPx: 24, topPx: 20 })
  return (
    <figure className="diagram" data-picture={picture.round(round.txn.zxid)}>
      <figcaption>
        <RoundStory round={round} sids={sids} />
      </figcaption>
      <div ref={ref} className="diagram-box" style={{ height: layout.height }}>
        {width > 120 && (
          <svg width={width} height={layout.height} role="img" aria-labelledby={titleId}>
            <title id={titleId}>{words.diagram(round.txn.zxid)}</title>
            <Drawing layout={layout} width={width} />
          </svg>
        )}
      </div>
    </figure>
  )
}

function Drawing({ layout, width }: { readonly layout: Diagram; readonly width: number }) {
  const { rounds: words } = useMessages()
  return (
    <>
      {layout.ticks.map((tick) => (
        <g key={tick.ms}>
          <line className="grid-line" x1={tick.x} x2={tick.x} y1={16} y2={layout.height} />
          <text className="axis-label" x={tick.x} y={11} textAnchor="middle">
            {tick.ms}
          </text>
        </g>
      ))}
      <text className="axis-label" x={0} y={11}>
        ms
      </text>
      {layout.lanes.map((lane) => (
        <LaneLine key={lane.sid} lane={lane} endX={layout.endX} width={width} />
      ))}
      {layout.arrows.map((arrow) => (
        <ArrowMark key={`${arrow.type} ${arrow.sid}`} arrow={arrow} />
      ))}
      {layout.lanes.map((lane) => (
        <LaneMarks key={lane.sid} lane={lane} />
      ))}
      {layout.quorum && (
        <path className="quorum" transform={`translate(${layout.quorum.x} ${layout.quorum.y})`} d="M0 -7L7 0L0 7L-7 0Z">
          <title>{words.diagramQuorum(String(layout.quorum.by))}</title>
        </path>
      )}
    </>
  )
}

function LaneLine({ lane, endX, width }: { readonly lane: Lane; readonly endX: number; readonly width: number }) {
  const { rounds: words, ensemble } = useMessages()
  const duration = useDuration()
  return (
    <g data-member={memberColour(lane.sid)}>
      <circle className="lane-disc" cx={9} cy={lane.y} r={9} />
      <text className="lane-number" x={9} y={lane.y} dy="0.36em">
        {lane.sid}
      </text>
      <text className="axis-label" x={24} y={lane.y} dy="0.36em">
        {lane.leader ? words.leader : ''}
      </text>
      <title>{ensemble.member(String(lane.sid))}</title>
      <line className={lane.seen ? 'lane' : 'lane unseen'} x1={72} x2={endX} y1={lane.y} y2={lane.y} />
      {lane.late.length > 0 && (
        <text className="axis-label" x={width - 2} y={lane.y - 8} textAnchor="end">
          {lane.late.map((late) => words.diagramLate(words.stages[late.stage], duration(late.ms))).join(', ')} →
        </text>
      )}
      {!lane.seen && (
        <text className="axis-label" x={80} y={lane.y - 6}>
          {words.stages.none}
        </text>
      )}
    </g>
  )
}

/** What happened on the lane itself: the flush, the commit, the apply. */
function LaneMarks({ lane }: { readonly lane: Lane }) {
  const { rounds: words } = useMessages()
  const duration = useDuration()
  const sid = String(lane.sid)
  return (
    <g data-member={memberColour(lane.sid)}>
      {lane.flush && (
        <rect
          className={lane.flush.open ? 'flush open' : 'flush'}
          x={lane.flush.x1}
          y={lane.y - 4}
          width={Math.max(2, lane.flush.x2 - lane.flush.x1)}
          height={8}
          rx={1.5}
        >
          <title>{words.diagramFlush(sid, duration(lane.flush.ms))}</title>
        </rect>
      )}
      {lane.committedX !== null && (
        <path className="lane-commit" transform={`translate(${lane.committedX} ${lane.y})`} d="M-1.5 -9V9M1.5 -9V9">
          <title>{words.stages.committed}</title>
        </path>
      )}
      {lane.appliedX !== null && (
        <g transform={`translate(${lane.appliedX} ${lane.y})`}>
          <title>{words.stages.applied}</title>
          <circle className="lane-applied" r={5.5} />
          <path className="lane-tick" d="M-2.4 0.2L-0.6 2L2.6 -1.8" />
        </g>
      )}
    </g>
  )
}

const HEAD_PX = 7

function ArrowMark({ arrow }: { readonly arrow: Arrow }) {
  const { rounds: words } = useMessages()
  const angle = (Math.atan2(arrow.y2 - arrow.y1, arrow.x2 - arrow.x1) * 180) / Math.PI
  const sid = String(arrow.sid)
  const title = {
    proposal: words.diagramProposal(sid),
    ack: arrow.arrived ? words.diagramAck(sid) : words.diagramAckOpen(sid),
    commit: words.diagramCommit(sid),
  }[arrow.type]
  const length = Math.hypot(arrow.x2 - arrow.x1, arrow.y2 - arrow.y1)
  return (
    <g className={`arrow ${arrow.type}`} transform={`translate(${arrow.x1} ${arrow.y1}) rotate(${angle})`}>
      <title>{title}</title>
      <path className="arrow-target" d={`M0 0H${length}`} />
      {arrow.type === 'commit' ? (
        <path className="arrow-line" d={`M0 -1.5H${length}M0 1.5H${length}`} />
      ) : (
        <path
          className={arrow.arrived ? 'arrow-line' : 'arrow-line open'}
          d={`M0 0H${length - (arrow.type === 'proposal' ? 5 : 0)}`}
        />
      )}
      {arrow.arrived && arrow.type === 'proposal' && (
        <path className="arrow-head filled" d={`M${length} 0L${length - HEAD_PX} -3.5V3.5Z`} />
      )}
      {arrow.arrived && arrow.type === 'ack' && (
        <path className="arrow-head" d={`M${length - HEAD_PX - 2} -4L${length - 2} 0L${length - HEAD_PX - 2} 4`} />
      )}
    </g>
  )
}
