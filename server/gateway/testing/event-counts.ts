// A member's counts with nothing counted, made from the table of the event frames: a new count needs no change here.

import type { ActivityCounts } from '#shared/events/activity-event.ts'
import { EVENT_FIELDS, EVENT_TYPES } from '#shared/events/wire/fields.ts'

export function createCounts(sinceMs: number): ActivityCounts {
  const kind = EVENT_FIELDS[EVENT_TYPES.indexOf('counts') + 1]?.[0]?.[1]
  if (typeof kind !== 'object' || !('record' in kind)) throw new Error('counts are a record')
  const zeros = Object.fromEntries(kind.record.map(([name]) => [name, 0]))
  return { ...zeros, sinceMs } as unknown as ActivityCounts // the record lists its fields
}
