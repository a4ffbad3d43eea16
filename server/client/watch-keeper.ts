// Asks servers for watches and takes them back, so that nothing is missed by those who stay, on servers of
// any version. Who is told of which event is for watch-registry.ts; reconnects are for session.ts.

import { ERROR_CODES } from '#shared/zk/errors.ts'
import { ADD_WATCH_MODES, WATCHER_TYPES } from '#shared/zk/watch.ts'
import type { NodeState } from './answers.ts'
import { ConnectionLossError, NoWatcherError } from './errors.ts'
import type { CallOptions, OnOutcome } from './pending-calls.ts'
import { type PersistentWatch, WatchHandle } from './persistent-watch.ts'
import type { Session } from './session.ts'
import {
  type PersistentEvent,
  type PersistentMode,
  type StandardTable,
  type Table,
  WATCHED_PATHS_MAX,
  type Watcher,
  type WatchRegistry,
} from './watch-registry.ts'

export interface AddWatchOptions extends CallOptions {
  /** The whole subtree, without the children-changed events. */
  readonly recursive?: boolean
  readonly onEvent?: (event: PersistentEvent) => void
  /** A `gap` brings the watched node as it is then: data, Stat and children. Default false. */
  readonly reread?: boolean
}

export interface RemoveWatchesOptions extends CallOptions {
  /** `data` and `children`: those left by reads. `any`, the default: all on the path. */
  readonly type?: keyof typeof WATCHER_TYPES
  /** Without a connection, removes them here and nowhere else. Default false: waits for a connection. */
  readonly local?: boolean
}

const TABLES: Record<keyof typeof WATCHER_TYPES, readonly Table[]> = {
  data: ['data', 'exist'],
  children: ['child'],
  persistent: ['persistent'],
  persistentRecursive: ['persistentRecursive'],
  any: ['data', 'exist', 'child', 'persistent', 'persistentRecursive'],
}

/** A path as the caller and as the server know it. */
export interface PathPair {
  readonly path: string
  readonly target: string
}

/** What a read that may watch sends along, and does when its answer is there. */
export interface Arming {
  readonly watch: boolean
  readonly onOutcome: OnOutcome | null
}
const UNARMED: Arming = { watch: false, onOutcome: null }

export class WatchKeeper {
  readonly #session: Session
  readonly #watches: WatchRegistry
  readonly #reread: (path: string) => Promise<NodeState | null>

  /** @param reread reads a node, by the path that the caller knows */
  constructor(session: Session, watches: WatchRegistry, reread: (path: string) => Promise<NodeState | null>) {
    this.#session = session
    this.#watches = watches
    this.#reread = reread
  }

  /** A standard watch; `absent` is where it goes when there is no such node, null when nowhere. */
  arm(target: string, watcher: Watcher | undefined, present: StandardTable, absent: StandardTable | null): Arming {
    if (!watcher) return UNARMED
    this.#checkLimit()
    const onOutcome: OnOutcome = ({ err }) => {
      if (err === ERROR_CODES.OK) this.#watches.addStandard(present, target, watcher)
      else if (err === ERROR_CODES.NONODE && absent) this.#watches.addStandard(absent, target, watcher)
    }
    return { watch: !this.#watches.isCovered(target), onOutcome }
  }

  async add(at: PathPair, options: AddWatchOptions): Promise<PersistentWatch> {
    this.#checkLimit()
    const mode = options.recursive ? 'persistentRecursive' : 'persistent'
    const reread = options.reread ? this.#reread : null
    const handle = new WatchHandle(at.path, mode, options.onEvent ?? null, reread, (it) => this.#remove(it, at))
    const covered = this.#watches.hasPersistent('persistentRecursive', at.target)
    // Before it is sent, so that reads behind it in the pipeline find the path covered.
    this.#watches.addPersistent(mode, at.target, handle)
    try {
      if (!covered) await this.#ask(mode, at, options)
      return handle
    } catch (error) {
      await this.#remove(handle, at).catch(() => {})
      throw error
    }
  }

  /** Removes the watches of this client on exactly this path, those of one type or all. */
  async removeAll(
    { path, target }: PathPair,
    { type = 'any', local, ...options }: RemoveWatchesOptions,
  ): Promise<void> {
    const offline = local === true && this.#session.state !== 'connected'
    if (type === 'any' && !offline) {
      const request = { type: 'removeWatches', path: target, watcherType: WATCHER_TYPES.any } as const
      await this.#session.call(request, path, options, ({ err }) => {
        if (err === ERROR_CODES.OK) this.#watches.forget(target)
      })
      return
    }
    if (!this.#watches.forget(target, TABLES[type])) throw new NoWatcherError(ERROR_CODES.NOWATCHER, path)
    if (!offline) await this.#adjust({ path, target }, type === 'persistentRecursive', options)
  }

  async #ask(mode: PersistentMode, { path, target }: PathPair, options: CallOptions): Promise<void> {
    await this.#session.call({ type: 'addWatch', path: target, mode: ADD_WATCH_MODES[mode] }, path, options)
  }

  async #remove(handle: WatchHandle, at: PathPair): Promise<void> {
    const wasLast = this.#watches.removePersistent(handle.mode, at.target, handle)
    handle.onEnd(null)
    if (!wasLast || this.#session.state !== 'connected') return
    await this.#adjust(at, handle.mode === 'persistentRecursive', {})
  }

  /** Something on this path is not watched any more: the server is told what stays. */
  async #adjust(at: PathPair, wasRecursive: boolean, options: CallOptions): Promise<void> {
    try {
      if (!this.#watches.isCovered(at.target)) await this.#unwatch(at, options)
      // The exact watch that stays: before 3.9 the recursive one had taken its place.
      else if (wasRecursive) await this.#ask('persistent', at, options)
    } catch (error) {
      // With the connection the watch is gone as well.
      if (!(error instanceof NoWatcherError || error instanceof ConnectionLossError)) throw error
    }
  }

  /** Before 3.9 a server removes all watches of a path together. */
  async #unwatch({ path, target }: PathPair, options: CallOptions): Promise<void> {
    const request = { type: 'removeWatches', path: target, watcherType: WATCHER_TYPES.any } as const
    const removed = this.#session.call(request, path, options)
    // Right behind it: what changes in between is later than the zxid that this request names.
    const standard = this.#watches.toSetWatchesOf(target, this.#session.lastZxidSeen)
    if (standard) this.#session.setWatches(standard)
    await removed
  }

  #checkLimit(): void {
    if (this.#watches.watchedPaths >= WATCHED_PATHS_MAX) {
      throw new RangeError(
        `this client watches ${WATCHED_PATHS_MAX} paths already; remove some, or use a recursive watch`,
      )
    }
  }
}
