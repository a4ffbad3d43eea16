// A separator that one drags, or moves with the arrow keys, to give the part beside it another size.

interface ResizerProps {
  readonly label: string
  /** Which way it moves. */
  readonly axis: 'x' | 'y'
  readonly value: number
  readonly least: number
  readonly most: number
  /** Size that a double click gives back. */
  readonly first: number
  /** The part lies right of it or below it, so it grows when the separator moves left or up. */
  readonly onChange: (px: number) => void
}

const STEP_PX = 16

export function Resizer({ label, axis, value, least, most, first, onChange }: ResizerProps) {
  const set = (px: number) => onChange(Math.min(most, Math.max(least, px)))
  const [grow, shrink] = axis === 'x' ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown']
  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule cannot be moved
    <div
      className="resizer"
      data-axis={axis}
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={axis === 'x' ? 'vertical' : 'horizontal'}
      aria-valuenow={value}
      aria-valuemin={least}
      aria-valuemax={most}
      title={label}
      onDoubleClick={() => set(first)}
      onKeyDown={(event) => {
        const px = { [grow]: value + STEP_PX, [shrink]: value - STEP_PX, Home: most, End: least }[event.key]
        if (px === undefined) return
        event.preventDefault()
        event.stopPropagation()
        set(px)
      }}
      onPointerDown={(event) => {
        if (event.button !== 0) return
        event.preventDefault()
        event.currentTarget.setPointerCapture(event.pointerId)
        const at = axis === 'x' ? event.clientX : event.clientY
        const separator = event.currentTarget
        const onMove = (move: PointerEvent) => set(value + at - (axis === 'x' ? move.clientX : move.clientY))
        separator.addEventListener('pointermove', onMove)
        separator.addEventListener('lostpointercapture', () => separator.removeEventListener('pointermove', onMove), {
          once: true,
        })
      }}
    />
  )
}
