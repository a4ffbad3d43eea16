// What is done to the world from outside: faults begin, faults end.

import { unreachable } from '../../base/assert.ts'
import { asSid, type Sid } from '../../zk/ids.ts'
import { moveTo } from '../clients/sim-client.ts'
import { releaseClientWires, resetClientWires } from './client-wires.ts'
import { setDrift } from './clock.ts'
import { type Action, type Endpoint, FIRST_CLIENT, type Target } from './contract.ts'
import { clientEnd, cut, heal, serverEnd, slow } from './links.ts'
import { releaseLetters } from './notifications.ts'
import { beginFlush, crash, pause, resume, type Server, start } from './process.ts'
import { releaseWires, resetWires } from './quorum-wires.ts'
import { schedule, type World } from './world.ts'

export function act(world: World, action: Action): void {
  perform(world, action)
  for (const observer of world.observers) observer.acted?.(action)
}

/** The server that is meant at this moment; null when there is none. */
export function targetOf(world: World, target: Target): Server | null {
  if (typeof target === 'number') return world.servers.get(target) ?? null
  const wanted = target === 'leader' ? 'LEADING' : 'FOLLOWING'
  for (const server of world.servers.values())
    if (server.serving && server.peer?.zab.role.state === wanted) return server
  return null
}

function perform(world: World, action: Action): void {
  switch (action.type) {
    case 'crash':
    case 'start':
    case 'pause':
    case 'disk':
    case 'jump':
    case 'drift': {
      const server = targetOf(world, action.at)
      if (server) performAt(world, server, action)
      return
    }
    case 'cut':
      return cut(world.links, action.from, action.to)
    case 'heal':
      return healLink(world, action.from, action.to, action.reset)
    case 'partition':
      for (const left of action.left)
        for (const right of action.right) {
          cut(world.links, left, right)
          cut(world.links, right, left)
        }
      return
    case 'healAll':
      return healAll(world, action.reset)
    case 'reset':
      return reset(world, action.between, action.and)
    case 'delay':
      return slow(world.links, action.from, action.to, action.extraUs)
    case 'move': {
      const client = world.clients[action.client]
      if (client) moveTo(world, client, action.to)
      return
    }
    case 'calm':
      return calm(world)
    default:
      return unreachable(action)
  }
}

type LocalAction = Extract<Action, { readonly at: Target }>

function performAt(world: World, server: Server, action: LocalAction): void {
  switch (action.type) {
    case 'crash':
      if (!server.peer) return
      if (action.afterEffects === undefined) return crash(world, server, action.kept)
      server.crashAfterEffects = action.afterEffects
      server.crashKeeps = action.kept
      return
    case 'start':
      if (!server.peer) start(world, server)
      return
    case 'pause':
      return pause(world, server, action.forUs)
    case 'disk':
      server.disk.mode = action.mode
      server.disk.extraUs = action.extraUs
      return beginFlush(world, server)
    case 'jump':
      server.clock.wallMs += action.byMs
      return
    case 'drift':
      return setDrift(server.clock, world.nowUs, action.ppm)
    default:
      return unreachable(action)
  }
}

function isClient(end: Endpoint): boolean {
  return end >= FIRST_CLIENT
}

function sidOf(end: Endpoint): Sid {
  return asSid(end)
}

function healLink(world: World, from: Endpoint, to: Endpoint, withReset: boolean): void {
  if (!heal(world.links, from, to)) return
  if (isClient(from)) return releaseClientWires(world, from - FIRST_CLIENT, sidOf(to), true, withReset)
  if (isClient(to)) return releaseClientWires(world, to - FIRST_CLIENT, sidOf(from), false, withReset)
  releaseLetters(world, sidOf(from), sidOf(to), withReset)
  releaseWires(world, sidOf(from), sidOf(to), withReset)
}

/** Every link is sound; what was held up arrives, or its connections end. */
export function healAll(world: World, withReset: boolean): void {
  world.links.extraUs.clear()
  const servers = [...world.servers.keys()].map(serverEnd)
  const all = [...servers, ...world.clients.map((client) => clientEnd(client.number))]
  for (const from of all) for (const to of all) if (from !== to) healLink(world, from, to, withReset)
}

function reset(world: World, between: Endpoint, and: Endpoint): void {
  if (isClient(between)) return resetClientWires(world, between - FIRST_CLIENT, sidOf(and))
  if (isClient(and)) return resetClientWires(world, and - FIRST_CLIENT, sidOf(between))
  resetWires(world, sidOf(between), sidOf(and))
}

/** Ends every fault. */
function calm(world: World): void {
  healAll(world, false)
  for (const server of world.servers.values()) calmServer(world, server)
}

export function calmServer(world: World, server: Server): void {
  server.disk.mode = 'ok'
  server.disk.extraUs = 0
  server.crashAfterEffects = null
  setDrift(server.clock, world.nowUs, 0)
  if (server.paused) resume(world, { server, pauses: server.pauses })
  if (!server.peer) start(world, server)
  beginFlush(world, server)
}

/** Puts a list of actions on the world's queue. */
export function scheduleActions(
  world: World,
  actions: readonly { readonly atUs: number; readonly action: Action }[],
): void {
  for (const { atUs, action } of actions) schedule(world, Math.max(0, atUs - world.nowUs), { type: 'act', action })
}
