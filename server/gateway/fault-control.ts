// Faults of the ensemble that this process started: asked for by pages, told to all of them as events. Roles are those
// that the members themselves tell by their events, which reach us whatever is wrong with their clients' links.

import type { ClusterView } from '#shared/events/cluster-view.ts'
import { FAULT_CATALOGUE } from '#shared/events/fault-catalogue.ts'
import type { GatewayEvent } from '#shared/events/socket-protocol.ts'
import type { Ensemble } from '../ensemble/ensemble.ts'
import type { Role } from '../ensemble/faults/effects.ts'
import { FaultService } from '../ensemble/faults/fault-service.ts'
import type { Handlers } from './api/handlers.ts'
import type { ActionName } from './api/operation.ts'
import { nowMs } from './member-streams.ts'

type FaultRequests = Extract<ActionName, `fault:${string}`>

export interface FaultControl {
  readonly handlers: Pick<Handlers, FaultRequests>
  readonly service: FaultService
  close(): void
}

export function controlFaults(
  ensemble: Ensemble,
  view: ClusterView,
  emit: (event: GatewayEvent) => void,
): FaultControl {
  const faults = new FaultService({
    ensemble,
    roleOf: async (sid) => roleIn(view, sid),
    onChange: (change) => emit({ type: 'fault', t: nowMs(), sid: change.fault.sids[0] ?? 0, ...change }),
    nowMs,
  })
  return {
    handlers: {
      'fault:inject': async (_client, request, trail) => {
        const fault = await faults.inject(request)
        trail?.({ id: fault.id, what: fault.text })
        return fault
      },
      'fault:heal': async (_client, { id }) => {
        await faults.heal(id)
        return null
      },
      'fault:heal-all': async () => {
        await faults.healAll()
        return null
      },
      'fault:held': () => faults.held(),
      'fault:release': (_client, request) => faults.release(request),
      'fault:list': async () => ({ catalogue: FAULT_CATALOGUE, active: faults.list() }),
    },
    service: faults,
    close: () => faults.close(),
  }
}

function roleIn(view: ClusterView, sid: number): Role | null {
  const member = view.members[sid]
  if (!member?.serving) return null
  switch (member.state) {
    case 'LEADING':
      return 'leader'
    case 'FOLLOWING':
      return 'follower'
    case 'OBSERVING':
      return 'observer'
    default:
      return null
  }
}
