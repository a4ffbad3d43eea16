// The rows of the tree as somebody sees them, without making them: a znode with a million children is a number of rows, and
// a row is looked up when it is drawn. Places whose page is not loaded are rows, too. Pure.

import { CHILDREN_PAGE, type NodeRow, type StatJson } from '#shared/events/socket-protocol.ts'
import { baseName, parentPath } from '#shared/zk/path.ts'

/** The children of one znode, as far as they were loaded; stores/listing.ts keeps them. */
export interface ShownListing {
  readonly state: 'loading' | 'ready' | 'failed'
  readonly stat: StatJson | null
  readonly pages: ReadonlyMap<number, { readonly rows: readonly NodeRow[] }>
  readonly places: ReadonlyMap<string, number>
  readonly total: number
  readonly message: string | null
}

export type TreeRow =
  | {
      readonly type: 'node'
      readonly path: string
      readonly name: string
      readonly depth: number
      readonly stat: StatJson | null
      readonly expanded: boolean
      readonly position: number
      readonly siblings: number
    }
  /** A child of `path` that is there, and not loaded; `position` from 1. */
  | {
      readonly type: 'pending'
      readonly path: string
      readonly depth: number
      readonly position: number
      readonly siblings: number
    }
  /** With a filter: so many children of `path` are not loaded, and so not looked through. */
  | { readonly type: 'unseen'; readonly path: string; readonly depth: number; readonly left: number }
  | { readonly type: 'loading' | 'empty'; readonly path: string; readonly depth: number }
  | { readonly type: 'failed'; readonly path: string; readonly depth: number; readonly message: string }

/** A page of children that a row needs. */
export interface PagePlace {
  readonly path: string
  readonly page: number
}

export interface Outline {
  readonly count: number
  /** @param i from 0, below `count` */
  at(i: number): TreeRow
  /** The row of a znode; -1 when it is not shown, or nobody knows where. */
  indexOf(path: string): number
  /** Where the child at `position` (from 0) of an open znode is; -1 when it is not open. */
  rowOfChild(path: string, position: number): number
  /** The pages that these rows come from, loaded or not. */
  pagesOf(first: number, last: number): readonly PagePlace[]
}

/** One open znode and what is below it. */
interface Branch {
  readonly path: string
  /** Of its children. */
  readonly depth: number
  readonly listing: ShownListing | undefined
  /** By position, each with the rows before its own children, counted from the first child of this branch. */
  readonly open: readonly { readonly position: number; readonly first: number; readonly branch: Branch }[]
  readonly count: number
}

export function makeOutline(
  listings: ReadonlyMap<string, ShownListing>,
  expanded: ReadonlySet<string>,
  filter: string,
): Outline {
  const needle = filter.trim().toLowerCase()
  return needle === '' ? new WholeOutline(listings, expanded) : listOutline(filteredRows(listings, expanded, needle))
}

class WholeOutline implements Outline {
  readonly #root: Branch | null
  readonly #listings: ReadonlyMap<string, ShownListing>
  readonly #expanded: ReadonlySet<string>

  constructor(listings: ReadonlyMap<string, ShownListing>, expanded: ReadonlySet<string>) {
    this.#listings = listings
    this.#expanded = expanded
    const below = new Map<string, string[]>()
    for (const path of expanded) {
      if (path === '/') continue
      const parent = parentPath(path)
      const siblings = below.get(parent)
      if (siblings) siblings.push(path)
      else below.set(parent, [path])
    }
    this.#root = expanded.has('/') ? makeBranch('/', 1, listings, below) : null
  }

  get count(): number {
    return 1 + (this.#root?.count ?? 0)
  }

  at(i: number): TreeRow {
    if (i === 0 || this.#root === null) return rootRow(this.#listings, this.#expanded)
    return this.#rowOf(this.#root, i - 1)
  }

  #rowOf(branch: Branch, index: number): TreeRow {
    const { path, depth, listing } = branch
    if (!listing || listing.state === 'loading') return { type: 'loading', path, depth }
    if (listing.state === 'failed') return { type: 'failed', path, depth, message: listing.message ?? '' }
    if (listing.total === 0) return { type: 'empty', path, depth }
    const found = positionAt(branch, index)
    if (found.in) return this.#rowOf(found.in, found.index)
    const position = found.index
    const place = { depth, position: position + 1, siblings: listing.total }
    const row = rowAt(listing, position)
    if (!row) return { type: 'pending', path, ...place }
    const { stat } = row
    return {
      type: 'node',
      path: row.path,
      name: row.name === '' ? baseName(row.path) : row.name,
      stat,
      expanded: this.#expanded.has(row.path),
      ...place,
    }
  }

  indexOf(path: string): number {
    if (path === '/') return 0
    const listing = this.#listings.get(parentPath(path))
    const position = listing ? positionOf(listing, path) : -1
    return position < 0 ? -1 : this.rowOfChild(parentPath(path), position)
  }

  rowOfChild(path: string, position: number): number {
    let branch = this.#root
    let first = 1
    for (const name of path === '/' ? [] : path.slice(1).split('/')) {
      const below = branch?.path === '/' ? `/${name}` : `${branch?.path}/${name}`
      const open = branch?.open.find((each) => each.branch.path === below)
      if (!open) return -1
      branch = open.branch
      first += open.first
    }
    if (!branch || position >= (branch.listing?.total ?? 0)) return -1
    const before = branch.open.reduce((sum, each) => sum + (each.position < position ? each.branch.count : 0), 0)
    return first + position + before
  }

  pagesOf(first: number, last: number): readonly PagePlace[] {
    const places = new Map<string, PagePlace>()
    for (let i = first; i <= Math.min(last, this.count - 1); i += 1) {
      const row = this.at(i)
      if ((row.type !== 'node' && row.type !== 'pending') || (row.type === 'node' && row.path === '/')) continue
      const path = row.type === 'pending' ? row.path : parentPath(row.path)
      const page = Math.floor((row.position - 1) / CHILDREN_PAGE)
      places.set(`${page} ${path}`, { path, page })
    }
    return [...places.values()]
  }
}

function makeBranch(
  path: string,
  depth: number,
  listings: ReadonlyMap<string, ShownListing>,
  below: ReadonlyMap<string, readonly string[]>,
): Branch {
  const listing = listings.get(path)
  const total = listing?.state === 'ready' ? listing.total : 0
  const placed = (total > 0 ? (below.get(path) ?? []) : [])
    .map((child) => ({ child, position: listing ? positionOf(listing, child) : -1 }))
    // One of which nobody knows any more where it is, is not shown until that is known.
    .filter(({ position }) => position >= 0)
    .sort((a, b) => a.position - b.position)
  let before = 0
  const open = placed.map(({ child, position }) => {
    const branch = makeBranch(child, depth + 1, listings, below)
    const first = position + 1 + before
    before += branch.count
    return { position, first, branch }
  })
  // One row says that it is on its way, that it failed, or that there is nothing.
  return { path, depth, listing, open, count: Math.max(1, total) + before }
}

/** Which child a row of a branch is, or in which open one it is and where. */
function positionAt({ open }: Branch, index: number): { readonly in: Branch | null; readonly index: number } {
  let before = 0
  for (const { first, branch } of open) {
    if (index < first) break
    if (index < first + branch.count) return { in: branch, index: index - first }
    before += branch.count
  }
  return { in: null, index: index - before }
}

function rowAt({ pages }: ShownListing, position: number): NodeRow | undefined {
  return pages.get(Math.floor(position / CHILDREN_PAGE))?.rows[position % CHILDREN_PAGE]
}

function positionOf({ pages, places, total }: ShownListing, path: string): number {
  const known = places.get(baseName(path))
  if (known !== undefined && known < total) return known
  for (const [page, { rows }] of pages) {
    const at = rows.findIndex((row) => row.path === path)
    if (at >= 0) return page * CHILDREN_PAGE + at
  }
  return -1
}

function rootRow(listings: ReadonlyMap<string, ShownListing>, expanded: ReadonlySet<string>): TreeRow {
  const stat = listings.get('/')?.stat ?? null
  return { type: 'node', path: '/', name: '/', depth: 0, stat, expanded: expanded.has('/'), position: 1, siblings: 1 }
}

/** Loaded rows whose name contains `needle`, and the way to them. */
function filteredRows(
  listings: ReadonlyMap<string, ShownListing>,
  expanded: ReadonlySet<string>,
  needle: string,
): TreeRow[] {
  const out: TreeRow[] = [rootRow(listings, expanded)]
  const children = (path: string, depth: number): boolean => {
    if (!expanded.has(path)) return false
    const listing = listings.get(path)
    if (listing?.state !== 'ready') {
      const failed = listing?.state === 'failed'
      out.push(
        failed ? { type: 'failed', path, depth, message: listing.message ?? '' } : { type: 'loading', path, depth },
      )
      return false
    }
    let kept = false
    let loaded = 0
    for (const [page, { rows }] of [...listing.pages].sort(([a], [b]) => a - b)) {
      loaded += rows.length
      rows.forEach((row, i) => {
        const position = page * CHILDREN_PAGE + i + 1
        kept = node(row, depth, position, listing.total) || kept
      })
    }
    if (listing.total > loaded) out.push({ type: 'unseen', path, depth, left: listing.total - loaded })
    return kept
  }
  const node = ({ path, name, stat }: NodeRow, depth: number, position: number, siblings: number): boolean => {
    const mark = out.length
    out.push({ type: 'node', path, name, depth, stat, expanded: expanded.has(path), position, siblings })
    const below = children(path, depth + 1)
    if (below || name.toLowerCase().includes(needle)) return true
    out.length = mark
    return false
  }
  children('/', 1)
  return out
}

function listOutline(rows: readonly TreeRow[]): Outline {
  const last: TreeRow = { type: 'empty', path: '/', depth: 0 }
  const indexOf = (path: string) => rows.findIndex((row) => row.type === 'node' && row.path === path)
  return {
    count: rows.length,
    at: (i) => rows[i] ?? last,
    indexOf,
    rowOfChild: () => -1,
    pagesOf: () => [],
  }
}
