// One field of a form that a table describes: a slider with its exact number, a choice, a flag. Knows units and limits;
// what the value is for is the form's business.

import { useId } from 'react'
import { SLIDER_STEPS, sliderPosition, sliderValue } from '../../viz/playground/slider.ts'

export interface NumberFieldProps {
  readonly label: string
  readonly unit: string
  readonly min: number
  readonly max: number
  readonly step: number
  readonly value: number
  readonly disabled?: boolean
  readonly onChange: (value: number) => void
}

export function NumberField({ label, unit, min, max, step, value, disabled = false, onChange }: NumberFieldProps) {
  const id = useId()
  return (
    <div className="setting">
      <label htmlFor={id}>{label}</label>
      <input
        type="range"
        min={0}
        max={SLIDER_STEPS}
        value={sliderPosition(value, min, max)}
        disabled={disabled}
        aria-label={label}
        aria-valuetext={`${value} ${unit}`}
        onChange={(event) => onChange(sliderValue(Number(event.target.value), min, max, step))}
      />
      <input
        id={id}
        className="field number"
        type="number"
        min={min}
        max={max}
        step="any"
        value={value}
        disabled={disabled}
        onChange={(event) => {
          const typed = event.target.valueAsNumber
          if (Number.isFinite(typed)) onChange(Math.min(max, Math.max(min, typed)))
        }}
      />
      <span className="unit">{unit}</span>
    </div>
  )
}

interface ChoiceFieldProps {
  readonly label: string
  readonly value: string
  readonly choices: readonly (readonly [value: string, label: string])[]
  readonly disabled?: boolean
  readonly onChange: (value: string) => void
}

export function ChoiceField({ label, value, choices, disabled = false, onChange }: ChoiceFieldProps) {
  const id = useId()
  return (
    <div className="setting">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        className="field wide"
        value={value}
        disabled={disabled}
        onChange={(event) => onChange(event.target.value)}
      >
        {choices.map(([choice, text]) => (
          <option key={choice} value={choice}>
            {text}
          </option>
        ))}
      </select>
    </div>
  )
}

interface FlagFieldProps {
  readonly label: string
  readonly value: boolean
  readonly disabled?: boolean
  readonly onChange: (value: boolean) => void
}

export function FlagField({ label, value, disabled = false, onChange }: FlagFieldProps) {
  return (
    <label className="setting flag">
      <input type="checkbox" checked={value} disabled={disabled} onChange={(event) => onChange(event.target.checked)} />
      {label}
    </label>
  )
}
