// The states that every view has besides full: empty with a next step, and the skeleton of what is coming.

import type { ReactNode } from 'react'
import { useMessages } from './words.ts'

export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      {children}
    </div>
  )
}

const WIDTHS = [62, 48, 71, 40, 55, 66, 44, 58]

/** Lines in the place of rows that are on their way. */
export function Skeleton({ rows, rowHeight = 28 }: { readonly rows: number; readonly rowHeight?: number }) {
  const words = useMessages().frame
  return (
    <div className="skeleton-rows" role="status" aria-label={words.loading}>
      {Array.from({ length: rows }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines without identity
        <div key={i} className="skeleton-row" style={{ height: rowHeight }}>
          <span className="skeleton" style={{ width: `${WIDTHS[i % WIDTHS.length]}%` }} />
        </div>
      ))}
    </div>
  )
}
