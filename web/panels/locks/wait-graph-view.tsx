// The wait-for graph: sessions as boxes, an arrow from each that waits to the one it waits for, cycles in red with a
// sentence. The same as a list of sentences stands below it.

import { formatCount } from '../../i18n/format.ts'
import { useLockGraph } from '../../stores/lock-graph.ts'
import { serverNow } from '../../stores/view-store.ts'
import { Empty, Skeleton } from '../../ui/states.tsx'
import { PathTag, SessionTag, useMark } from '../../ui/tags.tsx'
import { useDuration } from '../../ui/times.tsx'
import { Visible } from '../../ui/visible.tsx'
import { useLanguage, useMessages } from '../../ui/words.ts'
import { type GraphEdge, type GraphNode, layoutWaits, NODE } from '../../viz/locks/wait-graph.ts'

const EDGES_LISTED = 200
const PAD = 4
/** Room beside the last column for arrows that go back. */
const BACK = 40

export function WaitGraphView() {
  const { lockView: words } = useMessages()
  const language = useLanguage()
  const duration = useDuration()
  const state = useLockGraph()
  if (state.type === 'loading') return <Skeleton rows={8} rowHeight={32} />
  if (state.type === 'failed') {
    return (
      <Empty title={words.graph}>
        <p>
          <Visible text={state.message} />
        </p>
      </Empty>
    )
  }
  const { edges, cycles, droppedEdges } = state.graph
  if (edges.length === 0) {
    return (
      <Empty title={words.blockedNone}>
        <p>{words.blockedText}</p>
      </Empty>
    )
  }
  const picture = layoutWaits(state.graph)
  const now = serverNow()
  return (
    <div className="scrolls graph-view">
      <p role="status">{words.graphCaption(formatCount(edges.length + droppedEdges, language), cycles.length)}</p>
      {cycles.map((cycle) => (
        <div key={cycle.sessions.join(' ')} className="cycle" data-verdict={cycle.verdict}>
          <b>{words.cycle[cycle.verdict]}.</b> {words.cycleText[cycle.verdict]}
          <ol>
            {cycle.edges.map((edge, i) => (
              <li key={`${edge.from} ${edge.lock}`}>
                {words.waitsLine(edge.from, edge.to, edge.lock, duration(now - edge.sinceMs))}
                {i === cycle.edges.length - 1 && (
                  <span className="tertiary"> · {words.closedBy(edge.from, edge.lock)}</span>
                )}
              </li>
            ))}
          </ol>
        </div>
      ))}
      {/* The list below says the same in words. */}
      <svg
        className="wait-graph"
        width={picture.width + 2 * PAD + BACK}
        height={picture.height + 2 * PAD}
        aria-hidden="true"
      >
        <defs>
          <marker id="waits-head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
            <path d="M0 0.5L7 4L0 7.5Z" />
          </marker>
        </defs>
        <g transform={`translate(${PAD} ${PAD})`}>
          {picture.edges.map((edge) => (
            <path
              key={`${edge.from.session} ${edge.to.session} ${edge.lock}`}
              className="wait-edge"
              data-cycle={edge.inCycle ? '' : undefined}
              markerEnd="url(#waits-head)"
              d={arrow(edge)}
            />
          ))}
          {picture.nodes.map((node) => (
            <Box key={node.session} node={node} />
          ))}
        </g>
      </svg>
      {picture.more > 0 && <p className="tertiary">{words.graphMore(formatCount(picture.more, language))}</p>}
      <ul className="wait-lines" aria-label={words.graph}>
        {edges.slice(0, EDGES_LISTED).map((edge) => (
          <li key={`${edge.from} ${edge.to} ${edge.lock}`}>
            <SessionTag session={edge.from} /> → <SessionTag session={edge.to} /> <PathTag path={edge.lock} />
            <span className="tertiary">{words.waits(duration(now - edge.sinceMs))}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}

/** From the left side of who waits to the right side of whom it waits for; round the outside where that is not left. */
function arrow({ from, to }: GraphEdge): string {
  const half = NODE.height / 2
  if (from.x > to.x) {
    const [x1, y1, x2, y2] = [from.x, from.y + half, to.x + NODE.width, to.y + half]
    const bend = Math.min(48, (x1 - x2) / 2)
    return `M${x1} ${y1}C${x1 - bend} ${y1} ${x2 + bend} ${y2} ${x2 + 2} ${y2}`
  }
  const right = Math.max(from.x, to.x) + NODE.width
  const [y1, y2] = [from.y + half, to.y + half]
  return `M${from.x + NODE.width} ${y1}C${right + BACK} ${y1} ${right + BACK} ${y2} ${to.x + NODE.width + 2} ${y2}`
}

function Box({ node }: { readonly node: GraphNode }) {
  const mark = useMark({ type: 'session', session: node.session })
  return (
    <g
      className="wait-node"
      data-cycle={node.inCycle ? '' : undefined}
      transform={`translate(${node.x} ${node.y})`}
      {...mark}
    >
      <rect width={NODE.width} height={NODE.height} rx={NODE.height / 2} />
      <text x={NODE.width / 2} y={NODE.height / 2 + 4} textAnchor="middle">
        {node.session}
      </text>
    </g>
  )
}
