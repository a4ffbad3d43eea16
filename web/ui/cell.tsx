// A cell of a row in a virtual list. Lists are drawn without <table>, because only visible rows exist.

import type { ReactNode } from 'react'

interface CellProps {
  readonly className?: string
  readonly title?: string | undefined
  readonly children?: ReactNode
}

export function Cell({ children, ...looks }: CellProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: not in a table
    // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus, rows are its active descendants
    <span role="gridcell" {...looks}>
      {children}
    </span>
  )
}
