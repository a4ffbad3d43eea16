// Votes and notifications of FastLeaderElection. Source: Vote, FastLeaderElection, election.md §3.

import type { Sid } from './ids.ts'
import type { Zxid } from './zxid.ts'

export const SERVER_STATES = ['LOOKING', 'FOLLOWING', 'LEADING', 'OBSERVING'] as const
export type ServerState = (typeof SERVER_STATES)[number]

export interface Vote {
  readonly leader: Sid
  /** The proposed leader's last logged zxid. */
  readonly zxid: Zxid
  /** The round (logical clock) in which the vote was given. */
  readonly electionEpoch: number
  /** The proposed leader's currentEpoch. */
  readonly peerEpoch: number
}

export interface Notification extends Vote {
  /** The sender's state. */
  readonly state: ServerState
  /** Notification version: 0 for the 28- and 40-byte forms, else 2. */
  readonly version: number
  /** The sender's configuration text, absent in the short forms. */
  readonly config: string | null
}
