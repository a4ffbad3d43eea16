// A few choices side by side, one of them taken.

export interface Choice<T> {
  readonly value: T
  readonly label: React.ReactNode
  /** When the label is not words. */
  readonly name?: string
}

interface SegmentsProps<T> {
  readonly label: string
  readonly choices: readonly Choice<T>[]
  readonly value: T
  readonly onChange: (value: T) => void
}

export function Segments<T extends string | number | null>({ label, choices, value, onChange }: SegmentsProps<T>) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as an inline row everywhere
    <div className="segments" role="group" aria-label={label}>
      {choices.map((choice) => (
        <button
          key={String(choice.value)}
          type="button"
          aria-pressed={choice.value === value}
          aria-label={choice.name}
          title={choice.name}
          onClick={() => onChange(choice.value)}
        >
          {choice.label}
        </button>
      ))}
    </div>
  )
}
