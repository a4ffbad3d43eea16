// Arithmetic on listings of children: pages that come and go, where a name is, what changed between two answers. Pure.

import { CHILDREN_PAGE, type NodeListing, type NodeRow, type StatJson } from '#shared/events/socket-protocol.ts'
import { compareZxidText, newerZxid } from '#shared/events/zxid-text.ts'

export type ListingState = 'loading' | 'ready' | 'failed'

export interface ListingPage {
  readonly rows: readonly NodeRow[]
  /** It has changed since; what is shown of it is asked for again. */
  readonly stale: boolean
}

/** The children of one znode: how many, and those pages of them that somebody looked at. */
export interface Listing {
  readonly state: ListingState
  /** Of the znode itself; null until it was listed. */
  readonly stat: StatJson | null
  /** By their number; page `n` begins at the child `n * CHILDREN_PAGE` in the order of names. */
  readonly pages: ReadonlyMap<number, ListingPage>
  readonly total: number
  /** Positions of children whose page need not be loaded, by name. */
  readonly places: ReadonlyMap<string, number>
  /** The znode changes faster than it can be listed: this is how it was some seconds ago. */
  readonly behind: boolean
  /** Why it failed, for the person. */
  readonly message: string | null
}

export const LISTING_UNKNOWN: Listing = {
  state: 'loading',
  stat: null,
  pages: new Map(),
  total: 0,
  places: new Map(),
  behind: false,
  message: null,
}

export function pageOf(position: number): number {
  return Math.floor(position / CHILDREN_PAGE)
}

/** All rows that are loaded, in order. */
export function loadedRows({ pages }: Pick<Listing, 'pages'>): readonly NodeRow[] {
  return [...pages].sort(([a], [b]) => a - b).flatMap(([, { rows }]) => rows)
}

/**
 * The listing after an answer. Where children came or went, the other pages are no longer what they were: those in `shown`
 * stay, as stale ones, the rest goes.
 * @param asked whose positions the answer tells
 */
export function withAnswer(
  before: Listing,
  answer: NodeListing,
  asked: readonly string[],
  shown: ReadonlySet<number>,
): Listing {
  const moved = before.total !== answer.total || !sameChildren(before.stat, answer.stat)
  const kept = moved
    ? [...before.pages]
        .filter(([page]) => shown.has(page))
        .map(([page, { rows }]): [number, ListingPage] => [page, { rows, stale: true }])
    : before.pages
  const pages = new Map(kept)
  const page = pageOf(answer.offset)
  pages.delete(page)
  pages.set(page, { rows: answer.children, stale: false })
  const places = new Map(moved ? [] : before.places)
  asked.forEach((name, i) => {
    const place = answer.places?.[i] ?? -1
    if (place >= 0) places.set(name, place)
    else places.delete(name)
  })
  const { stat, total, behind = false } = answer
  return { state: 'ready', stat, pages, total, places, behind, message: null }
}

function sameChildren(a: StatJson | null, b: StatJson): boolean {
  return a !== null && a.cversion === b.cversion && a.pzxid === b.pzxid && a.czxid === b.czxid
}

/** Marks what is loaded as out of date. */
export function outdated(listing: Listing): Listing {
  return { ...listing, pages: new Map([...listing.pages].map(([page, { rows }]) => [page, { rows, stale: true }])) }
}

function newestZxid(stat: StatJson): string {
  return newerZxid(stat.mzxid, stat.pzxid)
}

/** Paths of `after` with other data, other children or another ACL than before, and those created since then. */
export function changedPaths(before: Listing, after: readonly NodeRow[]): string[] {
  const { stat } = before
  if (before.state !== 'ready' || stat === null) return []
  const known = new Map(loadedRows(before).map((row) => [row.path, row.stat]))
  return after
    .filter((row) => {
      const old = known.get(row.path)
      // One that was not loaded is new only when it is younger than what was listed.
      if (old === undefined) return compareZxidText(row.stat.czxid, stat.pzxid) > 0
      return newestZxid(old) !== newestZxid(row.stat) || old.aversion !== row.stat.aversion
    })
    .map((row) => row.path)
}

/** All paths above `path`, from the root down; without `path` itself. */
export function ancestors(path: string): string[] {
  if (path === '/') return []
  const parts = path.slice(1).split('/')
  return ['/', ...parts.slice(0, -1).map((_, i) => `/${parts.slice(0, i + 1).join('/')}`)]
}
