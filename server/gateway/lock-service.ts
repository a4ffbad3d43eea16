// Shows lock directories: who holds, who waits for whom, from which address. It lists and watches an open
// directory and lets shared/recipes read it; children are read once, since contenders do not change.

import { tryUtf8Decode } from '#shared/base/text.ts'
import type { LockContender, LockView } from '#shared/events/socket-protocol.ts'
import type { Contender, LockChild } from '#shared/recipes/contract.ts'
import { readContention } from '#shared/recipes/read-contention.ts'
import { formatSessionId } from '#shared/zk/ids.ts'
import { joinPath } from '#shared/zk/path.ts'
import type { EnsembleReader } from './ensemble-reader.ts'
import { CHANGE_INTERVAL_MS, LOCK_CHILDREN_MAX, LOCK_DATA_MAX, LOCKS_PER_SOCKET_MAX } from './limits.ts'
import { LockDirectories } from './lock-directories.ts'
import type { PageClient } from './page-client.ts'
import { PathWatches } from './path-watches.ts'
import { RequestError } from './request-error.ts'
import type { Handlers } from './request-handlers.ts'
import type { FindConnection } from './tree-service.ts'

/** A directory that some page has open. */
interface OpenDirectory {
  readonly viewers: Set<PageClient>
  /** By name. */
  readonly children: Map<string, LockChild>
  reading: Promise<LockView> | null
}

export class LockService {
  readonly directories: LockDirectories
  readonly #reader: EnsembleReader
  readonly #findConnection: FindConnection
  readonly #watches: PathWatches
  readonly #open = new Map<string, OpenDirectory>()
  /** Pages that have asked for the list, and so hear when it grows. */
  readonly #listeners = new Set<PageClient>()
  #announcing: NodeJS.Timeout | null = null

  constructor(reader: EnsembleReader, findConnection: FindConnection) {
    this.#reader = reader
    this.#findConnection = findConnection
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
  }

  #announce(): void {
    this.#announcing ??= setTimeout(() => {
      this.#announcing = null
      const list = this.directories.list()
      for (const client of this.#listeners) client.emit('locks:directories', list)
    }, CHANGE_INTERVAL_MS)
  }

  async #openFor(client: PageClient, path: string): Promise<LockView> {
    const directory = this.#open.get(path) ?? { viewers: new Set(), children: new Map(), reading: null }
    this.#open.set(path, directory)
    directory.viewers.add(client)
    try {
      await this.#watches.watch(client, path, () => void this.#tell(client, path, directory))
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
    if (directory.viewers.size === 0) this.#open.delete(path)
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
    const reading = this.#readNow(path, directory.children)
    directory.reading = reading
    try {
      return await reading
    } finally {
      if (directory.reading === reading) directory.reading = null
    }
  }

  async #readNow(path: string, known: Map<string, LockChild>): Promise<LockView> {
    const names = await this.#names(path)
    const listed = new Set(names)
    for (const name of [...known.keys()]) if (!listed.has(name)) known.delete(name)
    const fresh = names.filter((name) => !known.has(name))
    for (const child of await Promise.all(fresh.map((name) => this.#child(path, name)))) {
      if (child) known.set(child.name, child)
    }
    const { recipe, contenders } = readContention([...known.values()])
    const shown = contenders.flatMap((contender) => {
      const child = known.get(contender.name)
      return child ? [this.#contender(path, contender, child)] : []
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

  #contender(parent: string, contender: Contender, child: LockChild): LockContender {
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
      data: (tryUtf8Decode(child.data ?? new Uint8Array()) ?? '').slice(0, LOCK_DATA_MAX),
      role,
      waitsFor: waitsFor && joinPath(parent, waitsFor),
      kind,
    }
  }
}
