// Arithmetic on listings of children: what changed between two of them. Pure.

import type { NodeRow, StatJson } from '#shared/events/socket-protocol.ts'
import { compareZxidText } from '#shared/events/zxid-text.ts'

export type ListingState = 'loading' | 'ready' | 'failed'

/** The children of one znode, as far as they were loaded. */
export interface Listing {
  readonly state: ListingState
  /** Of the znode itself; null until it was listed. */
  readonly stat: StatJson | null
  /** Sorted by name. */
  readonly rows: readonly NodeRow[]
  readonly total: number
  /** Why it failed, for the person. */
  readonly message: string | null
}

export const LISTING_UNKNOWN: Listing = { state: 'loading', stat: null, rows: [], total: 0, message: null }

function newestZxid(stat: StatJson): string {
  return compareZxidText(stat.mzxid, stat.pzxid) > 0 ? stat.mzxid : stat.pzxid
}

/** Paths in `after` that are new, or have other data or other children than in `before`. */
export function changedPaths(before: readonly NodeRow[], after: readonly NodeRow[]): string[] {
  const known = new Map(before.map((row) => [row.path, row.stat]))
  return after
    .filter((row) => {
      const old = known.get(row.path)
      return old === undefined || newestZxid(old) !== newestZxid(row.stat) || old.aversion !== row.stat.aversion
    })
    .map((row) => row.path)
}

/** All paths above `path`, from the root down; without `path` itself. */
export function ancestors(path: string): string[] {
  if (path === '/') return []
  const parts = path.slice(1).split('/')
  return ['/', ...parts.slice(0, -1).map((_, i) => `/${parts.slice(0, i + 1).join('/')}`)]
}
