// What is held on a link, as people and pages are told of it: which message it is, in ZooKeeper's words. Made from the bytes
// when somebody asks.

import { readHandshake, readNotification } from '#shared/jute/records/notification.ts'
import { readLeaderPacket, readLearnerPacket } from '#shared/jute/records/read-packet.ts'
import type { QuorumPacket } from '#shared/zk/packet.ts'
import { formatZxid, type Zxid } from '#shared/zk/zxid.ts'
import type { HeldOut } from '../../faults/faulty-socket.ts'
import type { Speaker } from './quorum-messages.ts'

/** Told at a time; the rest is counted. */
export const HELD_TOLD_MAX = 200

export interface HeldMessage {
  /** For the peer that it is on its way to. */
  readonly to: number
  /** Unique in this process, upwards in the order in which messages came. */
  readonly id: number
  readonly port: 'election' | 'quorum'
  /** `PROPOSAL`, `ACK`, `vote` …; `bytes` for what is part of a snapshot, `end` for the end of the connection. */
  readonly type: string
  /** `0x…` of what it is about; null for what is about none. */
  readonly zxid: string | null
  /** Sid that a vote is for; null for what is no vote. */
  readonly leader: number | null
  readonly bytes: number
  readonly heldMs: number
  /** It stands for itself: it may be dropped, doubled, or go before others. */
  readonly alone: boolean
}

type Told = Pick<HeldMessage, 'type' | 'zxid' | 'leader'>

/** `speaker` null: it is on the election port. `nowMs`: monotonic. */
export function tellHeld(held: HeldOut, to: number, speaker: Speaker | null, nowMs: number): HeldMessage {
  const { id, isMessage, sinceMs, bytes } = held
  return {
    ...{ to, id, port: speaker === null ? 'election' : 'quorum' },
    ...(bytes === null ? told('end') : speaker === null ? tellVote(bytes) : tellPacket(bytes, speaker)),
    ...{ bytes: bytes?.length ?? 0, heldMs: Math.round(nowMs - sinceMs), alone: isMessage },
  }
}

function told(type: string, zxid: Zxid | null = null, leader: number | null = null): Told {
  return { type, zxid: zxid === null ? null : formatZxid(zxid), leader }
}

const FRAME_LENGTH_BYTES = 4

function tellVote(bytes: Uint8Array): Told {
  try {
    const { zxid, leader } = readNotification(bytes.subarray(FRAME_LENGTH_BYTES))
    return told('vote', zxid, leader)
  } catch {
    return told(readHandshake(bytes).type === 'handshake' ? 'handshake' : 'bytes')
  }
}

function tellPacket(bytes: Uint8Array, speaker: Speaker): Told {
  const read = speaker === 'learner' ? readLearnerPacket(bytes) : readLeaderPacket(bytes)
  return read.type === 'packet' && read.length === bytes.length
    ? told(read.packet.type, zxidOf(read.packet))
    : told('bytes')
}

function zxidOf(packet: QuorumPacket): Zxid | null {
  if ('entry' in packet) return packet.entry.zxid
  if (packet.type === 'PING') return null
  return 'zxid' in packet ? packet.zxid : null
}
