// Shows lock directories: who holds, who waits for whom, from which address. It lists and watches an open
// directory and lets shared/recipes read it. Children are read once, and again when a transaction wrote to them.

import { tryUtf8Decode } from '#shared/base/text.ts'
import type { GatewayEvent, LockContender, LockView } from '#shared/events/socket-protocol.ts'
import type { Contender, LockChild } from '#shared/recipes/contract.ts'
import { readContention } from '#shared/recipes/read-contention.ts'
import { formatSessionId } from '#shared/zk/ids.ts'
import { baseName, joinPath, parentPath } from '#shared/zk/path.ts'
import type { Handlers } from './api/handlers.ts'
import type { EnsembleReader } from './ensemble-reader.ts'
import { CHANGE_INTERVAL_MS, LOCK_CHILDREN_MAX, LOCK_DATA_MAX, LOCKS_PER_SOCKET_MAX } from './limits.ts'
import { LockDirectories } from './lock-directories.ts'
import type { PageClient } from './page-client.ts'
import { PathWatches } from './path-watches.ts'
import { RequestError } from './request-error.ts'
import type { FindConnection } from './tree-service.ts'

/** A directory that some page has open. */
interface OpenDirectory {
  readonly viewers: Set<PageClient>
  /** By name. */
  readonly children: Map<string, LockChild>
  /** Holders by name, with the time at which they were seen to become it; null: before we looked. */
  readonly held: Map<string, number | null>
  /** Nothing was missed since the last reading: whoever holds now and did not then has just begun to. */
  watched: boolean
  reading: Promise<LockView> | null
  /** Names of contenders whose data was written; they are read again when `rereading` is over. */
  readonly written: Set<string>
  rereading: NodeJS.Timeout | null
}

export interface LockServiceOptions {
  readonly reader: EnsembleReader
  readonly findConnection: FindConnection
  /** Ms since 1970. */
  readonly now: () => number
}

export class LockService {
  readonly directories: LockDirectories
  readonly #reader: EnsembleReader
  readonly #findConnection: FindConnection
  readonly #now: () => number
  readonly #watches: PathWatches
  readonly #open = new Map<string, OpenDirectory>()
  /** Pages that have asked for the list, and so hear when it grows. */
  readonly #listeners = new Set<PageClient>()
  #announcing: NodeJS.Timeout | null = null

  constructor({ reader, findConnection, now }: LockServiceOptions) {
    this.#reader = reader
    this.#findConnection = findConnection
    this.#now = now
    this.#watches = new PathWatches(reader, LOCKS_PER_SOCKET_MAX)
    this.directories = new LockDirectories(() => this.#announce())
  }

  get handlers(): Pick<Handlers, 'locks:list' | 'locks:open' | 'locks:close'> {
    return {
      'locks:list': async (client) => {
        this.#listeners.add(client)
        return this.directories.list()
      },
      'locks:open': (client, { path }) => this.#openFor(client, path),
      'locks:close': async (client, { path }) => {
        this.#closeFor(client, path)
        return null
      },
    }
  }

  forgetAll(client: PageClient): void {
    this.#listeners.delete(client)
    for (const path of [...this.#open.keys()]) this.#closeFor(client, path)
    this.#watches.forgetAll(client)
  }

  /** Ends the timers. */
  close(): void {
    if (this.#announcing) clearTimeout(this.#announcing)
    for (const directory of this.#open.values()) stopRereading(directory)
  }

  /** Looks at one event of the ensemble. */
  onEvent(event: GatewayEvent): void {
    this.directories.onEvent(event)
    if ((event.type !== 'proposed' && event.type !== 'known') || event.txn.op !== 'setData' || event.txn.path === null)
      return
    const { path } = event.txn
    const parent = parentPath(path)
    const directory = this.#open.get(parent)
    if (!directory) return
    // The watch of a directory does not tell of its children's data. By then the write is committed.
    directory.written.add(baseName(path))
    directory.rereading ??= setTimeout(() => {
      directory.rereading = null
      for (const name of directory.written) directory.children.delete(name)
      directory.written.clear()
      for (const client of directory.viewers) void this.#tell(client, parent, directory)
    }, CHANGE_INTERVAL_MS)
  }

  #announce(): void {
    this.#announcing ??= setTimeout(() => {
      this.#announcing = null
      const list = this.directories.list()
      for (const client of this.#listeners) client.emit('locks:directories', list)
    }, CHANGE_INTERVAL_MS)
  }

  async #openFor(client: PageClient, path: string): Promise<LockView> {
    const directory = this.#open.get(path) ?? newDirectory()
    this.#open.set(path, directory)
    directory.viewers.add(client)
    try {
      await this.#watches.watch(client, path, (change) => {
        if (change === 'gap') directory.watched = false
        void this.#tell(client, path, directory)
      })
      return await this.#read(path, directory)
    } catch (error) {
      this.#closeFor(client, path)
      throw error
    }
  }

  #closeFor(client: PageClient, path: string): void {
    const directory = this.#open.get(path)
    if (!directory?.viewers.delete(client)) return
    this.#watches.forget(client, path)
    if (directory.viewers.size > 0) return
    stopRereading(directory)
    this.#open.delete(path)
  }

  async #tell(client: PageClient, path: string, directory: OpenDirectory): Promise<void> {
    try {
      const view = await this.#read(path, directory)
      if (directory.viewers.has(client)) client.emit('locks:changed', view)
    } catch {
      // No answer from the ensemble now: the gap after the reconnect makes us read again.
    }
  }

  /** Pages that ask at the same time share one reading; a change during it makes a fresh one. */
  async #read(path: string, directory: OpenDirectory): Promise<LockView> {
    const before = directory.reading
    if (before) await before.catch(() => undefined)
    if (directory.reading && directory.reading !== before) return directory.reading
    const reading = this.#readNow(path, directory)
    directory.reading = reading
    try {
      return await reading
    } finally {
      if (directory.reading === reading) directory.reading = null
    }
  }

  async #readNow(path: string, directory: OpenDirectory): Promise<LockView> {
    const { children: known } = directory
    const at = this.#now()
    const names = await this.#names(path)
    const listed = new Set(names)
    for (const name of [...known.keys()]) if (!listed.has(name)) known.delete(name)
    const fresh = names.filter((name) => !known.has(name))
    for (const child of await Promise.all(fresh.map((name) => this.#child(path, name)))) {
      if (child) known.set(child.name, child)
    }
    const { recipe, contenders } = readContention([...known.values()])
    noteHolders(directory, contenders, at)
    const shown = contenders.flatMap((contender) => {
      const child = known.get(contender.name)
      return child ? [this.#contender(path, contender, child, directory.held.get(contender.name) ?? null)] : []
    })
    return { path, recipe, contenders: shown }
  }

  /** A directory that has gone shows as empty; the head of the queue when there are too many. */
  async #names(path: string): Promise<string[]> {
    try {
      const { children } = await this.#reader.children(path)
      const bySequence = [...children].sort((a, b) => (a.slice(-10) < b.slice(-10) ? -1 : 1))
      return bySequence.slice(0, LOCK_CHILDREN_MAX)
    } catch (error) {
      if (error instanceof RequestError && error.code === 'NONODE') return []
      throw error
    }
  }

  async #child(parent: string, name: string): Promise<LockChild | null> {
    try {
      const { data, stat } = await this.#reader.data(joinPath(parent, name))
      return { name, czxid: stat.czxid, ctimeMs: stat.ctime, ephemeralOwner: stat.ephemeralOwner, data }
    } catch (error) {
      if (error instanceof RequestError && error.code === 'NONODE') return null
      throw error
    }
  }

  #contender(parent: string, contender: Contender, child: LockChild, heldSinceMs: number | null): LockContender {
    const { name, sequence, role, kind, waitsFor } = contender
    const session = formatSessionId(child.ephemeralOwner)
    const connection = this.#findConnection(session)
    return {
      name,
      path: joinPath(parent, name),
      session,
      address: connection?.address ?? null,
      sid: connection?.sid ?? null,
      sequence,
      sinceMs: child.ctimeMs,
      heldSinceMs,
      data: (tryUtf8Decode(child.data ?? new Uint8Array()) ?? '').slice(0, LOCK_DATA_MAX),
      role,
      waitsFor: waitsFor && joinPath(parent, waitsFor),
      kind,
    }
  }
}

function newDirectory(): OpenDirectory {
  return {
    viewers: new Set(),
    children: new Map(),
    held: new Map(),
    watched: false,
    reading: null,
    written: new Set(),
    rereading: null,
  }
}

function stopRereading(directory: OpenDirectory): void {
  if (directory.rereading) clearTimeout(directory.rereading)
  directory.rereading = null
}

/** Whoever holds for the first time in a reading got it when the one before ended, which is what made us read. */
function noteHolders(directory: OpenDirectory, contenders: readonly Contender[], at: number): void {
  const { held, children, watched } = directory
  const holders = new Set(contenders.filter(({ role }) => role === 'holder').map(({ name }) => name))
  for (const name of [...held.keys()]) if (!holders.has(name)) held.delete(name)
  for (const name of holders) {
    const created = children.get(name)?.ctimeMs ?? at
    if (!held.has(name)) held.set(name, watched ? Math.max(at, created) : null)
  }
  directory.watched = true
}
