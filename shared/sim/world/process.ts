// One server process of the world: it starts from its disk, feeds its core, performs what the core asks for,
// stands still, and ends. The counterpart of server/member/host.ts, which does the same with real things.

import { unreachable } from '../../base/assert.ts'
import { nextInt } from '../../base/prng.ts'
import type { ConnId, PeerConfig, PeerEffect, PeerInput } from '../../peer/contract.ts'
import { createPeer, type Peer, step } from '../../peer/peer.ts'
import { copyTree } from '../../tree/snapshot.ts'
import type { DiskOp, LinkId } from '../../zab/contract.ts'
import type { Sid } from '../../zk/ids.ts'
import { type ClientWire, closeClientWires, sendToClient } from './client-wires.ts'
import { type Clock, createClock, monotonicMs, wallMs, worldUsOf } from './clock.ts'
import type { SimServer } from './contract.ts'
import { createDisk, recover, settleOldest } from './disk.ts'
import { postNotification } from './notifications.ts'
import { closeIncoming, closeWire, closeWires, connect, send, type Wire } from './quorum-wires.ts'
import { abandonWalk, considerSnapshot, startStream, type Walk } from './snapshots.ts'
import { mixStep } from './trace.ts'
import { happenNow, schedule, type World, type WorldEvent } from './world.ts'

/** Time moves on for a core at least this often; the member's TICK_EVERY_MS. */
export const TICK_MS = 20

export interface Server extends SimServer {
  readonly clock: Clock
  /** Accepts learners. */
  listening: boolean
  nextLink: number
  readonly links: Map<LinkId, Wire>
  readonly conns: Map<ConnId, ClientWire>
  /** A flush is under way. */
  flushing: boolean
  /** The tree is wanted back once this operation is durable. */
  reloadAfter: DiskOp | null
  lastTruncate: DiskOp
  /** The host's own snapshot that is being written. */
  walk: Walk | null
  appliedSinceSnapshot: number
  snapshotDue: number
  /** What came in while the process stood still. */
  inbox: WorldEvent[]
  pauses: number
  /** Crash in the middle of the next step with more effects than this. */
  crashAfterEffects: number | null
  /** How much of the disk's queue survives that crash, 0 … 1. */
  crashKeeps: number
}

export function createServer(sid: Sid): Server {
  return {
    sid,
    disk: createDisk(),
    peer: null,
    incarnation: 0,
    paused: false,
    serving: false,
    ended: null,
    clock: createClock(0, 0),
    listening: false,
    nextLink: 1,
    links: new Map(),
    conns: new Map(),
    flushing: false,
    reloadAfter: null,
    lastTruncate: 0 as DiskOp,
    walk: null,
    appliedSinceSnapshot: 0,
    snapshotDue: 0,
    inbox: [],
    pauses: 0,
    crashAfterEffects: null,
    crashKeeps: 0,
  }
}

export function start(world: World, server: Server): void {
  const { options, prng } = world
  server.incarnation += 1
  server.ended = null
  server.snapshotDue = Math.ceil(options.snapCount / 2) + nextInt(prng, Math.ceil(options.snapCount / 2))
  // A new process has a monotonic clock of its own beginning; the wall clock goes on.
  const wall = wallMs(server.clock, world.nowUs)
  const fresh = createClock(world.nowUs, 1000 + nextInt(prng, 1_000_000))
  Object.assign(server.clock, fresh, { ppm: server.clock.ppm, wallMs: wall - monotonicMs(fresh, world.nowUs) })
  const recovered = recover(server.disk, options)
  server.peer = createPeer(configOf(world, server), recovered)
  for (const observer of world.observers) observer.started?.(server, recovered)
  schedule(world, 1 + nextInt(prng, TICK_MS * 1000), { type: 'tick', server, incarnation: server.incarnation })
}

function configOf(world: World, server: Server): PeerConfig {
  const { options, quorum } = world
  return {
    sid: server.sid,
    quorum: server.disk.config ?? quorum,
    reconfigEnabled: options.reconfigEnabled ?? false,
    tickTimeMs: options.tickTimeMs,
    initLimit: options.initLimit,
    syncLimit: options.syncLimit,
    commitLogCount: options.commitLogCount,
    minSessionTimeoutMs: options.minSessionTimeoutMs,
    maxSessionTimeoutMs: options.maxSessionTimeoutMs,
    // Hosts take the wall clock; two starts within a millisecond would give the same ids.
    sessionIdSeedMs: Math.floor(world.nowUs / 1000) * 64 + server.incarnation,
    ...(options.tree ? { tree: options.tree } : {}),
  }
}

/** True when the event was kept for later: its server stands still. */
export function keptForLater(server: Server, event: WorldEvent): boolean {
  if (server.paused) server.inbox.push(event)
  return server.paused
}

export function onTick(world: World, event: Extract<WorldEvent, { type: 'tick' }>): void {
  const { server } = event
  if (server.incarnation !== event.incarnation || !server.peer || keptForLater(server, event)) return
  feedTick(world, server)
  if (server.incarnation === event.incarnation && server.peer) schedule(world, worldUsOf(server.clock, TICK_MS), event)
}

function feedTick(world: World, server: Server): void {
  const { clock } = server
  feed(world, server, { type: 'tick', nowMs: monotonicMs(clock, world.nowUs), wallMs: wallMs(clock, world.nowUs) })
}

export function feed(world: World, server: Server, input: PeerInput): void {
  const { peer } = server
  if (!peer) return
  let effects: PeerEffect[] = []
  step(peer, input, effects)
  world.steps += 1
  const dies = server.crashAfterEffects !== null && effects.length > server.crashAfterEffects
  if (dies) effects = effects.slice(0, server.crashAfterEffects ?? 0)
  for (const effect of effects) perform(world, server, peer, effect)
  mixStep(world.trace, world.nowUs, server.sid, input, effects)
  for (const observer of world.observers) observer.stepped?.(server, input, effects, dies)
  if (dies) crash(world, server, server.crashKeeps)
  else if (server.ended !== null) crash(world, server, 1)
}

function perform(world: World, server: Server, peer: Peer, effect: PeerEffect): void {
  switch (effect.type) {
    case 'append':
    case 'truncate':
    case 'installSnapshot':
    case 'saveEpoch':
    case 'saveConfig': {
      if (effect.type === 'truncate') server.lastTruncate = effect.op
      if (effect.type === 'truncate' || effect.type === 'installSnapshot') abandonWalk(server)
      const tree = effect.type === 'installSnapshot' ? copyTree(peer.tree) : null
      server.disk.queue.push({ type: 'op', effect, tree })
      return beginFlush(world, server)
    }
    case 'reload':
      server.reloadAfter = server.lastTruncate
      return
    case 'notify':
      return postNotification(world, server, effect.to, effect.notification)
    case 'listen':
      server.listening = effect.on
      if (!effect.on) closeIncoming(world, server)
      return
    case 'connect':
      return connect(world, server, effect.to, effect.link)
    case 'close':
      return closeWire(world, server, effect.link, effect.reason)
    case 'send':
      return send(world, server, effect.link, effect.packet)
    case 'sendSnapshot':
      return startStream(world, server, effect.link, peer)
    case 'session':
    case 'reply':
    case 'watchEvent':
    case 'closeConn':
      return sendToClient(world, server, effect)
    case 'applied':
      return considerSnapshot(world, server, peer)
    case 'serving':
    case 'readOnly':
      server.serving = true
      return
    case 'notServing':
      server.serving = false
      return
    case 'diverged':
      server.ended = 'its tree is not the leader’s'
      return
    case 'state':
    case 'phase':
    case 'learnerSync':
    case 'digestMismatch':
    case 'configured':
    case 'committed':
      return
    default:
      return unreachable(effect)
  }
}

/** Group commit: one flush covers what was asked for before it began. */
export function beginFlush(world: World, server: Server): void {
  const { disk } = server
  if (server.flushing || disk.queue.length === 0 || disk.mode === 'stuck') return
  server.flushing = true
  const { flushMinUs, flushMaxUs } = world.options
  const extra = disk.mode === 'slow' ? disk.extraUs : 0
  const us = flushMinUs + nextInt(world.prng, flushMaxUs - flushMinUs + 1) + extra
  schedule(world, us, { type: 'flushed', server, incarnation: server.incarnation, count: disk.queue.length })
}

export function onFlushed(world: World, event: Extract<WorldEvent, { type: 'flushed' }>): void {
  const { server, incarnation } = event
  const { disk } = server
  if (server.incarnation !== incarnation || !server.peer || keptForLater(server, event)) return
  if (disk.mode === 'stuck') return void schedule(world, 1000, event)
  if (disk.mode === 'failing' || disk.mode === 'full') {
    // One failed write or flush ends the process: what it had written may or may not be there (O-8, ST-6).
    server.ended = disk.mode === 'full' ? 'the disk is full' : 'a flush failed'
    return crash(world, server, nextInt(world.prng, 101) / 100)
  }
  server.flushing = false
  flush(world, server, event.count)
}

/** The `count` oldest pieces of work have become durable: the core hears of it, and the disk goes on. */
export function flush(world: World, server: Server, count: number): void {
  const { disk, incarnation } = server
  let upTo: DiskOp | null = null
  for (let i = Math.min(count, disk.queue.length); i > 0; i -= 1) upTo = settleOne(world, server) ?? upTo
  beginFlush(world, server)
  if (upTo === null) return
  if (server.reloadAfter !== null && upTo >= server.reloadAfter) {
    server.reloadAfter = null
    schedule(world, 1 + nextInt(world.prng, 2000), { type: 'reload', server, incarnation })
  }
  feed(world, server, { type: 'persisted', upTo })
}

function settleOne(world: World, server: Server): DiskOp | null {
  const work = settleOldest(server.disk, world.options.snapRetainCount)
  if (work.type === 'place') {
    for (const observer of world.observers) observer.snapshotTaken?.(server, work.snapshot)
    return null
  }
  for (const observer of world.observers) observer.durable?.(server, work.effect)
  return work.effect.op
}

export function onReload(world: World, event: Extract<WorldEvent, { type: 'reload' }>): void {
  const { server } = event
  if (server.incarnation !== event.incarnation || !server.peer || keptForLater(server, event)) return
  feed(world, server, { type: 'reloaded', recovered: recover(server.disk, world.options) })
}

/** The process ends at once. Of what the disk was asked for, a prefix survives: `kept` of 0 … 1. */
export function crash(world: World, server: Server, kept: number): void {
  if (!server.peer) return
  const survivors = Math.round(server.disk.queue.length * kept)
  for (let i = 0; i < survivors; i += 1) settleOne(world, server)
  server.disk.queue = []
  server.peer = null
  server.incarnation += 1
  server.flushing = false
  server.reloadAfter = null
  server.listening = false
  server.serving = false
  server.paused = false
  server.inbox = []
  server.walk = null
  server.crashAfterEffects = null
  closeWires(world, server)
  closeClientWires(world, server)
  for (const observer of world.observers) observer.crashed?.(server)
}

export function pause(world: World, server: Server, forUs: number): void {
  if (!server.peer || server.paused) return
  server.paused = true
  server.pauses += 1
  schedule(world, forUs, { type: 'resume', server, pauses: server.pauses })
}

/** The process goes on: its timers fire first, then it reads what has arrived meanwhile; or the other way round. */
export function resume(world: World, event: { readonly server: Server; readonly pauses: number }): void {
  const { server } = event
  if (!server.paused || server.pauses !== event.pauses) return
  server.paused = false
  const inbox = server.inbox
  server.inbox = []
  const ticks = inbox.filter((late) => late.type === 'tick')
  const rest = inbox.filter((late) => late.type !== 'tick')
  const timersFirst = nextInt(world.prng, 2) === 0
  for (const late of timersFirst ? [...ticks, ...rest] : [...rest, ...ticks]) happenNow(world, late)
}
