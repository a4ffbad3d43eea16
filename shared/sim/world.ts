// A seeded world of servers: peers joined by links that keep order, with disks that are durable after a
// while, crashes, restarts and cuts. The same seed gives the same run. It carries out what peers ask for and
// hands everything that leaves them to `observe`; checking is its users' business.

import { assert } from '../base/assert.ts'
import { chance, createPrng, nextInt, type Prng } from '../base/prng.ts'
import type { PeerConfig, PeerEffect, PeerInput } from '../peer/contract.ts'
import { createPeer, type Peer, step } from '../peer/peer.ts'
import type { DataTree } from '../tree/data-tree.ts'
import { copyTree } from '../tree/snapshot.ts'
import type { LinkId } from '../zab/contract.ts'
import { asSid, type Sid } from '../zk/ids.ts'
import type { QuorumPacket } from '../zk/packet.ts'
import type { QuorumConfig, ServerSpec } from '../zk/quorum-config.ts'
import type { Notification } from '../zk/vote.ts'
import { ZERO_ZXID } from '../zk/zxid.ts'
import { createDisk, type Disk, flush, recover } from './disk.ts'

export const TICK_MS = 20

export interface WorldOptions {
  readonly seed: number
  readonly voters: number
  readonly observers: number
  /** Longest time a message or a flush may take, milliseconds. */
  readonly delayMaxMs: number
  readonly commitLogCount: number
}

type Cargo = QuorumPacket | { readonly type: 'snapshotStream'; readonly tree: DataTree }

/** One quorum connection. Each end knows it by its own number. */
interface Wire {
  readonly learner: Sid
  readonly leader: Sid
  readonly learnerLink: LinkId
  readonly leaderLink: LinkId
  /** In flight, in order: to the leader and to the learner, with times of arrival. */
  readonly up: { readonly at: number; readonly cargo: Cargo }[]
  readonly down: { readonly at: number; readonly cargo: Cargo }[]
}

export interface Server {
  readonly sid: Sid
  readonly disk: Disk
  /** `null` while crashed. */
  peer: Peer | null
  listening: boolean
  flushAt: number | null
  nextLink: number
  /** Grows at each start. */
  incarnation: number
}

/** An attempt to reach a leader, and when it is made. */
interface Dial {
  readonly at: number
  readonly from: Sid
  readonly to: Sid
  readonly link: LinkId
  readonly tries: number
  readonly incarnation: number
}

const CONNECT_TRIES = 5
const CONNECT_EVERY_MS = 100

export interface World {
  readonly options: WorldOptions
  readonly prng: Prng
  readonly quorum: QuorumConfig
  nowMs: number
  readonly servers: Map<Sid, Server>
  wires: Wire[]
  notifications: { readonly at: number; readonly from: Sid; readonly to: Sid; readonly notification: Notification }[]
  dials: Dial[]
  /** Directed pairs `from>to` between which nothing passes. */
  readonly cuts: Set<string>
  readonly observe: (server: Server, effect: PeerEffect) => void
}

export function createWorld(options: WorldOptions, observe: World['observe']): World {
  const servers = new Map<Sid, ServerSpec>()
  for (let n = 1; n <= options.voters + options.observers; n += 1) {
    const role = n <= options.voters ? 'participant' : 'observer'
    servers.set(asSid(n), { sid: asSid(n), host: 'sim', quorumPort: n, electionPort: n, role, client: null })
  }
  const world: World = {
    options,
    prng: createPrng(options.seed),
    quorum: { servers, version: ZERO_ZXID },
    nowMs: 0,
    servers: new Map(),
    wires: [],
    notifications: [],
    dials: [],
    cuts: new Set(),
    observe,
  }
  for (const sid of servers.keys()) {
    const server: Server = {
      sid,
      disk: createDisk(),
      peer: null,
      listening: false,
      flushAt: null,
      nextLink: 1,
      incarnation: 0,
    }
    world.servers.set(sid, server)
    start(world, sid)
  }
  return world
}

export function serverOf(world: World, sid: Sid): Server {
  const server = world.servers.get(sid)
  assert(server !== undefined, 'a server of this world')
  return server
}

export function start(world: World, sid: Sid): void {
  const server = serverOf(world, sid)
  assert(server.peer === null, 'only a crashed server is started')
  server.incarnation += 1
  const config: PeerConfig = {
    sid,
    quorum: world.quorum,
    tickTimeMs: 200,
    initLimit: 10,
    syncLimit: 5,
    commitLogCount: world.options.commitLogCount,
    minSessionTimeoutMs: 400,
    maxSessionTimeoutMs: 4000,
    sessionIdSeedMs: world.nowMs + server.incarnation,
  }
  server.peer = createPeer(config, recover(server.disk, world.options.commitLogCount))
}

/** The process ends at once: unsynced disk operations and everything in flight to it are lost. */
export function crash(world: World, sid: Sid): void {
  const server = serverOf(world, sid)
  // Any prefix of the operations under way may have reached the disk.
  flush(server.disk, nextInt(world.prng, server.disk.queue.length + 1))
  server.disk.queue = []
  server.flushAt = null
  server.listening = false
  server.peer = null
  for (const wire of [...world.wires])
    if (wire.learner === sid || wire.leader === sid) cutWire(world, wire, 'peer crashed')
}

export function feed(world: World, server: Server, input: PeerInput): void {
  if (!server.peer) return
  const effects: PeerEffect[] = []
  step(server.peer, input, effects)
  for (const effect of effects) {
    perform(world, server, effect)
    world.observe(server, effect)
  }
}

/** Lets `ms` pass: everything that arrives or becomes durable meanwhile is handled in order of time. */
export function run(world: World, ms: number): void {
  const until = world.nowMs + ms
  while (world.nowMs < until) {
    world.nowMs += 1
    deliverDue(world)
    for (const server of world.servers.values()) {
      if (server.flushAt !== null && world.nowMs >= server.flushAt) flushNow(world, server)
      if (world.nowMs % TICK_MS === 0)
        feed(world, server, { type: 'tick', nowMs: world.nowMs, wallMs: 1e12 + world.nowMs })
    }
  }
}

function arrival(world: World): number {
  return world.nowMs + 1 + nextInt(world.prng, world.options.delayMaxMs)
}

function flushNow(world: World, server: Server): void {
  const upTo = flush(server.disk, server.disk.queue.length)
  server.flushAt = null
  if (upTo !== null) feed(world, server, { type: 'persisted', upTo })
}

function deliverDue(world: World): void {
  const due = world.notifications.filter((n) => n.at <= world.nowMs)
  world.notifications = world.notifications.filter((n) => n.at > world.nowMs)
  for (const { from, to, notification } of due)
    if (!world.cuts.has(`${from}>${to}`)) feed(world, serverOf(world, to), { type: 'notification', from, notification })
  const dials = world.dials.filter((dial) => dial.at <= world.nowMs)
  world.dials = world.dials.filter((dial) => dial.at > world.nowMs)
  for (const dial of dials) attempt(world, serverOf(world, dial.from), dial)
  for (const wire of [...world.wires]) {
    if (world.cuts.has(`${wire.learner}>${wire.leader}`) || world.cuts.has(`${wire.leader}>${wire.learner}`)) {
      if (chance(world.prng, 0.01)) cutWire(world, wire, 'cut')
      continue
    }
    deliverOver(world, wire, wire.up, wire.leader, wire.leaderLink)
    deliverOver(world, wire, wire.down, wire.learner, wire.learnerLink)
  }
}

function deliverOver(world: World, wire: Wire, queue: Wire['up'], to: Sid, link: LinkId): void {
  while (queue[0] && queue[0].at <= world.nowMs && world.wires.includes(wire)) {
    const { cargo } = queue[0]
    queue.shift()
    const server = serverOf(world, to)
    if (cargo.type === 'snapshotStream')
      feed(world, server, { type: 'snapshotReceived', link, tree: copyTree(cargo.tree) })
    else feed(world, server, { type: 'packet', link, packet: cargo })
  }
}

export function cutWire(world: World, wire: Wire, reason: string): void {
  if (!world.wires.includes(wire)) return
  world.wires = world.wires.filter((other) => other !== wire)
  feed(world, serverOf(world, wire.leader), { type: 'linkDown', link: wire.leaderLink, reason })
  feed(world, serverOf(world, wire.learner), { type: 'linkDown', link: wire.learnerLink, reason })
}

function wireOf(world: World, sid: Sid, link: LinkId): Wire | undefined {
  return world.wires.find(
    (w) => (w.leader === sid && w.leaderLink === link) || (w.learner === sid && w.learnerLink === link),
  )
}

function push(world: World, sid: Sid, link: LinkId, cargo: Cargo): void {
  const wire = wireOf(world, sid, link)
  if (!wire) return
  const queue = wire.leader === sid ? wire.down : wire.up
  queue.push({ at: Math.max(arrival(world), queue.at(-1)?.at ?? 0), cargo })
}

function perform(world: World, server: Server, effect: PeerEffect): void {
  const { sid, disk } = server
  switch (effect.type) {
    case 'append':
    case 'truncate':
    case 'installSnapshot':
    case 'saveEpoch': {
      const tree = effect.type === 'installSnapshot' && server.peer ? copyTree(server.peer.tree) : null
      disk.queue.push({ effect, tree })
      server.flushAt ??= arrival(world)
      return
    }
    case 'reload':
      flushNow(world, server)
      return feed(world, server, { type: 'reloaded', recovered: recover(disk, world.options.commitLogCount) })
    case 'notify':
      world.notifications.push({ at: arrival(world), from: sid, to: effect.to, notification: effect.notification })
      return
    case 'listen':
      server.listening = effect.on
      return
    case 'connect':
      world.dials.push({
        at: arrival(world),
        from: sid,
        to: effect.to,
        link: effect.link,
        tries: 1,
        incarnation: server.incarnation,
      })
      return
    case 'close': {
      const wire = wireOf(world, sid, effect.link)
      if (wire) cutWire(world, wire, effect.reason)
      return
    }
    case 'send':
      return push(world, sid, effect.link, effect.packet)
    case 'sendSnapshot':
      if (server.peer) push(world, sid, effect.link, { type: 'snapshotStream', tree: copyTree(server.peer.tree) })
  }
}

/** Tries to reach the leader's quorum port; a refusal is followed by another try, as `connect` asks for. */
function attempt(world: World, server: Server, dial: Dial): void {
  const { to, link, incarnation } = dial
  if (server.incarnation !== incarnation || !server.peer) return
  const leader = serverOf(world, to)
  const open = !world.cuts.has(`${server.sid}>${to}`) && !world.cuts.has(`${to}>${server.sid}`)
  if (!leader.peer || !leader.listening || !open) {
    if (dial.tries >= CONNECT_TRIES) return feed(world, server, { type: 'linkDown', link, reason: 'refused' })
    world.dials.push({ ...dial, tries: dial.tries + 1, at: world.nowMs + CONNECT_EVERY_MS })
    return
  }
  const leaderLink = leader.nextLink as LinkId
  leader.nextLink += 1
  world.wires.push({ learner: server.sid, leader: to, learnerLink: link, leaderLink, up: [], down: [] })
  feed(world, leader, { type: 'linkUp', link: leaderLink })
  feed(world, server, { type: 'linkUp', link })
}
