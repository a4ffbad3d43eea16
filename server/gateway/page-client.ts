// One caller, a connected page or a REST request, as the services see it: who it is, what it holds open, and a way
// to tell it something.

import type { ServerToClient } from '#shared/events/socket-protocol.ts'
import type { Role } from './api/roles.ts'

export interface PageClient {
  /** For logs; unguessable, and not an authority. */
  readonly id: string
  /** As whom it came; `access token` for the one of this start. */
  readonly user: string
  /** At this moment: it may change while a page is connected. */
  readonly role: Role
  /** A login whose password was entered too long ago for what asks for it again. */
  readonly mustProve: boolean
  /** Client address, for the audit log. */
  readonly address: string
  /** The cluster that it looks at, by id; left out: the gateway's first. */
  readonly cluster?: string
  /** Makes it look at another one; left out where each request names its own. */
  lookAt?(cluster: string): void
  /** Aborted when the page has disconnected or looks at another cluster, or the REST request was given up. */
  readonly gone: AbortSignal
  /** Sends unless the page is gone or too slow. */
  emit<Name extends keyof ServerToClient>(name: Name, ...args: Parameters<ServerToClient[Name]>): void
}
