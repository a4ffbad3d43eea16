// Which paths were written lately, collected from the live events for the map of the tree. Not a store that React hears of: who
// shows it looks once a second.

import type { GatewayEvent } from '#shared/events/socket-protocol.ts'
import { addToHeat, emptyHeat, type Heat } from '../../viz/tree/heat.ts'

let heat = emptyHeat()

/** @param committed how many more were committed with these events, exact */
export function noteWrites(events: readonly GatewayEvent[], committed: number): void {
  const written = events.flatMap((event) =>
    event.type === 'proposed' && event.txn.op !== 'createSession' && event.txn.op !== 'closeSession'
      ? [event.txn.op === 'multi' ? null : event.txn.path]
      : [],
  )
  const parts = events.flatMap((event) =>
    event.type === 'multi' ? event.parts.flatMap(({ path }) => (path === null ? [] : [path])) : [],
  )
  if (written.length > 0 || committed > 0) addToHeat(heat, Date.now(), written, committed, parts)
}

export function currentHeat(): Heat {
  return heat
}

export function forgetHeat(): void {
  heat = emptyHeat()
}
