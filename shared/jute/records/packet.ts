// Writing what learner and leader say to each other on the quorum port. A packet is a QuorumPacket record
// (type, zxid, data, authinfo) without a length before it; read-packet.ts is the other half. Source: zab.md §2.

import { unreachable } from '../../base/assert.ts'
import type { ForwardedRequest, LearnerPacket, QuorumPacket, Touch } from '../../zk/packet.ts'
import { NO_ZXID, ZERO_ZXID, type Zxid } from '../../zk/zxid.ts'
import type { JuteWriter } from '../writer.ts'
import { writeAuthId } from './acl.ts'
import { opOf, writeRequestBody } from './request.ts'
import { encodeEntry } from './txn.ts'

/** Source: constants of Leader. */
export const PACKET_TYPES = {
  REQUEST: 1,
  PROPOSAL: 2,
  ACK: 3,
  COMMIT: 4,
  PING: 5,
  REVALIDATE: 6,
  SYNC: 7,
  INFORM: 8,
  COMMITANDACTIVATE: 9,
  NEWLEADER: 10,
  FOLLOWERINFO: 11,
  UPTODATE: 12,
  DIFF: 13,
  TRUNC: 14,
  SNAP: 15,
  OBSERVERINFO: 16,
  LEADERINFO: 17,
  ACKEPOCH: 18,
  INFORMANDACTIVATE: 19,
} as const satisfies Record<QuorumPacket['type'], number>

/** Behind the version in a LEADERINFO, which Apache ends there: `ZSDG`. */
export const EXACT_DIGESTS = 0x5a534447

type LearnerInfo = Extract<LearnerPacket, { type: 'FOLLOWERINFO' | 'OBSERVERINFO' }>

/** Appends one packet. A PING with touches is a learner's, one without is a leader's. */
export function writePacket(writer: JuteWriter, packet: QuorumPacket): void {
  writer.int(PACKET_TYPES[packet.type])
  switch (packet.type) {
    case 'FOLLOWERINFO':
    case 'OBSERVERINFO':
      writeLearnerInfo(writer, packet)
      break
    case 'ACKEPOCH':
      writer.zxid(packet.lastLoggedZxid)
      writeIntData(writer, packet.currentEpoch)
      break
    case 'LEADERINFO':
      writeEpochZxid(writer, packet.epoch)
      writeLeaderInfo(writer, packet.protocolVersion, packet.exactDigests ?? false)
      break
    case 'ACK':
    case 'COMMIT':
    case 'DIFF':
    case 'TRUNC':
    case 'SNAP':
      writeBare(writer, packet.zxid)
      break
    case 'UPTODATE':
      writeBare(writer, NO_ZXID)
      break
    case 'SYNC':
      writeBare(writer, ZERO_ZXID)
      break
    case 'PROPOSAL':
    case 'INFORM':
      writer.zxid(packet.entry.zxid)
      writer.buffer(encodeEntry(packet.entry))
      writer.int(-1)
      break
    case 'COMMITANDACTIVATE':
      writer.zxid(packet.zxid)
      writer.int(8)
      writer.longNumber(packet.designatedLeader)
      writer.int(-1)
      break
    case 'INFORMANDACTIVATE': {
      writer.zxid(packet.entry.zxid)
      const place = writer.beginLength()
      writer.longNumber(packet.designatedLeader)
      writer.raw(encodeEntry(packet.entry))
      writer.endLength(place)
      writer.int(-1)
      break
    }
    case 'NEWLEADER':
      writeEpochZxid(writer, packet.epoch)
      writer.ustring(packet.config)
      writer.int(-1)
      break
    case 'PING':
      if ('touches' in packet) writeTouches(writer, packet.zxid, packet.touches)
      else writeBare(writer, packet.zxid)
      break
    case 'REVALIDATE': {
      writer.zxid(NO_ZXID)
      const place = writer.beginLength()
      writer.sessionId(packet.sessionId)
      if ('timeoutMs' in packet) writer.int(packet.timeoutMs)
      else writer.bool(packet.valid)
      writer.endLength(place)
      writer.int(-1)
      break
    }
    case 'REQUEST':
      writeForwarded(writer, packet)
      break
    default:
      unreachable(packet)
  }
}

/** The epoch in a zxid's place. Not makeZxid: a learner that has accepted none says -1. */
function writeEpochZxid(writer: JuteWriter, epoch: number): void {
  writer.int(epoch)
  writer.int(0)
}

/** Zxid, no data, no authinfo. */
function writeBare(writer: JuteWriter, zxid: Zxid): void {
  writer.zxid(zxid)
  writer.int(-1)
  writer.int(-1)
}

function writeIntData(writer: JuteWriter, value: number): void {
  writer.int(4)
  writer.int(value)
  writer.int(-1)
}

/** Apache's learners read the version and leave alone what follows it. */
function writeLeaderInfo(writer: JuteWriter, protocolVersion: number, exactDigests: boolean): void {
  if (!exactDigests) return writeIntData(writer, protocolVersion)
  writer.int(8)
  writer.int(protocolVersion)
  writer.int(EXACT_DIGESTS)
  writer.int(-1)
}

function writeLearnerInfo(writer: JuteWriter, packet: LearnerInfo): void {
  writeEpochZxid(writer, packet.acceptedEpoch)
  if (packet.sid === null) {
    writer.int(-1)
    writer.int(-1)
    return
  }
  const place = writer.beginLength()
  writer.longNumber(packet.sid)
  writer.int(packet.protocolVersion)
  writer.zxid(packet.configVersion)
  writer.endLength(place)
  writer.int(-1)
}

/** Without touches the data is empty, not null. */
function writeTouches(writer: JuteWriter, zxid: Zxid, touches: readonly Touch[]): void {
  writer.zxid(zxid)
  const place = writer.beginLength()
  for (const touch of touches) {
    writer.sessionId(touch.sessionId)
    writer.int(touch.timeoutMs)
  }
  writer.endLength(place)
  writer.int(-1)
}

function writeForwarded(writer: JuteWriter, packet: ForwardedRequest): void {
  writer.zxid(NO_ZXID)
  const place = writer.beginLength()
  writer.sessionId(packet.sessionId)
  writer.int(packet.cxid)
  writer.int(opOf(packet.request))
  writeRequestBody(writer, packet.request)
  writer.endLength(place)
  writer.vector(packet.authInfo, writeAuthId)
}
