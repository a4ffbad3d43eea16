// A copy of a subtree, kept up to date by one recursive watch: Curator's CuratorCache. Events of the watch only say which
// node to read again; after a gap everything is read again. Needs ZooKeeper 3.6 or later.

import { joinPath, parentPath } from '#shared/zk/path.ts'
import type { NodeContent } from '../answers.ts'
import { NoNodeError } from '../errors.ts'
import type { PersistentWatch } from '../persistent-watch.ts'
import type { PersistentEvent } from '../watch-registry.ts'
import type { ZooKeeper } from '../zookeeper.ts'
import { retryOnLoss } from './reconnect.ts'

/** Nodes of one cache unless it is opened for more. */
export const CACHE_NODES_MAX = 100_000
/** Reads under way at once while a subtree is listed. */
const READS_MAX = 64

export type CacheEvent =
  | { readonly type: 'added' | 'changed'; readonly path: string; readonly node: NodeContent }
  /** With what it held last. */
  | { readonly type: 'removed'; readonly path: string; readonly node: NodeContent }
  /** Events may have been missed; what differs follows, then `listed`. */
  | { readonly type: 'gap' }
  /** Everything that was there has been told. */
  | { readonly type: 'listed' }

export interface TreeCacheOptions {
  /** Told of everything, first of what is there from the beginning. */
  readonly onEvent?: (event: CacheEvent) => void
  /** A subtree with more ends the cache, with RangeError. Default CACHE_NODES_MAX. */
  readonly nodesMax?: number
}

export class TreeCache {
  readonly root: string
  /** Aborts when it cannot keep up any more: the session is over, it has grown too big, or it may not read. Not on close. */
  readonly signal: AbortSignal
  readonly #zk: ZooKeeper
  readonly #options: TreeCacheOptions
  readonly #controller = new AbortController()
  readonly #nodes = new Map<string, NodeContent>()
  /** Reads under way, by path; an event that comes meanwhile makes what they bring worthless. */
  readonly #reads = new Map<string, symbol>()
  #watch: PersistentWatch | null = null
  #listing: Promise<void> = Promise.resolve()
  #open = true
  #stopListening: () => void = () => {}

  private constructor(zk: ZooKeeper, root: string, options: TreeCacheOptions) {
    this.#zk = zk
    this.root = root
    this.#options = options
    this.signal = this.#controller.signal
  }

  /** Resolves when everything below `root` has been read; `root` itself need not be there. */
  static async open(zk: ZooKeeper, root: string, options: TreeCacheOptions = {}): Promise<TreeCache> {
    const cache = new TreeCache(zk, root, options)
    try {
      const onEvent = (event: PersistentEvent) => cache.#onEvent(event)
      cache.#watch = await retryOnLoss(zk, () => zk.addWatch(root, { recursive: true, onEvent }))
      cache.#stopListening = zk.onState(({ state, cause }) => {
        if (state === 'lost' || state === 'closed') cache.#end(cause)
      })
      await cache.#list()
    } catch (error) {
      await cache.close()
      throw error
    }
    cache.signal.throwIfAborted()
    return cache
  }

  get size(): number {
    return this.#nodes.size
  }

  get(path: string): NodeContent | undefined {
    return this.#nodes.get(path)
  }

  /** The nodes by path, in no order. */
  entries(): IterableIterator<[string, NodeContent]> {
    return this.#nodes.entries()
  }

  /** Names of the children of `path` that are known, sorted. */
  children(path: string): string[] {
    const start = path === '/' ? 1 : path.length + 1
    return [...this.#nodes.keys()]
      .filter((one) => one !== path && parentPath(one) === path)
      .map((one) => one.slice(start))
      .sort()
  }

  /** Tells no more; the server forgets the watch. */
  async close(): Promise<void> {
    if (!this.#open) return
    this.#stop()
    await this.#watch?.remove().catch(() => undefined) // without a connection there is no watch either
  }

  #stop(): void {
    this.#open = false
    this.#stopListening()
  }

  #end(cause: unknown): void {
    if (!this.#open) return
    this.#stop()
    this.#watch?.remove().catch(() => undefined)
    this.#controller.abort(cause)
  }

  #tell(event: CacheEvent): void {
    if (this.#open) this.#options.onEvent?.(event)
  }

  #onEvent(event: PersistentEvent): void {
    if (!this.#open) return
    switch (event.type) {
      case 'nodeDeleted':
        this.#reads.delete(event.path)
        this.#remove(event.path)
        return
      case 'nodeCreated':
      case 'nodeDataChanged':
        this.#refresh(event.path).catch((error: unknown) => this.#end(error))
        return
      case 'gap':
        this.#tell({ type: 'gap' })
        // One listing after the other: each finds what the one before it has missed.
        this.#listing = this.#listing.then(() => this.#list()).catch((error: unknown) => this.#end(error))
        return
      case 'nodeChildrenChanged':
      case 'none':
        return
    }
  }

  /** Reads everything below the root, and whatever else is known, once. */
  async #list(): Promise<void> {
    const seen = new Set<string>()
    let level = [this.root]
    while (level.length > 0 && this.#open) {
      for (const path of level) seen.add(path)
      const below = await inParallel(level, (path) => this.#readWithChildren(path))
      level = below.flat()
      this.#checkSize(seen.size + level.length)
    }
    const unseen = [...this.#nodes.keys()].filter((path) => !seen.has(path))
    await inParallel(unseen, (path) => this.#refresh(path))
    this.#tell({ type: 'listed' })
  }

  async #readWithChildren(path: string): Promise<string[]> {
    if (!this.#open) return []
    await this.#refresh(path)
    try {
      const { children } = await retryOnLoss(this.#zk, () => this.#zk.getChildren(path), this.signal)
      return children.map((name) => joinPath(path, name))
    } catch (error) {
      if (error instanceof NoNodeError) return []
      throw error
    }
  }

  /** Reads one node; the newest read of a path counts. */
  async #refresh(path: string): Promise<void> {
    const read = Symbol(path)
    this.#reads.set(path, read)
    let node: NodeContent | null = null
    try {
      node = await retryOnLoss(this.#zk, () => this.#zk.getData(path), this.signal)
    } catch (error) {
      if (!(error instanceof NoNodeError)) throw error
    }
    if (this.#reads.get(path) !== read || !this.#open) return
    this.#reads.delete(path)
    if (node) this.#put(path, node)
    else this.#remove(path)
  }

  #put(path: string, node: NodeContent): void {
    const known = this.#nodes.get(path)
    if (known && known.stat.mzxid === node.stat.mzxid && known.stat.czxid === node.stat.czxid) return
    this.#nodes.set(path, node)
    this.#checkSize(this.#nodes.size)
    this.#tell({ type: known ? 'changed' : 'added', path, node })
  }

  #remove(path: string): void {
    const node = this.#nodes.get(path)
    if (!node) return
    this.#nodes.delete(path)
    this.#tell({ type: 'removed', path, node })
  }

  #checkSize(size: number): void {
    const nodesMax = this.#options.nodesMax ?? CACHE_NODES_MAX
    if (size <= nodesMax) return
    const sentence = `${this.root} has more than ${nodesMax} nodes; cache a smaller subtree, or give a larger nodesMax`
    this.#end(new RangeError(sentence))
  }
}

/** At most READS_MAX at once, in order. */
async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = new Array(items.length)
  let next = 0
  const worker = async () => {
    while (next < items.length) {
      const at = next
      next += 1
      const item = items[at]
      if (item !== undefined) results[at] = await work(item)
    }
  }
  await Promise.all(Array.from({ length: Math.min(READS_MAX, items.length) }, worker))
  return results
}
