// What is told of connections on the quorum port: up and down, the packets of discovery and synchronization, what a
// learner was sent to be brought up to date, and how much goes over each. Part of observe.ts.

import type { HandshakePacket } from '#shared/events/activity-event.ts'
import type { PeerEffect, PeerInput } from '#shared/peer/contract.ts'
import type { LinkId } from '#shared/zab/contract.ts'
import type { LeaderPacket, LearnerPacket } from '#shared/zk/packet.ts'
import { epochOf, formatZxid, makeZxid, ZERO_ZXID, type Zxid } from '#shared/zk/zxid.ts'
import type { ServerFacts } from '../server-facts.ts'
import type { Said } from './watch-events.ts'

type SyncEffect = Extract<PeerEffect, { type: 'learnerSync' }>

export interface LinkEvents {
  /** Somebody watches from now on. */
  begin(): void
  onInput(input: Extract<PeerInput, { type: 'linkUp' | 'linkDown' }>): void
  onConnect(effect: Extract<PeerEffect, { type: 'connect' }>): void
  onClose(effect: Extract<PeerEffect, { type: 'close' }>): void
  onSend(effect: Extract<PeerEffect, { type: 'send' }>): void
  onLearnerSync(effect: SyncEffect): void
  /** How much went over each; once a second. */
  sayTraffic(): void
}

interface Stream {
  readonly effect: SyncEffect
  readonly had: Zxid
  first: Zxid
  last: Zxid
  count: number
}

export function createLinkEvents(facts: ServerFacts, say: (event: Said) => void): LinkEvents {
  const { peer } = facts
  let open = new Map<LinkId, number | null>()
  /** What learners are being sent; each is whole within one step. */
  const streams = new Map<LinkId, Stream>()

  function peerOf(link: LinkId): number | null {
    const { role } = peer.zab
    if (role.state === 'LEADING') return role.learners.get(link)?.sid ?? open.get(link) ?? null
    if (role.state !== 'LOOKING' && role.link === link) return role.leader
    return open.get(link) ?? null
  }

  function down(link: LinkId, reason: string): void {
    if (!open.has(link)) return
    say({ type: 'link', link, peer: peerOf(link), up: false, reason })
    open.delete(link)
  }

  function onSend({ link, packet }: Extract<PeerEffect, { type: 'send' }>): void {
    if (packet.type === 'PROPOSAL') {
      const stream = streams.size > 0 ? streams.get(link) : undefined
      if (!stream) return
      if (stream.count === 0) stream.first = packet.entry.zxid
      stream.last = packet.entry.zxid
      stream.count += 1
      return
    }
    const said = handshakeOf(packet)
    if (!said) return
    say({ type: 'handshake', to: peerOf(link), ...said })
    if (packet.type === 'NEWLEADER') saySynced(link)
  }

  function saySynced(link: LinkId): void {
    const stream = streams.get(link)
    streams.delete(link)
    if (!stream) return
    const { effect, had, first, last, count } = stream
    say({
      type: 'synced',
      learner: effect.sid,
      how: effect.how,
      had: formatZxid(had),
      first: formatZxid(first),
      last: formatZxid(last),
      count,
    })
  }

  return {
    begin() {
      streams.clear()
      const { role } = peer.zab
      open = new Map()
      if (role.state === 'LEADING') for (const { link, sid } of role.learners.values()) open.set(link, sid)
      else if (role.state !== 'LOOKING') open.set(role.link, role.leader)
    },
    onInput(input) {
      if (input.type === 'linkDown') return down(input.link, input.reason)
      const peerSid = peerOf(input.link)
      open.set(input.link, peerSid)
      say({ type: 'link', link: input.link, peer: peerSid, up: true, reason: '' })
    },
    onConnect: ({ link, to }) => void open.set(link, to),
    onClose: ({ link, reason }) => down(link, reason),
    onSend,
    onLearnerSync(effect) {
      const { role } = peer.zab
      const learner = role.state === 'LEADING' ? role.learners.get(effect.link) : undefined
      const had = learner?.lastLogged ?? ZERO_ZXID
      streams.set(effect.link, { effect, had, first: ZERO_ZXID, last: ZERO_ZXID, count: 0 })
    },
    sayTraffic() {
      for (const link of open.keys()) {
        const traffic = facts.link(link)
        if (!traffic) continue
        const { packetsSent, packetsReceived, bytesSent, bytesReceived, queuedBytes } = traffic
        const flow = { packetsSent, packetsReceived, bytesSent, bytesReceived, queuedBytes }
        say({ type: 'linkTraffic', link, peer: peerOf(link), ...flow })
      }
    },
  }
}

function handshakeOf(
  packet: LearnerPacket | LeaderPacket,
): { readonly packet: HandshakePacket; readonly epoch: number; readonly zxid: string } | null {
  const said = (epoch: number, zxid: Zxid) => ({ epoch, zxid: formatZxid(zxid) })
  switch (packet.type) {
    case 'FOLLOWERINFO':
    case 'OBSERVERINFO':
      return { packet: packet.type, ...said(packet.acceptedEpoch, makeZxid(Math.max(packet.acceptedEpoch, 0), 0)) }
    case 'LEADERINFO':
    case 'NEWLEADER':
      return { packet: packet.type, ...said(packet.epoch, makeZxid(packet.epoch, 0)) }
    case 'ACKEPOCH':
      return { packet: packet.type, ...said(packet.currentEpoch, packet.lastLoggedZxid) }
    case 'DIFF':
    case 'TRUNC':
    case 'SNAP':
      return { packet: packet.type, ...said(epochOf(packet.zxid), packet.zxid) }
    case 'UPTODATE':
      return { packet: packet.type, ...said(0, ZERO_ZXID) }
    default:
      return null
  }
}
