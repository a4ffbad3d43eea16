// The requests that are about watches alone: addWatch, removeWatches, checkWatches and the setWatches with
// which a client arms its watches again after a reconnect. Source: DataTree.setWatches,
// FinalRequestProcessor, watches-sessions.md §4 and §5.

import { ERROR_CODES, type ErrorCode } from '../zk/errors.ts'
import type { SetWatchesRequest } from '../zk/request.ts'
import { ADD_WATCH_MODES, WATCHER_TYPES, type WatchEventType } from '../zk/watch.ts'
import type { DataTree } from './data-tree.ts'
import { ALL_MODES, addWatch, type CanRead, leave, MODE_BITS, type WatchDelivery, type Watches } from './watch-table.ts'
import type { Znode } from './znode.ts'

/** `mode` as in the request. MARSHALLINGERROR for one that does not exist; the path need not. */
export function addPersistentWatch<C extends number>(
  watches: Watches<C>,
  conn: C,
  path: string,
  mode: number,
): ErrorCode {
  if (mode === ADD_WATCH_MODES.persistent) addWatch(watches, conn, path, 'any', 'persistent')
  else if (mode === ADD_WATCH_MODES.persistentRecursive) addWatch(watches, conn, path, 'any', 'persistentRecursive')
  else return ERROR_CODES.MARSHALLINGERROR
  return ERROR_CODES.OK
}

interface Selection {
  /** Mode bits in the data and in the child table. */
  readonly data: number
  readonly child: number
}

const SELECTIONS = new Map<number, Selection>([
  [WATCHER_TYPES.children, { data: 0, child: MODE_BITS.standard }],
  [WATCHER_TYPES.data, { data: MODE_BITS.standard, child: 0 }],
  [WATCHER_TYPES.any, { data: ALL_MODES, child: ALL_MODES }],
  [WATCHER_TYPES.persistent, { data: MODE_BITS.persistent, child: MODE_BITS.persistent }],
  [WATCHER_TYPES.persistentRecursive, { data: MODE_BITS.persistentRecursive, child: MODE_BITS.persistentRecursive }],
])

/** NOWATCHER when the connection had no such watch; MARSHALLINGERROR for an unknown watcherType. */
export function removeWatches<C extends number>(
  watches: Watches<C>,
  conn: C,
  path: string,
  watcherType: number,
): ErrorCode {
  const selection = SELECTIONS.get(watcherType)
  if (!selection) return ERROR_CODES.MARSHALLINGERROR
  const data = leave(watches, 'data', conn, path, selection.data)
  const child = leave(watches, 'child', conn, path, selection.child)
  return data || child ? ERROR_CODES.OK : ERROR_CODES.NOWATCHER
}

/** Answers as removeWatches would, and changes nothing. */
export function checkWatches<C extends number>(
  watches: Watches<C>,
  conn: C,
  path: string,
  watcherType: number,
): ErrorCode {
  const selection = SELECTIONS.get(watcherType)
  if (!selection) return ERROR_CODES.MARSHALLINGERROR
  const data = (watches.data.get(path)?.get(conn) ?? 0) & selection.data
  const child = (watches.child.get(path)?.get(conn) ?? 0) & selection.child
  return data || child ? ERROR_CODES.OK : ERROR_CODES.NOWATCHER
}

/**
 * What the client missed since `relativeZxid` comes back as events, to be sent before the reply; what it did not
 * miss is armed. Persistent watches are only armed. An event that the connection may not read is withheld.
 */
export function applySetWatches<C extends number>(
  watches: Watches<C>,
  tree: DataTree,
  conn: C,
  request: SetWatchesRequest,
  canRead: CanRead<C>,
): readonly WatchDelivery<C>[] {
  const out: WatchDelivery<C>[] = []
  const tell = (type: WatchEventType, path: string, node: Znode | null): void => {
    if (node === null || node.acl === null || canRead(conn, node.acl))
      out.push({ conn, event: { type, path }, mode: 'standard' })
  }
  for (const path of request.data) {
    const node = tree.nodes.get(path)
    if (!node) tell('nodeDeleted', path, null)
    else if (node.mzxid > request.relativeZxid) tell('nodeDataChanged', path, node)
    else addWatch(watches, conn, path, 'data', 'standard')
  }
  for (const path of request.exist) {
    const node = tree.nodes.get(path)
    if (node) tell('nodeCreated', path, node)
    else addWatch(watches, conn, path, 'data', 'standard')
  }
  for (const path of request.child) {
    const node = tree.nodes.get(path)
    if (!node) tell('nodeDeleted', path, null)
    else if (node.pzxid > request.relativeZxid) tell('nodeChildrenChanged', path, node)
    else addWatch(watches, conn, path, 'child', 'standard')
  }
  for (const path of request.persistent) addWatch(watches, conn, path, 'any', 'persistent')
  for (const path of request.persistentRecursive) addWatch(watches, conn, path, 'any', 'persistentRecursive')
  return out
}
