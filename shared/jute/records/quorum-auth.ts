// What servers that authenticate each other with SASL say before anything else, on the election port (behind
// the handshake) and on the quorum port. Only the record: which mechanism speaks in the tokens is for whoever
// offers one. Source: QuorumAuthPacket of zookeeper.jute, QuorumAuth, zab.md §8.

import { DecodeError, JuteReader } from '../reader.ts'
import type { JuteWriter } from '../writer.ts'

export const QUORUM_AUTH_STATUSES = { inProgress: 0, success: 1, error: -1 } as const
export type QuorumAuthStatus = keyof typeof QUORUM_AUTH_STATUSES

/** The longest token: a Kerberos ticket is at most 64 KiB. */
export const QUORUM_AUTH_TOKEN_BYTES_MAX = 65_536

export interface QuorumAuthPacket {
  readonly status: QuorumAuthStatus
  /** Empty or null when a mechanism has nothing to say. */
  readonly token: Uint8Array | null
}

export type QuorumAuthRead =
  | { readonly type: 'auth'; readonly packet: QuorumAuthPacket; readonly length: number }
  | { readonly type: 'incomplete' }
  | { readonly type: 'malformed'; readonly reason: string }

/** 0x5f2435013501edcc: no type of a packet and no length of a frame begins like that. */
const MAGIC_HIGH = 0x5f243501
const MAGIC_LOW = 0x3501edcc
/** Up to the token's length. */
const HEAD_BYTES = 12

export function writeQuorumAuthPacket(writer: JuteWriter, packet: QuorumAuthPacket): void {
  writer.int(MAGIC_HIGH)
  writer.int(MAGIC_LOW)
  writer.int(QUORUM_AUTH_STATUSES[packet.status])
  writer.buffer(packet.token)
}

/** Whether what begins with this int (a packet's type, a frame's length) is a QuorumAuthPacket instead. */
export function isQuorumAuth(firstInt: number): boolean {
  return firstInt === MAGIC_HIGH
}

/** Reads the packet at the front of `bytes`. `length` says how many bytes it took. */
export function readQuorumAuthPacket(bytes: Uint8Array): QuorumAuthRead {
  if (bytes.length < HEAD_BYTES + 4) return { type: 'incomplete' }
  try {
    const reader = new JuteReader(bytes, 0, bytes.length, QUORUM_AUTH_TOKEN_BYTES_MAX)
    if (reader.int() !== MAGIC_HIGH || reader.int() !== MAGIC_LOW) {
      return { type: 'malformed', reason: 'no quorum authentication: the magic number is another' }
    }
    const status = statusOf(reader.int())
    const tokenBytes = reader.peekInt()
    if (tokenBytes <= QUORUM_AUTH_TOKEN_BYTES_MAX && tokenBytes > bytes.length - HEAD_BYTES - 4) {
      return { type: 'incomplete' }
    }
    const token = reader.buffer()
    return { type: 'auth', packet: { status, token }, length: bytes.length - reader.remaining }
  } catch (error) {
    if (error instanceof DecodeError) return { type: 'malformed', reason: error.message }
    throw error
  }
}

function statusOf(code: number): QuorumAuthStatus {
  for (const status of ['inProgress', 'success', 'error'] as const) {
    if (QUORUM_AUTH_STATUSES[status] === code) return status
  }
  throw new DecodeError(`a quorum authentication status ${code}`)
}
