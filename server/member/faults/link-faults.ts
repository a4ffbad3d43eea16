// The faults of this member's connections with its peers, by sid and direction: it wraps the sockets of the election
// and quorum ports, finds out who is at the other end, and keeps every socket to the rules of its peer.

import type { Socket } from 'node:net'
import { ELECTION_FRAME_BYTES_MAX } from '#shared/jute/framer.ts'
import { readHandshake } from '#shared/jute/records/notification.ts'
import { readLearnerPacket } from '#shared/jute/records/read-packet.ts'
import type { Sid } from '#shared/zk/ids.ts'
import { FaultySocket } from '../../faults/faulty-socket.ts'
import type { CountedRule } from '../../faults/link-lane.ts'
import type { LinkRule } from '../../faults/link-rule.ts'
import { electionMessages } from './election-messages.ts'

export type Direction = 'in' | 'out'
/** Which port a connection came in on: there each peer says in its own way who it is. */
export type PeerPort = 'election' | 'quorum'

/** Stands between a port and its sockets. */
export interface LinkSeam {
  /** A connection that came in; its peer is known once it has introduced itself. */
  accepted(socket: Socket, port: PeerPort): Socket
  /** A connection that we opened, just connected. */
  opened(socket: Socket, to: Sid, port: PeerPort): Socket
}

/** The seam of a member whose faults are off. */
export const SOUND_LINKS: LinkSeam = { accepted: (socket) => socket, opened: (socket) => socket }

interface Link {
  readonly socket: FaultySocket
  /** Null: it has not said yet. */
  sid: Sid | null
}

/** A peer, or each one. */
export type Peer = Sid | 'all'

export class LinkFaults implements LinkSeam {
  readonly #rules = new Map<string, CountedRule>()
  readonly #links = new Set<Link>()

  accepted(socket: Socket, port: PeerPort): Socket {
    const link = this.#wrap(socket, null, port === 'election')
    let said = Buffer.alloc(0)
    const listen = (chunk: Buffer) => {
      said = Buffer.concat([said, chunk])
      const found = whoIs(port, said)
      if (found === 'more' && said.length <= ELECTION_FRAME_BYTES_MAX) return
      socket.off('data', listen)
      if (typeof found !== 'number') return
      link.sid = found
      this.#apply(link)
    }
    // Before the wrapper hears the same bytes, so that they are subject to the rules already.
    socket.prependListener('data', listen)
    return asSocket(link)
  }

  opened(socket: Socket, to: Sid, port: PeerPort): Socket {
    return asSocket(this.#wrap(socket, to, port === 'election'))
  }

  /** Null ends the rule. A peer's own rule goes before that for all. */
  set(peer: Peer, direction: Direction, rule: LinkRule | null): void {
    const key = keyOf(peer, direction)
    if (rule === null) this.#rules.delete(key)
    else this.#rules.set(key, { rule, hits: { count: 0 } })
    for (const link of this.#links) this.#apply(link)
  }

  /** How many things the rule has held back, doubled or moved so far. */
  hits(peer: Peer, direction: Direction): number {
    return this.#rules.get(keyOf(peer, direction))?.hits.count ?? 0
  }

  /** Breaks the connections with this peer; returns how many there were. New ones may come at once. */
  reset(peer: Peer): number {
    const hit = [...this.#links].filter(({ sid }) => peer === 'all' || sid === peer)
    for (const { socket } of hit) socket.reset()
    return hit.length
  }

  #wrap(raw: Socket, sid: Sid | null, election: boolean): Link {
    // Votes are messages, each for itself. What follows a leader is one stream: its order is what Zab is built on.
    const link: Link = { socket: new FaultySocket(raw, Math.random, election ? electionMessages : null), sid }
    this.#links.add(link)
    raw.on('close', () => this.#links.delete(link))
    this.#apply(link)
    return link
  }

  #apply({ socket, sid }: Link): void {
    socket.setRules({ out: this.#ruleOf(sid, 'out'), in: this.#ruleOf(sid, 'in') })
  }

  #ruleOf(sid: Sid | null, direction: Direction): CountedRule | null {
    const own = sid === null ? undefined : this.#rules.get(keyOf(sid, direction))
    return own ?? this.#rules.get(keyOf('all', direction)) ?? null
  }
}

/** The ports use of a socket what every Duplex has, and what FaultySocket says it has besides. */
function asSocket({ socket }: Link): Socket {
  return socket as unknown as Socket
}

function keyOf(peer: Peer, direction: Direction): string {
  return `${peer} ${direction}`
}

/** By the first bytes of a connection; null: they say nothing about it. */
function whoIs(port: PeerPort, said: Uint8Array): Sid | 'more' | null {
  if (port === 'election') {
    const read = readHandshake(said)
    if (read.type === 'incomplete') return 'more'
    return read.type === 'handshake' ? read.handshake.sid : null
  }
  const read = readLearnerPacket(said)
  if (read.type === 'incomplete') return 'more'
  const named = read.type === 'packet' && (read.packet.type === 'FOLLOWERINFO' || read.packet.type === 'OBSERVERINFO')
  return named ? read.packet.sid : null
}
