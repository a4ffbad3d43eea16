// Connections on the quorum port, between a learner and a leader: both directions keep their order and lose
// nothing while the connection stands (M-1). A cut holds cargo up; a connection that ends takes with it what was
// under way.

import type { DataTree } from '../../tree/data-tree.ts'
import type { LinkId } from '../../zab/contract.ts'
import type { Sid } from '../../zk/ids.ts'
import type { QuorumPacket } from '../../zk/packet.ts'
import { delayUs, isCut, serverEnd } from './links.ts'
import { feed, keptForLater, type Server } from './process.ts'
import { schedule, scheduleAt, serverOf, type World } from './world.ts'

export type Cargo =
  | { readonly type: 'packet'; readonly packet: QuorumPacket }
  | { readonly type: 'snapshot'; readonly tree: DataTree }
  | { readonly type: 'up' }
  /** The other end has closed, or is gone. */
  | { readonly type: 'end'; readonly reason: string }

export interface Wire {
  readonly learner: Server
  readonly leader: Server
  readonly learnerLink: LinkId
  readonly leaderLink: LinkId
  /** Each end knows that it is over by itself; after `end` nothing is delivered to it. */
  learnerOpen: boolean
  leaderOpen: boolean
  /** When the last cargo of each direction arrives. */
  upAtUs: number
  downAtUs: number
  /** Held up by a cut, in order. */
  heldUp: Cargo[]
  heldDown: Cargo[]
  /** Reset: whatever is under way is lost. */
  broken: boolean
  /** A snapshot is being streamed: later packets wait behind it. */
  streaming: boolean
  readonly behindStream: Cargo[]
}

/** An attempt to reach a leader. */
export interface Dial {
  readonly from: Server
  readonly to: Sid
  readonly link: LinkId
  readonly tries: number
  readonly incarnation: number
}

const CONNECT_TRIES = 5
const CONNECT_EVERY_US = 100_000

export function connect(world: World, server: Server, to: Sid, link: LinkId): void {
  if (!world.servers.has(to)) return
  const us = delayUs(world.links, world.options, world.prng, serverEnd(server.sid), serverEnd(to))
  schedule(world, us, { type: 'dial', dial: { from: server, to, link, tries: 1, incarnation: server.incarnation } })
}

/** Tries to reach the leader's quorum port; a refusal is followed by another try, as `connect` asks for. */
export function attempt(world: World, dial: Dial): void {
  const { from, to, link, incarnation, tries } = dial
  if (from.incarnation !== incarnation || !from.peer || keptForLater(from, { type: 'dial', dial })) return
  const leader = serverOf(world, to)
  const [here, there] = [serverEnd(from.sid), serverEnd(to)]
  const open = !isCut(world.links, here, there) && !isCut(world.links, there, here)
  if (!leader.peer || !leader.listening || !open) {
    if (tries >= CONNECT_TRIES) return feed(world, from, { type: 'linkDown', link, reason: 'refused' })
    return schedule(world, CONNECT_EVERY_US, { type: 'dial', dial: { ...dial, tries: tries + 1 } })
  }
  const wire: Wire = {
    learner: from,
    leader,
    learnerLink: link,
    leaderLink: leader.nextLink as LinkId,
    learnerOpen: true,
    leaderOpen: true,
    upAtUs: 0,
    downAtUs: 0,
    heldUp: [],
    heldDown: [],
    broken: false,
    streaming: false,
    behindStream: [],
  }
  leader.nextLink += 1
  world.wires.add(wire)
  from.links.set(link, wire)
  leader.links.set(wire.leaderLink, wire)
  put(world, wire, true, { type: 'up' })
  put(world, wire, false, { type: 'up' })
}

export function send(world: World, server: Server, link: LinkId, packet: QuorumPacket): void {
  const wire = server.links.get(link)
  if (!wire) return // it ended while the core spoke
  const cargo: Cargo = { type: 'packet', packet }
  if (wire.streaming && wire.leader === server) wire.behindStream.push(cargo)
  else put(world, wire, wire.learner === server, cargo)
}

/** Puts cargo on its way, behind all that is on its way already. */
export function put(world: World, wire: Wire, toLeader: boolean, cargo: Cargo): void {
  const [from, to] = toLeader ? [wire.learner, wire.leader] : [wire.leader, wire.learner]
  const us = delayUs(world.links, world.options, world.prng, serverEnd(from.sid), serverEnd(to.sid))
  const at = Math.max(world.nowUs + us, toLeader ? wire.upAtUs : wire.downAtUs)
  if (toLeader) wire.upAtUs = at
  else wire.downAtUs = at
  scheduleAt(world, at, { type: 'cargo', wire, toLeader, cargo })
}

export function deliver(world: World, wire: Wire, toLeader: boolean, cargo: Cargo): void {
  const [from, to] = toLeader ? [wire.learner, wire.leader] : [wire.leader, wire.learner]
  if (!(toLeader ? wire.leaderOpen : wire.learnerOpen) || (wire.broken && cargo.type !== 'end')) return
  const held = toLeader ? wire.heldUp : wire.heldDown
  // Behind what is held up; else behind what has arrived at a server that stands still (M-1).
  if (held.length > 0 && !wire.broken) return void held.push(cargo)
  if (keptForLater(to, { type: 'cargo', wire, toLeader, cargo })) return
  const cut = isCut(world.links, serverEnd(from.sid), serverEnd(to.sid)) || isGated(world, from, to, cargo)
  if (cut && !wire.broken) return void held.push(cargo)
  const link = toLeader ? wire.leaderLink : wire.learnerLink
  switch (cargo.type) {
    case 'up':
      return feed(world, to, { type: 'linkUp', link })
    case 'packet':
      return feed(world, to, { type: 'packet', link, packet: cargo.packet })
    case 'snapshot':
      return feed(world, to, { type: 'snapshotReceived', link, tree: cargo.tree })
    case 'end':
      endHere(world, wire, to)
      return feed(world, to, { type: 'linkDown', link, reason: cargo.reason })
  }
}

/** A script wants this packet, and all behind it, held up. */
function isGated(world: World, from: Server, to: Server, cargo: Cargo): boolean {
  return world.gate !== null && cargo.type === 'packet' && world.gate(from.sid, to.sid, cargo.packet)
}

/** What a script held up goes on, as far as its new gate lets it. */
export function releaseGated(world: World): void {
  for (const wire of [...world.wires]) for (const toLeader of [true, false]) release(world, wire, toLeader)
}

/** One end forgets the connection. */
function endHere(world: World, wire: Wire, server: Server): void {
  if (wire.learner === server) {
    wire.learnerOpen = false
    server.links.delete(wire.learnerLink)
  } else {
    wire.leaderOpen = false
    server.links.delete(wire.leaderLink)
  }
  if (!wire.learnerOpen && !wire.leaderOpen) world.wires.delete(wire)
}

/** This server leads no more: whoever has come to its quorum port is sent away. */
export function closeIncoming(world: World, server: Server): void {
  for (const [link, wire] of [...server.links])
    if (wire.leader === server) closeWire(world, server, link, 'it does not lead any more')
}

/** The core closes its end; the other one hears of it behind what was sent. */
export function closeWire(world: World, server: Server, link: LinkId, reason: string): void {
  const wire = server.links.get(link)
  if (!wire) return
  endHere(world, wire, server)
  wire.streaming = false
  put(world, wire, wire.learner === server, { type: 'end', reason })
}

/** The process is gone: its ends close without a word of its own, after what it had sent. */
export function closeWires(world: World, server: Server): void {
  for (const wire of [...server.links.values()]) {
    endHere(world, wire, server)
    wire.streaming = false
    put(world, wire, wire.learner === server, { type: 'end', reason: 'connection reset' })
  }
}

/** What is under way on the connections between two servers is lost, and both ends hear of it. */
export function resetWires(world: World, a: Sid, b: Sid): void {
  for (const wire of world.wires) {
    const { learner, leader } = wire
    if (!((learner.sid === a && leader.sid === b) || (learner.sid === b && leader.sid === a))) continue
    wire.broken = true
    wire.streaming = false
    for (const toLeader of [true, false])
      schedule(world, 0, { type: 'cargo', wire, toLeader, cargo: { type: 'end', reason: 'connection reset' } })
  }
}

/** The link is sound again: what a cut held up goes on, or its connections end. */
export function releaseWires(world: World, from: Sid, to: Sid, reset: boolean): void {
  if (reset) return resetWires(world, from, to)
  for (const wire of [...world.wires]) {
    if (wire.learner.sid === from && wire.leader.sid === to) release(world, wire, true)
    if (wire.leader.sid === from && wire.learner.sid === to) release(world, wire, false)
  }
}

/** At once: what was sent later is still under way and must not overtake it. */
function release(world: World, wire: Wire, toLeader: boolean): void {
  const held = toLeader ? wire.heldUp : wire.heldDown
  if (toLeader) wire.heldUp = []
  else wire.heldDown = []
  for (const cargo of held) deliver(world, wire, toLeader, cargo)
}
