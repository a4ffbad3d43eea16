// The client: ZooKeeper's operations as typed calls over one session that survives lost connections.
// The session (session.ts) sends and reconnects, watches are kept by watch-keeper.ts; here paths get their
// chroot and answers their types.

import { utf8Encode } from '#shared/base/text.ts'
import type { Acl, AuthId } from '#shared/zk/acl.ts'
import type { SessionId } from '#shared/zk/ids.ts'
import type { ReplyBody } from '#shared/zk/reply.ts'
import type { ClientRequest } from '#shared/zk/request.ts'
import type { Stat } from '#shared/zk/stat.ts'
import type { Zxid } from '#shared/zk/zxid.ts'
import { type Chroot, makeChroot } from './chroot.ts'
import { type ConnectOptions, whenConnected, withDefaults } from './connect-options.ts'
import { type CreateOptions, checkPath, createRequest, type NodeData, toBytes } from './create-mode.ts'
import { badArguments, ClientClosedError, NoNodeError } from './errors.ts'
import type { CallOptions, OnOutcome } from './pending-calls.ts'
import type { PersistentWatch } from './persistent-watch.ts'
import { type ConnectString, formatAddress, parseConnectString, ServerList } from './server-list.ts'
import { Session } from './session.ts'
import type { SessionState, StateChange } from './session-state.ts'
import { Transaction } from './transaction.ts'
import { type AddWatchOptions, WatchKeeper } from './watch-keeper.ts'
import { type Watcher, WatchRegistry } from './watch-registry.ts'

export interface ReadOptions extends CallOptions {
  /** Called once, at the first change after this read; a reconnect in between does not lose it. */
  readonly watch?: Watcher
}

type Body<T extends ReplyBody['type']> = Extract<ReplyBody, { readonly type: T }>

/** How long close waits for the server to end the session; after that it ends by its timeout. */
const CLOSE_TIMEOUT_MS = 3000

export class ZooKeeper {
  readonly #session: Session
  readonly #keeper: WatchKeeper
  readonly #chroot: Chroot

  private constructor(connect: ConnectString, options: ConnectOptions) {
    this.#chroot = makeChroot(connect.chroot)
    const watches = new WatchRegistry(this.#chroot.toCaller)
    const settings = withDefaults(options, connect.servers.length)
    const servers = new ServerList(connect.servers, settings.random)
    this.#session = new Session({ ...settings, servers }, watches)
    this.#keeper = new WatchKeeper(this.#session, watches)
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
    const { watch, onOutcome } = this.#keeper.arm(target, options.watch, 'data', 'exist')
    try {
      return (await this.#ask('stat', { type: 'exists', path: target, watch }, path, options, onOutcome)).stat
    } catch (error) {
      if (error instanceof NoNodeError) return null
      throw error
    }
  }

  async getData(path: string, options: ReadOptions = {}): Promise<{ data: Uint8Array | null; stat: Stat }> {
    const target = this.#toServer(path)
    const { watch, onOutcome } = this.#keeper.arm(target, options.watch, 'data', null)
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
    const { watch, onOutcome } = this.#keeper.arm(target, options.watch, 'child', null)
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
    return this.#keeper.add({ path, target: this.#toServer(path) }, options)
  }

  /** Removes every watch of this client on exactly this path. Throws NoWatcherError when there is none. */
  async removeWatches(path: string, options: CallOptions = {}): Promise<void> {
    await this.#keeper.removeAll({ path, target: this.#toServer(path) }, options)
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
}

function isBody<T extends ReplyBody['type']>(body: ReplyBody, type: T): body is Body<T> {
  return body.type === type
}
