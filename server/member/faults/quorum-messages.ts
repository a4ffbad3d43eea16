// The stream between leader and learner cut into its packets, so that each can be held by itself. What is no sequence of
// whole packets (a snapshot on its way) is passed on in the chunks in which it comes.

import { readLeaderPacket, readLearnerPacket } from '#shared/jute/records/read-packet.ts'
import type { Messages } from '../../faults/faulty-socket.ts'

/** Which of the two speaks. */
export type Speaker = 'leader' | 'learner'

/** Where each packet in `chunk` ends; null: it is no sequence of whole packets. */
function packetEnds(speaker: Speaker, chunk: Uint8Array): readonly number[] | null {
  const read = speaker === 'learner' ? readLearnerPacket : readLeaderPacket
  const ends: number[] = []
  for (let at = 0; at < chunk.length; ) {
    const packet = read(chunk, at)
    if (packet.type !== 'packet') return null
    at += packet.length
    ends.push(at)
  }
  return ends
}

/**
 * For what one side sends: a turn of the event loop writes whole packets, so each chunk is judged by itself. None of them
 * stands for itself: their order is what Zab is built on. `wanted`: whether somebody is interested in single ones now; each
 * costs a write of its own.
 */
export function quorumMessages(speaker: Speaker, wanted: () => boolean): Messages {
  return (chunk) => {
    const ends = wanted() ? packetEnds(speaker, chunk) : null
    if (ends === null) return [{ bytes: chunk, isMessage: false }]
    return ends.map((end, i) => ({ bytes: chunk.subarray(ends[i - 1] ?? 0, end), isMessage: false }))
  }
}
