// Answers `api:describe`: what the one who asks may do. The page offers what this says and no more; the dispatcher
// checks every request all the same.

import type { ApiDescription } from '#shared/events/socket-protocol.ts'
import type { PageClient } from '../page-client.ts'
import type { Handlers } from './handlers.ts'
import type { ActionName } from './operation.ts'
import { ACTION_NAMES, mayAsk, operation } from './table.ts'

/** @param refuses an answer other than null: not on this cluster, whoever asks */
export function describeHandlers(refuses: (name: ActionName) => unknown = () => null): Pick<Handlers, 'api:describe'> {
  return {
    'api:describe': async (client) => {
      const { operations, ...who } = describeApi(client)
      const possible = new Set<string>(ACTION_NAMES.filter((name) => refuses(name) === null))
      const allowed = operations.map((one) => ({ ...one, allowed: one.allowed && possible.has(one.name) }))
      return { ...who, operations: allowed }
    },
  }
}

export function describeApi({ user, role }: Pick<PageClient, 'user' | 'role'>): ApiDescription {
  return {
    user,
    role,
    operations: ACTION_NAMES.map((name) => {
      const { role: least, audited, summary, rest } = operation(name)
      const route = rest && `${rest.method} /api/v1${rest.path}`
      return { name, role: least, allowed: mayAsk(role, name), changes: audited, summary, route }
    }),
  }
}
