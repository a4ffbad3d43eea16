// A leader without a network that fills a tree as clients would: each create is prepared, and applied when a
// batch of them has been. Which trees are wanted and what is measured is for tree.ts.

import { applyEntry } from '#shared/tree/apply.ts'
import { createTree } from '#shared/tree/create-tree.ts'
import type { DataTree } from '#shared/tree/data-tree.ts'
import { DEFAULT_TREE_OPTIONS } from '#shared/tree/options.ts'
import { createPending, retirePending } from '#shared/tree/pending.ts'
import { prepareRequest, proposalDigest } from '#shared/tree/prepare.ts'
import { OPEN_ACL } from '#shared/zk/acl.ts'
import { asSessionId } from '#shared/zk/ids.ts'
import { CREATE_FLAGS } from '#shared/zk/op.ts'
import type { Entry } from '#shared/zk/txn.ts'
import { makeZxid } from '#shared/zk/zxid.ts'

/** Proposals in flight when a batch is applied: what a busy leader has. */
const BATCH = 100
const SESSION = asSessionId(0x100000000000001n)
const START_MS = 1_700_000_000_000

export class Loader {
  readonly tree: DataTree = createTree()
  /** Of what was created. */
  nodes = 0
  pathBytes = 0
  dataBytes = 0
  readonly #pending = createPending()
  readonly #batch: Entry[] = []

  /** `path` as a string that is a piece of memory of its own, as from the wire; `data` is copied. */
  create(path: string, data: Uint8Array | null): void {
    this.nodes += 1
    this.pathBytes += path.length
    this.dataBytes += data?.length ?? 0
    const zxid = makeZxid(1, this.nodes)
    const ctx = { zxid, timeMs: START_MS + this.nodes, sessionId: SESSION, auth: [] }
    const request = { type: 'create', path, data, acl: OPEN_ACL, flags: CREATE_FLAGS.persistent } as const
    const txn = prepareRequest(this.tree, this.#pending, request, ctx)
    const digest = proposalDigest(this.#pending, txn, DEFAULT_TREE_OPTIONS)
    this.#batch.push({ zxid, sessionId: SESSION, cxid: this.nodes, timeMs: ctx.timeMs, txn, digest })
    if (this.#batch.length >= BATCH) this.commit()
  }

  /** Applies what is in flight; throws when something was refused, or the digests say that it went wrong. */
  commit(): void {
    for (const entry of this.#batch) {
      const { err, mismatch } = applyEntry(this.tree, entry)
      if (err !== 0 || mismatch) throw new Error(`${JSON.stringify(entry.txn)} was not applied`)
      retirePending(this.#pending, entry)
    }
    this.#batch.length = 0
  }
}

export interface TreeShape {
  readonly nodes: number
  readonly perDirectory: number
  readonly dataBytes: number
}

/** Directories below the root, each full but for the last; `nodes` counts what is in them. */
export function loadTree({ nodes, perDirectory, dataBytes }: TreeShape): Loader {
  const loader = new Loader()
  const data = new Uint8Array(dataBytes).fill(0x2a)
  for (let i = 0; i < nodes; i += 1) {
    if (i % perDirectory === 0) loader.create(directoryPath(i / perDirectory), null)
    loader.create(ownString(nodePath(i, perDirectory)), data)
  }
  loader.commit()
  return loader
}

export function directoryPath(index: number): string {
  return ownString(`/directory-${String(index).padStart(4, '0')}`)
}

export function nodePath(index: number, perDirectory: number): string {
  return `${directoryPath(Math.floor(index / perDirectory))}/node-${String(index).padStart(7, '0')}`
}

/** A concatenated string keeps its pieces; one that was decoded does not. */
function ownString(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}
