// A world for stories: no chance in it but what the script does, one client that asks when told to, checkers
// watching every step. Commands wait for conditions of the world, never for a time.

import { assert } from '../../base/assert.ts'
import { utf8Encode } from '../../base/text.ts'
import type { Operation } from '../../history/history.ts'
import { OPEN_ACL } from '../../zk/acl.ts'
import { asSid, type Sid } from '../../zk/ids.ts'
import { CREATE_FLAGS } from '../../zk/op.ts'
import type { QuorumPacket } from '../../zk/packet.ts'
import type { ClientRequest } from '../../zk/request.ts'
import type { Zxid } from '../../zk/zxid.ts'
import { createSafetyChecker } from '../check/safety.ts'
import { addClient, moveTo, nudge, type SimClient, stopClient } from '../clients/sim-client.ts'
import { act, targetOf } from '../world/actions.ts'
import type { Action, DiskMode, WorldObserver, WorldOptions } from '../world/contract.ts'
import { serverEnd } from '../world/links.ts'
import { crash, type Server, start } from '../world/process.ts'
import { releaseGated } from '../world/quorum-wires.ts'
import { createWorld, nextEvent, serverOf, startAll, type World } from '../world/world.ts'

export interface Stage {
  readonly world: World
  /** Clients that were told to ask something, by the server they were told to use first. */
  readonly scripted: Map<string, Scripted>
}

interface Scripted {
  readonly client: SimClient
  readonly todo: ClientRequest[]
  readonly done: Operation[]
}

const LIMIT_US = 120_000_000

export const STAGE_OPTIONS: WorldOptions = {
  seed: 1,
  voters: 3,
  observers: 0,
  delayMinUs: 1000,
  delayMaxUs: 1000,
  flushMinUs: 500,
  flushMaxUs: 500,
  tickTimeMs: 200,
  initLimit: 10,
  syncLimit: 5,
  commitLogCount: 500,
  snapCount: 100_000,
  snapRetainCount: 3,
  minSessionTimeoutMs: 400,
  maxSessionTimeoutMs: 40_000,
}

/** Every rule after every step, and now and then everything anew from the whole state. */
export function safety(world: World): readonly WorldObserver[] {
  return [createSafetyChecker(world, { fullCheckEvery: 1000 }).observer]
}

/** Servers are started, unless `start: false`. */
export function createStage(
  options: Partial<WorldOptions> & { readonly start?: boolean } = {},
  observers: (world: World) => readonly WorldObserver[] = safety,
): Stage {
  const { start: startsNow = true, ...rest } = options
  const world = createWorld({ ...STAGE_OPTIONS, ...rest })
  world.observers.push(...observers(world))
  if (startsNow) startAll(world)
  return { world, scripted: new Map() }
}

/** Lets things happen until `holds`; fails with `what` when it does not within two minutes of world time. */
export function until(stage: Stage, what: string, holds: () => boolean): void {
  const { world } = stage
  const endUs = world.nowUs + LIMIT_US
  while (!holds()) assert(nextEvent(world) && world.nowUs < endUs, `${what}: not within two minutes`)
}

/** Lets time pass: for what must not happen. */
export function pass(stage: Stage, ms: number): void {
  const endUs = stage.world.nowUs + ms * 1000
  until(stage, 'time passes', () => stage.world.nowUs >= endUs)
}

export function server(stage: Stage, sid: number): Server {
  return serverOf(stage.world, asSid(sid))
}

export function leaderOf(stage: Stage): Server | null {
  return targetOf(stage.world, 'leader')
}

/** Waits until one of them leads and serves, and every other one of them follows it. */
export function settle(stage: Stage, ...sids: number[]): Server {
  const wanted = sids.length > 0 ? sids : [...stage.world.servers.keys()]
  until(stage, `servers ${wanted.join(', ')} serve under one leader`, () => {
    const servers = wanted.map((sid) => server(stage, sid))
    const leaders = servers.filter((one) => one.serving && one.peer?.zab.role.state === 'LEADING')
    const epoch = leaders[0]?.peer?.zab.currentEpoch
    return leaders.length === 1 && servers.every((one) => one.serving && one.peer?.zab.currentEpoch === epoch)
  })
  const leader = wanted.map((sid) => server(stage, sid)).find((one) => one.peer?.zab.role.state === 'LEADING')
  assert(leader !== undefined, 'one of them leads')
  return leader
}

export function doNow(stage: Stage, action: Action): void {
  act(stage.world, action)
}

/** `kept`: how much of what its disk was asked for survives, 0 … 1. */
export function kill(stage: Stage, sid: number, kept = 1): void {
  crash(stage.world, server(stage, sid), kept)
}

export function boot(stage: Stage, ...sids: number[]): void {
  for (const sid of sids) start(stage.world, server(stage, sid))
}

export function disk(stage: Stage, sid: number, mode: DiskMode): void {
  act(stage.world, { type: 'disk', at: asSid(sid), mode, extraUs: 0 })
}

/** Nobody of the one group hears anybody of the other. */
export function split(stage: Stage, left: readonly number[], right: readonly number[]): void {
  const ends = (sids: readonly number[]) => sids.map((sid) => serverEnd(asSid(sid)))
  act(stage.world, { type: 'partition', left: ends(left), right: ends(right) })
}

export function heal(stage: Stage, reset = true): void {
  act(stage.world, { type: 'healAll', reset })
}

/** From now on packets for which `held` is true wait, with all behind them; null lets everything go. */
export function gate(stage: Stage, held: ((from: Sid, to: Sid, packet: QuorumPacket) => boolean) | null): void {
  stage.world.gate = held
  releaseGated(stage.world)
}

/** A client that does only what `ask` tells it, connected to `sid` as long as that serves. */
export function clientOf(stage: Stage, name: string, sid: number, timeoutMs = 4000): Scripted {
  const known = stage.scripted.get(name)
  if (known) return known
  const todo: ClientRequest[] = []
  const done: Operation[] = []
  const workload = {
    next: () => todo.shift() ?? null,
    done: (_client: SimClient, operation: Operation) => void done.push(operation),
  }
  const options = { workload, timeoutMs, pipeline: 100, thinkMaxUs: 0, operationsMax: 1e6, identities: [] }
  const client = addClient(stage.world, options)
  client.wanted = asSid(sid)
  const scripted = { client, todo, done }
  stage.scripted.set(name, scripted)
  return scripted
}

/** The named client goes to another server with its session. */
export function move(stage: Stage, name: string, to: number): void {
  const scripted = stage.scripted.get(name)
  assert(scripted !== undefined, `there is a client ${name}`)
  moveTo(stage.world, scripted.client, asSid(to))
}

export function vanish(stage: Stage, name: string): void {
  const scripted = stage.scripted.get(name)
  assert(scripted !== undefined, `there is a client ${name}`)
  stopClient(stage.world, scripted.client)
}

/** Sends without waiting for an answer. */
export function send(stage: Stage, name: string, sid: number, request: ClientRequest): Scripted {
  const scripted = clientOf(stage, name, sid)
  scripted.todo.push(request)
  nudge(stage.world, scripted.client)
  return scripted
}

/** Sends and waits for the answer. */
export function ask(stage: Stage, name: string, sid: number, request: ClientRequest): Operation {
  const scripted = send(stage, name, sid, request)
  const before = scripted.done.length
  until(stage, `client ${name} is answered`, () => scripted.done.length > before)
  const answer = scripted.done.at(-1)
  assert(answer !== undefined, 'it has been answered')
  return answer
}

export function createRequest(path: string, flags: number = CREATE_FLAGS.persistent): ClientRequest {
  return { type: 'create', path, data: utf8Encode(path), acl: OPEN_ACL, flags }
}

/** Creates `path` through server `sid` and waits for the answer; returns its zxid. */
export function write(stage: Stage, sid: number, path: string): Zxid {
  const answer = ask(stage, `w${sid}`, sid, createRequest(path))
  assert(answer.err === 0 && answer.zxid !== null, `creating ${path} gave ${answer.err}`)
  return answer.zxid
}

export function hasNode(stage: Stage, sid: number, path: string): boolean {
  return server(stage, sid).peer?.tree.nodes.has(path) ?? false
}
