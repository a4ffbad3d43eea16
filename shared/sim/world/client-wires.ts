// Connections between clients and servers. A server sees numbered connections that bring decoded requests, a
// client sees replies and events; both directions keep their order.

import { assert, unreachable } from '../../base/assert.ts'
import type { ClientEffect, ClientInput, ConnId } from '../../peer/contract.ts'
import type { Sid } from '../../zk/ids.ts'
import type { SimClient } from '../clients/sim-client.ts'
import { onClosed, onEvent, onOpened, onReply, onSession } from '../clients/sim-client.ts'
import type { Endpoint } from './contract.ts'
import { clientEnd, delayUs, isCut, serverEnd } from './links.ts'
import { feed, keptForLater, type Server } from './process.ts'
import { schedule, scheduleAt, serverOf, type World } from './world.ts'

export type ClientCargo =
  | { readonly type: 'opened' }
  | { readonly type: 'input'; readonly input: ClientInput }
  | { readonly type: 'effect'; readonly effect: Exclude<ClientEffect, { type: 'closeConn' }> }
  | { readonly type: 'end'; readonly reason: string }

export interface ClientWire {
  readonly client: SimClient
  readonly server: Server
  readonly conn: ConnId
  clientOpen: boolean
  serverOpen: boolean
  toServerAtUs: number
  toClientAtUs: number
  heldToServer: ClientCargo[]
  heldToClient: ClientCargo[]
  broken: boolean
}

/** A client asks for a connection; `onOpened` or `onClosed` tells it what came of that. */
export function openClientWire(world: World, client: SimClient, to: Sid): ClientWire {
  const wire: ClientWire = {
    client,
    server: serverOf(world, to),
    conn: world.nextConn as ConnId,
    clientOpen: true,
    serverOpen: false,
    toServerAtUs: 0,
    toClientAtUs: 0,
    heldToServer: [],
    heldToClient: [],
    broken: false,
  }
  world.nextConn += 1
  world.clientWires.add(wire)
  schedule(world, oneWay(world, wire, true), { type: 'clientDial', wire })
  return wire
}

function ends(wire: ClientWire, toServer: boolean): [Endpoint, Endpoint] {
  const [client, server] = [clientEnd(wire.client.number), serverEnd(wire.server.sid)]
  return toServer ? [client, server] : [server, client]
}

function oneWay(world: World, wire: ClientWire, toServer: boolean): number {
  const [from, to] = ends(wire, toServer)
  return delayUs(world.links, world.options, world.prng, from, to)
}

export function dialServer(world: World, wire: ClientWire): void {
  const { server } = wire
  if (!wire.clientOpen) return finish(world, wire)
  if (isCut(world.links, ...ends(wire, true)) || isCut(world.links, ...ends(wire, false))) return // it times out
  if (server.peer) {
    wire.serverOpen = true
    server.conns.set(wire.conn, wire)
    schedule(world, oneWay(world, wire, false), { type: 'toClient', wire, cargo: { type: 'opened' } })
  } else sendEnd(world, wire, false, 'refused')
}

export function sendToServer(world: World, wire: ClientWire, input: ClientInput): void {
  put(world, wire, true, { type: 'input', input })
}

export function sendToClient(world: World, server: Server, effect: ClientEffect): void {
  const wire = server.conns.get(effect.conn)
  if (!wire) return
  if (effect.type !== 'closeConn') return put(world, wire, false, { type: 'effect', effect })
  wire.serverOpen = false
  server.conns.delete(wire.conn)
  sendEnd(world, wire, false, effect.reason)
}

function sendEnd(world: World, wire: ClientWire, toServer: boolean, reason: string): void {
  put(world, wire, toServer, { type: 'end', reason })
}

function put(world: World, wire: ClientWire, toServer: boolean, cargo: ClientCargo): void {
  const before = toServer ? wire.toServerAtUs : wire.toClientAtUs
  const at = Math.max(world.nowUs + oneWay(world, wire, toServer), before)
  if (toServer) wire.toServerAtUs = at
  else wire.toClientAtUs = at
  scheduleAt(world, at, { type: toServer ? 'toServer' : 'toClient', wire, cargo })
}

export function arriveAtServer(world: World, wire: ClientWire, cargo: ClientCargo): void {
  const { server, conn } = wire
  if (!wire.serverOpen || (wire.broken && cargo.type !== 'end')) return
  // Behind what is held up; else behind what has arrived at a server that stands still.
  if (wire.heldToServer.length > 0 && !wire.broken) return void wire.heldToServer.push(cargo)
  if (keptForLater(server, { type: 'toServer', wire, cargo })) return
  if (isHeld(world, wire, true)) return void wire.heldToServer.push(cargo)
  switch (cargo.type) {
    case 'input':
      return feed(world, server, cargo.input)
    case 'end':
      wire.serverOpen = false
      server.conns.delete(conn)
      finish(world, wire)
      return feed(world, server, { type: 'disconnected', conn })
    case 'opened':
    case 'effect':
      return assert(false, 'a client has no effects of a server')
    default:
      return unreachable(cargo)
  }
}

export function arriveAtClient(world: World, wire: ClientWire, cargo: ClientCargo): void {
  const { client } = wire
  if (!wire.clientOpen || (wire.broken && cargo.type !== 'end')) return
  if (isHeld(world, wire, false)) return void wire.heldToClient.push(cargo)
  switch (cargo.type) {
    case 'opened':
      return onOpened(world, client, wire)
    case 'effect':
      if (cargo.effect.type === 'session') onSession(world, client, wire, cargo.effect)
      else if (cargo.effect.type === 'reply') onReply(world, client, wire, cargo.effect)
      else onEvent(world, client, wire, cargo.effect)
      return
    case 'end':
      wire.clientOpen = false
      finish(world, wire)
      return onClosed(world, client, wire)
    case 'input':
      return assert(false, 'a server sends no inputs')
    default:
      return unreachable(cargo)
  }
}

function isHeld(world: World, wire: ClientWire, toServer: boolean): boolean {
  if (wire.broken) return false
  const held = toServer ? wire.heldToServer : wire.heldToClient
  return held.length > 0 || isCut(world.links, ...ends(wire, toServer))
}

/** The client gives the connection up; what it has sent is still under way. */
export function closeClientWire(world: World, wire: ClientWire): void {
  if (!wire.clientOpen) return
  wire.clientOpen = false
  if (wire.serverOpen) sendEnd(world, wire, true, 'the client closed')
  finish(world, wire)
}

function finish(world: World, wire: ClientWire): void {
  if (!wire.clientOpen && !wire.serverOpen) world.clientWires.delete(wire)
}

/** The server's process is gone. */
export function closeClientWires(world: World, server: Server): void {
  for (const wire of server.conns.values()) {
    wire.serverOpen = false
    sendEnd(world, wire, false, 'connection reset')
  }
  server.conns.clear()
}

/** What is under way between them is lost, and both ends hear of it. */
export function resetClientWires(world: World, client: number, sid: Sid): void {
  for (const wire of world.clientWires) {
    if (wire.client.number !== client || wire.server.sid !== sid) continue
    wire.broken = true
    schedule(world, 0, { type: 'toServer', wire, cargo: { type: 'end', reason: 'connection reset' } })
    schedule(world, 0, { type: 'toClient', wire, cargo: { type: 'end', reason: 'connection reset' } })
  }
}

export function releaseClientWires(world: World, client: number, sid: Sid, toServer: boolean, reset: boolean): void {
  if (reset) return resetClientWires(world, client, sid)
  for (const wire of [...world.clientWires]) {
    if (wire.client.number !== client || wire.server.sid !== sid) continue
    const held = toServer ? wire.heldToServer : wire.heldToClient
    if (toServer) wire.heldToServer = []
    else wire.heldToClient = []
    for (const cargo of held) {
      if (toServer) arriveAtServer(world, wire, cargo)
      else arriveAtClient(world, wire, cargo)
    }
  }
}
