// Reads the znodes of one lock: the directory, what belongs to it, and each child once. Clients do not change their
// contenders, so a child is read again only when a txn wrote to it (forget).

import type { LockChild } from '#shared/recipes/contract.ts'
import type { SiteNode } from '#shared/recipes/recognise/picture.ts'
import { sitePaths } from '#shared/recipes/recognise/site-paths.ts'
import { joinPath } from '#shared/zk/path.ts'
import type { Stat } from '#shared/zk/stat.ts'
import { ZERO_ZXID, type Zxid } from '#shared/zk/zxid.ts'
import type { EnsembleReader } from '../ensemble-reader.ts'
import { LOCK_CHILDREN_MAX } from '../limits.ts'
import { RequestError } from '../request-error.ts'

export interface Listing {
  readonly path: string
  readonly zxid: Zxid
  /** Null: there is no such node. */
  readonly node: SiteNode | null
}

export class SiteReader {
  readonly #reader: EnsembleReader
  /** Directory → name → child. */
  readonly #children = new Map<string, Map<string, LockChild>>()

  constructor(reader: EnsembleReader) {
    this.#reader = reader
  }

  /** The site of `path`: itself first. Rejects as EnsembleReader does, but for nodes that do not exist. */
  async read(path: string): Promise<readonly Listing[]> {
    const main = await this.#list(path)
    const names = main.node?.children.map(({ name }) => name) ?? []
    const others = sitePaths(path, names)
    const kept = new Set([path, ...others])
    for (const known of [...this.#children.keys()]) if (!kept.has(known)) this.#children.delete(known)
    return [main, ...(await Promise.all(others.map((other) => this.#list(other))))]
  }

  forget(dir: string, name: string): void {
    this.#children.get(dir)?.delete(name)
  }

  async #list(path: string): Promise<Listing> {
    try {
      const [{ data }, { children: all, stat }] = await Promise.all([
        this.#reader.data(path),
        this.#reader.children(path),
      ])
      const names = headOfLine(all)
      const known = this.#children.get(path) ?? new Map<string, LockChild>()
      this.#children.set(path, known)
      const listed = new Set(names)
      for (const name of [...known.keys()]) if (!listed.has(name)) known.delete(name)
      const fresh = names.filter((name) => !known.has(name))
      for (const child of await Promise.all(fresh.map((name) => this.#child(path, name)))) {
        if (child) known.set(child.name, child)
      }
      return { path, zxid: stat.pzxid, node: asNode(path, stat, data, [...known.values()]) }
    } catch (error) {
      if (!(error instanceof RequestError) || error.code !== 'NONODE') throw error
      this.#children.delete(path)
      return { path, zxid: ZERO_ZXID, node: null }
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
}

/** When there are too many, those that go first: by the digits at the end. */
function headOfLine(names: readonly string[]): string[] {
  const bySequence = [...names].sort((a, b) => (a.slice(-10) < b.slice(-10) ? -1 : 1))
  return bySequence.slice(0, LOCK_CHILDREN_MAX)
}

function asNode(path: string, stat: Stat, data: Uint8Array | null, children: readonly LockChild[]): SiteNode {
  const { czxid, ctime, cversion, numChildren, ephemeralOwner } = stat
  return { path, czxid, ctimeMs: ctime, cversion, numChildren, ephemeralOwner, data, children }
}
