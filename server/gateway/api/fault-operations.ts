// Operations that break the ensemble that this process started, and heal it. What faults there are, and their limits, is
// the catalogue's business (shared/events/fault-catalogue.ts); here only the form is checked.

import { z } from 'zod'
import { ACTIVE_FAULTS_MAX, FAULT_CATALOGUE } from '#shared/events/fault-catalogue.ts'
import { HELD_ACTIONS } from '#shared/events/held-messages.ts'
import { MEMBERS_MAX } from '../../ensemble/layout.ts'
import { nothing, sidField } from './fields.ts'
import type { Operations } from './operation.ts'

/** More than any fault has. */
const PARAMETERS_MAX = 8

const who = z.union([sidField, z.enum(['leader', 'followers', 'observers', 'all'])])
const direction = z.enum(['both', 'out', 'in']).optional()
const group = z.array(sidField).max(MEMBERS_MAX)
const target = z.discriminatedUnion('on', [
  z.strictObject({ on: z.enum(['member', 'disk', 'clock']), at: who }),
  z.strictObject({ on: z.literal('clients'), at: who, direction }),
  z.strictObject({ on: z.literal('link'), at: who, to: who, direction }),
  z.strictObject({ on: z.literal('isolate'), at: who, direction }),
  z.strictObject({ on: z.literal('groups'), groups: z.array(group).max(MEMBERS_MAX), direction }),
])
const parameters = z
  .record(z.string().max(32), z.number())
  .refine((given) => Object.keys(given).length <= PARAMETERS_MAX, `at most ${PARAMETERS_MAX} parameters`)

type FaultOperations = Operations<
  'fault:inject' | 'fault:heal' | 'fault:heal-all' | 'fault:list' | 'fault:held' | 'fault:release'
>

export const FAULT_OPERATIONS: FaultOperations = {
  'fault:inject': {
    role: 'operator',
    audited: true,
    touches: 'members',
    input: z.strictObject({
      fault: z.enum(FAULT_CATALOGUE.map(({ id }) => id)),
      target,
      parameters: parameters.optional(),
      durationMs: z.number().optional(),
    }),
    summary: `Puts a fault on members, links, disks or clocks; at most ${ACTIVE_FAULTS_MAX} at a time.`,
    rest: { method: 'POST', path: '/faults' },
  },
  'fault:heal': {
    role: 'operator',
    audited: true,
    touches: 'members',
    input: z.strictObject({ id: z.string().max(32) }),
    summary: 'Ends a fault before its time.',
    rest: { method: 'DELETE', path: '/faults/{id}' },
  },
  'fault:heal-all': {
    role: 'operator',
    audited: true,
    touches: 'members',
    input: nothing,
    summary: 'Ends every fault.',
    rest: { method: 'DELETE', path: '/faults' },
  },
  'fault:list': {
    role: 'viewer',
    audited: false,
    input: nothing,
    summary: 'The catalogue of faults, and those that are active with the time when they end.',
    rest: { method: 'GET', path: '/faults' },
  },
  'fault:held': {
    role: 'viewer',
    audited: false,
    input: nothing,
    summary: 'Messages between members that the fault `hold` holds back now, oldest first.',
    rest: { method: 'GET', path: '/faults/held' },
  },
  'fault:release': {
    role: 'operator',
    audited: true,
    touches: 'members',
    input: z.strictObject({
      from: sidField,
      to: sidField,
      message: z.int().min(1).nullable(),
      action: z.enum(HELD_ACTIONS),
    }),
    summary:
      'Delivers a message that is held, or everything that is held from one member to another (message null); a vote may ' +
      'also be dropped or doubled.',
    rest: { method: 'POST', path: '/faults/held' },
  },
}
