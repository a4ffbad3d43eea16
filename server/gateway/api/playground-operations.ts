// Operations of the playground: workloads and guided scenarios, on the ensemble that this process started. Which settings
// a workload has is the business of its table (shared/events/workload-settings.ts); here only the form is checked.

import { z } from 'zod'
import type { PlaygroundRequests } from '#shared/events/playground-requests.ts'
import { WORKLOAD_KINDS } from '#shared/events/workload-settings.ts'
import { nothing } from './fields.ts'
import type { Operations } from './operation.ts'

/** More than any kind has. */
const SETTINGS_MAX = 16

const settings = z
  .record(z.string().max(32), z.union([z.number(), z.boolean(), z.string().max(64)]))
  .refine((given) => Object.keys(given).length <= SETTINGS_MAX, `at most ${SETTINGS_MAX} settings`)
const id = z.string().min(1).max(32)
const step = z.int().min(0).max(1000)

export const PLAYGROUND_OPERATIONS: Operations<keyof PlaygroundRequests> = {
  'workload:start': {
    role: 'operator',
    audited: true,
    touches: 'members',
    input: z.strictObject({ kind: z.enum(WORKLOAD_KINDS), settings: settings.default({}) }),
    summary: 'Starts a workload: clients in a process of its own, at work on this ensemble.',
    rest: { method: 'POST', path: '/workloads' },
  },
  'workload:update': {
    role: 'operator',
    audited: true,
    touches: 'members',
    input: z.strictObject({ id, settings }),
    summary: 'Changes settings of a workload while it runs.',
    rest: { method: 'PUT', path: '/workloads/{id}' },
  },
  'workload:stop': {
    role: 'operator',
    audited: true,
    touches: 'members',
    input: z.strictObject({ id }),
    summary: 'Stops a workload, and answers when its process has ended.',
    rest: { method: 'DELETE', path: '/workloads/{id}' },
  },
  'workload:list': {
    role: 'viewer',
    audited: false,
    input: nothing,
    summary: 'Workloads that run, and the newest of those that have ended, each with its last report.',
    rest: { method: 'GET', path: '/workloads' },
  },
  'scenario:list': {
    role: 'viewer',
    audited: false,
    input: nothing,
    summary: 'The guided scenarios that there are.',
    rest: { method: 'GET', path: '/scenarios' },
  },
  'scenario:start': {
    role: 'operator',
    audited: true,
    touches: 'members',
    input: z.strictObject({ id }),
    summary: 'Starts a guided scenario on the real members; one at a time.',
    rest: { method: 'POST', path: '/scenarios/{id}/start' },
  },
  'scenario:answer': {
    role: 'operator',
    audited: true,
    touches: 'members',
    input: z.strictObject({ step, choice: z.string().max(32) }),
    summary: 'Answers the question that the running scenario asks.',
    rest: { method: 'POST', path: '/scenario/answer' },
  },
  'scenario:next': {
    role: 'operator',
    audited: true,
    touches: 'members',
    input: z.strictObject({ step }),
    summary: 'Lets the running scenario go on from a step that waits to be read.',
    rest: { method: 'POST', path: '/scenario/next' },
  },
  'scenario:stop': {
    role: 'operator',
    audited: true,
    touches: 'members',
    input: nothing,
    summary: 'Stops the running scenario; answers when its faults are healed and its workloads stopped.',
    rest: { method: 'DELETE', path: '/scenario' },
  },
}
