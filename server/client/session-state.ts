// What a client may be, and what it says when that changes.

import type { ServerAddress } from './server-list.ts'

/**
 * connecting: no session yet. connected. suspended: the link is lost, the session may live; another server is
 * being tried. lost: the session is over, its ephemerals are gone. closed: by its owner. The last two are final.
 */
export type SessionState = 'connecting' | 'connected' | 'suspended' | 'lost' | 'closed'

export interface StateChange {
  readonly state: SessionState
  /** The server of a `connected`, else null. */
  readonly server: ServerAddress | null
  /** True with a server that has no quorum and only reads, see `canBeReadOnly`. */
  readonly readOnly: boolean
  /** Why a connection or a session was lost. */
  readonly cause: Error | null
}
