// Whatever a stranger sends, a decoder answers with a value or with DecodeError, and what it makes of the
// bytes is not much larger than they are.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { OP_CODES } from '../zk/op.ts'
import { DecodeError, JuteReader } from './reader.ts'
import { decodeClientFrame } from './records/client-frame.ts'
import { readConnectRequest, readConnectResponse } from './records/connect.ts'
import { readHandshake, readNotification } from './records/notification.ts'
import { readLeaderPacket, readLearnerPacket } from './records/read-packet.ts'
import { readReply } from './records/reply.ts'
import { readEntry } from './records/txn.ts'
import { readWatchEvent } from './records/watch-event.ts'
import { CLIENT_VECTORS, QUORUM_VECTORS, STORAGE_VECTORS } from './testdata/vectors.ts'

const DECODERS: Record<string, (bytes: Uint8Array) => unknown> = {
  decodeClientFrame,
  readConnectRequest: (bytes) => readConnectRequest(new JuteReader(bytes)),
  readConnectResponse: (bytes) => readConnectResponse(new JuteReader(bytes)),
  readReplies: (bytes) => Object.values(OP_CODES).map((op) => outcome(() => readReply(new JuteReader(bytes), op))),
  readWatchEvent: (bytes) => readWatchEvent(new JuteReader(bytes)),
  readLearnerPacket,
  readLeaderPacket,
  readEntry,
  readHandshake,
  readNotification,
}

function outcome(decode: () => unknown): unknown {
  try {
    return decode()
  } catch (error) {
    if (error instanceof DecodeError) return 'refused'
    throw error
  }
}

/** How many values something decoded consists of, bytes of buffers and strings included. */
function size(value: unknown): number {
  if (value instanceof Uint8Array || typeof value === 'string') return 1 + value.length
  if (typeof value !== 'object' || value === null) return 1
  return Object.values(value).reduce((sum: number, part) => sum + size(part), 1)
}

/** Recorded messages without their frame's length, log entries, and then damage: that gets further than noise. */
const recorded = [
  ...CLIENT_VECTORS.map((v) => v.bytes.subarray(4)),
  ...QUORUM_VECTORS.map((v) => v.bytes),
  ...QUORUM_VECTORS.map((v) => v.bytes.subarray(4)),
  ...QUORUM_VECTORS.map((v) => v.bytes.subarray(16)),
  ...STORAGE_VECTORS.map((v) => v.bytes.subarray(28)),
]
const edit = fc.record({ at: fc.nat(4000), byte: fc.constantFrom(0, 1, 2, 0x7f, 0x80, 0xfe, 0xff) })
const damaged = fc
  .tuple(fc.constantFrom(...recorded), fc.array(edit, { maxLength: 4 }), fc.nat(4000))
  .map(([bytes, edits, end]) => {
    const copy = bytes.slice(0, 1 + (end % bytes.length))
    for (const { at, byte } of edits) copy[at % copy.length] = byte
    return copy
  })

test.each(Object.entries(DECODERS))('%s survives noise and damage', (_, decode) => {
  fc.assert(
    fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 120 })), (bytes) => {
      // Replies are read once for each operation; everything else at most doubles (names of fields apart).
      const factor = decode === DECODERS.readReplies ? Object.keys(OP_CODES).length : 1
      expect(size(outcome(() => decode(bytes)))).toBeLessThanOrEqual(factor * (64 + 8 * bytes.length))
    }),
    { numRuns: 1000 },
  )
})
