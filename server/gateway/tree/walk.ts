// Goes through a subtree by listing children, a few nodes at a time, at a bounded rate, up to a bounded number, until it
// is told to stop. It holds paths and no data: nothing mirrors a tree. Rule: O-7 (what we cost the ensemble).

import { setTimeout as delay } from 'node:timers/promises'
import { joinPath } from '#shared/zk/path.ts'
import type { Stat } from '#shared/zk/stat.ts'
import type { EnsembleReader } from '../ensemble-reader.ts'
import { WALK_AT_ONCE, WALK_NODES_MAX, WALK_REQUESTS_PER_SECOND } from '../limits.ts'
import { RequestError } from '../request-error.ts'
import { noNode } from './node-service.ts'

export interface VisitedNode {
  readonly path: string
  readonly stat: Stat
}

export interface WalkOptions {
  readonly signal: AbortSignal
  readonly nodesMax?: number
  /** For tests that need not wait. */
  readonly requestsPerSecond?: number
  /** Called for some nodes at a time, and waited for; `left` are known and not yet visited. */
  readonly onNodes: (nodes: readonly VisitedNode[], left: number) => Promise<void> | void
}

export interface WalkResult {
  readonly visited: number
  /** Nodes whose children the ACL does not let us list. */
  readonly denied: number
  /** False: nodesMax was reached. */
  readonly complete: boolean
}

/** Parents before their children. Rejects with RequestError: CANCELLED; NONODE when there is no such root. */
export async function walkTree(reader: EnsembleReader, root: string, options: WalkOptions): Promise<WalkResult> {
  const { signal, nodesMax = WALK_NODES_MAX, requestsPerSecond = WALK_REQUESTS_PER_SECOND } = options
  const pace = new Pace(requestsPerSecond)
  let waiting: string[] = [root]
  let next = 0
  let known = 1
  let [visited, denied, complete] = [0, 0, true]
  while (next < waiting.length) {
    if (signal.aborted) throw cancelled()
    const batch = waiting.slice(next, next + WALK_AT_ONCE)
    next += batch.length
    await pace.wait(batch.length, signal)
    const found: VisitedNode[] = []
    for (const [i, listed] of (await Promise.all(batch.map((path) => list(reader, path)))).entries()) {
      const path = batch[i] ?? root
      // Gone since its parent was listed; but the root must be there.
      if (listed === null && path === root) throw noNode(path)
      if (listed === null) continue
      if (listed.children === null) denied += 1
      if (listed.stat) found.push({ path, stat: listed.stat })
      visited += 1
      for (const name of listed.children ?? []) {
        if (known >= nodesMax) {
          complete = false
          break
        }
        known += 1
        waiting.push(joinPath(path, name))
      }
    }
    await options.onNodes(found, waiting.length - next)
    if (next > 10_000) {
      waiting = waiting.slice(next)
      next = 0
    }
  }
  return { visited, denied, complete }
}

export function cancelled(): RequestError {
  return new RequestError('CANCELLED', 'This was cancelled before it was done.')
}

interface Listed {
  /** null: they may not be listed. */
  readonly children: readonly string[] | null
  readonly stat: Stat | null
}

/** Null when there is no such node. */
async function list(reader: EnsembleReader, path: string): Promise<Listed | null> {
  try {
    return await reader.children(path)
  } catch (error) {
    if (!(error instanceof RequestError)) throw error
    if (error.code === 'NONODE') return null
    if (error.code === 'NOAUTH') return { children: null, stat: await reader.stat(path) }
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
