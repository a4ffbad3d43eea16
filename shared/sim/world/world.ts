// The seeded world: servers, clients and what lies between them, moved on by one queue of events. The same
// options and actions give the same run, step by step, wherever it is run. What happens in an event is told by
// the files beside this one; checking is the business of observers.

import { assert, unreachable } from '../../base/assert.ts'
import { createPrng, type Prng } from '../../base/prng.ts'
import { asSid, type Sid } from '../../zk/ids.ts'
import type { QuorumPacket } from '../../zk/packet.ts'
import type { QuorumConfig, ServerSpec } from '../../zk/quorum-config.ts'
import { ZERO_ZXID } from '../../zk/zxid.ts'
import { createRecorder, type Recorder } from '../clients/recorder.ts'
import { type SimClient, wake } from '../clients/sim-client.ts'
import { act } from './actions.ts'
import { arriveAtClient, arriveAtServer, type ClientCargo, type ClientWire, dialServer } from './client-wires.ts'
import type { Action, WorldObserver, WorldOptions, WorldView } from './contract.ts'
import { createHeap, type EventHeap, nextAt, pop, push } from './event-heap.ts'
import { createLinks, type Links } from './links.ts'
import { deliverNotification, deliverRefusal, type Letter } from './notifications.ts'
import { createServer, onFlushed, onReload, onTick, resume, type Server, start } from './process.ts'
import { attempt, type Cargo, type Dial, deliver, type Wire } from './quorum-wires.ts'
import { onSlice, onStreamSlice, type Walk } from './snapshots.ts'
import { createTrace, type Trace } from './trace.ts'

/** Something that is going to happen. */
export type WorldEvent =
  | { readonly type: 'tick'; readonly server: Server; readonly incarnation: number }
  | { readonly type: 'flushed'; readonly server: Server; readonly incarnation: number; readonly count: number }
  | { readonly type: 'reload'; readonly server: Server; readonly incarnation: number }
  | { readonly type: 'slice'; readonly server: Server; readonly incarnation: number; readonly walk: Walk }
  | { readonly type: 'streamSlice'; readonly wire: Wire; readonly walk: Walk }
  | { readonly type: 'resume'; readonly server: Server; readonly pauses: number }
  | { readonly type: 'letter'; readonly letter: Letter }
  /** The election port of `by` refused a letter of `to`. */
  | { readonly type: 'refusal'; readonly to: Sid; readonly by: Sid }
  | { readonly type: 'dial'; readonly dial: Dial }
  | { readonly type: 'cargo'; readonly wire: Wire; readonly toLeader: boolean; readonly cargo: Cargo }
  | { readonly type: 'clientDial'; readonly wire: ClientWire }
  | { readonly type: 'toServer'; readonly wire: ClientWire; readonly cargo: ClientCargo }
  | { readonly type: 'toClient'; readonly wire: ClientWire; readonly cargo: ClientCargo }
  | { readonly type: 'wake'; readonly client: SimClient; readonly wakes: number }
  | { readonly type: 'act'; readonly action: Action }

export interface World extends WorldView {
  nowUs: number
  steps: number
  readonly heap: EventHeap<WorldEvent>
  /** For what the network, disks and crashes leave to chance. */
  readonly prng: Prng
  readonly servers: Map<Sid, Server>
  readonly clients: SimClient[]
  readonly links: Links
  readonly wires: Set<Wire>
  readonly clientWires: Set<ClientWire>
  /** The newest letter of each pair that could not be delivered. */
  readonly heldLetters: Map<number, Letter>
  /** When the last letter of a pair arrives: they keep their order. */
  readonly letterAtUs: Map<number, number>
  nextConn: number
  /** For scripts: packets for which this is true are held up, with all that is behind them. */
  gate: ((from: Sid, to: Sid, packet: QuorumPacket) => boolean) | null
  readonly recorder: Recorder
  readonly observers: WorldObserver[]
  readonly trace: Trace
}

export function createWorld(options: WorldOptions): World {
  const servers = new Map<Sid, ServerSpec>()
  for (let n = 1; n <= options.voters + options.observers; n += 1) servers.set(asSid(n), specOf(n, n > options.voters))
  const quorum: QuorumConfig = { servers, version: ZERO_ZXID }
  const world: World = {
    options,
    quorum,
    nowUs: 0,
    steps: 0,
    heap: createHeap(),
    prng: createPrng(options.seed),
    servers: new Map(),
    clients: [],
    links: createLinks(),
    wires: new Set(),
    clientWires: new Set(),
    heldLetters: new Map(),
    letterAtUs: new Map(),
    nextConn: 1,
    gate: null,
    recorder: createRecorder(),
    observers: [],
    trace: createTrace(),
  }
  for (const sid of servers.keys()) world.servers.set(sid, createServer(sid))
  return world
}

/** How the simulated server `n` is listed in a configuration. */
export function specOf(n: number, observer: boolean): ServerSpec {
  const role = observer ? 'observer' : 'participant'
  const client = { host: 'sim', port: 4000 + n }
  return { sid: asSid(n), host: 'sim', quorumPort: 2000 + n, electionPort: 3000 + n, role, client }
}

export function serverOf(world: World, sid: Sid): Server {
  const server = world.servers.get(sid)
  assert(server !== undefined, `server ${sid} is of this world`)
  return server
}

/** Starts every server at once, as `npm start` does. */
export function startAll(world: World): void {
  for (const server of world.servers.values()) if (!server.peer) start(world, server)
}

export function schedule(world: World, afterUs: number, event: WorldEvent): void {
  push(world.heap, world.nowUs + afterUs, event)
}

export function scheduleAt(world: World, atUs: number, event: WorldEvent): void {
  push(world.heap, Math.max(atUs, world.nowUs), event)
}

/** Lets everything happen that is due up to and including `untilUs`. */
export function runUntil(world: World, untilUs: number): void {
  while (nextAt(world.heap) <= untilUs) nextEvent(world)
  world.nowUs = Math.max(world.nowUs, untilUs)
}

/** Lets one thing happen. False: nothing is left to happen. */
export function nextEvent(world: World): boolean {
  const at = nextAt(world.heap)
  if (at === Number.POSITIVE_INFINITY) return false
  world.nowUs = at
  happen(world, pop(world.heap))
  return true
}

function happen(world: World, event: WorldEvent): void {
  switch (event.type) {
    case 'tick':
      return onTick(world, event)
    case 'flushed':
      return onFlushed(world, event)
    case 'reload':
      return onReload(world, event)
    case 'slice':
      return onSlice(world, event)
    case 'streamSlice':
      return onStreamSlice(world, event)
    case 'resume':
      return resume(world, event)
    case 'letter':
      return deliverNotification(world, event.letter)
    case 'refusal':
      return deliverRefusal(world, event.to, event.by)
    case 'dial':
      return attempt(world, event.dial)
    case 'cargo':
      return deliver(world, event.wire, event.toLeader, event.cargo)
    case 'clientDial':
      return dialServer(world, event.wire)
    case 'toServer':
      return arriveAtServer(world, event.wire, event.cargo)
    case 'toClient':
      return arriveAtClient(world, event.wire, event.cargo)
    case 'wake':
      if (event.wakes === event.client.wakes) wake(world, event.client)
      return
    case 'act':
      return act(world, event.action)
    default:
      return unreachable(event)
  }
}

/** Runs an event again that had to wait: its server stood still. */
export function happenNow(world: World, event: WorldEvent): void {
  happen(world, event)
}
