// Goes through a subtree by listing children, a few nodes at a time, at a bounded rate, up to a bounded number, until it
// is told to stop. It holds names, as bytes, and no data: nothing mirrors a tree. Rule: O-7 (what we cost the ensemble).

import { setTimeout as delay } from 'node:timers/promises'
import { joinPath } from '#shared/zk/path.ts'
import type { Stat } from '#shared/zk/stat.ts'
import { WALK_AT_ONCE, WALK_NODES_MAX, WALK_REQUESTS_PER_SECOND } from '../limits.ts'
import { RequestError } from '../request-error.ts'
import { NameList } from './name-list.ts'
import { noNode } from './node-service.ts'
import type { TreeReader } from './patient-reader.ts'

export interface VisitedNode {
  readonly path: string
  readonly stat: Stat
}

export interface WalkOptions {
  readonly signal: AbortSignal
  readonly nodesMax?: number
  /** For tests that need not wait. */
  readonly requestsPerSecond?: number
  readonly atOnce?: number
  /** Called for some nodes at a time, and waited for; `left` are known and not yet visited. */
  readonly onNodes: (nodes: readonly VisitedNode[], left: number) => Promise<void> | void
  /** Called when children have been listed, before any of them is visited. */
  readonly onListed?: (parent: string, names: NameList) => Promise<void> | void
  /**
   * Reads a node by itself, before its children are listed, which they then are only if it has some: one request for a
   * leaf and not two. Null: it has gone, or may not be read; then its children are not listed either.
   */
  readonly read?: (path: string) => Promise<Stat | null>
}

export interface WalkResult {
  readonly visited: number
  /** Nodes that the ACL does not let us read or list. */
  readonly denied: number
  /** False: nodesMax was reached. */
  readonly complete: boolean
}

/** Children that wait to be visited. Of a million only their bytes are kept. */
export interface WaitingNames {
  readonly parent: string
  readonly names: NameList
  next: number
}

interface Visit {
  readonly stat: Stat | null
  readonly names: NameList | null
  readonly denied: boolean
}

/** Parents before their children. Rejects with RequestError: CANCELLED; NONODE when there is no such root. */
export async function walkTree(reader: TreeReader, root: string, options: WalkOptions): Promise<WalkResult> {
  const { signal, nodesMax = WALK_NODES_MAX, requestsPerSecond = WALK_REQUESTS_PER_SECOND } = options
  const { atOnce = WALK_AT_ONCE } = options
  const pace = new Pace(requestsPerSecond)
  const waiting: WaitingNames[] = []
  let known = 1
  let [visited, denied, complete] = [0, 0, true]
  for (let batch = [root]; batch.length > 0; batch = takePaths(waiting, atOnce)) {
    if (signal.aborted) throw cancelled()
    await pace.wait(batch.length, signal)
    const found: VisitedNode[] = []
    for (const [i, seen] of (await Promise.all(batch.map((path) => visit(reader, path, options)))).entries()) {
      const path = batch[i] ?? root
      // Gone since its parent was listed; but the root must be there.
      if (seen === null && path === root) throw noNode(path)
      if (seen === null) continue
      visited += 1
      if (seen.denied) denied += 1
      if (seen.stat) found.push({ path, stat: seen.stat })
      const { names } = seen
      if (!names || names.count === 0) continue
      await options.onListed?.(path, names)
      const taken = Math.min(names.count, nodesMax - known)
      if (taken < names.count) complete = false
      known += taken
      if (taken > 0) waiting.push({ parent: path, names: names.first(taken), next: 0 })
    }
    await options.onNodes(found, known - visited)
  }
  return { visited, denied, complete }
}

/** The next paths, those of one parent after those of the one before; `waiting` keeps the rest. */
export function takePaths(waiting: WaitingNames[], count: number): string[] {
  const paths: string[] = []
  for (let head = waiting[0]; head !== undefined && paths.length < count; head = waiting[0]) {
    const { parent, names } = head
    const to = Math.min(names.count, head.next + count - paths.length)
    for (; head.next < to; head.next += 1) paths.push(joinPath(parent, names.at(head.next)))
    if (head.next === names.count) waiting.shift()
  }
  return paths
}

export function cancelled(): RequestError {
  return new RequestError('CANCELLED', 'This was cancelled before it was done.')
}

/** Null when there is no such node. */
async function visit(reader: TreeReader, path: string, { read }: WalkOptions): Promise<Visit | null> {
  try {
    if (read) {
      const stat = await read(path)
      if (stat === null) return null
      if (stat.numChildren === 0) return { stat, names: null, denied: false }
    }
    const { names, stat } = await reader.packedChildren(path)
    return { stat, names: NameList.unsorted(names), denied: false }
  } catch (error) {
    if (!(error instanceof RequestError)) throw error
    if (error.code === 'NONODE') return null
    if (error.code === 'NOAUTH') return { stat: await reader.stat(path), names: null, denied: true }
    throw error
  }
}

/** So many requests a second and no more. */
export class Pace {
  readonly #msEach: number
  #freeAt = performance.now()

  constructor(requestsPerSecond: number) {
    this.#msEach = 1000 / requestsPerSecond
  }

  async wait(requests: number, signal: AbortSignal): Promise<void> {
    const now = performance.now()
    this.#freeAt = Math.max(now, this.#freeAt) + requests * this.#msEach
    const waitMs = this.#freeAt - now - requests * this.#msEach
    if (waitMs < 1) return
    try {
      await delay(waitMs, undefined, { signal })
    } catch {
      throw cancelled()
    }
  }
}
