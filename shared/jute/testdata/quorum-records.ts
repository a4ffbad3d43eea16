// Records of the quorum port and the election port. Recorded bytes first, then forms that could not be
// recorded, laid by hand. For tests only.

import type { LeaderPacket, LearnerPacket, QuorumPacket } from '../../zk/packet.ts'
import type { Notification } from '../../zk/vote.ts'
import { epochOf, makeZxid } from '../../zk/zxid.ts'
import {
  type Handshake,
  readHandshake,
  readNotification,
  writeHandshake,
  writeNotificationFrame,
} from '../records/notification.ts'
import { writePacket } from '../records/packet.ts'
import { type QuorumAuthPacket, readQuorumAuthPacket, writeQuorumAuthPacket } from '../records/quorum-auth.ts'
import { type PacketRead, readLeaderPacket, readLearnerPacket } from '../records/read-packet.ts'
import { JuteWriter } from '../writer.ts'
import { all, buf, byte, type Field, int, lay, long, str, vec } from './lay.ts'
import { framedKind, type RecordKind, type Sample, streamKind, unframed } from './record-kind.ts'
import { QUORUM_VECTORS, vector } from './vectors.ts'

const FROM_LEARNER = /^zab\.(FOLLOWERINFO|OBSERVERINFO|ACKEPOCH|ACK\..*|PING\.reply.*|REQUEST.*|REVALIDATE\.req)$/
const packets = QUORUM_VECTORS.filter((v) => v.id.startsWith('zab.'))

/** A packet laid by hand, its data null or a buffer, its authinfo null. */
function packet(type: number, zxid: bigint | number, data: Field | null): Uint8Array {
  return lay(int(type), long(zxid), buf(data), int(-1))
}

/** An entry, as PROPOSAL and INFORM carry it. */
const DELETE_TXN = all(long(0x100000000000001n), int(4), long(makeZxid(2, 1)), long(99), int(2), str('/a'))
const DELETE_ENTRY = {
  ...{ zxid: makeZxid(2, 1), sessionId: 0x100000000000001n, cxid: 4, timeMs: 99 },
  ...{ txn: { type: 'delete', path: '/a' }, digest: null },
}

function learnerInfo(acceptedEpoch: number, sid: number | null, protocolVersion: number, configVersion = 0) {
  return { type: 'FOLLOWERINFO', acceptedEpoch, sid, protocolVersion, configVersion }
}

const SHORT = 'we always write the whole LearnerInfo'

const handLaidLearner: readonly Sample[] = [
  {
    id: 'FOLLOWERINFO with a configuration, by hand',
    bytes: packet(11, makeZxid(5, 0), all(long(3), int(0x10000), long(makeZxid(4, 7)))),
    value: learnerInfo(5, 3, 0x10000, makeZxid(4, 7)),
  },
  { id: 'FOLLOWERINFO without data, by hand', bytes: packet(11, 0, null), value: learnerInfo(0, null, 1) },
  {
    id: 'FOLLOWERINFO shorter than a server id, by hand',
    bytes: packet(11, 0, [1, 2, 3, 4, 5, 6, 7]),
    value: learnerInfo(0, null, 1),
    readOnly: SHORT,
  },
  {
    id: 'FOLLOWERINFO of protocol version 1, by hand',
    bytes: packet(11, makeZxid(2, 9), long(3)),
    value: learnerInfo(2, 3, 1),
    readOnly: SHORT,
  },
  {
    id: 'FOLLOWERINFO without configuration, by hand',
    bytes: packet(11, makeZxid(2, 0), all(long(-5), int(0x10000))),
    value: learnerInfo(2, -5, 0x10000),
    readOnly: SHORT,
  },
  {
    id: 'ACKEPOCH of an epoch accepted before, by hand',
    bytes: packet(18, makeZxid(2, 9), int(-1)),
    value: { type: 'ACKEPOCH', lastLoggedZxid: makeZxid(2, 9), currentEpoch: -1 },
  },
  {
    id: 'PING with two touches, by hand',
    bytes: packet(5, makeZxid(2, 9), all(long(0xff00000000000001n), int(4000), long(2), int(6000))),
    value: {
      type: 'PING',
      zxid: makeZxid(2, 9),
      touches: [
        { sessionId: 0xff00000000000001n, timeoutMs: 4000 },
        { sessionId: 2n, timeoutMs: 6000 },
      ],
    },
  },
  {
    id: 'REQUEST deleteContainer, by hand',
    bytes: packet(1, -1, all(long(0), int(0), int(20), [0x2f, 0x63])),
    value: {
      ...{ type: 'REQUEST', sessionId: 0n, cxid: 0, authInfo: null },
      request: { type: 'deleteContainer', path: '/c' },
    },
  },
  {
    id: 'REQUEST of an unknown operation, by hand',
    bytes: packet(1, -1, all(long(1), int(2), int(77))),
    value: { ...{ type: 'REQUEST', sessionId: 1n, cxid: 2, authInfo: null }, request: { type: 'undecodable', op: 77 } },
  },
  {
    id: 'REQUEST by nobody, by hand',
    bytes: lay(int(1), long(-1), buf(all(long(1), int(2), int(-11))), vec()),
    value: { ...{ type: 'REQUEST', sessionId: 1n, cxid: 2, authInfo: [] }, request: { type: 'closeSession' } },
  },
]

const handLaidLeader: readonly Sample[] = [
  {
    id: 'PROPOSAL without digest, by hand',
    bytes: packet(2, makeZxid(2, 1), DELETE_TXN),
    value: { type: 'PROPOSAL', entry: DELETE_ENTRY },
  },
  {
    id: 'INFORM, by hand',
    bytes: packet(8, makeZxid(2, 1), DELETE_TXN),
    value: { type: 'INFORM', entry: DELETE_ENTRY },
  },
  {
    id: 'INFORMANDACTIVATE, by hand',
    bytes: packet(19, makeZxid(2, 1), all(long(-3), DELETE_TXN)),
    value: { type: 'INFORMANDACTIVATE', entry: DELETE_ENTRY, designatedLeader: -3 },
  },
  {
    id: 'NEWLEADER of protocol version 1, by hand',
    bytes: packet(10, makeZxid(3, 0), null),
    value: { type: 'NEWLEADER', epoch: 3, config: null },
  },
  {
    id: 'NEWLEADER with one byte, by hand',
    bytes: packet(10, makeZxid(3, 0), [0]),
    value: { type: 'NEWLEADER', epoch: 3, config: null },
    readOnly: 'no configuration is written as null',
  },
  {
    id: 'REVALIDATE of a session that is over, by hand',
    bytes: packet(6, -1, all(long(7), byte(0))),
    value: { type: 'REVALIDATE', sessionId: 7n, valid: false },
  },
  {
    id: 'PING of an observer master, by hand',
    bytes: packet(5, -1, null),
    value: { type: 'PING', zxid: -1 },
  },
]

function found<P>(read: PacketRead<P>) {
  if (read.type === 'packet') return { value: read.packet, length: read.length }
  return read.type === 'incomplete' ? read.type : 'refused'
}

/** A copy has no remembered encoding: its txn is encoded anew. */
function writeAnew(writer: JuteWriter, packet: QuorumPacket): void {
  writePacket(writer, copyOf(packet))
}

function copyOf<T extends QuorumPacket>(packet: T): T {
  return 'entry' in packet ? { ...packet, entry: { ...packet.entry } } : packet
}

const learnerPacket = streamKind<LearnerPacket>({
  name: 'QuorumPacket of a learner',
  samples: [...packets.filter(({ id }) => FROM_LEARNER.test(id)), ...handLaidLearner],
  read: (bytes) => found(readLearnerPacket(bytes)),
  write: writeAnew,
})

const leaderPacket = streamKind<LeaderPacket>({
  name: 'QuorumPacket of a leader',
  samples: [...packets.filter(({ id }) => !FROM_LEARNER.test(id)), ...handLaidLeader],
  read: (bytes) => found(readLeaderPacket(bytes)),
  write: writeAnew,
})

const MAGIC = long(0x5f2435013501edccn)

const quorumAuth = streamKind<QuorumAuthPacket>({
  name: 'QuorumAuthPacket',
  samples: [
    ...QUORUM_VECTORS.filter((v) => v.id.startsWith('auth.')),
    {
      id: 'success, by hand',
      bytes: lay(MAGIC, int(1), buf([0xff])),
      value: { status: 'success', token: Uint8Array.of(0xff) },
    },
    { id: 'error, by hand', bytes: lay(MAGIC, int(-1), buf(null)), value: { status: 'error', token: null } },
  ],
  read(bytes) {
    const read = readQuorumAuthPacket(bytes)
    if (read.type === 'auth') return { value: read.packet, length: read.length }
    return read.type === 'incomplete' ? read.type : 'refused'
  },
  write: writeQuorumAuthPacket,
})

const handshake = streamKind<Handshake>({
  name: 'InitialMessage',
  samples: [
    ...QUORUM_VECTORS.filter((v) => v.id.startsWith('fle.handshake')),
    // Behind its handshake stands its notification.
    { id: 'fle.probe', bytes: vector('fle.probe').subarray(0, 35) },
    { id: 'the oldest form, by hand', bytes: lay(long(5)), value: { sid: 5, addresses: [] } },
    {
      id: 'a single address in the newest form, by hand',
      bytes: lay(long(-65_535), long(5), str('a:1')),
      value: { sid: 5, addresses: ['a:1'] },
      readOnly: 'one address is written in the form that every version understands',
    },
  ],
  read(bytes) {
    const read = readHandshake(bytes)
    if (read.type === 'handshake') return { value: read.handshake, length: read.length }
    return read.type === 'incomplete' ? read.type : 'refused'
  },
  write: writeHandshake,
})

const VOTE = all(int(2), long(3), long(makeZxid(7, 9)), long(4))
const VOTED = { state: 'LEADING', leader: 3, zxid: makeZxid(7, 9), electionEpoch: 4 }

const notification = framedKind<Notification>({
  name: 'Notification',
  samples: [
    ...unframed(QUORUM_VECTORS.filter((v) => /^fle\.(looking|following|leading)/.test(v.id))),
    { id: 'fle.probe, the notification', bytes: vector('fle.probe').subarray(39) },
    {
      id: '28 bytes, as in 3.4, by hand',
      bytes: lay(VOTE),
      value: { ...VOTED, peerEpoch: 7, version: 0, config: null },
      readOnly: 'we write the peer epoch',
    },
    {
      id: '40 bytes, by hand',
      bytes: lay(VOTE, long(8), int(1)),
      value: { ...VOTED, peerEpoch: 8, version: 0, config: null },
    },
    {
      id: 'version 1 with something behind it, by hand',
      bytes: lay(VOTE, long(8), int(1), int(0)),
      value: { ...VOTED, peerEpoch: 8, version: 1, config: null },
      readOnly: 'without a configuration we write the 40 bytes',
    },
    {
      id: 'version 2 with an empty configuration, by hand',
      bytes: lay(VOTE, long(8), int(2), str('')),
      value: { ...VOTED, peerEpoch: 8, version: 2, config: '' },
    },
  ],
  read: readNotification,
  write(writer, value) {
    const frame = new JuteWriter(16)
    writeNotificationFrame(frame, value)
    writer.raw(frame.view().subarray(4))
  },
  shorter({ config, version, ...vote }, end, whole) {
    if (end === 28) return { ...vote, peerEpoch: epochOf(vote.zxid), version: 0, config: null }
    if (end === 40) return { ...vote, version: 0, config: null }
    return version === 1 && end > 40 && end < whole.length ? { ...vote, version, config } : undefined
  },
  // The short forms are told by their length.
  junkMatters: (value) => value.version === 0,
})

export const QUORUM_RECORDS: readonly RecordKind[] = [learnerPacket, leaderPacket, quorumAuth, handshake, notification]
