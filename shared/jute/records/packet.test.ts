import { describe, expect, test } from 'vitest'
import type { SessionId } from '../../zk/ids.ts'
import type { Zxid } from '../../zk/zxid.ts'
import { vector } from '../testdata/vectors.ts'
import { JuteWriter } from '../writer.ts'
import { PACKET_TYPES, writePacket } from './packet.ts'
import {
  lastAckOfRun,
  PACKET_AUTH_BYTES_MAX,
  PACKET_AUTH_IDS_MAX,
  PACKET_DATA_BYTES_MAX,
  readLeaderPacket,
  readLearnerPacket,
} from './read-packet.ts'

test('packets of a kind we do not know keep their type, zxid and data', () => {
  const bytes = vector('zab.COMMITANDACTIVATE').slice()
  bytes[3] = 20
  expect(readLeaderPacket(bytes)).toMatchObject({ type: 'unknown', packetType: 20, zxid: 0x100000002, length: 28 })
})

test('what the other side says is unknown to each side', () => {
  expect(readLearnerPacket(vector('zab.COMMIT'))).toMatchObject({ type: 'unknown', packetType: PACKET_TYPES.COMMIT })
  expect(readLeaderPacket(vector('zab.REQUEST.1'))).toMatchObject({ type: 'unknown', packetType: PACKET_TYPES.REQUEST })
})

describe('[LEAD-4] a run of ACKs is as good as its last one', () => {
  const acks = (...zxids: number[]) => {
    const writer = new JuteWriter()
    for (const zxid of zxids) writePacket(writer, { type: 'ACK', zxid: zxid as Zxid })
    return writer.take()
  }
  const first = 0x100000005
  test.each([
    ['consecutive ones', acks(first, first + 1, first + 2), 40],
    ['a gap ends it', acks(first, first + 1, first + 3), 20],
    ['another epoch does', acks(first, 0x200000006), 0],
    ['the ack of NEWLEADER is not part of it', acks(0x100000000, 0x100000001, 0x100000002), 0],
    ['nor is one that has not come whole', acks(first, first + 1).subarray(0, 39), 0],
    ['nothing', new Uint8Array(0), 0],
  ])('%s', (_, bytes, last) => {
    const shifted = new Uint8Array(bytes.length + 3)
    shifted.set(bytes, 3)
    expect(lastAckOfRun(shifted, 3)).toBe(3 + last)
  })

  test('another packet ends it', () => {
    const bytes = acks(first, first + 1, first + 2)
    bytes[23] = PACKET_TYPES.PING
    expect(lastAckOfRun(bytes, 0)).toBe(0)
  })
})

test('identities behind a REQUEST are those that were sent, also when the last ones were others', () => {
  const ids = [
    [{ scheme: 'ip', id: '10.0.0.1' }],
    [{ scheme: 'ip', id: '10.0.0.1' }],
    [{ scheme: 'ip', id: '10.0.0.2' }],
    null,
    [{ scheme: 'ip', id: '10.0.0.2' }],
  ]
  const writer = new JuteWriter()
  for (const authInfo of ids) {
    const request = { type: 'sync', path: '/' } as const
    writePacket(writer, { type: 'REQUEST', sessionId: 1n as SessionId, cxid: 1, request, authInfo })
  }
  const bytes = writer.take()
  let at = 0
  const found = ids.map(() => {
    const read = readLearnerPacket(bytes, at)
    if (read.type !== 'packet' || read.packet.type !== 'REQUEST') throw new Error(read.type)
    at += read.length
    return read.packet.authInfo
  })
  expect(found).toEqual(ids)
  expect(readLearnerPacket(bytes, at)).toEqual({ type: 'incomplete' })
})

test('a peer that wants SASL is refused by that reason', () => {
  expect(readLearnerPacket(vector('auth.first'))).toMatchObject({ type: 'malformed', reason: /SASL/ })
  // Already its first four bytes say so.
  expect(readLearnerPacket(vector('auth.first').subarray(0, 4))).toMatchObject({ type: 'malformed' })
})

/** The front of a packet, up to where a limit must show. */
function front(write: (writer: JuteWriter) => void): Uint8Array {
  const writer = new JuteWriter()
  writer.int(PACKET_TYPES.REQUEST)
  writer.long(-1n)
  write(writer)
  return writer.take()
}

describe('limits are told as soon as a length is there, before its bytes are waited for', () => {
  const identity = (writer: JuteWriter, bytes: number) => {
    writer.ustring('ip')
    writer.buffer(new Uint8Array(bytes))
  }
  test.each([
    ['data', front((w) => w.int(PACKET_DATA_BYTES_MAX + 1))],
    ['negative data', front((w) => w.int(-2))],
    [
      'identities',
      front((w) => {
        w.int(-1)
        w.int(PACKET_AUTH_IDS_MAX + 1)
      }),
    ],
    [
      'a scheme',
      front((w) => {
        w.int(-1)
        w.int(1)
        w.int(PACKET_AUTH_BYTES_MAX + 1)
      }),
    ],
    [
      'authinfo as a whole',
      front((w) => {
        w.int(-1)
        w.int(PACKET_AUTH_IDS_MAX)
        for (let i = 0; i < 15; i += 1) identity(w, PACKET_AUTH_BYTES_MAX)
        w.ustring('ip')
        w.int(PACKET_AUTH_BYTES_MAX)
      }),
    ],
  ])('%s', (_, bytes) => {
    expect(readLearnerPacket(bytes)).toMatchObject({ type: 'malformed' })
    expect(readLearnerPacket(bytes.subarray(0, bytes.length - 1))).toEqual({ type: 'incomplete' })
  })
})

test('[T-10] a leader of ours says behind the version that its digests are exact; other bytes there mean nothing', () => {
  const writer = new JuteWriter()
  const info = { type: 'LEADERINFO', epoch: 3, protocolVersion: 0x10000, exactDigests: true } as const
  writePacket(writer, info)
  const bytes = writer.take()
  expect(readLeaderPacket(bytes)).toMatchObject({ packet: info })
  bytes[bytes.length - 5] = 0
  const { exactDigests: _, ...plain } = info
  expect(readLeaderPacket(bytes)).toMatchObject({ packet: plain })
})
