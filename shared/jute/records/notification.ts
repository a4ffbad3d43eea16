// The election port: the handshake that opens a connection, then framed notifications.
// Source: QuorumCnxManager.InitialMessage, FastLeaderElection.WorkerReceiver, election.md §2–3.

import { asSid, type Sid } from '../../zk/ids.ts'
import { type Notification, SERVER_STATES } from '../../zk/vote.ts'
import { epochOf } from '../../zk/zxid.ts'
import { DecodeError, JuteReader } from '../reader.ts'
import type { JuteWriter } from '../writer.ts'

const HANDSHAKE_V1 = -65_536
/** V2 names several addresses, joined by "|". */
const HANDSHAKE_V2 = -65_535
export const HANDSHAKE_ADDRESS_BYTES_MAX = 2048
const NOTIFICATION_VERSION = 2
/** The trailing int of the 40-byte form; nobody reads it. */
const SHORT_FORM_TRAILER = 1

export interface Handshake {
  readonly sid: Sid
  /** `host:port` of the sender's election port; empty for the oldest form, which names none. */
  readonly addresses: readonly string[]
}

export type HandshakeRead =
  | { readonly type: 'handshake'; readonly handshake: Handshake; readonly length: number }
  | { readonly type: 'incomplete' }
  | { readonly type: 'malformed'; readonly reason: string }

/**
 * What a server says at once on the connection it opened: V1 with one address, V2 with several, and without any
 * the oldest form.
 */
export function writeHandshake(writer: JuteWriter, { sid, addresses }: Handshake): void {
  if (addresses.length > 0) writer.longNumber(addresses.length === 1 ? HANDSHAKE_V1 : HANDSHAKE_V2)
  writer.longNumber(sid)
  if (addresses.length > 0) writer.ustring(addresses.join('|'))
}

/** Reads a handshake of any form from the front of `bytes`. `length` says how many bytes it took. */
export function readHandshake(bytes: Uint8Array): HandshakeRead {
  if (bytes.length < 8) return { type: 'incomplete' }
  try {
    const reader = new JuteReader(bytes, 0, bytes.length, HANDSHAKE_ADDRESS_BYTES_MAX)
    const version = reader.longNumber()
    if (version >= 0) return { type: 'handshake', handshake: { sid: asSid(version), addresses: [] }, length: 8 }
    if (version !== HANDSHAKE_V1 && version !== HANDSHAKE_V2) {
      return { type: 'malformed', reason: `an election protocol of version ${version}` }
    }
    if (bytes.length < 20) return { type: 'incomplete' }
    const sid = asSid(reader.longNumber())
    const addressBytes = reader.peekInt()
    if (addressBytes < 1 || addressBytes > HANDSHAKE_ADDRESS_BYTES_MAX) {
      return { type: 'malformed', reason: `an election address of ${addressBytes} bytes` }
    }
    if (bytes.length < 20 + addressBytes) return { type: 'incomplete' }
    const addresses = reader.string().split('|')
    return { type: 'handshake', handshake: { sid, addresses }, length: 20 + addressBytes }
  } catch (error) {
    if (error instanceof DecodeError) return { type: 'malformed', reason: error.message }
    throw error
  }
}

/**
 * Writes a notification with the length before it. Without a configuration text it takes the 40-byte form:
 * an incomplete text would stop the election of an Apache server.
 */
export function writeNotificationFrame(writer: JuteWriter, notification: Notification): void {
  const place = writer.beginLength()
  writer.int(SERVER_STATES.indexOf(notification.state))
  writer.longNumber(notification.leader)
  writer.zxid(notification.zxid)
  writer.longNumber(notification.electionEpoch)
  writer.longNumber(notification.peerEpoch)
  if (notification.config === null) {
    writer.int(SHORT_FORM_TRAILER)
  } else {
    writer.int(NOTIFICATION_VERSION)
    writer.ustring(notification.config)
  }
  writer.endLength(place)
}

/**
 * Reads a notification that fills `bytes` (a frame of the election port). Throws DecodeError for what has
 * to be dropped: too short, an unknown state, an impossible length.
 */
export function readNotification(bytes: Uint8Array): Notification {
  const reader = new JuteReader(bytes)
  const stateNumber = reader.int()
  const state = SERVER_STATES[stateNumber]
  if (state === undefined) throw new DecodeError(`a server state ${stateNumber}`)
  const leader = asSid(reader.longNumber())
  const zxid = reader.zxid()
  const electionEpoch = reader.longNumber()
  // The form of 3.4 ends here, at 28 bytes; the one of 40 bytes ends with an int that means nothing.
  const peerEpoch = bytes.length === 28 ? epochOf(zxid) : reader.longNumber()
  const vote = { state, leader, zxid, electionEpoch, peerEpoch }
  if (bytes.length === 28 || bytes.length === 40) return { ...vote, version: 0, config: null }
  const version = reader.int()
  return { ...vote, version, config: version > 1 ? reader.string() : null }
}
