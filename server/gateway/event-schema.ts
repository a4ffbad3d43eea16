// The shape of what comes as JSON: the hello of a member's event stream, and events in files that were exported. The
// schemas are made from the tables of the event frames (shared/events/wire), so that there is one list of fields.

import { z } from 'zod'
import type { ActivityCounts } from '#shared/events/activity-event.ts'
import { type ClusterEvent, type MemberStats, ROLE_EVENTS_MAX, type StreamHello } from '#shared/events/cluster-event.ts'
import { EVENT_FIELDS, EVENT_TYPES, type Field, type Kind, LIST_MAX, WIRE_VERSION } from '#shared/events/wire/fields.ts'

/** Characters: the longest path that a client can send, and room. */
const TEXT_MAX = 1024 * 1024
/** Connections and watches that a hello lists. */
const HELLO_LIST_MAX = 20_000

const hex = z.string().regex(/^0x(?:0|[1-9a-f][0-9a-f]{0,15})$/)
const text = z.string().max(TEXT_MAX)
const count = z.number().min(0)
const sid = z.int()

function schemaOf(kind: Kind): z.ZodType {
  switch (kind) {
    case 'number':
      return z.number()
    case 'hex':
      return hex
    case 'text':
      return text
    case 'bool':
      return z.boolean()
    case 'number?':
      return z.number().nullable()
    case 'text?':
      return text.nullable()
    case 'numbers':
      return z.array(z.number()).max(LIST_MAX)
    default:
      if ('oneOf' in kind) return z.enum(kind.oneOf)
      return 'record' in kind ? objectOf(kind.record) : z.array(objectOf(kind.listOf)).max(LIST_MAX)
  }
}

function objectOf(fields: readonly Field[]): z.ZodObject {
  return z.object(Object.fromEntries(fields.map(([name, kind]) => [name, schemaOf(kind)])))
}

function fieldOf(type: ClusterEvent['type'], name: string): Kind {
  const field = EVENT_FIELDS[EVENT_TYPES.indexOf(type) + 1]?.find(([other]) => other === name)
  if (!field) throw new Error(`an event ${type} has no field ${name}`)
  return field[1]
}

const schemas = EVENT_TYPES.map((type, index) =>
  objectOf(EVENT_FIELDS[index + 1] ?? []).extend({ t: z.number(), sid, type: z.literal(type) }),
)
const [first, ...others] = schemas
if (!first) throw new Error('there are events')

/** LAYOUTS, from which the fields come, is typed by the very events; zod cannot see that. */
export const clusterEventSchema = z.discriminatedUnion('type', [first, ...others]) as unknown as z.ZodType<ClusterEvent>

const connection = { conn: count, address: text, session: hex, timeoutMs: count }
const watch = { conn: count, session: hex, path: text }

export const helloSchema: z.ZodType<StreamHello> = z.object({
  type: z.literal('hello'),
  version: z.literal(WIRE_VERSION),
  sid,
  pid: count,
  stats: schemaOf(fieldOf('stats', 'stats')) as z.ZodType<MemberStats>, // as for clusterEventSchema
  phase: z.enum(['ELECTION', 'DISCOVERY', 'SYNCHRONIZATION', 'BROADCAST']),
  connections: z.array(z.object(connection)).max(HELLO_LIST_MAX),
  watches: z.array(z.object({ ...watch, kind: text })).max(HELLO_LIST_MAX),
  watchesTotal: count,
  counts: schemaOf(fieldOf('counts', 'counts')) as z.ZodType<ActivityCounts>, // as for clusterEventSchema
  recent: z.array(clusterEventSchema).max(ROLE_EVENTS_MAX),
})
