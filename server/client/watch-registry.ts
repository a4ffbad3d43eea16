// The watches of one client, by the path as the server knows it: who is to be told of which event, and what
// a new connection must be told to watch. Servers forget watches with the connection; this does not.
// Source: ZKWatchManager, watches-sessions.md §1–4.

import { parentPath } from '#shared/zk/path.ts'
import type { SetWatchesRequest } from '#shared/zk/request.ts'
import type { WatchEvent } from '#shared/zk/watch.ts'
import type { Zxid } from '#shared/zk/zxid.ts'
import type { NodeState } from './answers.ts'
import { callListener } from './listeners.ts'

/** Told once. `none` says that the session ended first, so that nothing else will come. */
export type Watcher = (event: WatchEvent) => void

/** Events may have been missed: read again what depends on them. */
export interface GapEvent {
  readonly type: 'gap'
  /** The watched one. */
  readonly path: string
  /**
   * With `reread`: the watched node after the gap, null when there is none. Events told before the gap are in it. Left out
   * when it was not asked for, could not be read, or when a slow iterator lost events.
   */
  readonly node?: NodeState | null
}
/** What a persistent watch is told. */
export type PersistentEvent = WatchEvent | GapEvent
export type PersistentMode = 'persistent' | 'persistentRecursive'

export interface PersistentListener {
  onEvent(event: PersistentEvent): void
  /** No events will follow; null when it was removed or the client closed. */
  onEnd(cause: Error | null): void
}

/** exist: a watch on an absent node, left by exists. */
export type StandardTable = 'data' | 'exist' | 'child'

const STANDARD_TABLES = ['data', 'exist', 'child'] as const
const PERSISTENT_MODES = ['persistent', 'persistentRecursive'] as const
export type Table = StandardTable | PersistentMode
const ALL_TABLES: readonly Table[] = [...STANDARD_TABLES, ...PERSISTENT_MODES]

/** Paths of one setWatches, so that it stays far below the server's frame limit. Source: ClientCnxn. */
export const SET_WATCHES_BYTES_MAX = 128 * 1024
/** Watched paths of one client; a call that would watch more is refused. */
export const WATCHED_PATHS_MAX = 1_000_000

type Watchers<L> = Map<string, Set<L>>

export class WatchRegistry {
  readonly #standard: Record<StandardTable, Watchers<Watcher>> = { data: new Map(), exist: new Map(), child: new Map() }
  readonly #persistent: Record<PersistentMode, Watchers<PersistentListener>> = {
    persistent: new Map(),
    persistentRecursive: new Map(),
  }
  readonly #toCaller: (path: string) => string

  /** @param toCaller takes the chroot off a path */
  constructor(toCaller: (path: string) => string) {
    this.#toCaller = toCaller
  }

  get watchedPaths(): number {
    const tables = [...Object.values(this.#standard), ...Object.values(this.#persistent)]
    return tables.reduce((sum, table) => sum + table.size, 0)
  }

  addStandard(table: StandardTable, path: string, watcher: Watcher): void {
    addTo(this.#standard[table], path, watcher)
  }

  addPersistent(mode: PersistentMode, path: string, listener: PersistentListener): void {
    addTo(this.#persistent[mode], path, listener)
  }

  /** Takes one listener off; true when it was the last one of this mode and path. */
  removePersistent(mode: PersistentMode, path: string, listener: PersistentListener): boolean {
    const listeners = this.#persistent[mode].get(path)
    if (!listeners?.delete(listener) || listeners.size > 0) return false
    return this.#persistent[mode].delete(path)
  }

  /** True when a persistent watch on exactly this path brings its events, so that a server is not to be asked. */
  isCovered(path: string): boolean {
    return this.#persistent.persistent.has(path) || this.#persistent.persistentRecursive.has(path)
  }

  hasPersistent(mode: PersistentMode, path: string): boolean {
    return this.#persistent[mode].has(path)
  }

  /** Hands an event to everyone it concerns; standard watches are used up by it. */
  fire(event: WatchEvent): void {
    this.#tell(event)
    if (event.type !== 'nodeCreated' && event.type !== 'nodeDeleted') return
    const parent = parentPath(event.path)
    if (this.#persistent.persistentRecursive.has(parent)) this.#tell({ type: 'nodeChildrenChanged', path: parent })
  }

  #tell(event: WatchEvent): void {
    const told: WatchEvent = { type: event.type, path: this.#toCaller(event.path) }
    const once = new Set<Watcher>()
    for (const table of tablesFor(event)) {
      for (const watcher of this.#standard[table].get(event.path) ?? []) once.add(watcher)
      this.#standard[table].delete(event.path)
    }
    for (const watcher of once) callListener(watcher, told)
    for (const listener of this.#persistentListeners(event)) callListener((e) => listener.onEvent(e), told)
  }

  /** Tells each persistent watch, after a reconnect, that it may have missed something. */
  reportGap(): void {
    for (const mode of PERSISTENT_MODES) {
      for (const [path, listeners] of [...this.#persistent[mode]]) {
        const gap = { type: 'gap', path: this.#toCaller(path) } as const
        for (const listener of listeners) callListener((e) => listener.onEvent(e), gap)
      }
    }
  }

  /** Forgets watches on a path and tells the persistent ones that this is the end. False when there were none. */
  forget(path: string, tables: readonly Table[] = ALL_TABLES): boolean {
    let found = false
    for (const table of STANDARD_TABLES) {
      if (tables.includes(table) && this.#standard[table].delete(path)) found = true
    }
    for (const mode of PERSISTENT_MODES) {
      const listeners = tables.includes(mode) ? this.#persistent[mode].get(path) : undefined
      if (!listeners) continue
      found = true
      this.#persistent[mode].delete(path)
      for (const listener of listeners) callListener((c) => listener.onEnd(c), null)
    }
    return found
  }

  /** The session is over: everyone is told, nothing stays. */
  end(cause: Error | null): void {
    const once = new Map<string, Set<Watcher>>()
    for (const table of STANDARD_TABLES) {
      for (const [path, watchers] of this.#standard[table]) for (const watcher of watchers) addTo(once, path, watcher)
      this.#standard[table].clear()
    }
    for (const [path, watchers] of once) {
      for (const watcher of watchers) callListener(watcher, { type: 'none', path: this.#toCaller(path) })
    }
    const listeners = PERSISTENT_MODES.flatMap((mode) =>
      [...this.#persistent[mode].values()].flatMap((set) => [...set]),
    )
    for (const mode of PERSISTENT_MODES) this.#persistent[mode].clear()
    for (const listener of listeners) callListener((c) => listener.onEnd(c), cause)
  }

  /** What a new connection must be told, in requests of at most SET_WATCHES_BYTES_MAX of paths. */
  toSetWatches(relativeZxid: Zxid): SetWatchesRequest[] {
    const requests: SetWatchesRequest[] = []
    let lists = emptyLists()
    let bytes = 0
    for (const [table, paths] of this.#tables()) {
      for (const path of paths.keys()) {
        const size = 4 + Buffer.byteLength(path)
        if (bytes > 0 && bytes + size > SET_WATCHES_BYTES_MAX) {
          requests.push(setWatches(relativeZxid, lists))
          lists = emptyLists()
          bytes = 0
        }
        lists[table].push(path)
        bytes += size
      }
    }
    if (bytes > 0) requests.push(setWatches(relativeZxid, lists))
    return requests
  }

  /** The standard watches of one path, to arm them again after a server was made to forget the path. */
  toSetWatchesOf(path: string, relativeZxid: Zxid): SetWatchesRequest | null {
    const lists = emptyLists()
    for (const table of STANDARD_TABLES) if (this.#standard[table].has(path)) lists[table].push(path)
    return Object.values(lists).some((list) => list.length > 0) ? setWatches(relativeZxid, lists) : null
  }

  /** The one that is to stay comes last: recursive, else persistent, else standard. */
  #tables(): [Table, ReadonlyMap<string, unknown>][] {
    return [
      ...STANDARD_TABLES.map((table): [Table, ReadonlyMap<string, unknown>] => [table, this.#standard[table]]),
      ...PERSISTENT_MODES.map((mode): [Table, ReadonlyMap<string, unknown>] => [mode, this.#persistent[mode]]),
    ]
  }

  #persistentListeners({ type, path }: WatchEvent): Set<PersistentListener> {
    const listeners = new Set(this.#persistent.persistent.get(path))
    const recursive = this.#persistent.persistentRecursive
    if (type === 'nodeChildrenChanged' || recursive.size === 0) return listeners
    for (let at = path; ; at = parentPath(at)) {
      for (const listener of recursive.get(at) ?? []) listeners.add(listener)
      if (at === '/') return listeners
    }
  }
}

function addTo<L>(table: Watchers<L>, path: string, listener: L): void {
  const listeners = table.get(path)
  if (listeners) listeners.add(listener)
  else table.set(path, new Set([listener]))
}

function tablesFor({ type }: WatchEvent): readonly StandardTable[] {
  if (type === 'nodeChildrenChanged') return ['child']
  return type === 'nodeDeleted' ? STANDARD_TABLES : ['data', 'exist']
}

function emptyLists(): Record<Table, string[]> {
  return { data: [], exist: [], child: [], persistent: [], persistentRecursive: [] }
}

/** Servers before 3.6 know only the form without persistent watches. */
function setWatches(relativeZxid: Zxid, lists: Record<Table, string[]>): SetWatchesRequest {
  const persistent = lists.persistent.length + lists.persistentRecursive.length > 0
  return { type: persistent ? 'setWatches2' : 'setWatches', relativeZxid, ...lists }
}
