// Whether this member may be broken on purpose. Off, the seams do not exist.

import type { Values } from './config-values.ts'
import { HONOURED, type KeyRules } from './key-rule.ts'

export const FAULT_KEYS: KeyRules = { 'zabscope.faults': HONOURED }

export interface FaultsConfig {
  readonly enabled: boolean
}

export function readFaults(read: Values, eventPort: number | null, problems: string[]): FaultsConfig {
  const enabled = read.boolean('zabscope.faults', false)
  if (enabled && eventPort === null)
    problems.push('zabscope.faults needs zabscope.eventPort, where faults are asked for, and zabscope.secretFile')
  return { enabled }
}
