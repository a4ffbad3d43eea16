// Semaphores whose queue and whose leases are in two directories: Curator's SemaphoreV2 (`locks`, `leases`) and
// kazoo's Semaphore (`x-__lock__`, `x`). Leases are unordered; only the queue has an order.
// Source: InterProcessSemaphoreV2, kazoo.recipe.lock.Semaphore; locks-and-recipes.md §2.2, §2.3.

import { tryUtf8Decode } from '../../base/text.ts'
import type { ContentionOptions, LockChild } from '../contract.ts'
import { type Line, readLines } from '../read-contention.ts'
import { standingsOf } from '../standing/blockers.ts'
import { BLOCKERS_NAMED_MAX, type Permits, type SiteNode, type Standing } from './picture.ts'

export interface SemaphoreReading {
  readonly lines: readonly Line[]
  readonly standings: readonly Standing[]
  readonly permits: Permits
}

/** The head of the queue makes its lease before it fits: then the newest lease is its own, and still pending. */
export function readSemaphoreV2(
  locks: SiteNode | null,
  leases: SiteNode | null,
  options: ContentionOptions,
): SemaphoreReading {
  const queue = lined(locks, options)
  const all = lined(leases, options)
  const head = queue.standings[0]
  const newest = all.standings.reduce<Standing | null>(
    (best, each) => (best && best.token > each.token ? best : each),
    null,
  )
  const pending = head && newest && head.owner === newest.owner && newest.token > head.token ? newest : null
  const granted = all.standings.filter((lease) => lease !== pending)
  const waiting = behindLeases(queue.standings, granted, leases?.path ?? null, options.permits ?? 0)
  const asked: Standing[] = pending
    ? [
        {
          ...pending,
          state: 'pending lease',
          ...blockedBy(granted),
          position: 1,
          wake: { via: 'children', paths: [leases?.path ?? ''] },
        },
      ]
    : []
  return {
    lines: [...all.lines, ...queue.lines],
    standings: [...granted, ...asked, ...waiting],
    permits: permitsOf(options, granted.length, pending !== null),
  }
}

/** Its node holds how many may hold, as text. */
export function readKazooSemaphore(
  leases: SiteNode,
  queue: SiteNode | null,
  options: ContentionOptions,
): SemaphoreReading {
  const stored = kazooPermits(leases)
  const line = lined(queue, options)
  const all = lined(leases, options)
  const max = options.permits ?? stored ?? 0
  const waiting = behindLeases(line.standings, all.standings, leases.path, max)
  const permits: Permits =
    options.permits === undefined && stored !== null
      ? { count: stored, basis: 'data' }
      : permitsOf(options, all.standings.length, false)
  return { lines: [...all.lines, ...line.lines], standings: [...all.standings, ...waiting], permits }
}

/** A kazoo semaphore's data; null when it is something else. */
export function kazooPermits(node: SiteNode): number | null {
  const text = tryUtf8Decode(node.data ?? new Uint8Array()) ?? ''
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null
}

function permitsOf({ permits }: ContentionOptions, granted: number, isFull: boolean): Permits {
  if (permits !== undefined) return { count: permits, basis: 'person' }
  return { count: granted, basis: isFull ? 'pending lease' : 'at least' }
}

function lined(node: SiteNode | null, options: ContentionOptions): { lines: readonly Line[]; standings: Standing[] } {
  if (!node) return { lines: [], standings: [] }
  const byName = new Map<string, LockChild>(node.children.map((child) => [child.name, child]))
  // A queue is a plain lock: how many may hold the semaphore is about its leases.
  const { permits: _, ...others } = options
  const { lines } = readLines(node.children, others)
  return { lines, standings: lines.flatMap((line) => standingsOf(node.path, line, byName)) }
}

/** Whoever holds the queue's lock waits for a lease to end; the others for their predecessors, and all for the leases. */
function behindLeases(
  queue: readonly Standing[],
  granted: readonly Standing[],
  leases: string | null,
  max: number,
): Standing[] {
  const full = granted.length >= max ? granted : []
  return queue.map((standing, i) => {
    const first = i === 0
    const ahead = queue.slice(Math.max(0, i - BLOCKERS_NAMED_MAX), i).reverse()
    return {
      ...standing,
      state: 'waiting',
      position: i + 1,
      ...blockedBy(full),
      soft: ahead.map((other) => other.path),
      softCount: i,
      wake: first && leases !== null ? { via: 'children', paths: [leases] } : standing.wake,
    }
  })
}

function blockedBy(holders: readonly Standing[]): Pick<Standing, 'hard' | 'hardCount'> {
  return { hard: holders.slice(0, BLOCKERS_NAMED_MAX).map((holder) => holder.path), hardCount: holders.length }
}
