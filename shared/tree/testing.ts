// For tests only: a leader and its tree in one, without a network between them. Requests are prepared and,
// at once or later, applied.

import { utf8Decode, utf8Encode } from '../base/text.ts'
import { type Acl, type AuthId, OPEN_ACL } from '../zk/acl.ts'
import { asSessionId, type SessionId } from '../zk/ids.ts'
import { CREATE_FLAGS } from '../zk/op.ts'
import type { CreateRequest, WriteRequest } from '../zk/request.ts'
import type { Entry } from '../zk/txn.ts'
import { makeZxid } from '../zk/zxid.ts'
import { applyEntry } from './apply.ts'
import type { Applied } from './contract.ts'
import { createTree } from './create-tree.ts'
import { type DataTree, plainZnode } from './data-tree.ts'
import { dataOf } from './node-data.ts'
import { DEFAULT_TREE_OPTIONS, type TreeOptions } from './options.ts'
import { createPending, type Pending, retirePending } from './pending.ts'
import { prepareRequest, proposalDigest } from './prepare.ts'
import type { Znode } from './znode.ts'

export const ALICE = asSessionId(0x100000000000001n)
export const BOB = asSessionId(0x200000000000002n)

export interface World {
  readonly tree: DataTree
  readonly pending: Pending
  readonly options: TreeOptions
  /** Prepared, not applied. */
  readonly inFlight: Entry[]
  /** All that was prepared. */
  readonly log: Entry[]
  timeMs: number
}

export function createWorld(options: Partial<TreeOptions> = {}): World {
  return {
    tree: createTree(),
    pending: createPending(),
    options: { ...DEFAULT_TREE_OPTIONS, ...options },
    inFlight: [],
    log: [],
    timeMs: 1_700_000_000_000,
  }
}

/** Who asks, where it matters. */
export interface Asker {
  readonly sessionId?: SessionId
  readonly auth?: readonly AuthId[]
}

/** Prepares without applying. Each entry is a millisecond later than the one before. */
export function propose(world: World, request: WriteRequest, asker: Asker = {}): Entry {
  const zxid = makeZxid(1, world.log.length + 1)
  world.timeMs += 1
  const { timeMs } = world
  const sessionId = asker.sessionId ?? ALICE
  const ctx = { zxid, timeMs, sessionId, auth: asker.auth ?? [] }
  const txn = prepareRequest(world.tree, world.pending, request, ctx, world.options)
  const digest = proposalDigest(world.pending, txn, world.options)
  const entry: Entry = { zxid, sessionId, cxid: world.log.length, timeMs, txn, digest }
  world.log.push(entry)
  world.inFlight.push(entry)
  return entry
}

/** Applies the oldest entry in flight. */
export function commitNext(world: World): Applied | null {
  const entry = world.inFlight.shift()
  if (!entry) return null
  const applied = applyEntry(world.tree, entry, world.options)
  if (applied.mismatch) throw new Error(`${JSON.stringify(entry.txn)} was projected otherwise than it is applied`)
  retirePending(world.pending, entry)
  return applied
}

export function commitAll(world: World): Applied[] {
  const all: Applied[] = []
  for (let applied = commitNext(world); applied; applied = commitNext(world)) all.push(applied)
  return all
}

/** Prepares and applies. */
export function run(world: World, request: WriteRequest, asker: Asker = {}): Applied {
  commitAll(world)
  propose(world, request, asker)
  const applied = commitNext(world)
  if (!applied) throw new Error('nothing was in flight')
  return applied
}

/** The error of a request, 0 for none. */
export function errOf(world: World, request: WriteRequest, asker: Asker = {}): number {
  return run(world, request, asker).err
}

export function create(path: string, flags: keyof typeof CREATE_FLAGS = 'persistent', text = ''): CreateRequest {
  return { type: 'create', path, data: utf8Encode(text), acl: OPEN_ACL, flags: CREATE_FLAGS[flags] }
}

export function guarded(path: string, acl: readonly Acl[] | null): CreateRequest {
  return { ...create(path), acl }
}

export function setData(path: string, text: string, version = -1): WriteRequest & { readonly type: 'setData' } {
  return { type: 'setData', path, data: utf8Encode(text), version }
}

export function remove(path: string, version = -1): WriteRequest & { readonly type: 'delete' } {
  return { type: 'delete', path, version }
}

/** All in which two trees can differ that anybody could see, now or later, for `toEqual`: as it is now. */
export function essence(tree: DataTree) {
  const byKey = <K extends string | bigint, V>(map: Map<K, V>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1))
  const nodes = byKey(tree.nodes).map(([path, node]): [string, object] => [
    path,
    { ...plainZnode(node), digest: node.digest, children: new Set(node.children ?? []) },
  ])
  const { digest, lastProcessedZxid } = tree
  const [containers, ttls] = [new Set(tree.containers), new Set(tree.ttls)]
  const ephemerals = byKey(tree.ephemerals).map(([owner, paths]): [bigint, object] => [owner, new Set(paths)])
  return { nodes, sessions: byKey(tree.sessions), ephemerals, containers, ttls, digest, lastProcessedZxid }
}

/** As text, to be compared with what was put in. */
export function textAt(tree: DataTree, path: string): string | null {
  const data = dataOf(nodeAt(tree, path))
  return data === null ? null : utf8Decode(data)
}

/** The node, which must exist. */
export function nodeAt(tree: DataTree, path: string): Znode {
  const node = tree.nodes.get(path)
  if (!node) throw new Error(`there is no ${path}`)
  return node
}
