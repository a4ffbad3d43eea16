// One run from beginning to end: under faults nothing may go wrong (safety); when they are over the core must
// work again (liveness); then what clients saw is judged as a whole.

import { AssertionFailed } from '../base/assert.ts'
import type { Sid } from '../zk/ids.ts'
import { createRandomWorkload } from './clients/random-workload.ts'
import { addClient, stopClient } from './clients/sim-client.ts'
import type { RunSpec } from './run-spec.ts'
import { calmServer, healAll, scheduleActions } from './world/actions.ts'
import type { WorldObserver } from './world/contract.ts'
import { clientEnd, cut, serverEnd } from './world/links.ts'
import { crash } from './world/process.ts'
import { formatTrace } from './world/trace.ts'
import { createWorld, runUntil, startAll, type World } from './world/world.ts'

/** The first rule that was broken. */
export interface Verdict {
  /** An id of invariants.md; ASSERT: the core itself found that what cannot be was so; THROWN: it fell over. */
  readonly id: string
  readonly what: string
  readonly atUs: number
  readonly step: number
}

export interface Outcome {
  /** null: nothing was wrong. */
  readonly verdict: Verdict | null
  readonly world: World
  readonly trace: string
}

/** Who watches a run and judges it; it throws a RuleBroken at the first thing that is wrong. */
export interface Judge {
  readonly observers: readonly WorldObserver[]
  /** The faults are over for `core`: from now on liveness counts. */
  healed(core: ReadonlySet<Sid>): void
  /** Whether all that must happen by itself has happened; throws when something is overdue. */
  isSettled(): boolean
  /** Clients have gone and all is quiet: judge the whole. */
  finish(): void
}

/** A rule that is judged over the whole run does not hold. */
export class RuleBroken extends Error {
  override readonly name = 'RuleBroken'
  readonly id: string
  readonly what: string
  constructor(id: string, what: string) {
    super(`${id}: ${what}`)
    this.id = id
    this.what = what
  }
}

/** Clients go on for so long after the faults, and everything gets so long to settle when they have gone. */
const AFTER_FAULTS_US = 4_000_000
const SETTLE_EVERY_US = 100_000

/** Runs `spec`; `judgeOf` null: nobody looks, only the core's own assertions count. */
export function runSpec(spec: RunSpec, judgeOf: ((world: World) => Judge) | null): Outcome {
  const world = createWorld(spec.options)
  const judge = judgeOf?.(world) ?? null
  if (judge) world.observers.push(...judge.observers)
  for (const plan of spec.clients)
    addClient(world, { ...plan, workload: createRandomWorkload({ ...plan, servers: world.servers.size }) })
  let verdict: Verdict | null = null
  try {
    scheduleActions(world, spec.faults)
    startAll(world)
    runUntil(world, spec.faultsEndUs)
    healCore(world, spec)
    judge?.healed(new Set(spec.core))
    settle(world, judge)
    runUntil(world, world.nowUs + AFTER_FAULTS_US)
    for (const client of world.clients) stopClient(world, client)
    settle(world, judge)
    judge?.finish()
  } catch (error) {
    verdict = verdictOf(error, world)
  }
  return { verdict, world, trace: formatTrace(world.trace) }
}

/** Lets time pass until the judge is content; without one, for a while. */
function settle(world: World, judge: Judge | null): void {
  if (!judge) return runUntil(world, world.nowUs + AFTER_FAULTS_US)
  while (!judge.isSettled()) runUntil(world, world.nowUs + SETTLE_EVERY_US)
}

function verdictOf(error: unknown, world: World): Verdict {
  const at = { atUs: world.nowUs, step: world.steps }
  if (error instanceof RuleBroken) return { id: error.id, what: error.what, ...at }
  if (error instanceof AssertionFailed) return { id: 'ASSERT', what: error.message, ...at }
  if (error instanceof Error) return { id: 'THROWN', what: error.stack ?? error.message, ...at }
  throw error
}

/** The core is sound from now on. The others are dead, or nobody reaches them: as they would be for ever. */
function healCore(world: World, spec: RunSpec): void {
  healAll(world, false)
  for (const server of world.servers.values()) {
    if (spec.core.includes(server.sid)) calmServer(world, server)
    else if (server.sid % 2 === 0) crash(world, server, 1)
    else isolate(world, server.sid)
  }
}

function isolate(world: World, sid: Sid): void {
  const others = [...world.servers.keys()].filter((other) => other !== sid).map(serverEnd)
  for (const end of [...others, ...world.clients.map((client) => clientEnd(client.number))]) {
    cut(world.links, serverEnd(sid), end)
    cut(world.links, end, serverEnd(sid))
  }
}
