// Remembers directories in which sequential ephemerals were seen, and locks that are one znode: by the transactions
// that pass by, and by one bounded search when the gateway starts. Whether they are locks is shared/recipes' business.

import type { GatewayEvent, LockDirectory } from '#shared/events/socket-protocol.ts'
import { applicationOf } from '#shared/recipes/recognise/applications.ts'
import { siteRoot } from '#shared/recipes/recognise/site-paths.ts'
import { NO_SESSION } from '#shared/zk/ids.ts'
import { joinPath, parentPath } from '#shared/zk/path.ts'
import type { EnsembleReader } from '../ensemble-reader.ts'
import { LOCK_DIRECTORIES_MAX, LOCK_SCAN_CHILDREN_MAX, LOCK_SCAN_DEPTH_MAX, LOCK_SCAN_NODES_MAX } from '../limits.ts'

/** The ten digits that ZooKeeper appends. */
const SEQUENTIAL = /-?\d{9,10}$/

export function isSequentialName(path: string): boolean {
  return SEQUENTIAL.test(path)
}

export class LockDirectories {
  readonly #onChange: () => void
  /** Path → when last seen; the one not seen for longest first. */
  readonly #seen = new Map<string, number>()

  constructor(onChange: () => void) {
    this.#onChange = onChange
  }

  /** A person looks at it, and contenders are there. */
  add(path: string, t: number): void {
    if (!this.#seen.has(path)) this.saw(path, t)
  }

  /** Newest first. */
  list(): LockDirectory[] {
    return [...this.#seen]
      .map(([path, lastSeenMs]) => ({ path, lastSeenMs }))
      .sort((a, b) => b.lastSeenMs - a.lastSeenMs)
  }

  /** Looks at one event of the ensemble. */
  onEvent(event: GatewayEvent): void {
    if (event.type !== 'proposed' && event.type !== 'known') return
    const { txn } = event
    if (!txn.ephemeral || txn.path === null || !SEQUENTIAL.test(txn.path)) return
    const parent = siteRoot(parentPath(txn.path))
    // A follower tells what it knows when its leader is gone: that may be old news, and is dated now.
    if (event.type === 'known' && this.#seen.has(parent)) return
    this.saw(parent, event.t)
  }

  /** Somebody contends there. */
  saw(path: string, t: number): void {
    const isNew = !this.#seen.has(path)
    this.#seen.delete(path)
    this.#seen.set(path, t)
    const [oldest] = this.#seen.keys()
    if (oldest !== undefined && this.#seen.size > LOCK_DIRECTORIES_MAX) this.#seen.delete(oldest)
    if (isNew) this.#onChange()
  }

  /** Breadth first from the root, within the limits; nodes that cannot be read are passed over. */
  async search(reader: EnsembleReader): Promise<void> {
    let level = ['/']
    let nodes = 0
    for (let depth = 0; depth <= LOCK_SCAN_DEPTH_MAX && level.length > 0; depth += 1) {
      const next: string[] = []
      for (const path of level) {
        if (nodes >= LOCK_SCAN_NODES_MAX) return
        nodes += 1
        next.push(...(await this.#searchOne(reader, path)))
      }
      level = next
    }
  }

  /** The children to go on with. */
  async #searchOne(reader: EnsembleReader, path: string): Promise<string[]> {
    try {
      const stat = await reader.stat(path)
      // Attached, this is the only way to a lock that is one znode: nobody tells who watches it.
      if (stat && stat.ephemeralOwner !== NO_SESSION && applicationOf(path, null)?.recipe === 'single node')
        this.saw(path, stat.ctime)
      if (!stat || stat.numChildren === 0 || stat.numChildren > LOCK_SCAN_CHILDREN_MAX) return []
      const { children } = await reader.children(path)
      const sequential = children.find((name) => SEQUENTIAL.test(name))
      if (sequential !== undefined) {
        const child = await reader.stat(joinPath(path, sequential))
        if (child && child.ephemeralOwner !== NO_SESSION) this.saw(siteRoot(path), child.ctime)
      }
      const rest = children.filter((name) => !SEQUENTIAL.test(name)).map((name) => joinPath(path, name))
      return rest.filter((child) => child !== '/zookeeper')
    } catch {
      return []
    }
  }
}
