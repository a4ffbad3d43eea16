// What a workload's process and the one who started it say to each other over Node's message channel, checked on
// both sides.

import { z } from 'zod'
import { ACTORS_REPORTED_MAX, NOTES_MAX, type WorkloadReport } from '#shared/events/workload-report.ts'
import { WORKLOAD_KINDS } from '#shared/events/workload-settings.ts'

const settings = z.record(z.string(), z.union([z.number(), z.boolean(), z.string()]))
const kind = z.enum(WORKLOAD_KINDS)

export const ORDER = z.discriminatedUnion('type', [
  z.object({ type: z.literal('start'), kind, settings, connectString: z.string(), root: z.string() }),
  /** All settings, not only those that change. */
  z.object({ type: z.literal('update'), settings }),
  z.object({ type: z.literal('stop') }),
])
export type Order = z.infer<typeof ORDER>

const name = z.string().max(200)
const count = z.number().min(0)
const latency = z.object({ count, p50: count, p90: count, p99: count, max: count })
const actor = z.object({
  name,
  state: z.enum(['connecting', 'thinking', 'waiting', 'holding', 'releasing', 'working', 'watching', 'paused', 'lost']),
  sinceMs: z.number(),
  sessionId: z.string().nullable(),
  connected: z.boolean(),
  path: z.string().nullable(),
  token: z.string().nullable(),
})
const note = z.object({ atMs: z.number(), severity: z.enum(['info', 'warning', 'error']), text: z.string().max(2000) })

/** As far as a schema can say it; exported for events that hold a report. */
export const REPORT = z.object({
  kind,
  atMs: z.number(),
  uptimeMs: count,
  settings,
  actors: z.array(actor).max(ACTORS_REPORTED_MAX),
  actorsLeftOut: count,
  counts: z.record(name, z.number()),
  perSecond: z.record(name, z.number()),
  latencies: z.record(name, latency),
  notes: z.array(note).max(NOTES_MAX),
})

/** ready: the process is up and waits for `start`. failed: it cannot go on, and ends. */
export type Statement =
  | { readonly type: 'ready' }
  | { readonly type: 'report'; readonly report: WorkloadReport }
  | { readonly type: 'failed'; readonly message: string }

export const STATEMENT: z.ZodType<Statement> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('report'), report: REPORT }),
  z.object({ type: z.literal('failed'), message: z.string() }),
])
