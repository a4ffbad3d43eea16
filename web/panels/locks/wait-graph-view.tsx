// The wait-for graph: sessions as boxes, an arrow from each that waits to the one it waits for, cycles in red with a
// sentence. The same as a list of sentences stands below it.

import { baseName } from '#shared/zk/path.ts'
import { formatCount } from '../../i18n/format.ts'
import { visibleText } from '../../i18n/visible-text.ts'
import { useLockGraph } from '../../stores/lock-graph.ts'
import { serverNow } from '../../stores/view-store.ts'
import { Empty, Skeleton } from '../../ui/states.tsx'
import { PathTag, SessionTag, useMark } from '../../ui/tags.tsx'
import { useDuration } from '../../ui/times.tsx'
import { Visible } from '../../ui/visible.tsx'
import { useLanguage, useMessages } from '../../ui/words.ts'
import { type GraphEdge, type GraphNode, layoutWaits, NODE } from '../../viz/locks/wait-graph.ts'

const EDGES_LISTED = 200
const PAD = 6
/** Characters of a lock's name beside its arrow. */
const LABEL_CHARS = 22
/** Room beside the last column for arrows that go back. */
const BACK = 40

export function WaitGraphView() {
  const { lockView: words, picture: pictures } = useMessages()
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
                <Visible text={words.waitsLine(edge.from, edge.to, edge.lock, duration(now - edge.sinceMs))} />
                {i === cycle.edges.length - 1 && (
                  <span className="tertiary">
                    {' · '}
                    <Visible text={words.closedBy(edge.from, edge.lock)} />
                  </span>
                )}
              </li>
            ))}
          </ol>
        </div>
      ))}
      {/* The list below says the same in words. */}
      <div className="wait-graph" data-picture={pictures.waits}>
        <svg width={picture.width + 2 * PAD + BACK} height={picture.height + 2 * PAD} aria-hidden="true">
          <defs>
            <marker id="waits-head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
              <path d="M0 0.5L7 4L0 7.5Z" />
            </marker>
          </defs>
          <g transform={`translate(${PAD} ${PAD})`}>
            {picture.edges.map((edge) => (
              <g key={`${edge.from.key} ${edge.to.key} ${edge.lock}`}>
                <path
                  className="wait-edge"
                  data-cycle={edge.inCycle ? '' : undefined}
                  markerEnd="url(#waits-head)"
                  d={arrow(edge)}
                />
                <LockName edge={edge} />
              </g>
            ))}
            {picture.nodes.map((node) => (
              <Box key={node.key} node={node} />
            ))}
          </g>
        </svg>
      </div>
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

/** From the left side of who waits to the right side of whom it waits for; below the boxes where that is not left. */
function arrow({ from, to }: GraphEdge): string {
  const half = NODE.height / 2
  if (from.x > to.x) {
    const [x1, y1, x2, y2] = [from.x, from.y + half, to.x + NODE.width, to.y + half]
    const bend = Math.min(48, (x1 - x2) / 2)
    return `M${x1} ${y1}C${x1 - bend} ${y1} ${x2 + bend} ${y2} ${x2 + 2} ${y2}`
  }
  if (from.x === to.x) {
    const right = from.x + NODE.width
    const [y1, y2] = [from.y + half - (from === to ? 5 : 0), to.y + half + (from === to ? 5 : 0)]
    return `M${right} ${y1}C${right + BACK} ${y1} ${right + BACK} ${y2} ${right + 2} ${y2}`
  }
  const [x1, y1] = [from.x + NODE.width / 2, from.y + NODE.height]
  const [x2, y2] = [to.x + NODE.width / 2, to.y + NODE.height]
  return `M${x1} ${y1}C${x1} ${y1 + BACK} ${x2} ${y2 + BACK} ${x2} ${y2 + 2}`
}

/** Which lock it is, beside the arrow; of arrows to the left only, the others are in the list. */
function LockName({ edge: { from, to, lock } }: { readonly edge: GraphEdge }) {
  const forward = from.x > to.x
  const name = baseName(lock)
  const text = visibleText(name.length > LABEL_CHARS ? `${name.slice(0, LABEL_CHARS - 1)}…` : name)
  const x = (from.x + to.x + NODE.width) / 2
  const y = forward ? (from.y + to.y) / 2 + NODE.height / 2 - 6 : Math.max(from.y, to.y) + NODE.height + 24
  return (
    <text className="wait-lock" x={x} y={y} textAnchor="middle">
      {text}
    </text>
  )
}

function Box({ node }: { readonly node: GraphNode }) {
  return node.count > 1 ? <Bundle node={node} /> : <Session node={node} />
}

function Session({ node }: { readonly node: GraphNode }) {
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

/** Many sessions that wait for the same. */
function Bundle({ node }: { readonly node: GraphNode }) {
  const { lockDetail: words } = useMessages()
  const language = useLanguage()
  return (
    <g className="wait-node" data-bundle="" transform={`translate(${node.x} ${node.y})`}>
      <rect x="4" y="4" width={NODE.width} height={NODE.height} rx={NODE.height / 2} />
      <rect width={NODE.width} height={NODE.height} rx={NODE.height / 2} />
      <text className="sans" x={NODE.width / 2} y={NODE.height / 2 + 4} textAnchor="middle">
        {words.bundle(node.count, formatCount(node.count, language))}
      </text>
    </g>
  )
}
