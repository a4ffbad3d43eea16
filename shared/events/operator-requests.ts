// What operators ask about the ensemble as a whole: its members, sessions and watches, and what was done to it.
// Part of the socket protocol.

import type { MemberView } from './cluster-view.ts'
import type { Answer } from './socket-protocol.ts'

export interface MemberDetail extends MemberView {
  readonly quorumPort: number
  readonly electionPort: number
  readonly adminPort: number
}

export interface SessionRow {
  readonly session: string
  readonly sid: number
  readonly address: string
  readonly timeoutMs: number
  /** The gateway's own. */
  readonly own: boolean
}

export interface WatchRow {
  readonly path: string
  readonly sid: number
  readonly sessions: readonly string[]
}

export interface WatchList {
  readonly watches: readonly WatchRow[]
  /** False: there are more than are listed. */
  readonly complete: boolean
  /** Members that did not answer. */
  readonly silent: readonly number[]
}

export interface AuditPage {
  /** JSON lines as they are in the file, newest last. */
  readonly records: readonly string[]
  /** What is wrong with the chain of hashes of the whole file; null when nothing is. */
  readonly problem: string | null
}

type Ask<Request, Value> = (request: Request, answer: (a: Answer<Value>) => void) => void
type Nothing = Record<string, never>

export interface OperatorRequests {
  'members:list': Ask<Nothing, readonly MemberDetail[]>
  'sessions:list': Ask<Nothing, readonly SessionRow[]>
  /** `session` is `0x…`. */
  'session:close': Ask<{ readonly session: string }, null>
  /** Asks every member, each of which goes through all its watches. */
  'watches:list': Ask<{ readonly limit: number }, WatchList>
  'audit:read': Ask<{ readonly limit: number }, AuditPage>
}
