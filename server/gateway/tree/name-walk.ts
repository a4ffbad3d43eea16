// Lists the children of every znode of a subtree that has some, and asks nothing of leaves where that can be helped. The
// server counts what is below: as soon as the children that are known of make up that number, all others are leaves. Parents
// of few are listed before those of many, which makes that soon. Rule: O-7 (what we cost the ensemble).

import type { Stat } from '#shared/zk/stat.ts'
import { LEAVES_ASKED_FROM, LEAVES_ASKED_MAX, NAMES_LISTED_AT_ONCE } from '../limits.ts'
import { RequestError } from '../request-error.ts'
import { NameList } from './name-list.ts'
import { noNode } from './node-service.ts'
import type { TreeReader } from './patient-reader.ts'
import { cancelled, Pace, takePaths, type WaitingNames, type WalkResult } from './walk.ts'

export interface NameWalkOptions {
  readonly signal: AbortSignal
  /** Znodes of the subtree with its root; null when the server cannot count. */
  readonly total: number | null
  readonly nodesMax: number
  readonly requestsPerSecond: number
  readonly atOnce: number
  readonly onListed: (parent: string, names: NameList) => Promise<void>
}

/** Rejects with RequestError: CANCELLED; NONODE when there is no such root. */
export async function walkNames(reader: TreeReader, root: string, options: NameWalkOptions): Promise<WalkResult> {
  const { signal, nodesMax, atOnce } = options
  const pace = new Pace(options.requestsPerSecond)
  const parents = new Parents(options.total)
  const leaves = new LeafAsker(reader, pace)
  let [visited, denied] = [1, 0]
  const top = await statOf(reader, root)
  if (top === null) throw noNode(root)
  if (top === 'denied') return { visited, denied: 1, complete: true }
  parents.add(root, top.numChildren)
  for (let batch = parents.take(atOnce); batch.length > 0; batch = parents.take(atOnce)) {
    await pace.wait(batch.length, signal)
    const unseen: WaitingNames[] = []
    for (const [i, listed] of (await Promise.all(batch.map((path) => list(reader, path)))).entries()) {
      if (signal.aborted) throw cancelled()
      const parent = batch[i] ?? root
      if (listed === 'denied') denied += 1
      if (listed === 'denied' || listed === null) continue
      const names = listed.first(nodesMax - visited)
      visited += names.count
      await options.onListed(parent, names)
      if (names.count < listed.count) return { visited, denied, complete: false }
      if (!parents.allKnown && !(await leaves.areAll(parent, names.count, signal)))
        unseen.push({ parent, names, next: 0 })
    }
    // The small ones first, as ever.
    unseen.sort((a, b) => a.names.count - b.names.count)
    while (unseen.length > 0 && !parents.allKnown) {
      const paths = takePaths(unseen, atOnce)
      await pace.wait(paths.length, signal)
      if (signal.aborted) throw cancelled()
      for (const [i, stat] of (await Promise.all(paths.map((path) => statOf(reader, path)))).entries()) {
        // Who may not see how many children it has may not list them either.
        if (stat === 'denied') denied += 1
        else if (stat !== null) parents.add(paths[i] ?? root, stat.numChildren)
      }
    }
  }
  return { visited, denied, complete: true }
}

/** Znodes that have children and wait to be listed, those with few before those with many. */
class Parents {
  /** By the power of two that the number of children reaches. */
  readonly #waiting: { readonly path: string; readonly children: number }[][] = []
  /** Znodes of which it is not known whose children they are; NaN when nobody can tell. */
  #unknown: number

  constructor(total: number | null) {
    this.#unknown = total === null ? Number.NaN : total - 1
  }

  /** Nothing that has not been added has children. */
  get allKnown(): boolean {
    return this.#unknown === 0
  }

  add(path: string, children: number): void {
    if (children === 0) return
    this.#unknown -= children
    const size = 32 - Math.clz32(children)
    for (let i = this.#waiting.length; i <= size; i += 1) this.#waiting.push([])
    this.#waiting[size]?.push({ path, children })
  }

  /** Some whose names together are not too many to be held at once; at least one if there is one. */
  take(count: number): string[] {
    const paths: string[] = []
    const waiting = this.#waiting.find(({ length }) => length > 0) ?? []
    let names = 0
    for (let last = waiting.at(-1); last !== undefined && paths.length < count; last = waiting.at(-1)) {
      names += last.children
      if (paths.length > 0 && names > NAMES_LISTED_AT_ONCE) break
      waiting.pop()
      paths.push(last.path)
    }
    return paths
  }
}

/** Whether no child has children, asked of the server where that spares very many visits, and a few times only: it counts them. */
class LeafAsker {
  readonly #reader: TreeReader
  readonly #pace: Pace
  #left = LEAVES_ASKED_MAX

  constructor(reader: TreeReader, pace: Pace) {
    this.#reader = reader
    this.#pace = pace
  }

  async areAll(path: string, children: number, signal: AbortSignal): Promise<boolean> {
    if (children < LEAVES_ASKED_FROM || this.#left === 0) return false
    this.#left -= 1
    await this.#pace.wait(1, signal)
    try {
      return (await this.#reader.countBelow(path)) === children
    } catch (error) {
      if (signal.aborted || !(error instanceof RequestError)) throw error
      // Old servers do not know how; then every child is looked at.
      return false
    }
  }
}

async function list(reader: TreeReader, path: string): Promise<NameList | 'denied' | null> {
  return orWhyNot(async () => NameList.unsorted((await reader.packedChildren(path)).names))
}

async function statOf(reader: TreeReader, path: string): Promise<Stat | 'denied' | null> {
  return orWhyNot(() => reader.stat(path))
}

/** Null: it is not there any more. */
async function orWhyNot<T>(ask: () => Promise<T>): Promise<T | 'denied' | null> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof RequestError)) throw error
    if (error.code === 'NONODE') return null
    if (error.code === 'NOAUTH') return 'denied'
    throw error
  }
}
