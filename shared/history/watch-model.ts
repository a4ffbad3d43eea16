// Which events a server owes which connection, from the rules W-2, W-6, W-7, W-8 alone, and not from the
// watch table that servers run on. One walk over L feeds it; what really arrived is compared in watches.ts.

import type { Change } from '../tree/contract.ts'
import type { DataTree } from '../tree/data-tree.ts'
import type { Acl } from '../zk/acl.ts'
import { ERROR_CODES as E, type ErrorCode } from '../zk/errors.ts'
import { parentPath } from '../zk/path.ts'
import type { ClientRequest, SetWatchesRequest } from '../zk/request.ts'
import { ADD_WATCH_MODES, WATCHER_TYPES, type WatchEvent, type WatchEventType } from '../zk/watch.ts'
import type { Zxid } from '../zk/zxid.ts'
import type { Answered } from './case.ts'

/** Standard watches for data and for children fire once; the others stay. */
const KINDS = ['data', 'child', 'persistent', 'recursive'] as const
export type Kind = (typeof KINDS)[number]
/** Why an event is owed: a watch of this kind fired, or a setWatches found it missed. */
export type Cause = Kind | 'setWatches'

/** An event that a connection is owed, between two replies. */
export interface Owed {
  readonly event: WatchEvent
  readonly zxid: Zxid
  readonly cause: Cause
  /** Who may know: the node's list, for children changed the parent's. Null: everybody. */
  readonly acl: readonly Acl[] | null
  /** The last reply before it and the first one after it, as places among the frames of the connection. */
  readonly after: number
  before: number
}

interface Watcher {
  readonly owed: Owed[]
  /** Place of the last reply that was walked past; -1 before the first. */
  lastReply: number
  /** Owed events up to here have their `before`. */
  bounded: number
  readonly paths: Set<string>
}

export interface WatchModel {
  readonly watchers: Map<number, Watcher>
  /** By path and connection. */
  readonly watches: Map<string, Map<number, Set<Kind>>>
}

export function createWatchModel(): WatchModel {
  return { watchers: new Map(), watches: new Map() }
}

export function watcherOf(model: WatchModel, conn: number): Watcher {
  let watcher = model.watchers.get(conn)
  if (!watcher) {
    watcher = { owed: [], lastReply: -1, bounded: 0, paths: new Set() }
    model.watchers.set(conn, watcher)
  }
  return watcher
}

function kindsOf(model: WatchModel, path: string, conn: number): Set<Kind> | undefined {
  return model.watches.get(path)?.get(conn)
}

function register(model: WatchModel, path: string, conn: number, kind: Kind): void {
  let here = model.watches.get(path)
  if (!here) {
    here = new Map()
    model.watches.set(path, here)
  }
  const kinds = here.get(conn)
  if (kinds) kinds.add(kind)
  else here.set(conn, new Set([kind]))
  watcherOf(model, conn).paths.add(path)
}

function unregister(model: WatchModel, path: string, conn: number, kind: Kind): boolean {
  const here = model.watches.get(path)
  const kinds = here?.get(conn)
  const had = kinds?.delete(kind) ?? false
  if (kinds?.size === 0) {
    here?.delete(conn)
    model.watchers.get(conn)?.paths.delete(path)
  }
  if (here?.size === 0) model.watches.delete(path)
  return had
}

/** Nobody looks at what this connection is owed from now on. */
export function forget(model: WatchModel, conn: number): void {
  for (const path of [...watcherOf(model, conn).paths]) for (const kind of KINDS) unregister(model, path, conn, kind)
}

/** What one change of a txn owes to whom [W-6]. The data watches come first, then those of children. */
export function onChange(model: WatchModel, change: Change, zxid: Zxid): void {
  if (model.watches.size === 0) return
  const { path, acl, parentAcl } = change
  switch (change.type) {
    case 'created':
      oweData(model, 'nodeCreated', path, acl, zxid)
      return oweChildren(model, parentPath(path), parentAcl, zxid)
    case 'deleted': {
      const told = oweData(model, 'nodeDeleted', path, acl, zxid)
      // Who watches only the children of what is deleted hears of the deletion, too.
      for (const [conn, kinds] of [...(model.watches.get(path) ?? [])]) {
        const had = kinds.has('child')
        if (had) unregister(model, path, conn, 'child')
        if (had && !told.has(conn)) owe(model, conn, { type: 'nodeDeleted', path }, zxid, 'child', acl)
      }
      return oweChildren(model, parentPath(path), parentAcl, zxid)
    }
    case 'dataChanged':
      oweData(model, 'nodeDataChanged', path, acl, zxid)
      return
    case 'aclChanged':
      return
  }
}

/** Those who watch the node itself, and the recursive ones above it; each hears of it once. */
function oweData(
  model: WatchModel,
  type: WatchEventType,
  path: string,
  acl: readonly Acl[] | null,
  zxid: Zxid,
): ReadonlySet<number> {
  const told = new Set<number>()
  const event = { type, path }
  for (const [conn, kinds] of [...(model.watches.get(path) ?? [])]) {
    const cause = (['data', 'persistent', 'recursive'] as const).find((kind) => kinds.has(kind))
    if (cause === undefined) continue
    told.add(conn)
    owe(model, conn, event, zxid, cause, acl)
    unregister(model, path, conn, 'data') // W-2
  }
  for (let above = path; above !== '/'; ) {
    above = parentPath(above)
    for (const [conn, kinds] of model.watches.get(above) ?? []) {
      if (!kinds.has('recursive') || told.has(conn)) continue
      told.add(conn)
      owe(model, conn, event, zxid, 'recursive', acl)
    }
  }
  return told
}

function oweChildren(model: WatchModel, path: string, acl: readonly Acl[] | null, zxid: Zxid): void {
  for (const [conn, kinds] of [...(model.watches.get(path) ?? [])]) {
    const cause = (['child', 'persistent'] as const).find((kind) => kinds.has(kind))
    if (cause === undefined) continue
    owe(model, conn, { type: 'nodeChildrenChanged', path }, zxid, cause, acl)
    unregister(model, path, conn, 'child') // W-2
  }
}

function owe(
  model: WatchModel,
  conn: number,
  event: WatchEvent,
  zxid: Zxid,
  cause: Cause,
  acl: readonly Acl[] | null,
): void {
  const watcher = watcherOf(model, conn)
  watcher.owed.push({ event, zxid, cause, acl, after: watcher.lastReply, before: Number.POSITIVE_INFINITY })
}

/**
 * A reply of the connection, at the state that it names: what is owed until now comes before it, and it may arm
 * or disarm watches. The error that a removeWatches or checkWatches should have had, null for other requests.
 */
export function onReply(model: WatchModel, op: Answered, tree: DataTree): ErrorCode | null {
  const { request, conn } = op
  const watcher = watcherOf(model, conn)
  if ((request.type === 'setWatches' || request.type === 'setWatches2') && op.err === E.OK)
    rearm(model, conn, request, tree, op.zxid)
  for (; watcher.bounded < watcher.owed.length; watcher.bounded += 1) {
    const owed = watcher.owed[watcher.bounded]
    if (owed) owed.before = op.arrival
  }
  watcher.lastReply = op.arrival
  return arm(model, conn, request, op.err)
}

function arm(model: WatchModel, conn: number, request: ClientRequest, err: ErrorCode): ErrorCode | null {
  switch (request.type) {
    case 'getData':
    case 'exists':
      if (request.watch && (err === E.OK || (request.type === 'exists' && err === E.NONODE)))
        register(model, request.path, conn, 'data')
      return null
    case 'getChildren':
    case 'getChildren2':
      if (request.watch && err === E.OK) register(model, request.path, conn, 'child')
      return null
    case 'addWatch':
      if (err === E.OK)
        register(model, request.path, conn, request.mode === ADD_WATCH_MODES.persistent ? 'persistent' : 'recursive')
      return null
    case 'checkWatches':
      return expectedOf(model, request.path, conn, request.watcherType, (kind, kinds) => kinds?.has(kind) ?? false)
    case 'removeWatches':
      return expectedOf(model, request.path, conn, request.watcherType, (kind) =>
        unregister(model, request.path, conn, kind),
      )
    default:
      return null
  }
}

const KINDS_OF_TYPE = new Map<number, readonly Kind[]>([
  [WATCHER_TYPES.children, ['child']],
  [WATCHER_TYPES.data, ['data']],
  [WATCHER_TYPES.any, KINDS],
  [WATCHER_TYPES.persistent, ['persistent']],
  [WATCHER_TYPES.persistentRecursive, ['recursive']],
])

function expectedOf(
  model: WatchModel,
  path: string,
  conn: number,
  watcherType: number,
  visit: (kind: Kind, kinds: Set<Kind> | undefined) => boolean,
): ErrorCode {
  const wanted = KINDS_OF_TYPE.get(watcherType)
  if (!wanted) return E.MARSHALLINGERROR
  const kinds = kindsOf(model, path, conn)
  const found = wanted.map((kind) => visit(kind, kinds))
  return found.includes(true) ? E.OK : E.NOWATCHER
}

/** W-7: what was missed is told now, the rest is armed. */
function rearm(model: WatchModel, conn: number, request: SetWatchesRequest, tree: DataTree, zxid: Zxid): void {
  const tell = (type: WatchEventType, path: string) =>
    owe(model, conn, { type, path }, zxid, 'setWatches', tree.nodes.get(path)?.acl ?? null)
  for (const path of request.data) {
    const node = tree.nodes.get(path)
    if (!node) tell('nodeDeleted', path)
    else if (node.mzxid > request.relativeZxid) tell('nodeDataChanged', path)
    else register(model, path, conn, 'data')
  }
  for (const path of request.exist) {
    if (tree.nodes.has(path)) tell('nodeCreated', path)
    else register(model, path, conn, 'data')
  }
  for (const path of request.child) {
    const node = tree.nodes.get(path)
    if (!node) tell('nodeDeleted', path)
    else if (node.pzxid > request.relativeZxid) tell('nodeChildrenChanged', path)
    else register(model, path, conn, 'child')
  }
  for (const path of request.persistent) register(model, path, conn, 'persistent')
  for (const path of request.persistentRecursive) register(model, path, conn, 'recursive')
}
