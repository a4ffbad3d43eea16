// The mark of one stage on its own, for a legend. What it looks like: viz/stage-shapes.ts. Rows of the list of rounds are
// drawn by rounds/paint-row.ts.

import { type StageMark, stageShapes } from '../viz/stage-shapes.ts'

export function StageGlyph(mark: StageMark) {
  return (
    <svg className="stage" width="16" height="16" viewBox="-8 -8 16 16" aria-hidden="true">
      {stageShapes(mark).map(({ className, d, r, full }) =>
        d === null ? (
          <circle key={className} className={className} r={r} />
        ) : (
          <path key={className} className={className} d={d} data-full={full ? '' : undefined} />
        ),
      )}
    </svg>
  )
}
