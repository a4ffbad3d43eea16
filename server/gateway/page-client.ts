// One connected page, as the services see it: who it is, what it holds open, and a way to tell it something.

import type { ServerToClient } from '#shared/events/socket-protocol.ts'
import type { Role } from './permissions.ts'

export interface PageClient {
  /** For logs; unguessable, and not an authority. */
  readonly id: string
  readonly role: Role
  /** Client address, for the audit log. */
  readonly address: string
  /** Sends unless the page is gone or too slow. */
  emit<Name extends keyof ServerToClient>(name: Name, ...args: Parameters<ServerToClient[Name]>): void
}
