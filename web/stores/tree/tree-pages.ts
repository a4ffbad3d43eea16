// Pages of children, asked for as they come into view: a few at a time, what is looked at now before all else, so that one
// may drag the scrollbar through a million rows. Few stay in memory; what has changed is asked for again when it is seen.

import { CHILDREN_PAGE, type NodeListing } from '#shared/events/socket-protocol.ts'
import { baseName, parentPath } from '#shared/zk/path.ts'
import type { PagePlace } from '../../viz/tree/outline.ts'
import { ask } from '../ask.ts'
import { askAgainSoon } from '../ask-again.ts'
import { changedPaths, type Listing, outdated, withAnswer } from '../listing.ts'
import { listingOf, markChanged, putListing, useTree } from './tree-state.ts'

/** Rows kept of all listings together. The oldest pages that nobody sees go first. */
const ROWS_KEPT_MAX = 12_000
const AT_ONCE = 4
/** Open children whose positions are asked with a page, and the characters of their names, by what fits into a message. */
const PLACES_ASKED_MAX = 200
const PLACES_CHARS_MAX = 20_000
/** Changes that come within this time are answered by one new listing; longer for large ones, which cost more. */
const RELIST_AFTER_MS = 120
const RELIST_AFTER_MS_MAX = 2000
const CHILDREN_PER_MS = 500
/** How soon a listing that lags behind its znode is asked for again. */
const BEHIND_AFTER_MS = 3000

/** What is in view. */
let shown: readonly PagePlace[] = []
/** To be asked for though nobody sees them: listings that were just opened, or have changed out of view. */
const due = new Map<string, PagePlace>()
const asking = new Set<string>()
/** How often a listing was found to have changed: an answer to an older question is stale at once. */
const renewals = new Map<string, number>()
const timers = new Map<string, ReturnType<typeof setTimeout>>()

function keyOf({ path, page }: PagePlace): string {
  return `${page} ${path}`
}

/** What the list shows now; it is loaded where it is not. */
export function showPages(places: readonly PagePlace[]): void {
  shown = places
  pump()
}

function pump(): void {
  for (const place of [...shown, ...due.values()]) {
    if (asking.size >= AT_ONCE) return
    if (asking.has(keyOf(place)) || (isFresh(place) && !due.has(keyOf(place)))) continue
    void load(place)
  }
}

function isFresh({ path, page }: PagePlace): boolean {
  const { expanded, listings } = useTree.getState()
  const listing = listings.get(path)
  if (!expanded.has(path) || listing?.state === 'failed') return true // nobody wants it, or a person is asked to retry
  if (listing?.state !== 'ready') return false
  return page * CHILDREN_PAGE >= listing.total || listing.pages.get(page)?.stale === false
}

async function load(place: PagePlace): Promise<void> {
  const key = keyOf(place)
  asking.add(key)
  due.delete(key)
  try {
    await askPage(place.path, { offset: place.page * CHILDREN_PAGE })
  } finally {
    asking.delete(key)
  }
  pump()
}

/** Asks for a page and puts the answer into the store; null when there was none, or nobody wants it any more. */
async function askPage(
  path: string,
  where: { readonly offset: number; readonly from?: string },
): Promise<NodeListing | null> {
  const places = openBelow(path)
  if (where.from !== undefined) places.push(where.from)
  const renewal = renewals.get(path)
  const answer = await ask('tree:list', { path, watch: true, places, ...where })
  if (!useTree.getState().expanded.has(path)) return null
  if (!answer.ok) {
    if (answer.code === 'MOVED') return null // another cluster is looked at now, and asked anew
    if (answer.code === 'NONODE') {
      forget(path)
      return null
    }
    putListing(path, { state: 'failed', message: answer.message })
    askAgainSoon(`list ${path}`, answer.code, () => {
      if (useTree.getState().listings.get(path)?.state === 'failed') relist(path)
    })
    return null
  }
  const before = listingOf(path)
  const inView = new Set(shown.filter((place) => place.path === path).map(({ page }) => page))
  const after = withAnswer(before, answer.value, places, inView)
  markChanged(changedPaths(before, answer.value.children))
  putListing(path, renewals.get(path) === renewal ? after : outdated(after))
  dropPages()
  if (after.behind) relistAfter(path, BEHIND_AFTER_MS)
  return answer.value
}

/** Names of open children: where they are may have changed. */
function openBelow(path: string): string[] {
  const names: string[] = []
  let chars = 0
  for (const open of useTree.getState().expanded) {
    if (open === '/' || parentPath(open) !== path) continue
    const name = baseName(open)
    chars += name.length
    if (names.length >= PLACES_ASKED_MAX || chars > PLACES_CHARS_MAX) break
    names.push(name)
  }
  return names
}

function dropPages(): void {
  const { listings } = useTree.getState()
  let over = -ROWS_KEPT_MAX
  for (const { pages } of listings.values()) for (const { rows } of pages.values()) over += rows.length
  if (over <= 0) return
  const seen = new Set(shown.map(keyOf))
  for (const [path, { pages }] of listings) {
    const kept = new Map(pages)
    for (const [page, { rows }] of pages) {
      if (over <= 0 || seen.has(keyOf({ path, page }))) continue
      over -= rows.length
      kept.delete(page)
    }
    if (kept.size < pages.size) putListing(path, { pages: kept })
    if (over <= 0) return
  }
}

/** Lists the beginning of a znode that has just been opened. */
export function listFirst(path: string): void {
  due.set(keyOf({ path, page: 0 }), { path, page: 0 })
  pump()
}

/**
 * Loads the page of an open znode with the first child whose name is not before `name`, and remembers where it is.
 * Null when that cannot be said.
 */
export async function findChild(
  path: string,
  name: string,
): Promise<{ readonly position: number; readonly total: number; readonly name: string | null } | null> {
  const answer = await askPage(path, { offset: 0, from: name })
  if (answer?.at === undefined) return null
  return { position: answer.at, total: answer.total, name: answer.children[answer.at - answer.offset]?.name ?? null }
}

/** What is loaded of an open znode is out of date: what is in view is asked for at once, the rest when it is seen. */
export function relist(path: string): void {
  const before = listingOf(path)
  renewals.set(path, (renewals.get(path) ?? 0) + 1)
  putListing(path, {
    ...outdated(before),
    ...(before.state === 'failed' ? { state: 'loading' } : {}),
  } satisfies Partial<Listing>)
  if (!shown.some((place) => place.path === path)) {
    const [page = 0] = before.pages.keys()
    due.set(keyOf({ path, page }), { path, page })
  }
  pump()
}

/** As relist, soon, and once for all changes until then. */
export function relistSoon(path: string): void {
  relistAfter(path, Math.min(RELIST_AFTER_MS_MAX, RELIST_AFTER_MS + listingOf(path).total / CHILDREN_PER_MS))
}

function relistAfter(path: string, ms: number): void {
  if (!useTree.getState().expanded.has(path) || timers.has(path)) return
  const again = () => {
    timers.delete(path)
    relist(path)
  }
  timers.set(path, setTimeout(again, ms))
}

/** Nothing that was asked or is due belongs to the cluster that is looked at now. */
export function forgetPages(): void {
  for (const timer of timers.values()) clearTimeout(timer)
  timers.clear()
  due.clear()
  renewals.clear()
  shown = []
}

/** Closes a znode that is gone or nobody looks into any more; the gateway stops watching it. */
export function forget(path: string): void {
  clearTimeout(timers.get(path))
  timers.delete(path)
  renewals.delete(path)
  for (const [key, place] of due) if (place.path === path) due.delete(key)
  useTree.setState(({ expanded, listings }) => {
    const nextListings = new Map(listings)
    nextListings.delete(path)
    return { expanded: new Set([...expanded].filter((open) => open !== path)), listings: nextListings }
  })
  unwatch(path)
}

/** Lets the gateway forget `path` unless it is still shown as a listing or in the inspector. */
export function unwatch(path: string): void {
  const { expanded, detail } = useTree.getState()
  if (expanded.has(path) || (detail.type !== 'none' && detail.path === path)) return
  void ask('tree:forget', { path })
}
