// The marks on the timeline, a shape for each kind of event, in the colour of the member where there is one.

import type { Marker } from '#shared/events/cluster-view.ts'
import { memberColour } from '../ui/member-glyph.tsx'

const SHAPES: Record<Marker['type'], { readonly d: string; readonly filled: boolean }> = {
  killed: { d: 'M-4 -4L4 4M4 -4L-4 4', filled: false },
  stopped: { d: 'M-3.5 -3.5H3.5V3.5H-3.5Z', filled: true },
  started: { d: 'M-3 -4L4 0L-3 4Z', filled: true },
  paused: { d: 'M-2.5 -4V4M2.5 -4V4', filled: false },
  resumed: { d: 'M-4 -4V4M-0.5 -4L4.5 0L-0.5 4Z', filled: true },
  looking: { d: 'M0 -4A4 4 0 1 1 -0.01 -4Z', filled: false },
  epoch: { d: 'M0 -4.5L4.5 0L0 4.5L-4.5 0Z', filled: true },
  left: { d: 'M4 -4L-3 0L4 4Z', filled: false },
  fault: { d: 'M1.5 -5L-3 1H0L-1.5 5L3 -1H0Z', filled: true },
  healed: { d: 'M-4 0L-1 3.5L4.5 -3.5', filled: false },
  sync: { d: 'M-4.5 -2H4.5L2 -4.5M4.5 2H-4.5L-2 4.5', filled: false },
}

export function TimelineGlyph({ type, sid }: { readonly type: Marker['type']; readonly sid: number | null }) {
  const { d, filled } = SHAPES[type]
  return (
    <svg
      width="14"
      height="14"
      viewBox="-7 -7 14 14"
      aria-hidden="true"
      className="timeline-glyph"
      data-type={type}
      data-member={sid === null ? undefined : memberColour(sid)}
    >
      <path d={d} data-filled={filled ? '' : undefined} />
    </svg>
  )
}
