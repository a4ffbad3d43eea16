// The tree as far as somebody looked at it, as a store: what is open, the pages of children that were loaded, the detail of
// the selected znode. tree-pages.ts asks for pages, tree-store.ts has what a person does.

import { create } from 'zustand'
import type { NodeDetail } from '#shared/events/socket-protocol.ts'
import { LISTING_UNKNOWN, type Listing } from '../listing.ts'

/** How long a changed row stays marked. */
export const FLASH_MS = 1600

type DetailState =
  | { readonly type: 'none' }
  | { readonly type: 'loading'; readonly path: string }
  | { readonly type: 'ready'; readonly path: string; readonly detail: NodeDetail }
  | { readonly type: 'gone'; readonly path: string }
  | { readonly type: 'failed'; readonly path: string; readonly message: string }

interface TreeState {
  readonly expanded: ReadonlySet<string>
  readonly listings: ReadonlyMap<string, Listing>
  /** When a row last changed, browser clock. */
  readonly flashes: ReadonlyMap<string, number>
  readonly detail: DetailState
  readonly filter: string
  /** The child of `path` that the list is to go to; `times` tells one wish from the next. */
  readonly goal: { readonly path: string; readonly position: number; readonly times: number } | null
}

export const useTree = create<TreeState>(() => ({
  expanded: new Set(),
  listings: new Map(),
  flashes: new Map(),
  detail: { type: 'none' },
  filter: '',
  goal: null,
}))

export function listingOf(path: string): Listing {
  return useTree.getState().listings.get(path) ?? LISTING_UNKNOWN
}

export function putListing(path: string, change: Partial<Listing>): void {
  useTree.setState(({ listings }) => {
    const next = new Map(listings)
    next.set(path, { ...(listings.get(path) ?? LISTING_UNKNOWN), ...change })
    return { listings: next }
  })
}

export function markChanged(paths: readonly string[]): void {
  if (paths.length === 0) return
  const now = Date.now()
  useTree.setState(({ flashes }) => {
    const next = new Map([...flashes].filter(([, at]) => now - at < FLASH_MS))
    for (const path of paths) next.set(path, now)
    return { flashes: next }
  })
}

/** The list goes to the child at `position` (from 0) of an open znode. */
export function goTo(path: string, position: number): void {
  useTree.setState(({ goal }) => ({ goal: { path, position, times: (goal?.times ?? 0) + 1 } }))
}
