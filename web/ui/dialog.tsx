// A modal question on the browser's own dialog element: it keeps the focus, Esc cancels, cancel is default.

import { type ReactNode, useEffect, useId, useRef } from 'react'
import { Visible } from './visible.tsx'

interface DialogProps {
  readonly title: string
  readonly onClose: () => void
  readonly children: ReactNode
  /** For what needs room, such as an editor. */
  readonly wide?: boolean
}

export function Dialog({ title, onClose, children, wide = false }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useEffect(() => {
    const dialog = ref.current
    dialog?.showModal()
    return () => dialog?.close()
  }, [])
  return (
    <dialog
      ref={ref}
      aria-labelledby={titleId}
      data-wide={wide ? '' : undefined}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
    >
      <h2 id={titleId}>
        <Visible text={title} />
      </h2>
      {children}
    </dialog>
  )
}
