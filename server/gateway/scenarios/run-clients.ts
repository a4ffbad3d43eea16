// The clients of one run of a scenario: each a session of its own, all gone when the run is over. What they did is noted in
// facts: `ok`, what was read, or the name of the error.

import { setTimeout as delay } from 'node:timers/promises'
import type { Action } from '#shared/scenarios/scenario.ts'
import { errorName } from '#shared/zk/errors.ts'
import { NoNodeError, ZooKeeperError } from '../../client/errors.ts'
import { ensurePath } from '../../client/recipes/ensure-path.ts'
import { ZooKeeper } from '../../client/zookeeper.ts'
import { RequestError } from '../request-error.ts'

type CallAction = Extract<Action, { do: 'call' }>
type WritesAction = Extract<Action, { do: 'writes' }>
type Note = (name: string, value: number | string) => void

const CONNECT_TIMEOUT_MS = 30_000
const CALL_TIMEOUT_MS = 20_000
const CLIENTS_MAX = 20
/** Writes on their way when a scenario wants many at once. */
const AT_ONCE = 100

export class RunClients {
  /** The znode under which everything of this run happens. */
  readonly root: string
  readonly #note: Note
  readonly #signal: AbortSignal
  readonly #clients = new Map<string, ZooKeeper>()
  readonly #all: ZooKeeper[] = []

  constructor(options: { readonly root: string; readonly note: Note; readonly signal: AbortSignal }) {
    this.root = options.root
    this.#note = options.note
    this.#signal = options.signal
  }

  async connect(name: string, servers: string, sessionTimeoutMs = 10_000): Promise<void> {
    if (this.#all.length >= CLIENTS_MAX)
      throw new RequestError('LIMIT', `A scenario has at most ${CLIENTS_MAX} clients.`)
    const zk = await ZooKeeper.connect({
      ...{ servers, sessionTimeoutMs, connectTimeoutMs: CONNECT_TIMEOUT_MS, callTimeoutMs: CALL_TIMEOUT_MS },
      signal: this.#signal,
    })
    this.#all.push(zk)
    this.#clients.set(name, zk)
    await ensurePath(zk, this.root)
  }

  /** As a client that dies: the session stays until it expires. */
  async abandon(name: string): Promise<void> {
    await this.#client(name).close({ keepSession: true })
  }

  /** Never rejects: what came of it is a fact. */
  async call({ client, call, node, data = '', name, withinMs = CALL_TIMEOUT_MS }: CallAction): Promise<void> {
    const zk = this.#client(client)
    const path = `${this.root}/${node}`
    const timeoutMs = withinMs
    const startedAt = performance.now()
    const done = (value: string): void => {
      this.#note(name, value)
      this.#note(`${name}.ms`, Math.round((performance.now() - startedAt) * 10) / 10)
    }
    try {
      switch (call) {
        case 'create':
          await zk.create(path, data, { timeoutMs })
          return done('ok')
        case 'ephemeral':
          await zk.create(path, data, { mode: 'ephemeral', timeoutMs })
          return done('ok')
        case 'set':
          await zk.setData(path, data, -1, { timeoutMs })
          return done('ok')
        case 'sync':
          await zk.sync(path, { timeoutMs })
          return done('ok')
        case 'exists':
          return done((await zk.exists(path, { timeoutMs })) ? 'ok' : 'NONODE')
        case 'read-until': {
          let read = ''
          for (const deadline = startedAt + timeoutMs; performance.now() < deadline; await delay(POLL_MS)) {
            read = (await zk.getData(path, { timeoutMs })).data?.toString() ?? ''
            if (read === data || this.#signal.aborted) break
          }
          return done(read)
        }
        case 'get':
          return done((await zk.getData(path, { timeoutMs })).data?.toString() ?? '')
      }
    } catch (error) {
      done(error instanceof ZooKeeperError ? errorName(error.code) : 'TIMEOUT')
    }
  }

  /** Throws when one of them fails. */
  async writes({ client, node, count, bytes = 10, atOnce, name }: WritesAction): Promise<void> {
    const zk = this.#client(client)
    const path = `${this.root}/${node}`
    const timesMs: number[] = []
    const write = async (i: number): Promise<void> => {
      const startedAt = performance.now()
      await zk.setData(path, String(i).padEnd(bytes, '.'))
      timesMs.push(performance.now() - startedAt)
    }
    for (let i = 0; i < count; i += atOnce ? AT_ONCE : 1) {
      this.#signal.throwIfAborted()
      const batch = atOnce ? Math.min(AT_ONCE, count - i) : 1
      await Promise.all(Array.from({ length: batch }, (_, more) => write(i + more)))
    }
    const median = timesMs.toSorted((a, b) => a - b)[Math.floor(timesMs.length / 2)] ?? 0
    this.#note(name, Math.round(median * 10) / 10)
  }

  /** Closes all and removes what the run has written, if somebody answers; at most a few seconds. */
  async close(servers: string | null): Promise<void> {
    await Promise.all(this.#all.map((zk) => zk.close()))
    if (servers === null) return
    const zk = await ZooKeeper.connect({
      servers,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      callTimeoutMs: CALL_TIMEOUT_MS,
    })
    try {
      await zk.deleteRecursive(this.root)
    } catch (error) {
      if (!(error instanceof NoNodeError)) throw error
    } finally {
      await zk.close()
    }
  }

  #client(name: string): ZooKeeper {
    const zk = this.#clients.get(name)
    if (!zk) throw new RequestError('INTERNAL', `The scenario has no client ${name}.`)
    return zk
  }
}

/** Resolves when `holds` does; rejects with RequestError when it does not within `withinMs`, or with the signal's reason. */
export async function until(
  holds: () => boolean,
  withinMs: number,
  signal: AbortSignal,
  explain: () => string,
): Promise<void> {
  const deadline = performance.now() + withinMs
  while (!holds()) {
    if (performance.now() > deadline)
      throw new RequestError('TIMEOUT', `Waited ${Math.round(withinMs / 1000)} s in vain: ${explain()}.`)
    await delay(POLL_MS, undefined, { signal })
  }
}

const POLL_MS = 50
