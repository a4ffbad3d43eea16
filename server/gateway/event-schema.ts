// The shape of what a member's event stream says. Members are our own processes, but what comes through a
// socket is checked at the door: a wrong event is dropped and counted, it never reaches the view.

import { z } from 'zod'
import { type ClusterEvent, type MemberStats, ROLE_EVENTS_MAX, type StreamHello } from '#shared/events/cluster-event.ts'
import { SERVER_STATES } from '#shared/zk/vote.ts'

/** Characters: the longest path that a client can send, and room. */
const TEXT_MAX = 1024 * 1024
/** Connections and watches that a hello lists. */
const LIST_MAX = 20_000

const hex = z.string().regex(/^0x(?:0|[1-9a-f][0-9a-f]{0,15})$/)
const text = z.string().max(TEXT_MAX)
const count = z.number().min(0)
const sid = z.int()
const state = z.enum(SERVER_STATES)
const phase = z.enum(['ELECTION', 'DISCOVERY', 'SYNCHRONIZATION', 'BROADCAST'])
const base = { t: z.number(), sid }
const connection = { conn: count, address: text, session: hex, timeoutMs: count }
const watch = { conn: count, session: hex, path: text }
const fired = { ...base, ...watch, event: text, zxid: hex }

const stats: z.ZodType<MemberStats> = z.object({
  pid: count,
  state,
  acceptedEpoch: z.number(),
  currentEpoch: z.number(),
  leader: sid.nullable(),
  lastZxid: hex,
  connections: count,
  sessions: count,
  znodes: count,
  watches: count,
  outstanding: count,
  requests: count,
  uptimeMs: count,
})

const txn = z.object({
  zxid: hex,
  op: text,
  path: text.nullable(),
  session: hex,
  cxid: z.number(),
  bytes: count,
  error: text.nullable(),
  ephemeral: z.boolean(),
})

const KINDS = ['data', 'children', 'exists', 'persistent', 'persistentRecursive'] as const
const STAGES = ['received', 'logged', 'acked', 'committed', 'applied'] as const

export const clusterEventSchema: z.ZodType<ClusterEvent> = z.discriminatedUnion('type', [
  z.object({ ...base, type: z.literal('state'), state, round: count, reason: text }),
  z.object({ ...base, type: z.literal('phase'), phase, epoch: z.number(), leader: sid.nullable() }),
  z.object({
    ...base,
    type: z.literal('vote'),
    to: sid,
    state,
    leader: sid,
    zxid: hex,
    round: z.number(),
    peerEpoch: z.number(),
  }),
  z.object({ ...base, type: z.literal('sync'), learner: sid, how: z.enum(['DIFF', 'TRUNC', 'SNAP']), zxid: hex }),
  z.object({ ...base, type: z.literal('proposed'), txn }),
  z.object({ ...base, type: z.literal('known'), txn }),
  z.object({ ...base, type: z.literal('mark'), stage: z.enum(STAGES), zxid: hex }),
  z.object({ ...base, type: z.literal('quorum'), zxid: hex, by: sid }),
  z.object({ ...base, type: z.literal('serving'), state, epoch: z.number(), zxid: hex }),
  z.object({ ...base, type: z.literal('notServing'), reason: text }),
  z.object({ ...base, type: z.literal('connected'), ...connection }),
  z.object({ ...base, type: z.literal('disconnected'), conn: count, reason: text }),
  z.object({ ...base, type: z.literal('watchSet'), ...watch, kind: z.enum(KINDS), zxid: hex }),
  z.object({ ...fired, type: z.literal('watchTriggered') }),
  z.object({ ...fired, type: z.literal('watchDelivered') }),
  z.object({ ...base, type: z.literal('stats'), stats }),
  z.object({ ...base, type: z.literal('dropped'), count }),
])

export const helloSchema: z.ZodType<StreamHello> = z.object({
  type: z.literal('hello'),
  version: z.literal(1),
  sid,
  pid: count,
  stats,
  phase,
  connections: z.array(z.object(connection)).max(LIST_MAX),
  watches: z.array(z.object({ ...watch, kind: text })).max(LIST_MAX),
  watchesTotal: count,
  recent: z.array(clusterEventSchema).max(ROLE_EVENTS_MAX),
})
