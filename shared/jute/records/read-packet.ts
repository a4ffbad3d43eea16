// Reading the quorum port's stream: finds where a packet ends, then decodes it. Nothing here throws on what
// a peer sent: it is a packet, one to wait for, one we do not know, or a reason to close. Source: zab.md §2.

import type { AuthId } from '../../zk/acl.ts'
import { asSid } from '../../zk/ids.ts'
import type { LeaderPacket, LearnerPacket } from '../../zk/packet.ts'
import type { Entry } from '../../zk/txn.ts'
import { epochOf, ZERO_ZXID, type Zxid } from '../../zk/zxid.ts'
import { DecodeError, JuteReader, VALUE_BYTES_MAX } from '../reader.ts'
import { AUTH_ID_BYTES_MIN, readAuthId } from './acl.ts'
import { EXACT_DIGESTS, PACKET_TYPES } from './packet.ts'
import { isQuorumAuth } from './quorum-auth.ts'
import { readRequestBody } from './read-request.ts'
import { readEntryFrom, rememberEncoding } from './txn.ts'

/** The most data in one packet: a txn can be larger than the request it came from. */
export const PACKET_DATA_BYTES_MAX = 2 * VALUE_BYTES_MAX
/** The most identities behind one REQUEST, the longest scheme or id, and all of them together. */
export const PACKET_AUTH_IDS_MAX = 1024
export const PACKET_AUTH_BYTES_MAX = 65_536
export const PACKET_AUTHINFO_BYTES_MAX = 2 ** 20

export type PacketRead<P> =
  | { readonly type: 'packet'; readonly packet: P; readonly length: number }
  /** A packet that we do not know, or that this side does not send: whether to ignore it is the host's choice. */
  | {
      readonly type: 'unknown'
      readonly packetType: number
      readonly zxid: Zxid
      readonly data: Uint8Array | null
      readonly length: number
    }
  /** The packet is not whole yet. */
  | { readonly type: 'incomplete' }
  /** The stream cannot be trusted any more; the reason is for the log. */
  | { readonly type: 'malformed'; readonly reason: string }

/** The QuorumPacket record, whose data and authinfo are yet to be read. */
interface RawPacket {
  readonly type: number
  readonly zxid: Zxid
  /** Of the data; -1 for none. */
  readonly dataLength: number
  /** The packet is between `start` and `end`. */
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
}

/** Type, zxid and the length of the data. */
const HEAD_BYTES = 16
const NO_BYTES = new Uint8Array(0)
const INCOMPLETE = { type: 'incomplete' } as const
/** Used again for every packet: those of one chunk share its memory, and so these readers' views of it. */
const packetReader = new JuteReader(NO_BYTES, 0, 0, PACKET_DATA_BYTES_MAX)
const dataReader = new JuteReader(NO_BYTES, 0, 0, VALUE_BYTES_MAX, true)

/**
 * Reads the packet that a learner sent, from `start` on. `length` says how many bytes it took. The bytes are never to be
 * written again: what is decoded may be a window on them.
 */
export function readLearnerPacket(bytes: Uint8Array, start = 0): PacketRead<LearnerPacket> {
  return readPacket(bytes, start, decodeLearnerPacket)
}

/** The same for a packet that a leader sent. Behind a SNAP the snapshot stream follows. */
export function readLeaderPacket(bytes: Uint8Array, start = 0): PacketRead<LeaderPacket> {
  return readPacket(bytes, start, decodeLeaderPacket)
}

function readPacket<P>(bytes: Uint8Array, start: number, decode: (raw: RawPacket) => P | null): PacketRead<P> {
  try {
    const end = packetEnd(bytes, start)
    if (end === null) return INCOMPLETE
    const head = packetReader.window(bytes, start, end)
    const type = head.int()
    const zxid = head.zxid()
    const dataLength = head.int()
    const packet = decode({ type, zxid, dataLength, bytes, start, end })
    const length = end - start
    if (packet !== null) return { type: 'packet', packet, length }
    const data = packetReader.window(bytes, start + HEAD_BYTES - 4, end).buffer()
    return { type: 'unknown', packetType: type, zxid, data, length }
  } catch (error) {
    if (error instanceof DecodeError) return { type: 'malformed', reason: error.message }
    throw error
  }
}

/**
 * Where the last of the ACKs starts that stand at `start` behind each other and are for consecutive zxids; `start` itself
 * when there are not two. Acks are cumulative: that one says what all of them say, and a leader gets thousands at a time.
 */
export function lastAckOfRun(bytes: Uint8Array, start: number): number {
  let at = start
  while (isBareAck(bytes, at) && isBareAck(bytes, at + ACK_BYTES) && followsInEpoch(bytes, at)) at += ACK_BYTES
  return at
}

/** Type, zxid, no data, no authinfo. */
const ACK_BYTES = 20

function isBareAck(bytes: Uint8Array, at: number): boolean {
  return (
    at + ACK_BYTES <= bytes.length &&
    intAt(bytes, at) === PACKET_TYPES.ACK &&
    intAt(bytes, at + 12) === -1 &&
    intAt(bytes, at + 16) === -1
  )
}

/** The counter of the ACK at `at` is not 0, as in the acks of NEWLEADER and UPTODATE, and the next one is one higher. */
function followsInEpoch(bytes: Uint8Array, at: number): boolean {
  const counter = intAt(bytes, at + 8)
  return (
    counter !== 0 &&
    intAt(bytes, at + ACK_BYTES + 4) === intAt(bytes, at + 4) &&
    intAt(bytes, at + ACK_BYTES + 8) === ((counter + 1) | 0)
  )
}

/** Where the packet at `start` ends, or null while that cannot be told or it is not all there. */
function packetEnd(bytes: Uint8Array, start: number): number | null {
  if (bytes.length >= start + 4 && isQuorumAuth(intAt(bytes, start))) {
    throw new DecodeError('it wants SASL (quorum.auth.enableSasl), which this server does not offer')
  }
  const dataEnd = valueEnd(bytes, start + 12, PACKET_DATA_BYTES_MAX)
  if (dataEnd === null || dataEnd + 4 > bytes.length) return null
  const count = intAt(bytes, dataEnd)
  if (count < -1 || count > PACKET_AUTH_IDS_MAX) throw new DecodeError(`authinfo of ${count} identities`)
  let at = dataEnd + 4
  for (let i = 0; i < count * 2; i += 1) {
    const end = valueEnd(bytes, at, Math.min(PACKET_AUTH_BYTES_MAX, dataEnd + PACKET_AUTHINFO_BYTES_MAX - at))
    if (end === null) return null
    at = end
  }
  return at
}

/** Where the string or buffer at `at` ends, or null when its end has not come. */
function valueEnd(bytes: Uint8Array, at: number, bytesMax: number): number | null {
  if (at + 4 > bytes.length) return null
  const length = intAt(bytes, at)
  if (length < -1 || length > bytesMax) throw new DecodeError(`a length of ${length}; the limit is ${bytesMax}`)
  const end = at + 4 + Math.max(length, 0)
  return end > bytes.length ? null : end
}

function intAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)
}

function decodeLearnerPacket(raw: RawPacket): LearnerPacket | null {
  switch (raw.type) {
    case PACKET_TYPES.FOLLOWERINFO:
      return readLearnerInfo(raw, 'FOLLOWERINFO')
    case PACKET_TYPES.OBSERVERINFO:
      return readLearnerInfo(raw, 'OBSERVERINFO')
    case PACKET_TYPES.ACKEPOCH:
      return { type: 'ACKEPOCH', lastLoggedZxid: raw.zxid, currentEpoch: dataOf(raw).int() }
    case PACKET_TYPES.ACK:
      return { type: 'ACK', zxid: raw.zxid }
    case PACKET_TYPES.PING:
      return readTouches(raw)
    case PACKET_TYPES.REVALIDATE: {
      const reader = dataOf(raw)
      return { type: 'REVALIDATE', sessionId: reader.sessionId(), timeoutMs: reader.int() }
    }
    case PACKET_TYPES.REQUEST:
      return readForwarded(raw)
    default:
      return null
  }
}

function decodeLeaderPacket(raw: RawPacket): LeaderPacket | null {
  switch (raw.type) {
    case PACKET_TYPES.LEADERINFO:
      return readLeaderInfo(raw)
    case PACKET_TYPES.DIFF:
      return { type: 'DIFF', zxid: raw.zxid }
    case PACKET_TYPES.TRUNC:
      return { type: 'TRUNC', zxid: raw.zxid }
    case PACKET_TYPES.SNAP:
      return { type: 'SNAP', zxid: raw.zxid }
    case PACKET_TYPES.PROPOSAL:
      return { type: 'PROPOSAL', entry: readCarriedEntry(raw, dataOf(raw)) }
    case PACKET_TYPES.INFORM:
      return { type: 'INFORM', entry: readCarriedEntry(raw, dataOf(raw)) }
    case PACKET_TYPES.COMMIT:
      return { type: 'COMMIT', zxid: raw.zxid }
    case PACKET_TYPES.COMMITANDACTIVATE:
      return { type: 'COMMITANDACTIVATE', zxid: raw.zxid, designatedLeader: asSid(dataOf(raw).longNumber()) }
    case PACKET_TYPES.INFORMANDACTIVATE:
      return readActivated(raw)
    case PACKET_TYPES.NEWLEADER:
      return { type: 'NEWLEADER', epoch: epochOf(raw.zxid), config: readConfig(raw) }
    case PACKET_TYPES.UPTODATE:
      return { type: 'UPTODATE' }
    case PACKET_TYPES.PING:
      return { type: 'PING', zxid: raw.zxid }
    case PACKET_TYPES.REVALIDATE: {
      const reader = dataOf(raw)
      return { type: 'REVALIDATE', sessionId: reader.sessionId(), valid: reader.bool() }
    }
    case PACKET_TYPES.SYNC:
      return { type: 'SYNC' }
    default:
      return null
  }
}

function dataOf(raw: RawPacket): JuteReader {
  if (raw.dataLength < 0) throw new DecodeError(`a packet of type ${raw.type} has no data`)
  return dataOrNone(raw)
}

/** Like `dataOf`, but no data is as good as empty data. The reader is used again for the next packet. */
function dataOrNone({ bytes, start, dataLength }: RawPacket): JuteReader {
  return dataReader.window(bytes, start + HEAD_BYTES, start + HEAD_BYTES + Math.max(0, dataLength))
}

/** Learners older than 3.5 leave out the config version, older ones all but the sid, the oldest even that. */
function readLearnerInfo(raw: RawPacket, type: 'FOLLOWERINFO' | 'OBSERVERINFO'): LearnerPacket {
  const reader = dataOrNone(raw)
  const sid = reader.remaining >= 8 ? asSid(reader.longNumber()) : null
  if (sid === null) return { type, acceptedEpoch: epochOf(raw.zxid), sid, protocolVersion: 1, configVersion: ZERO_ZXID }
  const protocolVersion = reader.remaining >= 4 ? reader.int() : 1
  const configVersion = reader.remaining >= 8 ? reader.zxid() : ZERO_ZXID
  return { type, acceptedEpoch: epochOf(raw.zxid), sid, protocolVersion, configVersion }
}

function readLeaderInfo(raw: RawPacket): LeaderPacket {
  const reader = dataOf(raw)
  const info = { type: 'LEADERINFO', epoch: epochOf(raw.zxid), protocolVersion: reader.int() } as const
  const exactDigests = reader.remaining >= 4 && reader.int() === EXACT_DIGESTS
  return exactDigests ? { ...info, exactDigests } : info
}

function readTouches(raw: RawPacket): LearnerPacket {
  const touches = []
  const reader = dataOrNone(raw)
  while (reader.remaining > 0) touches.push({ sessionId: reader.sessionId(), timeoutMs: reader.int() })
  return { type: 'PING', zxid: raw.zxid, touches }
}

function readForwarded(raw: RawPacket): LearnerPacket {
  const reader = dataOf(raw)
  const sessionId = reader.sessionId()
  const cxid = reader.int()
  const op = reader.int()
  // The leader answers an operation that it does not know as it does one that it cannot decode.
  const request = readRequestBody(op, reader) ?? { type: 'undecodable', op }
  const rest = packetReader.window(raw.bytes, raw.start + HEAD_BYTES + raw.dataLength, raw.end)
  return { type: 'REQUEST', sessionId, cxid, request, authInfo: readAuthInfo(rest) }
}

/** The last identities, as bytes and as a list: most requests carry the same ones, and comparing is cheaper. */
const lastAuth: { bytes: Uint8Array; ids: readonly AuthId[] | null } = { bytes: NO_BYTES, ids: null }

function readAuthInfo(reader: JuteReader): readonly AuthId[] | null {
  if (reader.remaining === lastAuth.bytes.length && reader.takeIf(lastAuth.bytes)) return lastAuth.ids
  const bytes = reader.peekRest()
  const ids = reader.vector(AUTH_ID_BYTES_MIN, readAuthId)
  lastAuth.bytes = bytes.slice()
  lastAuth.ids = ids
  return ids
}

/** The designated leader's id, and behind it what an INFORM carries. */
function readActivated(raw: RawPacket): LeaderPacket {
  const data = dataOf(raw)
  const designatedLeader = asSid(data.longNumber())
  return { type: 'INFORMANDACTIVATE', entry: readCarriedEntry(raw, data), designatedLeader }
}

/** The entry that the rest of the data consists of; its bytes are kept for the log. */
function readCarriedEntry(raw: RawPacket, data: JuteReader): Entry {
  const bytes = data.peekRest()
  const entry = readEntryFrom(data)
  if (entry.zxid !== raw.zxid) {
    throw new DecodeError(`a packet of type ${raw.type} and zxid ${raw.zxid} carries the txn ${entry.zxid}`)
  }
  rememberEncoding(entry, bytes)
  return entry
}

/** No text, or a single byte, means that the leader names no configuration. */
function readConfig(raw: RawPacket): string | null {
  return raw.dataLength <= 1 ? null : dataOf(raw).text(raw.dataLength)
}
