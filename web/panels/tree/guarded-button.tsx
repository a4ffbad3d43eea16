// A button for something that one may or may not do: where one may not, it stays and says why.

import type { MouseEvent, ReactNode } from 'react'
import type { AskName } from '../../feeds/feed.ts'
import { useBarrier, whyNot } from '../../stores/rights-store.ts'
import { useMessages } from '../../ui/words.ts'

interface GuardedButtonProps {
  readonly needs: AskName
  readonly onClick: (event: MouseEvent) => void
  readonly className?: string
  /** Beside what the rights say. */
  readonly disabled?: boolean
  /** Its name, where what it shows is too short for one. */
  readonly label?: string
  readonly children: ReactNode
}

export function GuardedButton({
  needs,
  onClick,
  className = '',
  disabled = false,
  label,
  children,
}: GuardedButtonProps) {
  const { edit: words } = useMessages()
  const barrier = useBarrier(needs)
  const why = barrier === null ? undefined : whyNot(barrier, words.barrier)
  return (
    // aria-disabled and not disabled: whoever comes by with the keyboard hears why.
    <button
      type="button"
      className={`button ${className}`}
      aria-disabled={barrier !== null || disabled || undefined}
      title={why}
      aria-label={label}
      aria-description={why}
      onClick={(event) => {
        if (barrier === null && !disabled) onClick(event)
      }}
    >
      {children}
    </button>
  )
}
