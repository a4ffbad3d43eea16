// What pages can ask about an attached ensemble, and what they cannot: there is no supervisor here, so there is nothing
// that could start, stop or break a server.

import type { ClusterView } from '#shared/events/cluster-view.ts'
import { FAULT_CATALOGUE } from '#shared/events/fault-catalogue.ts'
import type { WatchRow } from '#shared/events/operator-requests.ts'
import type { ActionName } from '../api/operation.ts'
import type { Refusal } from '../api/perform.ts'
import { operation } from '../api/table.ts'
import type { ClusterRequests, OpenCluster } from '../cluster.ts'
import type { PathWatchers } from '../member-watches.ts'
import { RequestError } from '../request-error.ts'

const NOT_OURS: Refusal = {
  code: 'NOT_OURS',
  message: 'This ensemble was not started by Zabscope: its servers and sessions cannot be stopped or broken from here.',
}
const READ_ONLY: Refusal = {
  code: 'READ_ONLY',
  message: 'This attached ensemble is read-only. An admin can allow changes with cluster:allow-writes.',
}

/** From the table alone, so that a new operation that changes something is refused unless its entry says otherwise. */
export function refuses(name: ActionName, readOnly: boolean): Refusal | null {
  const { audited, touches } = operation(name)
  if (touches === 'members') return NOT_OURS
  return audited && touches !== 'gateway' && readOnly ? READ_ONLY : null
}

export interface AttachedServices {
  readonly view: ClusterView
  readonly ownSession: () => string | null
  /** Servers that are asked and answer. */
  readonly answering: () => readonly number[]
  readonly readWatches: (sid: number) => Promise<readonly PathWatchers[]>
  readonly setReadOnly: (readOnly: boolean) => void
}

/** The table refuses before these are asked; they are there because every operation has a handler. */
const notOurs = async (): Promise<never> => {
  throw new RequestError(NOT_OURS.code, NOT_OURS.message)
}

export function attachedHandlers(services: AttachedServices): OpenCluster['handlers'] {
  const { view, ownSession, answering, readWatches, setReadOnly } = services
  const handlers: OpenCluster['handlers'] = {
    ...refusals,
    'members:list': async () =>
      // Ports of servers are their own business: 0 is none that is known.
      Object.values(view.members).map((member) => ({ ...member, quorumPort: 0, electionPort: 0, adminPort: 0 })),
    'sessions:list': async () =>
      Object.values(view.connections).map(({ session, sid, address, timeoutMs }) => {
        return { session, sid, address, timeoutMs, own: session === ownSession() }
      }),
    'watches:list': async (_client, { limit }) => {
      const sids = answering()
      const answers = await Promise.allSettled(sids.map(readWatches))
      const rows = answers.flatMap((answer, i): WatchRow[] =>
        answer.status === 'rejected' ? [] : answer.value.map((row) => ({ sid: sids[i] ?? 0, ...row })),
      )
      const silent = sids.filter((_, i) => answers[i]?.status === 'rejected')
      return { watches: rows.slice(0, limit), complete: rows.length <= limit, silent }
    },
    'workload:list': async () => [],
    'scenario:list': async () => [],
    'fault:list': async () => ({ catalogue: FAULT_CATALOGUE, active: [] }),
    'cluster:allow-writes': async (_client, { on }) => {
      setReadOnly(!on)
      return null
    },
  }
  return handlers
}

type Refused = Exclude<
  ClusterRequests,
  | 'members:list'
  | 'sessions:list'
  | 'watches:list'
  | 'fault:list'
  | 'workload:list'
  | 'scenario:list'
  | 'cluster:allow-writes'
>

const refusals: Pick<OpenCluster['handlers'], Refused> = {
  'member:kill': notOurs,
  'member:start': notOurs,
  'member:stop': notOurs,
  'member:pause': notOurs,
  'member:resume': notOurs,
  'member:restart': notOurs,
  'member:add': notOurs,
  'member:remove': notOurs,
  'member:reset': notOurs,
  'ensemble:reset': notOurs,
  'ensemble:rolling-restart': notOurs,
  'ensemble:auto-restart': notOurs,
  'session:close': notOurs,
  'fault:inject': notOurs,
  'fault:heal': notOurs,
  'fault:heal-all': notOurs,
  'fault:held': notOurs,
  'fault:release': notOurs,
  'workload:start': notOurs,
  'workload:update': notOurs,
  'workload:stop': notOurs,
  'scenario:start': notOurs,
  'scenario:answer': notOurs,
  'scenario:next': notOurs,
  'scenario:stop': notOurs,
}
