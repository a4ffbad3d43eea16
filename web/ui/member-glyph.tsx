// The mark of a member: its number in its colour, in the shape of what it is doing. Drawn around 0,0.
// LEADING: disc with a ring. FOLLOWING: disc. OBSERVING: dashed ring. LOOKING: open ring. Down: cross behind
// the number on a faint disc. Paused: two bars beside the number.

import { memo } from 'react'
import type { MemberRole } from '../viz/ensemble-answer.ts'

export const MEMBER_COLOURS = 9

/** Members 1–9 have a colour of their own; later ones start over, their number tells them apart. */
export function memberColour(sid: number): number {
  return ((((sid - 1) % MEMBER_COLOURS) + MEMBER_COLOURS) % MEMBER_COLOURS) + 1
}

interface GlyphProps {
  readonly sid: number
  readonly role: MemberRole
  readonly radius: number
  /** While LOOKING: whom it votes for; drawn inside when there is room. */
  readonly vote?: number | null
}

const FILLED: ReadonlySet<MemberRole> = new Set(['LEADING', 'FOLLOWING', 'paused'])

export const MemberGlyph = memo(Glyph)

function Glyph({ sid, role, radius, vote = null }: GlyphProps) {
  const filled = FILLED.has(role)
  const fontSize = Math.max(11, radius * 0.72)
  const inside = role === 'LOOKING' && vote !== null && radius >= 20
  return (
    <g className="glyph" data-member={memberColour(sid)} data-role={role}>
      {role === 'LEADING' && (
        <circle r={radius * 1.24} className="glyph-ring" strokeWidth={Math.max(1.4, radius * 0.07)} />
      )}
      <circle r={radius} className="glyph-disc" strokeWidth={Math.max(1.6, radius * 0.08)} />
      {role === 'down' && (
        <path d={corners(radius)} className="glyph-cross" strokeWidth={Math.max(1.6, radius * 0.08)} />
      )}
      {role === 'paused' && <path d={bars(radius)} className="glyph-bars" strokeWidth={Math.max(1.8, radius * 0.12)} />}
      {inside ? (
        <g data-member={memberColour(vote)}>
          <circle r={radius * 0.52} className="glyph-vote" />
          <text className="glyph-number on" dy="0.36em" fontSize={radius * 0.56}>
            {vote}
          </text>
        </g>
      ) : (
        <text className={filled ? 'glyph-number on' : 'glyph-number'} dy="0.36em" fontSize={fontSize}>
          {sid}
        </text>
      )}
    </g>
  )
}

/** Four strokes from the rim towards the number: a cross that leaves the number readable. */
function corners(radius: number): string {
  const [outer, inner] = [radius * 0.7, radius * 0.42]
  return [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
  ]
    .map(([x = 0, y = 0]) => `M${x * outer} ${y * outer}L${x * inner} ${y * inner}`)
    .join('')
}

function bars(radius: number): string {
  const [x, y] = [radius * 0.66, radius * 0.34]
  return `M${-x} ${-y}V${y}M${x} ${-y}V${y}`
}
