// The last things that happened to this server's role. They are rare, and an observer that comes later (or back)
// wants to know of them: how the present leader was elected.

import { type ClusterEvent, ROLE_EVENTS_MAX } from '#shared/events/cluster-event.ts'

export interface RoleEvents {
  remember(event: ClusterEvent): void
  /** Oldest first. */
  recent(): readonly ClusterEvent[]
}

export function createRoleEvents(): RoleEvents {
  const events: ClusterEvent[] = []
  return {
    remember(event) {
      events.push(event)
      if (events.length > ROLE_EVENTS_MAX) events.shift()
    },
    recent: () => events.slice(),
  }
}
