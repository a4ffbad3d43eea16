// The gateway's own session with the ensemble, one for all pages. It outlives members: the client moves to
// another one, and when the session is lost a new one takes over its watches. Costs are bounded: so many
// requests at once, one watch a path however many pages look at it.

import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import { type EnsembleLoad, FORMER_SESSIONS_MAX } from '#shared/events/socket-protocol.ts'
import type { Acl } from '#shared/zk/acl.ts'
import { ERROR_CODES, errorName } from '#shared/zk/errors.ts'
import { formatSessionId } from '#shared/zk/ids.ts'
import type { Stat } from '#shared/zk/stat.ts'
import type { Credential } from '../client/connect-options.ts'
import { type Dial, dialTcp } from '../client/dial.ts'
import { ZooKeeperError } from '../client/errors.ts'
import type { PersistentWatch } from '../client/persistent-watch.ts'
import type { ServerAddress } from '../client/server-list.ts'
import type { PersistentEvent } from '../client/watch-registry.ts'
import { ZooKeeper } from '../client/zookeeper.ts'
import type { EnsembleReader, PathChange } from './ensemble-reader.ts'
import type { CreateRequest, EnsembleWriter } from './ensemble-writer.ts'
import { ENSEMBLE_OUTSTANDING_MAX, WATCHES_MAX } from './limits.ts'
import { RequestError } from './request-error.ts'
import { Traffic } from './traffic.ts'
import { Turns } from './turns.ts'

const SESSION_TIMEOUT_MS = 10_000
const CONNECT_TIMEOUT_MS = 5000
const CALL_TIMEOUT_MS = 5000
/** Of a million children the answer is some 20 MB, and a machine may be busy. */
const LIST_TIMEOUT_MS = 30_000
const RETRY_MS = 250

/** Watches of one path, for all who asked. */
interface SharedWatch {
  readonly listeners: Set<(change: PathChange) => void>
  /** On the present session; null while there is none. */
  placed: Promise<PersistentWatch> | null
}

export interface EnsembleSessionOptions {
  /** `host:port,…`; asked before each session, because members come and go. */
  readonly servers: () => string
  /** Called each time a session begins or is over. */
  readonly onSession: () => void
  /** How a server is reached; plain TCP when left out. */
  readonly dial?: Dial
  /** Who the session is. */
  readonly auth?: readonly Credential[]
  /** Settles when the next request may be made. */
  readonly pace?: () => Promise<void>
  readonly log: Logger
}

export class EnsembleSession implements EnsembleReader, EnsembleWriter {
  readonly #options: EnsembleSessionOptions
  readonly #turns = new Turns(ENSEMBLE_OUTSTANDING_MAX)
  readonly #watches = new Map<string, SharedWatch>()
  readonly #closing = new AbortController()
  #zk: ZooKeeper | null = null
  readonly #traffic = new Traffic()
  #requests = 0
  #former: readonly string[] = []

  constructor(options: EnsembleSessionOptions) {
    this.#options = options
  }

  /** What the gateway costs the ensemble. */
  get load(): EnsembleLoad {
    return { requests: this.#requests, watches: this.#watches.size, ...this.#traffic.bytes }
  }

  /** `0x…`; null while there is none. */
  get session(): string | null {
    return this.#zk && formatSessionId(this.#zk.sessionId)
  }

  /** Sessions that are over, newest first. */
  get formerSessions(): readonly string[] {
    return this.#former
  }

  /** Connects, and again whenever a session is lost, until close. */
  start(): void {
    void this.#keepConnected()
  }

  /** Ends the present session, if there is one: the next one knows the servers that there are now. */
  async renew(): Promise<void> {
    await this.#zk?.close()
  }

  async close(): Promise<void> {
    this.#closing.abort(new RequestError('CLOSED', 'The gateway is closing.'))
    await this.#zk?.close()
    this.#zk = null
  }

  async children(path: string): ReturnType<EnsembleReader['children']> {
    return this.#ask((zk) => zk.getChildren(path, { timeoutMs: CALL_TIMEOUT_MS }))
  }

  async packedChildren(path: string): ReturnType<EnsembleReader['packedChildren']> {
    return this.#ask((zk) => zk.getChildrenPacked(path, { timeoutMs: LIST_TIMEOUT_MS }))
  }

  async countBelow(path: string): Promise<number> {
    return this.#ask((zk) => zk.getAllChildrenNumber(path, { timeoutMs: LIST_TIMEOUT_MS }))
  }

  async stat(path: string): ReturnType<EnsembleReader['stat']> {
    return this.#ask((zk) => zk.exists(path, { timeoutMs: CALL_TIMEOUT_MS }))
  }

  async data(path: string): ReturnType<EnsembleReader['data']> {
    return this.#ask((zk) => zk.getData(path, { timeoutMs: CALL_TIMEOUT_MS }))
  }

  async acl(path: string): ReturnType<EnsembleReader['acl']> {
    return this.#ask(async (zk) => (await zk.getAcl(path, { timeoutMs: CALL_TIMEOUT_MS })).acl)
  }

  async create({ path, data, ...options }: CreateRequest): ReturnType<EnsembleWriter['create']> {
    return this.#ask((zk) => zk.create(path, data, { ...options, timeoutMs: CALL_TIMEOUT_MS }))
  }

  async setData(path: string, data: Uint8Array | null, version: number): Promise<Stat> {
    return this.#ask((zk) => zk.setData(path, data, version, { timeoutMs: CALL_TIMEOUT_MS }))
  }

  async delete(path: string, version: number): Promise<void> {
    return this.#ask((zk) => zk.delete(path, version, { timeoutMs: CALL_TIMEOUT_MS }))
  }

  async setAcl(path: string, acl: readonly Acl[], aversion: number): Promise<Stat> {
    return this.#ask((zk) => zk.setAcl(path, acl, aversion, { timeoutMs: CALL_TIMEOUT_MS }))
  }

  async watch(path: string, listener: (change: PathChange) => void): Promise<() => void> {
    const known = this.#watches.get(path)
    if (!known && this.#watches.size >= WATCHES_MAX)
      throw new RequestError('LIMIT', `The gateway watches ${WATCHES_MAX} paths already. Close some pages.`)
    const shared: SharedWatch = known ?? { listeners: new Set(), placed: null }
    this.#watches.set(path, shared)
    // Each caller its own entry, also when one function is given twice.
    const entry = (change: PathChange): void => listener(change)
    shared.listeners.add(entry)
    const end = (): void => this.#unwatch(path, shared, entry)
    try {
      await this.#place(path, shared)
      return end
    } catch (error) {
      end()
      throw error
    }
  }

  #unwatch(path: string, shared: SharedWatch, entry: (change: PathChange) => void): void {
    if (!shared.listeners.delete(entry) || shared.listeners.size > 0) return
    if (this.#watches.get(path) === shared) this.#watches.delete(path)
    const { log } = this.#options
    shared.placed
      ?.then((placed) => placed.remove())
      .catch((error: unknown) => log.debug({ err: error }, 'a watch could not be removed'))
  }

  /** Sets the watch on the present session unless it is set or on its way. */
  async #place(path: string, shared: SharedWatch): Promise<void> {
    const tell = (event: PersistentEvent): void => {
      const change = changeOf(event)
      if (change) for (const listener of [...shared.listeners]) listener(change)
    }
    shared.placed ??= this.#ask((zk) => zk.addWatch(path, { onEvent: tell, timeoutMs: CALL_TIMEOUT_MS }))
    const { placed } = shared
    try {
      await placed
    } catch (error) {
      if (shared.placed === placed) shared.placed = null
      throw error
    }
  }

  async #ask<T>(call: (zk: ZooKeeper) => Promise<T>): Promise<T> {
    try {
      return await this.#turns.run(async () => {
        await this.#options.pace?.()
        if (!this.#zk)
          throw new RequestError('NO_SESSION', 'The ensemble does not answer: it needs a leader. Start members.')
        this.#requests += 1
        return call(this.#zk)
      })
    } catch (error) {
      throw error instanceof ZooKeeperError ? asRequestError(error) : error
    }
  }

  async #keepConnected(): Promise<void> {
    const { signal } = this.#closing
    while (!signal.aborted) {
      try {
        const { dial: reach = dialTcp, auth = [] } = this.#options
        const servers = this.#options.servers()
        const limits = { sessionTimeoutMs: SESSION_TIMEOUT_MS, connectTimeoutMs: CONNECT_TIMEOUT_MS, signal }
        const dial = (server: ServerAddress) => this.#traffic.count(reach(server))
        await this.#serveUntilLost(await ZooKeeper.connect({ servers, dial, auth, ...limits }))
      } catch (error) {
        if (signal.aborted) return
        this.#options.log.info({ reason: String(error) }, 'no session with the ensemble yet')
      }
      await delay(RETRY_MS, undefined, { signal }).catch(() => undefined)
    }
  }

  async #serveUntilLost(zk: ZooKeeper): Promise<void> {
    const lost = new Promise<void>((resolve) => {
      zk.onState(({ state }) => {
        if (state === 'lost' || state === 'closed') resolve()
      })
    })
    this.#zk = zk
    for (const [path, shared] of this.#watches) {
      shared.placed = null
      // Whatever happened between the sessions was missed.
      this.#place(path, shared).then(
        () => shared.listeners.forEach((listener) => void listener('gap')),
        (error: unknown) => this.#options.log.warn({ err: error }, 'a watch could not be set again'),
      )
    }
    this.#options.onSession()
    if (zk.state !== 'lost') await lost
    this.#former = [formatSessionId(zk.sessionId), ...this.#former].slice(0, FORMER_SESSIONS_MAX)
    this.#zk = null
    this.#options.onSession()
  }
}

function changeOf(event: PersistentEvent): PathChange | null {
  switch (event.type) {
    case 'gap':
      return 'gap'
    case 'nodeCreated':
      return 'created'
    case 'nodeDeleted':
      return 'deleted'
    case 'nodeDataChanged':
      return 'data'
    case 'nodeChildrenChanged':
      return 'children'
    default:
      return null
  }
}

/** An ensemble without an answer, whatever the reason. */
const NO_ANSWER: readonly number[] = [
  ERROR_CODES.CONNECTIONLOSS,
  ERROR_CODES.REQUESTTIMEOUT,
  ERROR_CODES.SESSIONEXPIRED,
  ERROR_CODES.OPERATIONTIMEOUT,
]

function asRequestError(error: ZooKeeperError): RequestError {
  if (NO_ANSWER.includes(error.code))
    return new RequestError('NO_ANSWER', 'The ensemble does not answer now. Try again when it has a leader.')
  const { message } = error
  return new RequestError(errorName(error.code), `${message.charAt(0).toUpperCase()}${message.slice(1)}.`)
}
