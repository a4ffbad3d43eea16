// The marks of broken links in the ring: a gap with a cross where nothing passes, two bars where messages are held, an arrow where only one side
// is heard, long dashes where it is slow, broken ones where messages get lost. faults-now.tsx says it in words.

import { memberColour } from '../ui/member-glyph.tsx'
import { layoutLink, type RingNode } from '../viz/ring.ts'
import type { HarmedLink } from '../viz/ring-faults.ts'

interface FaultLinksProps {
  readonly links: readonly HarmedLink[]
  readonly nodes: readonly RingNode[]
  readonly discPx: number
  /** What is written at the link from the leader to a follower. */
  readonly labelOf: (a: number, b: number) => string | null
}

export function RingFaultLinks({ links, nodes, discPx, labelOf }: FaultLinksProps) {
  return links.map((link) => {
    const [a, b] = [nodes.find(({ sid }) => sid === link.a), nodes.find(({ sid }) => sid === link.b)]
    return (
      a &&
      b && (
        <FaultLink
          key={`${link.a} ${link.b}`}
          link={link}
          from={a}
          to={b}
          discPx={discPx}
          label={labelOf(link.a, link.b)}
        />
      )
    )
  })
}

/** Beside the line, which has marks of its own. */
const LABEL_AWAY_PX = 16

interface FaultLinkProps {
  readonly link: HarmedLink
  readonly from: RingNode
  readonly to: RingNode
  readonly discPx: number
  readonly label: string | null
}

function FaultLink({ link, from, to, discPx, label }: FaultLinkProps) {
  const { x1, y1, x2, y2, middleX, middleY } = layoutLink(from, to, discPx)
  const angle = (Math.atan2(y2 - y1, x2 - x1) * 180) / Math.PI
  const length = Math.hypot(x2 - x1, y2 - y1)
  const towards = link.passes === from.sid ? 0 : 180
  return (
    <g className="fault-link" data-harm={link.harm}>
      <title>{link.texts.join('\n')}</title>
      <g transform={`translate(${x1} ${y1}) rotate(${angle})`}>
        {/* Covers the healthy link below. */}
        <path className="fault-cover" d={`M0 0H${length}`} />
        <path
          className="fault-line"
          d={link.harm === 'cut' ? `M0 0H${length * 0.38}M${length * 0.62} 0H${length}` : `M0 0H${length}`}
        />
      </g>
      {label !== null && link.harm !== 'cut' && link.harm !== 'held' && (
        <text
          className="link-label"
          x={middleX + ((y2 - y1) / length) * LABEL_AWAY_PX}
          y={middleY - (Math.abs(x2 - x1) / length) * LABEL_AWAY_PX}
          textAnchor="middle"
          dy="0.36em"
        >
          {label}
        </text>
      )}
      {link.harm === 'cut' && (
        <path className="fault-cross" transform={`translate(${middleX} ${middleY})`} d="M-5 -5L5 5M5 -5L-5 5" />
      )}
      {link.harm === 'held' && (
        <path className="fault-cross" transform={`translate(${middleX} ${middleY})`} d="M-3 -6V6M3 -6V6" />
      )}
      {link.harm === 'one-way' && (
        <g
          transform={`translate(${middleX} ${middleY}) rotate(${angle + towards})`}
          data-member={memberColour(link.passes ?? 0)}
        >
          <path className="fault-head" d="M9 0L-6 -6V6Z" />
        </g>
      )}
    </g>
  )
}
