// One direction of an election connection cut into its messages, so that a fault can double or reorder votes: first
// who speaks, then frames. What does not look like that is passed on as a stream.

import { ELECTION_FRAME_BYTES_MAX } from '#shared/jute/framer.ts'
import { readHandshake } from '#shared/jute/records/notification.ts'
import type { Messages } from '../../faults/faulty-socket.ts'

const LENGTH_BYTES = 4
/** Of the shortest vote; a first frame is told from a handshake by its length. */
const VOTE_BYTES_MIN = 28

/**
 * For one direction of one connection. Only the side that opened it begins with a handshake: an accepting side sends
 * votes at once. Bytes that are not whole yet wait for the rest.
 */
export function electionMessages(): Messages {
  let waiting: Buffer = Buffer.alloc(0)
  let begun = false
  let isStream = false
  return (chunk) => {
    const pieces: { bytes: Uint8Array; isMessage: boolean }[] = []
    waiting = waiting.length === 0 ? Buffer.from(chunk) : Buffer.concat([waiting, chunk])
    while (waiting.length > 0 && !isStream) {
      const end = begun || startsWithVote(waiting) ? frameEnd(waiting) : handshakeEnd(waiting)
      if (end === 'stream') isStream = true
      else if (end === 'more') return pieces
      else {
        pieces.push({ bytes: waiting.subarray(0, end), isMessage: begun || startsWithVote(waiting) })
        waiting = waiting.subarray(end)
        begun = true
      }
    }
    if (isStream && waiting.length > 0) pieces.push({ bytes: waiting, isMessage: false })
    if (isStream) waiting = Buffer.alloc(0)
    return pieces
  }
}

/** A handshake begins with a negative version, or with a server id of eight bytes: four zeros. */
function startsWithVote(bytes: Buffer): boolean {
  return bytes.length >= LENGTH_BYTES && bytes.readInt32BE(0) >= VOTE_BYTES_MIN
}

function frameEnd(bytes: Buffer): number | 'more' | 'stream' {
  if (bytes.length < LENGTH_BYTES) return 'more'
  const length = bytes.readInt32BE(0)
  if (length < 1 || length > ELECTION_FRAME_BYTES_MAX) return 'stream'
  return bytes.length < LENGTH_BYTES + length ? 'more' : LENGTH_BYTES + length
}

function handshakeEnd(bytes: Buffer): number | 'more' | 'stream' {
  const read = readHandshake(bytes)
  if (read.type === 'incomplete') return 'more'
  return read.type === 'handshake' ? read.length : 'stream'
}
