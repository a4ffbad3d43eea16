// From the table of settings to checks: what comes from a page, a command line or a parent is read here.

import { z } from 'zod'
import { err, ok, type Result } from '#shared/base/result.ts'
import {
  type AnySettings,
  settingsOf,
  WORKLOADS,
  type WorkloadKind,
  type WorkloadSetting,
} from '#shared/events/workload-settings.ts'

function valueSchema(setting: WorkloadSetting) {
  switch (setting.type) {
    case 'number':
      return z.number().min(setting.min).max(setting.max)
    case 'choice':
      return z.enum(setting.choices)
    case 'flag':
      return z.boolean()
  }
}

function partialSchema(kind: WorkloadKind) {
  const shape = Object.entries(settingsOf(kind)).map(([name, setting]) => [name, valueSchema(setting).optional()])
  return z.strictObject(Object.fromEntries(shape))
}

/** All settings of `kind`: those given, checked, and defaults for the rest. The error is a sentence. */
export function readSettings(kind: WorkloadKind, given: unknown): Result<AnySettings, string> {
  return readOver(kind, given, defaultSettings(kind))
}

export function defaultSettings(kind: WorkloadKind): AnySettings {
  return Object.fromEntries(Object.entries(settingsOf(kind)).map(([name, setting]) => [name, setting.default]))
}

/** The settings after a change of some; refuses those that are chosen at the start. */
export function changeSettings(kind: WorkloadKind, present: AnySettings, change: unknown): Result<AnySettings, string> {
  const next = readOver(kind, change, present)
  if (!next.ok) return next
  for (const [name, { live }] of Object.entries(settingsOf(kind))) {
    if (!live && next.value[name] !== present[name])
      return err(`${name} of a ${kind} workload is chosen at its start: stop it, and start another with the new value.`)
  }
  return next
}

function readOver(kind: WorkloadKind, given: unknown, base: AnySettings): Result<AnySettings, string> {
  const read = partialSchema(kind).safeParse(given)
  if (!read.success) return err(sentence(kind, read.error))
  const chosen = Object.entries(read.data).filter(([, value]) => value !== undefined)
  return ok({ ...base, ...(Object.fromEntries(chosen) as AnySettings) }) // the schema has checked each value
}

function sentence(kind: WorkloadKind, error: z.ZodError): string {
  const [issue] = error.issues
  if (issue?.code === 'unrecognized_keys') {
    const known = Object.keys(WORKLOADS[kind].settings).join(', ')
    return `A ${kind} workload has no setting ${issue.keys.join(', ')}; it has ${known}.`
  }
  const name = String(issue?.path[0] ?? 'settings')
  const setting = settingsOf(kind)[name]
  return `${name} of a ${kind} workload ${setting ? mustBe(setting) : 'is not readable'}.`
}

function mustBe(setting: WorkloadSetting): string {
  switch (setting.type) {
    case 'number':
      return `is a number from ${setting.min} to ${setting.max}${setting.unit === 'count' ? '' : ` (${setting.unit})`}`
    case 'choice':
      return `is one of ${setting.choices.join(', ')}`
    case 'flag':
      return 'is true or false'
  }
}
