// The settings of a workload, drawn from their table: all of them before the start, those that can be tuned while it runs.

import {
  type AnySettings,
  type SettingUnit,
  settingsOf,
  type WorkloadKind,
  type WorkloadSetting,
} from '#shared/events/workload-settings.ts'
import { useMessages } from '../../ui/words.ts'
import { ChoiceField, FlagField, NumberField } from './setting-field.tsx'

const UNITS: Record<SettingUnit, string> = { ms: 'ms', '1/s': '/s', '%': '%', bytes: 'B', count: '' }

/** A message that a table names; tests hold the two together. */
export function wordFor(words: Readonly<Record<string, string>>, name: string): string {
  return words[name] ?? name
}

export function defaultsOf(kind: WorkloadKind): AnySettings {
  return Object.fromEntries(Object.entries(settingsOf(kind)).map(([name, setting]) => [name, setting.default]))
}

interface WorkloadFormProps {
  readonly kind: WorkloadKind
  readonly settings: AnySettings
  /** It runs: what is chosen at the start is only shown. */
  readonly running: boolean
  readonly onChange: (name: string, value: number | string | boolean) => void
}

export function WorkloadForm({ kind, settings, running, onChange }: WorkloadFormProps) {
  return (
    <div className="settings-form">
      {Object.entries(settingsOf(kind)).map(([name, setting]) => (
        <Field
          key={name}
          name={name}
          setting={setting}
          value={settings[name] ?? setting.default}
          fixed={running && !setting.live}
          onChange={(value) => onChange(name, value)}
        />
      ))}
    </div>
  )
}

interface FieldProps {
  readonly name: string
  readonly setting: WorkloadSetting
  readonly value: number | string | boolean
  readonly fixed: boolean
  readonly onChange: (value: number | string | boolean) => void
}

function Field({ name, setting, value, fixed, onChange }: FieldProps) {
  const { playground } = useMessages()
  const word = wordFor(playground.settings, name)
  const label = fixed ? `${word} (${playground.workloads.atStart})` : word
  switch (setting.type) {
    case 'number': {
      const { unit, min, max, step } = setting
      const shared = { label, unit: UNITS[unit], min, max, step, disabled: fixed, onChange }
      return <NumberField {...shared} value={Number(value)} />
    }
    case 'choice': {
      const choices = setting.choices.map((choice) => [choice, wordFor(playground.choices, choice)] as const)
      return <ChoiceField label={label} value={String(value)} choices={choices} disabled={fixed} onChange={onChange} />
    }
    case 'flag':
      return <FlagField label={label} value={value === true} disabled={fixed} onChange={onChange} />
  }
}
