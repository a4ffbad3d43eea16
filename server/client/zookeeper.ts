// The client: ZooKeeper's operations as typed calls over one session that survives lost connections.
// The session (session.ts) sends and reconnects, the registry (watch-registry.ts) knows who watches what;
// here paths get their chroot, answers their types, watches their listeners.

import { utf8Encode } from '#shared/base/text.ts'
import type { Acl, AuthId } from '#shared/zk/acl.ts'
import { ERROR_CODES } from '#shared/zk/errors.ts'
import type { SessionId } from '#shared/zk/ids.ts'
import type { ReplyBody } from '#shared/zk/reply.ts'
import type { ClientRequest } from '#shared/zk/request.ts'
import type { Stat } from '#shared/zk/stat.ts'
import { ADD_WATCH_MODES, WATCHER_TYPES } from '#shared/zk/watch.ts'
import type { Zxid } from '#shared/zk/zxid.ts'
import { type Chroot, makeChroot } from './chroot.ts'
import { type ConnectOptions, whenConnected, withDefaults } from './connect-options.ts'
import { type CreateOptions, checkPath, createRequest, type NodeData, toBytes } from './create-mode.ts'
import { badArguments, ClientClosedError, ConnectionLossError, NoNodeError, NoWatcherError } from './errors.ts'
import type { CallOptions, OnOutcome } from './pending-calls.ts'
import { type PersistentWatch, WatchHandle } from './persistent-watch.ts'
import { type ConnectString, formatAddress, parseConnectString, ServerList } from './server-list.ts'
import { Session } from './session.ts'
import type { SessionState, StateChange } from './session-state.ts'
import { Transaction } from './transaction.ts'
import {
  type PersistentEvent,
  type PersistentMode,
  type StandardTable,
  WATCHED_PATHS_MAX,
  type Watcher,
  WatchRegistry,
} from './watch-registry.ts'

export interface ReadOptions extends CallOptions {
  /** Called once, at the first change after this read; a reconnect in between does not lose it. */
  readonly watch?: Watcher
}

export interface AddWatchOptions extends CallOptions {
  /** The whole subtree, without the children-changed events. */
  readonly recursive?: boolean
  readonly onEvent?: (event: PersistentEvent) => void
}

type Body<T extends ReplyBody['type']> = Extract<ReplyBody, { readonly type: T }>

/** How long close waits for the server to end the session; after that it ends by its timeout. */
const CLOSE_TIMEOUT_MS = 3000

export class ZooKeeper {
  readonly #session: Session
  readonly #watches: WatchRegistry
  readonly #chroot: Chroot

  private constructor(connect: ConnectString, options: ConnectOptions) {
    this.#chroot = makeChroot(connect.chroot)
    this.#watches = new WatchRegistry(this.#chroot.toCaller)
    const settings = withDefaults(options, connect.servers.length)
    this.#session = new Session(
      { ...settings, servers: new ServerList(connect.servers, settings.random) },
      this.#watches,
    )
  }

  /**
   * Resolves with the first session. Throws BadArgumentsError for a bad connect string, ConnectFailedError
   * when no server gave a session within `connectTimeoutMs`, and the reason of `signal`.
   */
  static async connect(options: ConnectOptions): Promise<ZooKeeper> {
    const parsed = parseConnectString(options.servers)
    if (!parsed.ok) throw badArguments(parsed.error)
    options.signal?.throwIfAborted()
    const zk = new ZooKeeper(parsed.value, options)
    await whenConnected(zk.#session, options)
    return zk
  }

  get state(): SessionState {
    return this.#session.state
  }
  get sessionId(): SessionId {
    return this.#session.sessionId
  }
  /** As negotiated with the server. */
  get sessionTimeoutMs(): number {
    return this.#session.timeoutMs
  }
  /** For at least so long the session lives on, whatever happens to the link. */
  get leaseRemainingMs(): number {
    return this.#session.leaseRemainingMs
  }
  /** The highest zxid in any answer so far. */
  get lastZxidSeen(): Zxid {
    return this.#session.lastZxidSeen
  }
  /** `host:port` of the server connected to; null without a connection. */
  get server(): string | null {
    return this.#session.server && formatAddress(this.#session.server)
  }

  /** Called at every change of `state`; returns the function that ends that. */
  onState(listener: (change: StateChange) => void): () => void {
    return this.#session.states.add(listener)
  }

  /** `path` of the result has its sequence number; it is what is to be used from then on. */
  async create(
    path: string,
    data: NodeData = null,
    options: CreateOptions & CallOptions = {},
  ): Promise<{ path: string; stat: Stat }> {
    const request = createRequest(path, data, options, this.#chroot.toServer)
    const { path: created, stat } = await this.#ask('pathStat', request, path, options)
    return { path: this.#chroot.toCaller(created), stat }
  }

  /** @param version that the node must have; -1 for any */
  async delete(path: string, version = -1, options: CallOptions = {}): Promise<void> {
    await this.#ask('none', { type: 'delete', path: this.#toServer(path), version }, path, options)
  }

  /** Null when there is no such node; a watch then waits for its creation. */
  async exists(path: string, options: ReadOptions = {}): Promise<Stat | null> {
    const target = this.#toServer(path)
    const { watch, onOutcome } = this.#arm(target, options.watch, 'data', 'exist')
    try {
      return (await this.#ask('stat', { type: 'exists', path: target, watch }, path, options, onOutcome)).stat
    } catch (error) {
      if (error instanceof NoNodeError) return null
      throw error
    }
  }

  async getData(path: string, options: ReadOptions = {}): Promise<{ data: Uint8Array | null; stat: Stat }> {
    const target = this.#toServer(path)
    const { watch, onOutcome } = this.#arm(target, options.watch, 'data')
    const { data, stat } = await this.#ask('data', { type: 'getData', path: target, watch }, path, options, onOutcome)
    return { data, stat }
  }

  async setData(path: string, data: NodeData, version = -1, options: CallOptions = {}): Promise<Stat> {
    const request = { type: 'setData', path: this.#toServer(path), data: toBytes(data), version } as const
    return (await this.#ask('stat', request, path, options)).stat
  }

  /** Names, not paths, in no order. */
  async getChildren(path: string, options: ReadOptions = {}): Promise<{ children: readonly string[]; stat: Stat }> {
    const target = this.#toServer(path)
    const { watch, onOutcome } = this.#arm(target, options.watch, 'child')
    const request = { type: 'getChildren2', path: target, watch } as const
    const { children, stat } = await this.#ask('childrenStat', request, path, options, onOutcome)
    return { children, stat }
  }

  async getAcl(path: string, options: CallOptions = {}): Promise<{ acl: readonly Acl[]; stat: Stat }> {
    const { acl, stat } = await this.#ask('acl', { type: 'getACL', path: this.#toServer(path) }, path, options)
    return { acl, stat }
  }

  /** @param aversion that the node must have; -1 for any */
  async setAcl(path: string, acl: readonly Acl[], aversion = -1, options: CallOptions = {}): Promise<Stat> {
    const request = { type: 'setACL', path: this.#toServer(path), acl, version: aversion } as const
    return (await this.#ask('stat', request, path, options)).stat
  }

  /** Reads after it see at least what the leader had committed when it handled this. */
  async sync(path = '/', options: CallOptions = {}): Promise<void> {
    await this.#ask('path', { type: 'sync', path: this.#toServer(path) }, path, options)
  }

  /** Collects operations that `commit` does all at once or not at all. */
  transaction(): Transaction {
    const { toServer, toCaller } = this.#chroot
    return new Transaction({
      toServer,
      toCaller,
      multi: async (ops, options) => (await this.#ask('multi', { type: 'multi', ops }, null, options)).results,
    })
  }

  /** Who the server takes this connection for. */
  async whoAmI(options: CallOptions = {}): Promise<readonly AuthId[]> {
    return (await this.#ask('whoAmI', { type: 'whoAmI' }, null, options)).ids
  }

  /** For digest, `auth` is `user:password`. Remembered for later connections. A refusal ends the session. */
  async addAuth(scheme: string, auth: Uint8Array | string): Promise<void> {
    await this.#session.addAuth({ scheme, auth: typeof auth === 'string' ? utf8Encode(auth) : auth })
  }

  /** Events until it is removed. After a reconnect it gets a `gap`: what happened meanwhile is not replayed. */
  async addWatch(path: string, options: AddWatchOptions = {}): Promise<PersistentWatch> {
    const target = this.#toServer(path)
    this.#checkWatchLimit()
    const mode = options.recursive ? 'persistentRecursive' : 'persistent'
    const handle = new WatchHandle(path, mode, options.onEvent ?? null, (it) => this.#removeWatch(it, target))
    const covered = this.#watches.hasPersistent('persistentRecursive', target)
    // Before it is sent, so that reads behind it in the pipeline find the path covered.
    this.#watches.addPersistent(mode, target, handle)
    try {
      if (!covered) await this.#askForWatch(mode, target, path, options)
      return handle
    } catch (error) {
      await this.#removeWatch(handle, target).catch(() => {})
      throw error
    }
  }

  /** Removes every watch of this client on exactly this path. Throws NoWatcherError when there is none. */
  async removeWatches(path: string, options: CallOptions = {}): Promise<void> {
    const target = this.#toServer(path)
    const request = { type: 'removeWatches', path: target, watcherType: WATCHER_TYPES.any } as const
    await this.#ask('none', request, path, options, ({ err }) => {
      if (err === ERROR_CODES.OK) this.#watches.forget(target)
    })
  }

  /** Ends the session, and with it its ephemerals, then the connection. Never throws; may be called twice. */
  async close(): Promise<void> {
    const { state } = this.#session
    if (state === 'lost' || state === 'closed') return
    if (state === 'connected') {
      await this.#session.call({ type: 'closeSession' }, null, { timeoutMs: CLOSE_TIMEOUT_MS }).catch(() => {})
    }
    this.#session.end('closed', new ClientClosedError())
  }

  /** Drops the connection as a broken network would; the session goes on with another one. For tests and demos. */
  dropConnection(): void {
    this.#session.dropConnection(new Error('the connection was dropped on purpose'))
  }

  async #ask<T extends ReplyBody['type']>(
    type: T,
    request: ClientRequest,
    path: string | null,
    options: CallOptions,
    onOutcome: OnOutcome | null = null,
  ): Promise<Body<T>> {
    const body = await this.#session.call(request, path, options, onOutcome)
    if (isBody(body, type)) return body
    throw new Error(`${request.type} was answered with ${body.type}`)
  }

  #toServer(path: string): string {
    return this.#chroot.toServer(checkPath(path))
  }

  /** A standard watch: whether to ask the server for it, and how to register it when the answer is there. */
  #arm(target: string, watcher: Watcher | undefined, present: StandardTable, absent: StandardTable | null = null) {
    if (!watcher) return { watch: false, onOutcome: null }
    this.#checkWatchLimit()
    const onOutcome: OnOutcome = ({ err }) => {
      if (err === ERROR_CODES.OK) this.#watches.addStandard(present, target, watcher)
      else if (err === ERROR_CODES.NONODE && absent) this.#watches.addStandard(absent, target, watcher)
    }
    return { watch: !this.#watches.isCovered(target), onOutcome }
  }

  async #askForWatch(mode: PersistentMode, target: string, path: string, options: CallOptions): Promise<void> {
    await this.#ask('errorCode', { type: 'addWatch', path: target, mode: ADD_WATCH_MODES[mode] }, path, options)
  }

  /** Nothing may be missed by those who stay: before 3.9 a server removes all watches of a path together. */
  async #removeWatch(handle: WatchHandle, target: string): Promise<void> {
    const wasLast = this.#watches.removePersistent(handle.mode, target, handle)
    handle.onEnd(null)
    if (!wasLast || this.#session.state !== 'connected') return
    try {
      if (!this.#watches.isCovered(target)) await this.#unwatch(target, handle.path)
      else if (handle.mode === 'persistentRecursive') await this.#askForWatch('persistent', target, handle.path, {})
    } catch (error) {
      // With the connection the watch is gone as well.
      if (!(error instanceof NoWatcherError || error instanceof ConnectionLossError)) throw error
    }
  }

  async #unwatch(target: string, path: string): Promise<void> {
    const request = { type: 'removeWatches', path: target, watcherType: WATCHER_TYPES.any } as const
    const removed = this.#ask('none', request, path, {})
    // Right behind it: what changes in between is later than the zxid that this request names.
    const standard = this.#watches.toSetWatchesOf(target, this.#session.lastZxidSeen)
    if (standard) this.#session.setWatches(standard)
    await removed
  }

  #checkWatchLimit(): void {
    if (this.#watches.watchedPaths >= WATCHED_PATHS_MAX) {
      throw new RangeError(
        `this client watches ${WATCHED_PATHS_MAX} paths already; remove some, or use a recursive watch`,
      )
    }
  }
}

function isBody<T extends ReplyBody['type']>(body: ReplyBody, type: T): body is Body<T> {
  return body.type === type
}
