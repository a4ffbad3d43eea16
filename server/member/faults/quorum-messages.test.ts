import { expect, test } from 'vitest'
import { writePacket } from '#shared/jute/records/packet.ts'
import { JuteWriter } from '#shared/jute/writer.ts'
import { makeZxid } from '#shared/zk/zxid.ts'
import { tellHeld } from './held-messages.ts'
import { quorumMessages } from './quorum-messages.ts'

const zxid = makeZxid(1, 7)

function packets(): Uint8Array {
  const writer = new JuteWriter()
  writePacket(writer, { type: 'ACK', zxid })
  writePacket(writer, { type: 'PING', zxid, touches: [] })
  return writer.take()
}

test('what a turn has written is its packets, in order and whole', () => {
  const bytes = packets()
  const pieces = quorumMessages('learner', () => true)(bytes)
  expect(pieces.map(({ isMessage }) => isMessage)).toEqual([false, false])
  expect(Buffer.concat(pieces.map((piece) => piece.bytes))).toEqual(Buffer.from(bytes))
  const held = { id: 3, isMessage: false, sinceMs: 100 }
  const told = pieces.map((piece) => tellHeld({ ...held, bytes: piece.bytes }, 2, 'learner', 150))
  expect(told[0]).toMatchObject({ type: 'ACK', zxid: '0x100000007', to: 2, heldMs: 50, port: 'quorum', alone: false })
  expect(told[1]).toMatchObject({ type: 'PING', zxid: null })
  expect(tellHeld({ ...held, bytes: null }, 2, 'learner', 150)).toMatchObject({ type: 'end', bytes: 0 })
})

test('nothing is cut up while nobody wants single packets', () => {
  expect(quorumMessages('learner', () => false)(packets())).toHaveLength(1)
})

test('a piece of a snapshot, or of a packet, stays as it is', () => {
  const [cut] = quorumMessages('learner', () => true)(packets().subarray(0, 30))
  expect(cut?.bytes.length).toBe(30)
  expect(quorumMessages('leader', () => true)(Buffer.from('a snapshot’s bytes, not packets'))).toHaveLength(1)
})
