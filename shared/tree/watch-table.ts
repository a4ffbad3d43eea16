// Who watches what on this server, and which events a change fires. A watcher is a connection; on one path it
// may hold a standard, a persistent and a recursive watch side by side, as since ZooKeeper 3.9. Sending the
// events is the peer's business. Source: WatchManager, watches-sessions.md §1, §2 and §5.

import type { Acl } from '../zk/acl.ts'
import { parentPath } from '../zk/path.ts'
import type { WatchEvent, WatchEventType, WatchMode } from '../zk/watch.ts'
import type { Change } from './contract.ts'

/** data: created, deleted, data changed. child: deleted, children changed. any: both. */
export type WatchKind = 'data' | 'child' | 'any'

/** Watchers of a path, each with its modes as bits of MODE_BITS. */
export type WatchersByPath<C extends number> = Map<string, Map<C, number>>

export interface Watches<C extends number = number> {
  readonly data: WatchersByPath<C>
  readonly child: WatchersByPath<C>
  /** Where each connection stands in the two tables, so that it can be dropped. */
  readonly paths: Map<C, { readonly data: Set<string>; readonly child: Set<string> }>
  /** Recursive watches. While there are none, no change has to look at its ancestors. */
  recursiveCount: number
}

export interface WatchDelivery<C extends number = number> {
  readonly conn: C
  readonly event: WatchEvent
  /** Of the watch that fired: a standard one is gone now. */
  readonly mode: WatchMode
}

/** Whether a connection may read a node with this ACL. Not asked for `null`, which everybody may. */
export type CanRead<C extends number> = (conn: C, acl: readonly Acl[]) => boolean

export const MODE_BITS: Record<WatchMode, number> = { standard: 1, persistent: 2, persistentRecursive: 4 }
export const ALL_MODES = 7

export function createWatches<C extends number = number>(): Watches<C> {
  return { data: new Map(), child: new Map(), paths: new Map(), recursiveCount: 0 }
}

/** A recursive watch lives in the data table alone, whatever kind is asked for: it never hears of children changed. */
export function addWatch<C extends number>(
  watches: Watches<C>,
  conn: C,
  path: string,
  kind: WatchKind,
  mode: WatchMode,
): void {
  const recursive = mode === 'persistentRecursive'
  if (kind !== 'child' || recursive) enter(watches, 'data', conn, path, MODE_BITS[mode])
  if (kind !== 'data' && !recursive) enter(watches, 'child', conn, path, MODE_BITS[mode])
}

function enter<C extends number>(w: Watches<C>, table: 'data' | 'child', conn: C, path: string, bit: number): void {
  let watchers = w[table].get(path)
  if (!watchers) {
    watchers = new Map()
    w[table].set(path, watchers)
  }
  const before = watchers.get(conn) ?? 0
  if (before & bit) return
  watchers.set(conn, before | bit)
  if (bit === MODE_BITS.persistentRecursive) w.recursiveCount += 1
  let paths = w.paths.get(conn)
  if (!paths) {
    paths = { data: new Set(), child: new Set() }
    w.paths.set(conn, paths)
  }
  paths[table].add(path)
}

/** Takes these modes away; false when the connection had none of them there. */
export function leave<C extends number>(
  w: Watches<C>,
  table: 'data' | 'child',
  conn: C,
  path: string,
  bits: number,
): boolean {
  const watchers = w[table].get(path)
  const before = watchers?.get(conn) ?? 0
  if (!watchers || (before & bits) === 0) return false
  if (before & bits & MODE_BITS.persistentRecursive) w.recursiveCount -= 1
  const after = before & ~bits
  if (after !== 0) {
    watchers.set(conn, after)
    return true
  }
  watchers.delete(conn)
  if (watchers.size === 0) w[table].delete(path)
  const paths = w.paths.get(conn)
  paths?.[table].delete(path)
  if (paths && paths.data.size === 0 && paths.child.size === 0) w.paths.delete(conn)
  return true
}

/** The connection is gone, and with it all its watches here. */
export function dropConnection<C extends number>(watches: Watches<C>, conn: C): void {
  const paths = watches.paths.get(conn)
  if (!paths) return
  for (const path of [...paths.data]) leave(watches, 'data', conn, path, ALL_MODES)
  for (const path of [...paths.child]) leave(watches, 'child', conn, path, ALL_MODES)
}

/** Entries of one connection or of all: a path in one table is one, in whatever modes. */
export function watchCount<C extends number>(watches: Watches<C>, conn?: C): number {
  const of = (paths: { readonly data: Set<string>; readonly child: Set<string> } | undefined) =>
    paths ? paths.data.size + paths.child.size : 0
  if (conn !== undefined) return of(watches.paths.get(conn))
  let count = 0
  for (const paths of watches.paths.values()) count += of(paths)
  return count
}

/** Collects the deliveries of one change. */
interface Firing<C extends number> {
  readonly watches: Watches<C>
  readonly canRead: CanRead<C>
  readonly out: WatchDelivery<C>[]
}

/**
 * The events that one change of an applied txn fires, in the order in which they are sent: the data table, then
 * the child table. A connection gets one event per table, and a deletion only once. Standard watches are used up,
 * even by an event that is withheld because the connection may not read the node (CVE-2024-23944).
 */
export function trigger<C extends number>(
  watches: Watches<C>,
  change: Change,
  canRead: CanRead<C>,
): readonly WatchDelivery<C>[] {
  if (watches.paths.size === 0) return NOTHING
  const firing: Firing<C> = { watches, canRead, out: [] }
  const { path, acl, parentAcl } = change
  switch (change.type) {
    case 'created':
      fireData(firing, 'nodeCreated', path, acl)
      fireHere(firing, 'child', 'nodeChildrenChanged', parentPath(path), parentAcl)
      break
    case 'deleted': {
      const told = fire(firing, 'data', 'nodeDeleted', path, acl, null)
      fire(firing, 'child', 'nodeDeleted', path, acl, told)
      fireHere(firing, 'child', 'nodeChildrenChanged', parentPath(path), parentAcl)
      break
    }
    case 'dataChanged':
      fireData(firing, 'nodeDataChanged', path, acl)
      break
    case 'aclChanged':
      break
  }
  return firing.out
}

const NOTHING: readonly never[] = []

function fireData<C extends number>(
  firing: Firing<C>,
  type: WatchEventType,
  path: string,
  acl: readonly Acl[] | null,
): void {
  if (firing.watches.recursiveCount === 0) fireHere(firing, 'data', type, path, acl)
  else fire(firing, 'data', type, path, acl, null)
}

/**
 * Like `fire` where no recursive watch is above, and nobody asks afterwards who was told: the table is read where it
 * lies. With many watchers the lists that `fire` makes cost as much as all the rest.
 */
function fireHere<C extends number>(
  { watches, canRead, out }: Firing<C>,
  table: 'data' | 'child',
  type: WatchEventType,
  path: string,
  acl: readonly Acl[] | null,
): void {
  const here = watches[table].get(path)
  if (!here) return
  const event: WatchEvent = { type, path }
  // Whoever is taken out of a Map while it is walked through, is not met again; the others are.
  for (const [conn, bits] of here) {
    if (acl === null || canRead(conn, acl)) out.push({ conn, event, mode: strongest(bits) })
    if (bits & MODE_BITS.standard) leave(watches, table, conn, path, MODE_BITS.standard)
  }
}

/** The connections that this trigger reached, also those that were skipped or must not read; null for none. */
function fire<C extends number>(
  firing: Firing<C>,
  table: 'data' | 'child',
  type: WatchEventType,
  path: string,
  acl: readonly Acl[] | null,
  skip: ReadonlyMap<C, WatchMode> | null,
): ReadonlyMap<C, WatchMode> | null {
  const reached = reach(firing.watches, table, path)
  if (reached === null) return null
  const event: WatchEvent = { type, path }
  for (const [conn, mode] of reached) {
    if (skip?.has(conn)) continue
    if (acl === null || firing.canRead(conn, acl)) firing.out.push({ conn, event, mode })
  }
  return reached
}

function reach<C extends number>(w: Watches<C>, table: 'data' | 'child', path: string): Map<C, WatchMode> | null {
  const reached = new Map<C, WatchMode>()
  const here = w[table].get(path)
  if (here) {
    for (const [conn, bits] of [...here]) {
      reached.set(conn, strongest(bits))
      leave(w, table, conn, path, MODE_BITS.standard)
    }
  }
  if (table === 'data' && w.recursiveCount > 0) reachAbove(w, path, reached)
  return reached.size === 0 ? null : reached
}

function reachAbove<C extends number>(w: Watches<C>, path: string, reached: Map<C, WatchMode>): void {
  for (let at = path; at !== '/'; ) {
    at = parentPath(at)
    for (const [conn, bits] of w.data.get(at) ?? []) {
      if (bits & MODE_BITS.persistentRecursive && !reached.has(conn)) reached.set(conn, 'persistentRecursive')
    }
  }
}

/** One event stands for all modes on the path; the one that is used up by it is named first. */
function strongest(bits: number): WatchMode {
  if (bits & MODE_BITS.standard) return 'standard'
  return bits & MODE_BITS.persistent ? 'persistent' : 'persistentRecursive'
}
