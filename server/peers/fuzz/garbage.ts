// Bytes for a port: valid conversations of each kind, and what a seed makes of them: bits turned, lengths that lie,
// counts of billions, ends cut off, or nothing but chance.

import { createPrng, nextInt, type Prng, pick } from '#shared/base/prng.ts'
import { writeAuthPacket, writeRequest } from '#shared/jute/records/client-frame.ts'
import { writeConnectRequest } from '#shared/jute/records/connect.ts'
import { readHandshake, writeHandshake, writeNotificationFrame } from '#shared/jute/records/notification.ts'
import { writePacket } from '#shared/jute/records/packet.ts'
import { readLearnerPacket } from '#shared/jute/records/read-packet.ts'
import { JuteWriter } from '#shared/jute/writer.ts'
import { anyRead, anyWrite, chooseBy } from '#shared/tree/programs.ts'
import { asSessionId, asSid } from '#shared/zk/ids.ts'
import type { LearnerPacket } from '#shared/zk/packet.ts'
import { LEARNER_PROTOCOL_VERSION } from '#shared/zk/packet.ts'
import { SERVER_STATES } from '#shared/zk/vote.ts'
import { makeZxid, ZERO_ZXID } from '#shared/zk/zxid.ts'
import { NEW_SESSION } from '../wire/zk-socket.ts'

export type PortKind = 'client' | 'quorum' | 'election'

const INTS = [-1, 0, 1, 0x7fffffff, -0x80000000, 0xfffff, 0x100000, 1 << 24, -2, 1000]
const RANDOM_BYTES_MAX = 4000
const FRAMES_MAX = 20
/** Server ids up to this one may be those of members. */
const MEMBER_SID_MAX = 9

export interface Garbage {
  readonly bytes: Uint8Array
  /** What was done to it, for the report. */
  readonly kind: string
}

export function createGarbage(seed: number) {
  const prng = createPrng(seed)
  const next = (port: PortKind): Garbage => {
    const garbage = nextGarbage(prng, port)
    return claimsMembership(port, garbage.bytes) ? next(port) : garbage
  }
  return { prng, next }
}

/**
 * Whether chance has made it the words of a member. Those are believed, as in ZooKeeper: who can reach these ports and
 * says that it is server 1 can end a leadership; a firewall or TLS is what keeps them out, not a check of frames.
 */
function claimsMembership(port: PortKind, bytes: Uint8Array): boolean {
  if (port === 'client') return false
  if (port === 'election') {
    const read = readHandshake(bytes)
    return read.type === 'handshake' && read.handshake.sid <= MEMBER_SID_MAX
  }
  const read = readLearnerPacket(bytes)
  if (read.type !== 'packet') return false
  const { packet } = read
  return (packet.type === 'FOLLOWERINFO' || packet.type === 'OBSERVERINFO') && (packet.sid ?? 0) <= MEMBER_SID_MAX
}

function nextGarbage(prng: Prng, port: PortKind): Garbage {
  const kind = pick(prng, ['random', 'valid', 'turned', 'turned', 'lied', 'lied', 'lied', 'cut'] as const)
  if (kind === 'random') {
    const bytes = new Uint8Array(1 + nextInt(prng, RANDOM_BYTES_MAX))
    for (let at = 0; at < bytes.length; at += 1) bytes[at] = nextInt(prng, 256)
    return { bytes, kind }
  }
  const valid = validTalk(prng, port)
  const bytes = valid.slice()
  if (kind === 'valid') return { bytes, kind }
  if (kind === 'cut') return { bytes: bytes.subarray(0, nextInt(prng, bytes.length)), kind }
  for (let times = 1 + nextInt(prng, 4); times > 0; times -= 1) {
    if (kind === 'turned') bytes[nextInt(prng, bytes.length)] = nextInt(prng, 256)
    else new DataView(bytes.buffer).setInt32(4 * nextInt(prng, Math.floor(bytes.length / 4)), pick(prng, INTS))
  }
  return { bytes, kind }
}

function validTalk(prng: Prng, port: PortKind): Uint8Array {
  const writer = new JuteWriter()
  switch (port) {
    case 'client':
      clientTalk(prng, writer)
      break
    case 'quorum':
      quorumTalk(prng, writer)
      break
    case 'election':
      electionTalk(prng, writer)
      break
  }
  return writer.take()
}

function framed(writer: JuteWriter, write: () => void): void {
  const place = writer.beginLength()
  write()
  writer.endLength(place)
}

function clientTalk(prng: Prng, writer: JuteWriter): void {
  framed(writer, () => writeConnectRequest(writer, { ...NEW_SESSION, timeoutMs: 4000 }))
  const choose = chooseBy(prng)
  for (let xid = 1; xid <= 1 + nextInt(prng, FRAMES_MAX); xid += 1)
    framed(writer, () => {
      const dice = nextInt(prng, 10)
      if (dice === 0) writeAuthPacket(writer, { scheme: 'digest', auth: Uint8Array.of(58) })
      else if (dice < 5) writeRequest(writer, xid, anyRead(choose, ZERO_ZXID))
      else writeRequest(writer, xid, anyWrite(choose, { allFlags: true, racy: true, quotaTexts: true }))
    })
}

/** A learner of a server id that is not of the ensemble. */
function quorumTalk(prng: Prng, writer: JuteWriter): void {
  const zxid = makeZxid(nextInt(prng, 5), nextInt(prng, 100))
  const choose = chooseBy(prng)
  const packets: LearnerPacket[] = [
    {
      type: pick(prng, ['FOLLOWERINFO', 'OBSERVERINFO'] as const),
      acceptedEpoch: nextInt(prng, 4),
      sid: asSid(50 + nextInt(prng, 100)),
      protocolVersion: LEARNER_PROTOCOL_VERSION,
      configVersion: ZERO_ZXID,
    },
    { type: 'ACKEPOCH', lastLoggedZxid: zxid, currentEpoch: nextInt(prng, 3) },
    { type: 'ACK', zxid },
    { type: 'PING', zxid, touches: [{ sessionId: asSessionId(77n), timeoutMs: 1000 }] },
    { type: 'REVALIDATE', sessionId: asSessionId(77n), timeoutMs: 1000 },
    {
      type: 'REQUEST',
      sessionId: asSessionId(77n),
      cxid: 4,
      request: anyWrite(choose, { allFlags: true, racy: true, quotaTexts: true }),
      authInfo: [],
    },
  ]
  for (const packet of packets.slice(0, 1 + nextInt(prng, packets.length))) writePacket(writer, packet)
}

function electionTalk(prng: Prng, writer: JuteWriter): void {
  const sid = asSid(50 + nextInt(prng, 200))
  writeHandshake(writer, { sid, addresses: ['127.0.0.1:9', '127.0.0.1:10'].slice(0, nextInt(prng, 3)) })
  for (let count = nextInt(prng, 5); count > 0; count -= 1)
    writeNotificationFrame(writer, {
      state: pick(prng, SERVER_STATES),
      leader: sid,
      zxid: makeZxid(nextInt(prng, 9), nextInt(prng, 9)),
      electionEpoch: nextInt(prng, 100),
      peerEpoch: nextInt(prng, 9),
      version: 2,
      config: pick(prng, [null, '', 'server.1=nonsense', `version=ffffffffff\nserver.50=127.0.0.1:1:2\n`]),
    })
}
