// The shape of the gateway's own events in a file that was exported; those of members are in event-schema.ts.

import { z } from 'zod'
import { MEMBER_FIGURES } from '#shared/events/attach.ts'
import type { ClusterEvent } from '#shared/events/cluster-event.ts'
import { FAULT_CATALOGUE } from '#shared/events/fault-catalogue.ts'
import type { ScenarioRun } from '#shared/events/scenario-run.ts'
import type { GatewayEvent } from '#shared/events/socket-protocol.ts'
import { WORKLOAD_KINDS } from '#shared/events/workload-settings.ts'
import type { WorkloadView } from '#shared/events/workload-view.ts'
import { REPORT } from '../../workloads/messages.ts'

/** Members do not send these. */
type OwnEvent = Exclude<GatewayEvent, ClusterEvent>

/** Of a log, behind the end of a process. */
const LINES_MAX = 1000

const base = { t: z.number(), sid: z.int() }
const state = z.enum(['LOOKING', 'FOLLOWING', 'LEADING', 'OBSERVING']).nullable()
const phase = z.enum(['ELECTION', 'DISCOVERY', 'SYNCHRONIZATION', 'BROADCAST']).nullable()
const process = z.enum(['starting', 'running', 'paused', 'stopped', 'killed', 'unreachable'])
const count = z.number()

const end = z.object({
  exitCode: z.int().nullable(),
  signal: z.string().nullable(),
  expected: z.boolean(),
  lines: z.array(z.string()).max(LINES_MAX),
})

const member = z.object({
  sid: z.int(),
  process,
  pid: count.nullable(),
  clientAddress: z.string(),
  role: z.enum(['participant', 'observer']),
  state,
  phase,
  serving: z.boolean(),
  epoch: count,
  leader: z.int().nullable(),
  lastZxid: z.string(),
  connections: count,
  sessions: count,
  znodes: count,
  watches: count,
  outstanding: count,
  requests: count,
  unknown: z.exactOptional(z.array(z.enum(MEMBER_FIGURES))),
  lastEnd: z.exactOptional(end),
  heardAt: count,
})

const watch = { conn: count, session: z.string(), path: z.string(), kind: z.string() }

const who = z.union([z.int(), z.enum(['leader', 'followers', 'observers', 'all'])])
const direction = z.enum(['both', 'out', 'in']).optional()
const fault = z.object({
  id: z.string(),
  fault: z.enum(FAULT_CATALOGUE.map(({ id }) => id)),
  target: z.discriminatedUnion('on', [
    z.object({ on: z.enum(['member', 'disk', 'clock']), at: who }),
    z.object({ on: z.literal('clients'), at: who, direction }),
    z.object({ on: z.literal('link'), at: who, to: who, direction }),
    z.object({ on: z.literal('isolate'), at: who, direction }),
    z.object({ on: z.literal('groups'), groups: z.array(z.array(z.int())), direction }),
  ]),
  parameters: z.record(z.string(), z.number()),
  sids: z.array(z.int()),
  links: z.array(z.tuple([z.int(), z.int()])),
  beganAt: z.number(),
  endsAt: z.number().nullable(),
  text: z.string(),
})

const workload: z.ZodType<WorkloadView> = z.object({
  id: z.string(),
  kind: z.enum(WORKLOAD_KINDS),
  state: z.enum(['starting', 'running', 'stopping', 'ended', 'failed']),
  pid: count.nullable(),
  root: z.string(),
  settings: z.record(z.string(), z.union([z.number(), z.boolean(), z.string()])),
  report: REPORT.nullable(),
  problem: z.string().nullable(),
})

const words = z.object({ en: z.string(), 'zh-CN': z.string() })
const run: z.ZodType<ScenarioRun> = z.object({
  id: z.string(),
  scenario: z.string(),
  state: z.enum(['running', 'waiting', 'asking', 'cleaning', 'passed', 'failed', 'stopped']),
  step: count,
  steps: z.array(
    z.object({
      type: z.enum(['say', 'do', 'wait', 'ask', 'explain']),
      text: words,
      state: z.enum(['pending', 'running', 'done', 'failed']),
      result: z.string(),
      choices: z.array(z.object({ id: z.string(), text: words })),
      answered: z.string().nullable(),
      right: z.string().nullable(),
    }),
  ),
  assertions: z.array(z.object({ text: words, passed: z.boolean(), evidence: z.string() })),
  reason: z.string().nullable(),
  startedAt: z.number(),
  endedAt: z.number().nullable(),
})

const SCHEMAS: { readonly [Type in OwnEvent['type']]: z.ZodType<Extract<OwnEvent, { type: Type }>> } = {
  process: z.object({
    ...base,
    type: z.literal('process'),
    process,
    pid: count.nullable(),
    reason: z.string(),
    end: z.exactOptional(end),
  }),
  member: z.object({ ...base, type: z.literal('member'), member }),
  stream: z.object({ ...base, type: z.literal('stream'), up: z.boolean() }),
  fault: z.object({
    ...base,
    type: z.literal('fault'),
    change: z.enum(['began', 'ended', 'happened']),
    fault,
    reason: z.string(),
  }),
  memberGone: z.object({ ...base, type: z.literal('memberGone') }),
  workload: z.object({ ...base, type: z.literal('workload'), workload }),
  scenario: z.object({ ...base, type: z.literal('scenario'), run }),
  watchFound: z.object({ ...base, type: z.literal('watchFound'), ...watch }),
}

export const gatewayEventSchema: z.ZodType<OwnEvent> = z.union(Object.values(SCHEMAS) as [z.ZodType<OwnEvent>])
