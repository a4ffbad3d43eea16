// An ensemble in memory for the tests of the gateway's services: a tree, and watches that fire at once.

import { utf8Encode } from '#shared/base/text.ts'
import { type Acl, OPEN_ACL } from '#shared/zk/acl.ts'
import { asSessionId } from '#shared/zk/ids.ts'
import { baseName, isUnder, parentPath } from '#shared/zk/path.ts'
import type { Stat } from '#shared/zk/stat.ts'
import { makeZxid } from '#shared/zk/zxid.ts'
import type { EnsembleReader, PathChange } from '../ensemble-reader.ts'
import type { PageClient } from '../page-client.ts'
import { RequestError } from '../request-error.ts'
import { packNames } from '../tree/name-list.ts'

interface FakeNode {
  readonly data: Uint8Array | null
  readonly owner: bigint
  readonly czxid: number
}

export class FakeEnsemble implements EnsembleReader {
  readonly nodes = new Map<string, FakeNode>([['/', { data: null, owner: 0n, czxid: 0 }]])
  readonly listeners = new Map<string, Set<(change: PathChange) => void>>()
  acls: readonly Acl[] = OPEN_ACL
  /** Lists of children asked for. */
  listings = 0
  #zxid = 0

  create(path: string, text = '', owner = 0n): void {
    this.#zxid += 1
    this.nodes.set(path, { data: utf8Encode(text), owner, czxid: this.#zxid })
    this.#tell(path, 'created')
    this.#tell(parentPath(path), 'children')
  }

  delete(path: string): void {
    this.#zxid += 1
    this.nodes.delete(path)
    this.#tell(path, 'deleted')
    this.#tell(parentPath(path), 'children')
  }

  get watched(): string[] {
    return [...this.listeners].filter(([, all]) => all.size > 0).map(([path]) => path)
  }

  async children(path: string): ReturnType<EnsembleReader['children']> {
    this.listings += 1
    return { children: this.#childrenOf(path), stat: this.#statOf(path) }
  }

  async packedChildren(path: string): ReturnType<EnsembleReader['packedChildren']> {
    this.listings += 1
    return { names: packNames(this.#childrenOf(path)), stat: this.#statOf(path) }
  }

  async countBelow(path: string): Promise<number> {
    return [...this.nodes.keys()].filter((other) => other !== path && isUnder(other, path)).length
  }

  async stat(path: string): Promise<Stat | null> {
    return this.nodes.has(path) ? this.#statOf(path) : null
  }

  async data(path: string): ReturnType<EnsembleReader['data']> {
    const stat = this.#statOf(path)
    return { data: this.nodes.get(path)?.data ?? null, stat }
  }

  async acl(): Promise<readonly Acl[]> {
    return this.acls
  }

  async watch(path: string, listener: (change: PathChange) => void): Promise<() => void> {
    const all = this.listeners.get(path) ?? new Set()
    this.listeners.set(path, all)
    all.add(listener)
    return () => all.delete(listener)
  }

  #tell(path: string, change: PathChange): void {
    for (const listener of this.listeners.get(path) ?? []) listener(change)
  }

  #childrenOf(path: string): string[] {
    return [...this.nodes.keys()].filter((other) => other !== '/' && parentPath(other) === path).map(baseName)
  }

  #statOf(path: string): Stat {
    const node = this.nodes.get(path)
    if (!node) throw new RequestError('NONODE', `No such node: ${path}.`)
    const zxid = makeZxid(1, node.czxid)
    return {
      czxid: zxid,
      mzxid: zxid,
      pzxid: makeZxid(1, this.#zxid),
      ctime: node.czxid,
      mtime: node.czxid,
      version: 0,
      cversion: this.#zxid,
      aversion: 0,
      ephemeralOwner: asSessionId(node.owner),
      dataLength: node.data?.length ?? 0,
      numChildren: this.#childrenOf(path).length,
    }
  }
}

/** A page that writes down what it is told. */
export class FakePage implements PageClient {
  readonly id = 'page'
  readonly user = 'somebody'
  readonly gone = new AbortController().signal
  readonly role = 'admin'
  readonly mustProve = false
  readonly address = '127.0.0.1'
  readonly told: unknown[][] = []

  emit(...message: unknown[]): void {
    this.told.push(message)
  }
}
