// Made-up but lawful histories for the tests of this folder: entries as a leader would log them, with digests.

import { applyEntry } from '#shared/tree/apply.ts'
import { createTree } from '#shared/tree/create-tree.ts'
import type { DataTree } from '#shared/tree/data-tree.ts'
import { READ_ACL } from '#shared/zk/acl.ts'
import { asSessionId } from '#shared/zk/ids.ts'
import type { Entry, Txn } from '#shared/zk/txn.ts'
import { makeZxid, type Zxid } from '#shared/zk/zxid.ts'

const SESSION = asSessionId(0x1000_0000_0000_0001n)

/** Makes entries one after the other and applies them to `tree`, so that their digests are right. */
export class History {
  readonly tree: DataTree
  readonly entries: Entry[] = []
  #epoch: number
  #counter: number

  constructor(tree: DataTree = createTree(), epoch = 1, counter = 0) {
    this.tree = tree
    this.#epoch = epoch
    this.#counter = counter
  }

  newEpoch(): void {
    this.#epoch += 1
    this.#counter = 0
  }

  add(txn: Txn): Entry {
    this.#counter += 1
    const zxid = makeZxid(this.#epoch, this.#counter)
    const plain: Entry = { zxid, sessionId: SESSION, cxid: this.#counter, timeMs: 1_700_000_000_000, txn, digest: null }
    applyEntry(this.tree, plain)
    const entry = { ...plain, digest: this.tree.digest }
    this.entries.push(entry)
    return entry
  }

  /** The stored cversion of `/`. */
  rootCVersion(): number {
    return this.tree.nodes.get('/')?.cversion ?? 0
  }

  /** One of several kinds of txns, in turn; each leaves the tree with another digest. */
  next(): Entry {
    const n = this.#counter + 1
    if (n % 11 === 1) return this.add({ type: 'createSession', timeoutMs: 10_000 })
    if (n % 7 === 3) return this.add({ type: 'setData', path: '/', data: Uint8Array.of(n & 0xff, n >> 8), version: n })
    if (n % 7 === 5) return this.add({ type: 'error', err: -101 })
    const acl = n % 3 === 0 ? READ_ACL : null
    const path = `/node-${this.#epoch}-${n}`
    const data = new Uint8Array(n % 50).fill(n)
    return this.add({
      type: 'create',
      path,
      data,
      acl,
      ephemeral: n % 5 === 0,
      parentCVersion: this.rootCVersion() + 1,
    })
  }

  many(count: number): Entry[] {
    return Array.from({ length: count }, () => this.next())
  }
}

/** The tree after these entries, from nothing. */
export function treeAfter(entries: readonly Entry[], upTo: Zxid): DataTree {
  const tree = createTree()
  for (const entry of entries) if (entry.zxid <= upTo) applyEntry(tree, entry)
  return tree
}
