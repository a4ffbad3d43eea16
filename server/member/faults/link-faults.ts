// The faults of this member's connections with its peers, by sid and direction: it wraps the sockets of the election
// and quorum ports, finds out who is at the other end, and keeps every socket to the rules of its peer.

import type { Socket } from 'node:net'
import { err, ok, type Result } from '#shared/base/result.ts'
import { ELECTION_FRAME_BYTES_MAX } from '#shared/jute/framer.ts'
import { readHandshake } from '#shared/jute/records/notification.ts'
import { readLearnerPacket } from '#shared/jute/records/read-packet.ts'
import type { Sid } from '#shared/zk/ids.ts'
import { FaultySocket } from '../../faults/faulty-socket.ts'
import type { CountedRule, HeldAction } from '../../faults/link-lane.ts'
import type { LinkRule } from '../../faults/link-rule.ts'
import { electionMessages } from './election-messages.ts'
import { HELD_TOLD_MAX, type HeldMessage, tellHeld } from './held-messages.ts'
import { quorumMessages, type Speaker } from './quorum-messages.ts'

export type Direction = 'in' | 'out'
/** Which port a connection came in on: there each peer says in its own way who it is. */
export type PeerPort = 'election' | 'quorum'

/** Stands between a port and its sockets. */
export interface LinkSeam {
  /**
   * A connection that came in; its peer is known once it has introduced itself. Gives what to use instead of the socket.
   * `swap`: called, at most once, when that changes: from then on another socket is to be read and written. Left out:
   * it never changes.
   */
  accepted(socket: Socket, port: PeerPort, swap?: (socket: Socket) => void): Socket
  /** A connection that we opened, just connected. */
  opened(socket: Socket, to: Sid, port: PeerPort, swap?: (socket: Socket) => void): Socket
}

/** The seam of a member whose faults are off. */
export const SOUND_LINKS: LinkSeam = { accepted: (socket) => socket, opened: (socket) => socket }

interface Link {
  readonly raw: Socket
  readonly port: PeerPort
  /** Who we are to the other side, on a quorum port. */
  readonly speaker: Speaker
  /** Null until the first rule comes, or because there never was one: nothing stands before the socket. */
  faulty: FaultySocket | null
  /** Null: it has not said yet. */
  sid: Sid | null
  readonly swap: ((socket: Socket) => void) | null
}

/** A peer, or each one. */
export type Peer = Sid | 'all'

export class LinkFaults implements LinkSeam {
  readonly #rules = new Map<string, CountedRule>()
  readonly #links = new Set<Link>()

  accepted(socket: Socket, port: PeerPort, swap?: (socket: Socket) => void): Socket {
    const link = this.#add({ raw: socket, port, speaker: 'leader', faulty: null, sid: null, swap: swap ?? null })
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

  opened(socket: Socket, to: Sid, port: PeerPort, swap?: (socket: Socket) => void): Socket {
    return asSocket(this.#add({ raw: socket, port, speaker: 'learner', faulty: null, sid: to, swap: swap ?? null }))
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
    for (const { raw, faulty } of hit)
      if (faulty) faulty.reset()
      else raw.resetAndDestroy()
    return hit.length
  }

  /** What `hold` keeps from peers, in the order in which it came; at most HELD_TOLD_MAX. */
  held(): { readonly messages: readonly HeldMessage[]; readonly more: number } {
    const all = [...this.#holding()].flatMap(({ sid, faulty, port, speaker }) =>
      faulty.heldOut.map((held) => ({ held, sid, speaker: port === 'quorum' ? speaker : null })),
    )
    all.sort((a, b) => a.held.id - b.held.id)
    const told = all.slice(0, HELD_TOLD_MAX)
    const nowMs = performance.now()
    return {
      messages: told.map(({ held, sid, speaker }) => tellHeld(held, sid, speaker, nowMs)),
      more: all.length - told.length,
    }
  }

  /** Lets a message that is held go, or not; null: all that are held on the way to this peer. The error is a sentence. */
  act(peer: Sid, message: number | null, action: HeldAction): Result<null, string> {
    const links = [...this.#holding()].filter(({ sid }) => sid === peer)
    if (message === null) {
      for (const { faulty } of links)
        for (const { id } of faulty.heldOut) {
          const done = faulty.act(id, action)
          if (!done.ok) return done
        }
      return ok(null)
    }
    const on = links.find(({ faulty }) => faulty.heldOut.some(({ id }) => id === message))
    return on ? on.faulty.act(message, action) : err(`message ${message} is not held any more`)
  }

  *#holding(): Generator<{
    readonly sid: Sid
    readonly faulty: FaultySocket
    readonly port: PeerPort
    readonly speaker: Speaker
  }> {
    for (const { sid, faulty, port, speaker } of this.#links)
      if (sid !== null && faulty !== null && this.#ruleOf(sid, 'out')?.rule.type === 'hold')
        yield { sid, faulty, port, speaker }
  }

  #add(link: Link): Link {
    this.#links.add(link)
    link.raw.on('close', () => this.#links.delete(link))
    // An election's connections carry a few votes: they may cost something. Between leader and learner everything
    // passes, so nothing stands there before there is a rule; then it must, since who comes has not said who it is.
    if (link.swap === null || this.#rules.size > 0) link.faulty = this.#wrap(link)
    this.#apply(link)
    return link
  }

  /** Votes are messages, each for itself. What follows a leader is one stream, cut up only while it is held. */
  #wrap(link: Link): FaultySocket {
    if (link.port === 'election')
      return new FaultySocket(link.raw, Math.random, { out: electionMessages(), in: electionMessages() })
    const holds = () => this.#ruleOf(link.sid, 'out')?.rule.type === 'hold'
    return new FaultySocket(link.raw, Math.random, { out: quorumMessages(link.speaker, holds), in: null })
  }

  #apply(link: Link): void {
    const [out, into] = [this.#ruleOf(link.sid, 'out'), this.#ruleOf(link.sid, 'in')]
    if (link.faulty === null) {
      if ((out === null && into === null) || link.raw.destroyed) return
      link.faulty = this.#wrap(link)
      link.swap?.(asSocket(link))
    }
    link.faulty.setRules({ out, in: into })
  }

  #ruleOf(sid: Sid | null, direction: Direction): CountedRule | null {
    const own = sid === null ? undefined : this.#rules.get(keyOf(sid, direction))
    return own ?? this.#rules.get(keyOf('all', direction)) ?? null
  }
}

/** The ports use of a socket what every Duplex has, and what FaultySocket says it has besides. */
function asSocket({ raw, faulty }: Link): Socket {
  return faulty === null ? raw : (faulty as unknown as Socket)
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
