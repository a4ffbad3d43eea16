// The tree as far as somebody looked at it: listings of the expanded znodes, kept fresh by the gateway's
// `tree:changed`, and the detail of the selected one. Nothing here mirrors the whole tree.

import { create } from 'zustand'
import { CHILDREN_PAGE, type NodeDetail, type NodeRow } from '#shared/events/socket-protocol.ts'
import { isUnder, parentPath } from '#shared/zk/path.ts'
import type { TreeChange } from '../feeds/feed.ts'
import { ask } from './ask.ts'
import { askAgainSoon } from './ask-again.ts'
import { ancestors, changedPaths, LISTING_UNKNOWN, type Listing } from './listing.ts'

/** Re-listing after changes: at most this many rows of one znode, the rest is paged in again on request. */
const RELIST_ROWS_MAX = 2000
/** Changes that come within this time are answered by one new listing; longer for large ones, which cost more. */
const RELIST_AFTER_MS = 120
const RELIST_AFTER_MS_MAX = 5000
const CHILDREN_PER_MS = 50
/** An offset beyond every child: asks for the watch, not for the rows. */
const NO_ROWS = 2 ** 31 - 1
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
}

export const useTree = create<TreeState>(() => ({
  expanded: new Set(),
  listings: new Map(),
  flashes: new Map(),
  detail: { type: 'none' },
  filter: '',
}))

const pending = new Map<string, ReturnType<typeof setTimeout>>()

function putListing(path: string, change: Partial<Listing>): void {
  useTree.setState(({ listings }) => {
    const next = new Map(listings)
    next.set(path, { ...(listings.get(path) ?? LISTING_UNKNOWN), ...change })
    return { listings: next }
  })
}

function markChanged(paths: readonly string[]): void {
  if (paths.length === 0) return
  const now = Date.now()
  useTree.setState(({ flashes }) => {
    const next = new Map([...flashes].filter(([, at]) => now - at < FLASH_MS))
    for (const path of paths) next.set(path, now)
    return { flashes: next }
  })
}

/** Loads `count` rows from the start, replacing what was known; rows that changed light up. */
async function list(path: string, count: number): Promise<void> {
  const rows: NodeRow[] = []
  let total = 0
  let stat = null
  do {
    const answer = await ask('tree:list', { path, offset: rows.length, watch: true })
    if (!useTree.getState().expanded.has(path)) return
    if (!answer.ok) {
      if (answer.code === 'NONODE') {
        forget(path)
        return
      }
      putListing(path, { state: 'failed', message: answer.message })
      askAgainSoon(`list ${path}`, answer.code, () => {
        if (useTree.getState().listings.get(path)?.state === 'failed') relist(path)
      })
      return
    }
    rows.push(...answer.value.children)
    total = answer.value.total
    stat = answer.value.stat
    if (answer.value.children.length === 0) break
  } while (rows.length < Math.min(count, total))
  const before = useTree.getState().listings.get(path)
  if (before?.state === 'ready' && before.stat) markChanged(changedPaths(before.rows, rows))
  putListing(path, { state: 'ready', rows, total, stat, message: null })
}

function relist(path: string): void {
  const loaded = useTree.getState().listings.get(path)?.rows.length ?? 0
  void list(path, Math.min(RELIST_ROWS_MAX, Math.max(CHILDREN_PAGE, loaded)))
}

/** Opens a znode and lists its children. */
export function expand(path: string): void {
  const { expanded } = useTree.getState()
  if (expanded.has(path)) return
  useTree.setState({ expanded: new Set([...expanded, path]) })
  relist(path)
}

/** Closes a znode and everything below it; the gateway stops watching them. */
export function collapse(path: string): void {
  const { expanded } = useTree.getState()
  for (const open of expanded) if (isUnder(open, path)) forget(open)
}

function forget(path: string): void {
  clearTimeout(pending.get(path))
  pending.delete(path)
  useTree.setState(({ expanded, listings }) => {
    const nextListings = new Map(listings)
    nextListings.delete(path)
    return { expanded: new Set([...expanded].filter((open) => open !== path)), listings: nextListings }
  })
  unwatch(path)
}

/** Lets the gateway forget `path` unless it is still shown as a listing or in the inspector. */
function unwatch(path: string): void {
  const { expanded, detail } = useTree.getState()
  if (expanded.has(path) || (detail.type !== 'none' && detail.path === path)) return
  void ask('tree:forget', { path })
}

/** Loads the next page of children. */
export async function loadMore(path: string): Promise<void> {
  const before = useTree.getState().listings.get(path)
  if (!before) return
  const answer = await ask('tree:list', { path, offset: before.rows.length, watch: true })
  const now = useTree.getState().listings.get(path)
  if (!now || now.rows !== before.rows) return // re-listed meanwhile
  if (answer.ok) putListing(path, { rows: [...before.rows, ...answer.value.children], total: answer.value.total })
  else putListing(path, { message: answer.message })
}

export function retryListing(path: string): void {
  putListing(path, { state: 'loading', message: null })
  relist(path)
}

/** Opens everything above `path`, so that its row can be seen. */
export function reveal(path: string): void {
  for (const above of ancestors(path)) expand(above)
}

export function setFilter(filter: string): void {
  useTree.setState({ filter })
}

/** Shows `path` in the inspector and keeps it current until closeDetail. */
export async function openDetail(path: string): Promise<void> {
  const shown = useTree.getState().detail
  if (shown.type === 'none' || shown.path !== path) useTree.setState({ detail: { type: 'loading', path } })
  // First the watch, then the reading: so nothing is missed between them. It also watches a znode that is gone.
  await ask('tree:list', { path, offset: NO_ROWS, watch: true })
  await readDetail(path)
}

async function readDetail(path: string): Promise<void> {
  const answer = await ask('node:get', { path })
  const now = useTree.getState().detail
  if (now.type === 'none' || now.path !== path) return
  if (answer.ok) useTree.setState({ detail: { type: 'ready', path, detail: answer.value } })
  else if (answer.code === 'NONODE') useTree.setState({ detail: { type: 'gone', path } })
  else {
    useTree.setState({ detail: { type: 'failed', path, message: answer.message } })
    askAgainSoon(`detail ${path}`, answer.code, () => {
      const then = useTree.getState().detail
      if (then.type === 'failed' && then.path === path) void openDetail(path)
    })
  }
}

export function closeDetail(path: string): void {
  const { detail } = useTree.getState()
  if (detail.type !== 'none' && detail.path === path) useTree.setState({ detail: { type: 'none' } })
  unwatch(path)
}

function relistSoon(path: string): void {
  const { expanded, listings } = useTree.getState()
  if (!expanded.has(path) || pending.has(path)) return
  const total = listings.get(path)?.total ?? 0
  const again = () => {
    pending.delete(path)
    relist(path)
  }
  pending.set(path, setTimeout(again, Math.min(RELIST_AFTER_MS_MAX, RELIST_AFTER_MS + total / CHILDREN_PER_MS)))
}

export function onTreeChanged(change: TreeChange): void {
  relistSoon(change.path)
  if (change.event !== 'children') relistSoon(parentPath(change.path))
  const { detail } = useTree.getState()
  if (detail.type !== 'none' && detail.path === change.path) void readDetail(change.path)
}

/** Paths that committed txns changed: rows whose own data changed are told by no watch of their parent. */
export function onDataWritten(paths: ReadonlySet<string>): void {
  for (const parent of new Set([...paths].map(parentPath))) relistSoon(parent)
}

/** Lists everything open again, after a reconnect. */
export function relistAll(): void {
  const { expanded, detail } = useTree.getState()
  for (const path of expanded) relist(path)
  if (detail.type !== 'none') void openDetail(detail.path)
}
