import { describe, expect, test } from 'vitest'
import type { QuorumPacket } from '../../zk/packet.ts'
import { hex, QUORUM_VECTORS, vector } from '../testdata/vectors.ts'
import { JuteWriter } from '../writer.ts'
import { writePacket } from './packet.ts'
import { type PacketRead, readLeaderPacket, readLearnerPacket } from './read-packet.ts'

const FROM_LEARNER = /^zab\.(FOLLOWERINFO|OBSERVERINFO|ACKEPOCH|ACK\..*|PING\.reply.*|REQUEST.*|REVALIDATE\.req)$/
const recorded = QUORUM_VECTORS.filter((v) => v.id.startsWith('zab.'))

function readerOf(id: string): (bytes: Uint8Array) => PacketRead<QuorumPacket> {
  return FROM_LEARNER.test(id) ? readLearnerPacket : readLeaderPacket
}

function encode(packet: QuorumPacket): string {
  const writer = new JuteWriter(16)
  writePacket(writer, packet)
  return hex(writer.view())
}

describe('recorded packets', () => {
  test.each(recorded)('$id decodes and encodes to the same bytes', ({ id, bytes }) => {
    const read = readerOf(id)(bytes)
    if (read.type !== 'packet') throw new Error(JSON.stringify(read))
    expect(read.length).toBe(bytes.length)
    // A copy has no remembered encoding: its txn is encoded anew.
    expect(encode(structuredClone(read.packet))).toBe(hex(bytes))
  })

  test.each(recorded)('$id, cut short at every byte, is incomplete', ({ id, bytes }) => {
    for (let end = 0; end < bytes.length; end += 1) {
      expect(readerOf(id)(bytes.subarray(0, end))).toEqual({ type: 'incomplete' })
    }
  })

  test('packets of a kind we do not know keep their type, zxid and data', () => {
    const bytes = vector('zab.COMMITANDACTIVATE').slice()
    bytes[3] = 77
    const read = readLeaderPacket(bytes)
    expect(read).toMatchObject({ type: 'unknown', packetType: 77, zxid: 0x100000002, length: 28 })
  })
})
