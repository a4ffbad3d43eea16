// What stories about clients need beside stage.ts: clients that stay where the script wants them, what they saw
// in the order in which they saw it, and what a server's disk would give back, compared with the txns themselves.

import { assert } from '../../base/assert.ts'
import { utf8Decode, utf8Encode } from '../../base/text.ts'
import type { Operation } from '../../history/history.ts'
import type { ClientInput } from '../../peer/contract.ts'
import { applyEntry } from '../../tree/apply.ts'
import { createTree } from '../../tree/create-tree.ts'
import { type DataTree, plainZnode } from '../../tree/data-tree.ts'
import { nodeDigest } from '../../tree/node-digest.ts'
import { DEFAULT_TREE_OPTIONS } from '../../tree/options.ts'
import { type Acl, type AuthId, OPEN_ACL } from '../../zk/acl.ts'
import { errorName } from '../../zk/errors.ts'
import { asSid } from '../../zk/ids.ts'
import { CREATE_FLAGS } from '../../zk/op.ts'
import type { ClientRequest, MultiOp } from '../../zk/request.ts'
import type { Entry } from '../../zk/txn.ts'
import type { WatchEvent } from '../../zk/watch.ts'
import { formatEpochCounter, type Zxid } from '../../zk/zxid.ts'
import { createSafetyChecker } from '../check/safety.ts'
import { addClient, moveTo, nudge, type SimClient } from '../clients/sim-client.ts'
import type { WorldObserver, WorldOptions } from '../world/contract.ts'
import { recover } from '../world/disk.ts'
import { feed } from '../world/process.ts'
import type { World } from '../world/world.ts'
import { ask, clientOf, createStage, type Stage, send, server, until } from './stage.ts'

type Scripted = ReturnType<typeof clientOf>

/** A client with identities of its own; others come by being asked (`clientOf`). */
export function addScripted(
  stage: Stage,
  name: string,
  sid: number,
  timeoutMs: number,
  identities: readonly AuthId[],
): Scripted {
  assert(!stage.scripted.has(name), `${name} is a new client`)
  const todo: ClientRequest[] = []
  const done: Operation[] = []
  const workload = {
    next: () => todo.shift() ?? null,
    done: (_client: SimClient, operation: Operation) => void done.push(operation),
  }
  const client = addClient(stage.world, {
    workload,
    timeoutMs,
    pipeline: 100,
    thinkMaxUs: 0,
    operationsMax: 1e6,
    identities,
  })
  client.wanted = asSid(sid)
  const scripted = { client, todo, done }
  stage.scripted.set(name, scripted)
  return scripted
}

function isAt(scripted: Scripted, sid: number): boolean {
  const { client } = scripted
  return client.phase === 'open' && client.wire?.server.sid === sid
}

/** Waits until the client serves its session at `sid`, and sends it back there whenever it went elsewhere. */
export function at(stage: Stage, name: string, sid: number, timeoutMs = 4000): Scripted {
  const scripted = clientOf(stage, name, sid, timeoutMs)
  until(stage, `client ${name} is at ${sid}`, () => {
    const { client } = scripted
    if (client.phase === 'idle') client.wanted = asSid(sid)
    else if (client.wire && client.wire.server.sid !== sid) moveTo(stage.world, client, asSid(sid))
    return isAt(scripted, sid)
  })
  return scripted
}

/** Goes to `sid` first if it is not there, then asks and waits for the answer. */
export function askAt(stage: Stage, name: string, sid: number, request: ClientRequest): Operation {
  at(stage, name, sid)
  return ask(stage, name, sid, request)
}

/** Creates `path` through server `sid`, wherever the writer of that server was before; returns its zxid. */
export function writeAt(stage: Stage, sid: number, path: string): Zxid {
  const answer = askAt(stage, `w${sid}`, sid, create(path))
  assert(answer.err === 0 && answer.zxid !== null, `creating ${path} gave ${answer.err}`)
  return answer.zxid
}

/** Sends all of these at once, and waits for all answers. */
export function burst(stage: Stage, name: string, sid: number, requests: readonly ClientRequest[]): Operation[] {
  const scripted = at(stage, name, sid)
  const before = scripted.done.length
  scripted.todo.push(...requests)
  nudge(stage.world, scripted.client)
  until(stage, `client ${name} is answered ${requests.length} times`, () => {
    return scripted.done.length >= before + requests.length
  })
  return scripted.done.slice(before)
}

export function create(path: string, data: string = path, acl: readonly Acl[] = OPEN_ACL): ClientRequest & MultiOp {
  return { type: 'create', path, data: utf8Encode(data), acl, flags: CREATE_FLAGS.persistent }
}

export function ephemeral(path: string): ClientRequest & MultiOp {
  return { type: 'create', path, data: utf8Encode(path), acl: OPEN_ACL, flags: CREATE_FLAGS.ephemeral }
}

export function sequential(prefix: string): ClientRequest & MultiOp {
  return { type: 'create', path: prefix, data: null, acl: OPEN_ACL, flags: CREATE_FLAGS.persistentSequential }
}

export function set(path: string, data: string, version = -1): ClientRequest & MultiOp {
  return { type: 'setData', path, data: utf8Encode(data), version }
}

export function remove(path: string): ClientRequest & MultiOp {
  return { type: 'delete', path, version: -1 }
}

export function get(path: string, watch = false): ClientRequest {
  return { type: 'getData', path, watch }
}

export function exists(path: string, watch = false): ClientRequest {
  return { type: 'exists', path, watch }
}

export function list(path: string, watch = false): ClientRequest {
  return { type: 'getChildren', path, watch }
}

export const SYNC: ClientRequest = { type: 'sync', path: '/' }

/** The client ends its session in good order; asked again it begins another one. */
export function close(stage: Stage, name: string, sid: number): Operation {
  at(stage, name, sid)
  const operation = sendRecorded(stage, name, sid, { type: 'closeSession' })
  until(stage, `the session of ${name} is closed`, () => operation.doneAtMs !== null)
  return operation
}

/** The data in an answer to `get`, or the name of its error. */
export function dataOf(answer: Operation): string {
  if (answer.body?.type === 'data') return utf8Decode(answer.body.data ?? new Uint8Array(0)) ?? ''
  return errorName(answer.err ?? 0)
}

export function childrenOf(answer: Operation): string[] {
  return answer.body?.type === 'children' ? [...answer.body.children].sort() : [errorName(answer.err ?? 0)]
}

/** Everything a client was sent, in order: `getData /x`, `nodeCreated /x`. */
export function seenBy(stage: Stage, name: string): string[] {
  const { client } = found(stage, name)
  const { operations, events } = stage.world.recorder
  const mine = new Set(
    stage.world.recorder.connections.filter((one) => one.client === client.number).map((one) => one.conn),
  )
  const frames = [
    ...operations.filter((one) => mine.has(one.conn) && one.arrival >= 0).map((one) => ({ ...one, text: asked(one) })),
    ...events.filter((one) => mine.has(one.conn)).map((one) => ({ ...one, text: told(one.event) })),
  ]
  return frames.sort((a, b) => a.conn - b.conn || a.arrival - b.arrival).map((frame) => frame.text)
}

/** The events that a client was sent, in order. */
export function eventsOf(stage: Stage, name: string): string[] {
  const { client } = found(stage, name)
  const { events, connections } = stage.world.recorder
  const mine = new Set(connections.filter((one) => one.client === client.number).map((one) => one.conn))
  return events.filter((one) => mine.has(one.conn)).map((one) => told(one.event))
}

function found(stage: Stage, name: string): Scripted {
  const scripted = stage.scripted.get(name)
  assert(scripted !== undefined, `there is a client ${name}`)
  return scripted
}

function asked({ request }: Operation): string {
  return 'path' in request && request.path !== null ? `${request.type} ${request.path}` : request.type
}

function told(event: WatchEvent): string {
  return `${event.type} ${event.path}`
}

/** Sends without waiting, like `send`, and gives the operation as it was recorded, answered or not. */
export function sendRecorded(stage: Stage, name: string, sid: number, request: ClientRequest): Operation {
  const { operations } = stage.world.recorder
  const before = operations.length
  send(stage, name, sid, request)
  until(stage, `client ${name} has sent it`, () => operations.length > before)
  const operation = operations[before]
  assert(operation !== undefined, 'it was recorded')
  return operation
}

/** Feeds a server what no well-behaved client would send; gives what that client would be told. */
export function feedByHand(stage: Stage, sid: number, input: ClientInput): string[] {
  const told: string[] = []
  const conn = input.conn
  const observer: WorldObserver = {
    stepped(_server, fed, effects) {
      if (fed !== input) return
      for (const effect of effects) {
        if (!('conn' in effect) || effect.conn !== conn) continue
        told.push(effect.type === 'session' ? `session ${effect.timeoutMs}` : effect.type)
      }
    },
  }
  stage.world.observers.push(observer)
  feed(stage.world, server(stage, sid), input)
  stage.world.observers.splice(stage.world.observers.indexOf(observer), 1)
  return told
}

export function dataAt(stage: Stage, sid: number, path: string): string | null {
  const node = server(stage, sid).peer?.tree.nodes.get(path)
  const data = node ? plainZnode(node).data : null
  return data ? utf8Decode(data) : null
}

export function sessionIdOf(stage: Stage, name: string) {
  return found(stage, name).client.sessionId
}

/** What happened, by zxid: what the trees must follow from. */
export interface Historian {
  readonly observer: WorldObserver
  /** Every entry that ever became durable anywhere. */
  readonly entries: Map<Zxid, Entry>
  /** Every entry that was ever committed: applied by a server that went by what its leader said. */
  readonly applied: Map<Zxid, Entry>
}

export function createHistorian(): Historian {
  const entries = new Map<Zxid, Entry>()
  const applied = new Map<Zxid, Entry>()
  return {
    entries,
    applied,
    observer: {
      stepped(_server, _input, effects) {
        for (const effect of effects) if (effect.type === 'applied') applied.set(effect.entry.zxid, effect.entry)
      },
      durable(_server, effect) {
        if (effect.type === 'append') entries.set(effect.entry.zxid, effect.entry)
      },
    },
  }
}

/** The tree after all of `entries` up to `upTo`, each applied once and in order. */
export function replayed(entries: Iterable<Entry>, upTo: Zxid): DataTree {
  const tree = createTree()
  for (const entry of [...entries].sort((a, b) => a.zxid - b.zxid))
    if (entry.zxid <= upTo) applyEntry(tree, entry, DEFAULT_TREE_OPTIONS)
  return tree
}

/** All that is replicated, as text: what differs stands out. The configuration node is each server's own. */
export function describeTree(tree: DataTree): string[] {
  const nodes = [...tree.nodes]
    .filter(([path]) => path !== '/zookeeper/config')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, node]) => {
      const { czxid, mzxid, pzxid, version, cversion, aversion, ephemeralOwner, acl, children } = node
      const zxids = [czxid, mzxid, pzxid].map(formatEpochCounter).join(' ')
      const owner = ephemeralOwner === 0n ? '' : ` of ${ephemeralOwner.toString(16)}`
      const guarded = acl === null ? '' : ` acl ${acl.map((one) => `${one.scheme}:${one.id}:${one.perms}`).join()}`
      const below = [...(children ?? [])].sort().join()
      return `${path} ${zxids} v${version}.${cversion}.${aversion}${owner}${guarded} [${below}] ${nodeDigest(path, node)}`
    })
  const sessions = [...tree.sessions].map(([id, timeoutMs]) => `session ${id.toString(16)} ${timeoutMs}`).sort()
  return [`at ${formatEpochCounter(tree.lastProcessedZxid)}`, ...nodes, ...sessions]
}

/** What the server's disk would give a process that starts now. */
export function onDisk(stage: Stage, sid: number): DataTree {
  return recover(server(stage, sid).disk, stage.world.options).tree
}

export function treeOf(stage: Stage, sid: number): DataTree {
  const { peer } = server(stage, sid)
  assert(peer !== null, `server ${sid} runs`)
  return peer.tree
}

/** Waits until all these servers have the same tree, then gives it in words. */
export function agree(stage: Stage, ...sids: number[]): string[] {
  const described = (): string[][] => sids.map((sid) => describeTree(treeOf(stage, sid)))
  until(stage, `servers ${sids.join(', ')} have one tree`, () => {
    if (sids.some((sid) => !server(stage, sid).serving)) return false
    const [first, ...others] = sids.map((sid) => treeOf(stage, sid))
    return others.every((tree) => tree.lastProcessedZxid === first?.lastProcessedZxid)
  })
  const [first, ...others] = described()
  assert(first !== undefined, 'there is at least one server')
  for (const [i, other] of others.entries()) {
    const odd = other.findIndex((line, n) => line !== first[n])
    assert(
      odd === -1 && other.length === first.length,
      `${sids[i + 1]} has ${other[odd]} where ${sids[0]} has ${first[odd]}`,
    )
  }
  return first
}

export interface StoryOptions extends Partial<WorldOptions> {
  readonly start?: boolean
  /** False where a script does to servers what no fault of the world does; then it checks by itself. */
  readonly checked?: boolean
}

/** A stage with the safety checkers at work and with a historian. */
export function createStory(options: StoryOptions = {}): Stage & { readonly historian: Historian } {
  const { checked = true, ...rest } = options
  const historian = createHistorian()
  const checkers = (world: World): WorldObserver[] => (checked ? [createSafetyChecker(world).observer] : [])
  const stage = createStage(rest, (world) => [...checkers(world), historian.observer])
  return Object.assign(stage, { historian })
}
