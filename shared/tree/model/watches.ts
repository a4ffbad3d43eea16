// Who watches what and who is told: a list of watches, gone through for every change. A watcher is a
// connection. Rules: W-1 to W-9 of invariants.md, watches-sessions.md §1, §2, §4, §5.

import { type AuthId, PERMS } from '../../zk/acl.ts'
import { ERROR_CODES as E, type ErrorCode } from '../../zk/errors.ts'
import { parentPath } from '../../zk/path.ts'
import type { ReadRequest, SetWatchesRequest } from '../../zk/request.ts'
import type { WatchEvent, WatchMode } from '../../zk/watch.ts'
import type { Change } from '../contract.ts'
import { may } from './rights.ts'
import type { Model } from './state.ts'

interface ModelWatch {
  readonly conn: number
  readonly path: string
  readonly hears: 'data' | 'children'
  readonly mode: WatchMode
}

export interface ModelWatches {
  list: ModelWatch[]
}

export interface Told {
  readonly conn: number
  readonly event: WatchEvent
}

type AuthOf = (conn: number) => readonly AuthId[]

function add({ list }: ModelWatches, watch: ModelWatch): void {
  const has = list.some((w) => JSON.stringify(w) === JSON.stringify(watch))
  if (!has) list.push(watch)
}

function addStandard(watches: ModelWatches, conn: number, path: string, hears: 'data' | 'children'): void {
  add(watches, { conn, path, hears, mode: 'standard' })
}

/** A recursive watch hears of nodes, never of lists of children. */
function addLasting(watches: ModelWatches, conn: number, path: string, mode: WatchMode): void {
  add(watches, { conn, path, hears: 'data', mode })
  if (mode === 'persistent') add(watches, { conn, path, hears: 'children', mode })
}

/** The watch that a read leaves, given its answer. */
export function watchOfRead(watches: ModelWatches, conn: number, request: ReadRequest, err: ErrorCode): void {
  if (!('watch' in request) || !request.watch) return
  const leavesOne = err === E.OK || (request.type === 'exists' && err === E.NONODE)
  const hears = request.type === 'getChildren' || request.type === 'getChildren2' ? 'children' : 'data'
  if (leavesOne) addStandard(watches, conn, request.path, hears)
}

export function addWatchModel(watches: ModelWatches, conn: number, path: string, mode: number): ErrorCode {
  if (mode !== 0 && mode !== 1) return E.MARSHALLINGERROR
  addLasting(watches, conn, path, mode === 0 ? 'persistent' : 'persistentRecursive')
  return E.OK
}

/** Whether a watcherType of removeWatches means this watch; null for a type that there is not. */
function isMeant(watcherType: number, { hears, mode }: ModelWatch): boolean | null {
  switch (watcherType) {
    case 1:
      return mode === 'standard' && hears === 'children'
    case 2:
      return mode === 'standard' && hears === 'data'
    case 3:
      return true
    case 4:
      return mode === 'persistent'
    case 5:
      return mode === 'persistentRecursive'
    default:
      return null
  }
}

export function removeWatchesModel(
  watches: ModelWatches,
  request: { readonly type: 'removeWatches' | 'checkWatches'; readonly path: string; readonly watcherType: number },
  conn: number,
): ErrorCode {
  const { path, watcherType } = request
  if (watcherType < 1 || watcherType > 5) return E.MARSHALLINGERROR
  const meant = watches.list.filter((w) => w.conn === conn && w.path === path && isMeant(watcherType, w) === true)
  if (request.type === 'removeWatches') watches.list = watches.list.filter((w) => !meant.includes(w))
  return meant.length > 0 ? E.OK : E.NOWATCHER
}

export function setWatchesModel(
  watches: ModelWatches,
  model: Model,
  request: SetWatchesRequest,
  conn: number,
  authOf: AuthOf,
): Told[] {
  const told: Told[] = []
  const tell = (type: WatchEvent['type'], path: string) => {
    const node = model.nodes.get(path)
    if (!node || may(node.acl, PERMS.READ, authOf(conn))) told.push({ conn, event: { type, path } })
  }
  for (const path of request.data) {
    const node = model.nodes.get(path)
    if (!node) tell('nodeDeleted', path)
    else if (node.mzxid > request.relativeZxid) tell('nodeDataChanged', path)
    else addStandard(watches, conn, path, 'data')
  }
  for (const path of request.exist) {
    if (model.nodes.has(path)) tell('nodeCreated', path)
    else addStandard(watches, conn, path, 'data')
  }
  for (const path of request.child) {
    const node = model.nodes.get(path)
    if (!node) tell('nodeDeleted', path)
    else if (node.pzxid > request.relativeZxid) tell('nodeChildrenChanged', path)
    else addStandard(watches, conn, path, 'children')
  }
  for (const path of request.persistent) addLasting(watches, conn, path, 'persistent')
  for (const path of request.persistentRecursive) addLasting(watches, conn, path, 'persistentRecursive')
  return told
}

/** What an applied txn tells whom, in order for each connection. */
export function fireModel(watches: ModelWatches, changes: readonly Change[], authOf: AuthOf): Told[] {
  const told: Told[] = []
  for (const change of changes) {
    const fire = (hears: ModelWatch['hears'], type: WatchEvent['type'], path: string, acl: Change['acl']) =>
      fireOne(watches, hears, { type, path }, acl, authOf, told)
    const { path, acl, parentAcl } = change
    if (change.type === 'created') {
      fire('data', 'nodeCreated', path, acl)
      fire('children', 'nodeChildrenChanged', parentPath(path), parentAcl)
    } else if (change.type === 'deleted') {
      const heard = fire('data', 'nodeDeleted', path, acl)
      const before = told.length
      fire('children', 'nodeDeleted', path, acl)
      told.push(...told.splice(before).filter(({ conn }) => !heard.includes(conn)))
      fire('children', 'nodeChildrenChanged', parentPath(path), parentAcl)
    } else if (change.type === 'dataChanged') {
      fire('data', 'nodeDataChanged', path, acl)
    }
  }
  return told
}

/** One event for a connection, however many of its watches hear it. Returns who heard, allowed to know or not. */
function fireOne(
  watches: ModelWatches,
  hears: ModelWatch['hears'],
  event: WatchEvent,
  acl: Change['acl'],
  authOf: AuthOf,
  told: Told[],
): number[] {
  const { path } = event
  // Something may be watched as '', which is above nothing.
  const isAbove = (above: string) => above === '/' || (above !== '' && path.startsWith(`${above}/`))
  const hearing = watches.list.filter(
    (w) => w.hears === hears && (w.path === path || (w.mode === 'persistentRecursive' && isAbove(w.path))),
  )
  watches.list = watches.list.filter((w) => !(hearing.includes(w) && w.mode === 'standard'))
  const conns = [...new Set(hearing.map(({ conn }) => conn))]
  for (const conn of conns) if (acl === null || may(acl, PERMS.READ, authOf(conn))) told.push({ conn, event })
  return conns
}
