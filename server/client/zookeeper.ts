// The client: ZooKeeper's operations as typed calls over one session that survives lost connections.
// The session (session.ts) sends and reconnects, watches are kept by watch-keeper.ts; here paths get their
// chroot and answers their types.

import type { Acl, AuthId } from '#shared/zk/acl.ts'
import type { SessionId } from '#shared/zk/ids.ts'
import { pathProblem } from '#shared/zk/path.ts'
import type { ClientRequest, MultiReadOp } from '#shared/zk/request.ts'
import type { Stat } from '#shared/zk/stat.ts'
import { NO_ZXID, type Zxid } from '#shared/zk/zxid.ts'
import type {
  CreatedNode,
  EnsembleConfig,
  NodeAcl,
  NodeChildren,
  NodeContent,
  PackedChildren,
  ReadResult,
} from './answers.ts'
import * as answers from './answers.ts'
import { type Chroot, makeChroot } from './chroot.ts'
import { type ConnectOptions, toAuthPacket, whenConnected, withDefaults } from './connect-options.ts'
import { type CreateOptions, checkPath, createRequest, type NodeData, toBytes } from './create-mode.ts'
import { deleteRecursive } from './delete-recursive.ts'
import { badArguments, NoNodeError } from './errors.ts'
import type { Answer, CallOptions } from './pending-calls.ts'
import type { PersistentWatch } from './persistent-watch.ts'
import { type ConnectString, formatAddress, parseConnectString, ServerList } from './server-list.ts'
import { Session } from './session.ts'
import type { SessionState, StateChange } from './session-state.ts'
import { Transaction } from './transaction.ts'
import { type AddWatchOptions, type RemoveWatchesOptions, WatchKeeper } from './watch-keeper.ts'
import { type StandardTable, type Watcher, WatchRegistry } from './watch-registry.ts'

export interface ReadOptions extends CallOptions {
  /** Called once, at the first change after this read; a reconnect in between does not lose it. */
  readonly watch?: Watcher
}

/** One read of a multiRead. */
export interface ReadOp {
  readonly type: 'getData' | 'getChildren'
  readonly path: string
}

export interface ReconfigOptions extends CallOptions {
  /** `server.4=host:2888:3888:participant;2181`, one or several: joins them, or changes those that have the id. */
  readonly joining?: readonly string[]
  /** Server ids. */
  readonly leaving?: readonly number[]
  /** All of them, instead of joining and leaving. */
  readonly members?: readonly string[]
  /** Only if this is the present version of the configuration, else BadVersionError. */
  readonly fromConfig?: Zxid
}

type ReadType = 'exists' | 'getData' | 'getChildren2'

/** How long close waits for the server to end the session; after that it ends by its timeout. */
const CLOSE_TIMEOUT_MS = 3000
/** Beside every chroot. */
const CONFIG_PATH = '/zookeeper/config'
const NO_OPTIONS: ReadOptions = {}

/**
 * One session with an ensemble, over as many connections as it takes. Every call takes a `signal` and a `timeoutMs`. What is
 * in flight when a connection breaks is rejected with ConnectionLossError: it may have happened. What is asked without a
 * connection waits for the next one, at most for a session timeout. When the session is over, everything is rejected with
 * SessionExpiredError, for good: connect a new client.
 */
export class ZooKeeper {
  readonly #session: Session
  readonly #keeper: WatchKeeper
  readonly #chroot: Chroot
  readonly #created: Answer<CreatedNode>

  private constructor(connect: ConnectString, options: ConnectOptions) {
    const chroot = makeChroot(connect.chroot)
    const watches = new WatchRegistry(chroot.toCaller)
    const settings = withDefaults(options, connect.servers.length)
    const servers = new ServerList(connect.servers, settings.random)
    this.#chroot = chroot
    this.#created = {
      take: (body) => {
        const { path, stat } = answers.bodyOf(body, 'pathStat')
        return { path: chroot.toCaller(path), stat }
      },
    }
    this.#session = new Session({ ...settings, servers }, watches)
    this.#keeper = new WatchKeeper(this.#session, watches, (path) => this.#readAgain(path))
  }

  /**
   * Resolves with the first session. Throws BadArgumentsError for options that cannot be meant, ConnectFailedError
   * when no server gave a session within `connectTimeoutMs`, AuthFailedError when one refused `sasl` or `auth`,
   * SessionExpiredError when the `session` to go on with is over, and the reason of `signal`.
   */
  static async connect(options: ConnectOptions): Promise<ZooKeeper> {
    const parsed = parseConnectString(options.servers)
    if (!parsed.ok) throw badArguments(parsed.error)
    options.signal?.throwIfAborted()
    const zk = new ZooKeeper(parsed.value, options)
    await whenConnected(zk.#session, options)
    return zk
  }

  /** See SessionState; `onState` tells its changes. */
  get state(): SessionState {
    return this.#session.state
  }
  /** The owner of this client's ephemerals, an unsigned 64-bit number. */
  get sessionId(): SessionId {
    return this.#session.sessionId
  }
  /** With the id, what another client resumes this session with; it is as secret as a password. */
  get sessionPasswd(): Buffer {
    return Buffer.from(this.#session.passwd)
  }
  /** True while connected to a server without a quorum, which only reads: `canBeReadOnly` allows that. */
  get readOnly(): boolean {
    return this.#session.readOnly
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

  /**
   * Makes a znode; its parent must exist. The `path` of the result has its sequence number.
   * Throws NodeExistsError, NoNodeError (no parent), NoChildrenForEphemeralsError, InvalidAclError, QuotaExceededError.
   */
  create(path: string, data: NodeData = null, options: CreateOptions & CallOptions = NO_OPTIONS): Promise<CreatedNode> {
    try {
      const request = createRequest(path, data, options, this.#chroot.toServer)
      return this.#session.ask(request, path, this.#created, options)
    } catch (cause) {
      return Promise.reject(cause)
    }
  }

  /**
   * @param version that the node must have; -1 for any
   * Throws NoNodeError, BadVersionError, NotEmptyError.
   */
  delete(path: string, version = -1, options: CallOptions = NO_OPTIONS): Promise<void> {
    return this.#ask({ type: 'delete', path: this.#toServer(path), version }, path, answers.NOTHING, options)
  }

  /** Null when there is no such node; a watch then waits for its creation. */
  exists(path: string, options: ReadOptions = NO_OPTIONS): Promise<Stat | null> {
    return this.#read('exists', path, this.#toServer(path), answers.STAT_OR_NULL, options, 'data', 'exist')
  }

  /** Throws NoNodeError, and then leaves no watch. */
  getData(path: string, options: ReadOptions = NO_OPTIONS): Promise<NodeContent> {
    return this.#read('getData', path, this.#toServer(path), answers.CONTENT, options, 'data', null)
  }

  /**
   * @param version that the node must have; -1 for any
   * Throws NoNodeError, BadVersionError, QuotaExceededError.
   */
  setData(path: string, data: NodeData, version = -1, options: CallOptions = NO_OPTIONS): Promise<Stat> {
    const request = { type: 'setData', path: this.#toServer(path), data: toBytes(data), version } as const
    return this.#ask(request, path, answers.STAT, options)
  }

  /** Names, not paths, in no order. Throws NoNodeError, and then leaves no watch. */
  getChildren(path: string, options: ReadOptions = NO_OPTIONS): Promise<NodeChildren> {
    return this.#read('getChildren2', path, this.#toServer(path), answers.CHILDREN, options, 'child', null)
  }

  /** As getChildren, for nodes with very many children: the names stay bytes. Throws NoNodeError. */
  getChildrenPacked(path: string, options: CallOptions = NO_OPTIONS): Promise<PackedChildren> {
    const request = { type: 'getChildren2', path: this.#toServer(path), watch: false } as const
    return this.#ask(request, path, answers.PACKED_CHILDREN, options)
  }

  /** Digests of others are hidden from who may not administer the node. Throws NoNodeError, NoAuthError. */
  getAcl(path: string, options: CallOptions = NO_OPTIONS): Promise<NodeAcl> {
    return this.#ask({ type: 'getACL', path: this.#toServer(path) }, path, answers.ACL, options)
  }

  /**
   * @param aversion that the node must have; -1 for any
   * Throws NoNodeError, BadVersionError, InvalidAclError, NoAuthError.
   */
  setAcl(path: string, acl: readonly Acl[], aversion = -1, options: CallOptions = NO_OPTIONS): Promise<Stat> {
    const request = { type: 'setACL', path: this.#toServer(path), acl, version: aversion } as const
    return this.#ask(request, path, answers.STAT, options)
  }

  /** Reads after it see at least what the leader had committed when it handled this. */
  sync(path = '/', options: CallOptions = NO_OPTIONS): Promise<void> {
    return this.#ask({ type: 'sync', path: this.#toServer(path) }, path, answers.NOTHING, options)
  }

  /** Collects operations that `commit` does all at once or not at all. */
  transaction(): Transaction {
    const { toServer, toCaller } = this.#chroot
    return new Transaction({
      toServer,
      toCaller,
      multi: (ops, options) => this.#session.ask({ type: 'multi', ops }, null, answers.RESULTS, options),
    })
  }

  /** Many reads in one request; each has a result of its own, in order. A missing node fails only its own read. */
  async multiRead(ops: readonly ReadOp[], options: CallOptions = NO_OPTIONS): Promise<ReadResult[]> {
    const sent = ops.map(({ type, path }): MultiReadOp => ({ type, path: this.#toServer(checkPath(path)) }))
    const results = await this.#session.ask({ type: 'multiRead', ops: sent }, null, answers.RESULTS, options)
    return results.map((result, i) => answers.readResultOf(result, ops[i]?.path ?? ''))
  }

  /** Paths of this session's ephemerals, those that start with `prefix`, a plain string: `/a` finds `/ab`. */
  async getEphemerals(prefix = '/', options: CallOptions = NO_OPTIONS): Promise<string[]> {
    const { toServer, toCaller } = this.#chroot
    const request = { type: 'getEphemerals', prefix: toServer(prefix) } as const
    const body = await this.#session.call(request, prefix, options)
    return answers.bodyOf(body, 'ephemerals').paths.map(toCaller)
  }

  /** How many nodes there are below, children and their children. */
  getAllChildrenNumber(path: string, options: CallOptions = NO_OPTIONS): Promise<number> {
    return this.#ask({ type: 'getAllChildrenNumber', path: this.#toServer(path) }, path, answers.COUNT, options)
  }

  /**
   * Deletes a node and all below it, not as a transaction: when it fails, part is gone. What is gone already is no error.
   * Throws NotEmptyError when others keep adding children, BadArgumentsError for the root.
   */
  deleteRecursive(path: string, options: CallOptions = NO_OPTIONS): Promise<void> {
    return deleteRecursive(this, path, options)
  }

  /** The ensemble's members, as servers 3.5 and later keep them in `/zookeeper/config`, whatever the chroot. */
  getConfig(options: ReadOptions = NO_OPTIONS): Promise<EnsembleConfig> {
    return this.#read('getData', CONFIG_PATH, CONFIG_PATH, answers.CONFIG, options, 'data', null)
  }

  /**
   * Changes the ensemble's members. Throws ReconfigDisabledError, NoAuthError, NewConfigNoQuorumError,
   * ReconfigInProgressError, BadVersionError, and BadArgumentsError for a list that servers cannot read.
   */
  reconfig(options: ReconfigOptions): Promise<EnsembleConfig> {
    const { joining, leaving, members, fromConfig = NO_ZXID } = options
    if (!joining && !leaving && !members)
      return Promise.reject(badArguments('a reconfig names who is joining or leaving, or all members'))
    const request = {
      type: 'reconfig',
      joiningServers: joining?.join(',') ?? null,
      leavingServers: leaving?.join(',') ?? null,
      newMembers: members?.join(',') ?? null,
      curConfigId: fromConfig,
    } as const
    return this.#session.ask(request, CONFIG_PATH, answers.CONFIG, options)
  }

  /** Who the server takes this connection for. From 3.7 on. */
  whoAmI(options: CallOptions = NO_OPTIONS): Promise<readonly AuthId[]> {
    return this.#session.ask({ type: 'whoAmI' }, null, answers.IDS, options)
  }

  /**
   * For digest, `auth` is `user:password`. Said again on later connections. A refusal ends the session, with
   * AuthFailedError. The options end the wait, not what was said.
   */
  async addAuth(scheme: string, auth: Uint8Array | string, options: CallOptions = NO_OPTIONS): Promise<void> {
    await this.#session.addAuth(toAuthPacket({ scheme, auth }), options)
  }

  /**
   * Events until it is removed, as an async iterator, to `onEvent`, or both. After a reconnect it gets a `gap`: what
   * happened meanwhile is not replayed; with `reread` the gap says how the node is now. From 3.6 on.
   */
  async addWatch(path: string, options: AddWatchOptions = {}): Promise<PersistentWatch> {
    return this.#keeper.add({ path, target: this.#toServer(checkPath(path)) }, options)
  }

  /**
   * Removes the watches of this client on exactly this path, all or those of one `type`. Throws NoWatcherError when there
   * is none.
   */
  async removeWatches(path: string, options: RemoveWatchesOptions = {}): Promise<void> {
    await this.#keeper.removeAll({ path, target: this.#toServer(checkPath(path)) }, options)
  }

  /**
   * Waits for the answers that are due, at most three seconds, ends the session, and with it its ephemerals, then the
   * connection. With `keepSession` the session stays, for whoever goes on with it before its timeout (`session` of
   * `connect`). What is asked after it is refused. Never throws; may be called twice.
   */
  close({ keepSession = false }: { readonly keepSession?: boolean } = {}): Promise<void> {
    return this.#session.close(CLOSE_TIMEOUT_MS, keepSession)
  }

  /** Drops the connection as a broken network would; the session goes on with another one. For tests and demos. */
  dropConnection(): void {
    this.#session.dropConnection(new Error('the connection was dropped on purpose'))
  }

  /** Nothing is sent for a path that no server accepts. */
  #ask<T>(request: ClientRequest, path: string, answer: Answer<T>, options: CallOptions): Promise<T> {
    const problem = pathProblem(path)
    if (problem) return Promise.reject(badArguments(problem, path))
    return this.#session.ask(request, path, answer, options)
  }

  #read<T>(
    type: ReadType,
    path: string,
    target: string,
    answer: Answer<T>,
    options: ReadOptions,
    present: StandardTable,
    absent: StandardTable | null,
  ): Promise<T> {
    const problem = pathProblem(path)
    if (problem) return Promise.reject(badArguments(problem, path))
    if (!options.watch) return this.#session.ask({ type, path: target, watch: false }, path, answer, options)
    try {
      const { watch, onOutcome } = this.#keeper.arm(target, options.watch, present, absent)
      return this.#session.ask({ type, path: target, watch }, path, answer, options, onOutcome)
    } catch (cause) {
      return Promise.reject(cause)
    }
  }

  /** Both are asked in one go, so that nothing of ours comes between. */
  async #readAgain(path: string): Promise<(NodeContent & NodeChildren) | null> {
    const [content, children] = await Promise.allSettled([this.getData(path), this.getChildren(path)])
    if (content.status === 'rejected') return nullIfGone(content.reason)
    if (children.status === 'rejected') return nullIfGone(children.reason)
    return { ...children.value, ...content.value }
  }

  #toServer(path: string): string {
    return this.#chroot.toServer(path)
  }
}

function nullIfGone(cause: unknown): null {
  if (cause instanceof NoNodeError) return null
  throw cause
}
