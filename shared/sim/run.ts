// One run from beginning to end: under faults nothing may go wrong (safety); when they are over the core must
// work again (liveness); then what clients saw is judged as a whole.

import { createRandomWorkload } from './clients/random-workload.ts'
import { addClient, stopClient } from './clients/sim-client.ts'
import type { RunSpec } from './run-spec.ts'
import { calmServer, healAll, scheduleActions } from './world/actions.ts'
import type { WorldObserver } from './world/contract.ts'
import { clientEnd, cut, serverEnd } from './world/links.ts'
import { crash } from './world/process.ts'
import { formatTrace } from './world/trace.ts'
import { createWorld, runUntil, startAll, type World } from './world/world.ts'

export interface RunResult {
  readonly world: World
  readonly steps: number
  readonly trace: string
}

export function buildWorld(spec: RunSpec, observers: readonly WorldObserver[]): World {
  const world = createWorld(spec.options)
  world.observers.push(...observers)
  for (const plan of spec.clients) addClient(world, { ...plan, workload: createRandomWorkload(plan) })
  scheduleActions(world, spec.faults)
  startAll(world)
  return world
}

export function run(spec: RunSpec, observers: readonly WorldObserver[]): RunResult {
  const world = buildWorld(spec, observers)
  runUntil(world, spec.faultsEndUs)
  healCore(world, spec)
  runUntil(world, world.nowUs + 10_000_000)
  for (const client of world.clients) stopClient(world, client)
  runUntil(world, world.nowUs + 10_000_000)
  return { world, steps: world.steps, trace: formatTrace(world.trace) }
}

/** The core is sound from now on. The others are dead, or nobody reaches them: as they would be for ever. */
function healCore(world: World, spec: RunSpec): void {
  healAll(world, false)
  for (const server of world.servers.values()) {
    if (spec.core.includes(server.sid)) {
      calmServer(world, server)
    } else if (server.sid % 2 === 0) {
      crash(world, server, 1)
    } else {
      const others = [...world.servers.keys()].filter((sid) => sid !== server.sid).map(serverEnd)
      for (const end of [...others, ...world.clients.map((client) => clientEnd(client.number))]) {
        cut(world.links, serverEnd(server.sid), end)
        cut(world.links, end, serverEnd(server.sid))
      }
    }
  }
}
