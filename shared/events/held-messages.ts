// Messages between members that a fault holds, as pages are told of them, and what may be done to one. Part of the socket
// protocol; which message it is, the member finds out that holds it.

import type { Answer } from './socket-protocol.ts'

export interface HeldMessage {
  /** Sid of the member that holds it, and of the one that it is for. */
  readonly from: number
  readonly to: number
  /** Of this message, at `from`; smaller ones came before. */
  readonly id: number
  readonly port: 'election' | 'quorum'
  /** `PROPOSAL`, `ACK` …; `vote`; `handshake`; `bytes` for a part of a snapshot, `end` for the end of the connection. */
  readonly type: string
  /** `0x…` of what it is about; null for what is about none. */
  readonly zxid: string | null
  /** Sid that a vote is for; null for what is no vote. */
  readonly leader: number | null
  readonly bytes: number
  readonly heldMs: number
  /** It stands for itself: it may be dropped, doubled, or go before others. */
  readonly alone: boolean
}

export interface HeldList {
  /** Oldest first. */
  readonly messages: readonly HeldMessage[]
  /** So many more are held. */
  readonly more: number
}

export const HELD_ACTIONS = ['deliver', 'drop', 'duplicate'] as const
export type HeldAction = (typeof HELD_ACTIONS)[number]

export interface ReleaseRequest {
  readonly from: number
  readonly to: number
  /** Null: everything that is held there now, for `deliver`. */
  readonly message: number | null
  readonly action: HeldAction
}

export interface HeldRequests {
  'fault:held'(request: Record<string, never>, answer: (a: Answer<HeldList>) => void): void
  /** Answered with what is held afterwards. */
  'fault:release'(request: ReleaseRequest, answer: (a: Answer<HeldList>) => void): void
}
