// The rows of the tree as somebody sees them: expanded znodes flattened, filtered, with the rows that say
// "37,412 more". Pure.

import { CHILDREN_PAGE, type NodeRow, type StatJson } from '#shared/events/socket-protocol.ts'
import { baseName } from '#shared/zk/path.ts'

/** The children of one znode, as far as they were loaded; stores/listing.ts keeps them. */
interface ShownListing {
  readonly state: 'loading' | 'ready' | 'failed'
  readonly stat: StatJson | null
  readonly rows: readonly NodeRow[]
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
  | {
      readonly type: 'more'
      readonly path: string
      readonly depth: number
      readonly left: number
      readonly next: number
    }
  | { readonly type: 'loading' | 'empty'; readonly path: string; readonly depth: number }
  | { readonly type: 'failed'; readonly path: string; readonly depth: number; readonly message: string }

/** All rows from the root down. A filter keeps rows whose name contains it, and the way to them. */
export function flattenTree(
  listings: ReadonlyMap<string, ShownListing>,
  expanded: ReadonlySet<string>,
  filter: string,
): TreeRow[] {
  const root = listings.get('/')
  const out: TreeRow[] = [
    {
      type: 'node',
      path: '/',
      name: '/',
      depth: 0,
      stat: root?.stat ?? null,
      expanded: expanded.has('/'),
      position: 1,
      siblings: 1,
    },
  ]
  const needle = filter.trim().toLowerCase()
  appendChildren(out, '/', 1, listings, expanded, needle)
  return out
}

function appendChildren(
  out: TreeRow[],
  path: string,
  depth: number,
  listings: ReadonlyMap<string, ShownListing>,
  expanded: ReadonlySet<string>,
  needle: string,
): boolean {
  if (!expanded.has(path)) return false
  const listing = listings.get(path)
  if (!listing || listing.state === 'loading') {
    out.push({ type: 'loading', path, depth })
    return false
  }
  if (listing.state === 'failed') {
    out.push({ type: 'failed', path, depth, message: listing.message ?? '' })
    return false
  }
  let kept = false
  listing.rows.forEach((row, i) => {
    kept = appendNode(out, row, depth, i + 1, listing.total, listings, expanded, needle) || kept
  })
  const left = listing.total - listing.rows.length
  if (left > 0) out.push({ type: 'more', path, depth, left, next: Math.min(left, CHILDREN_PAGE) })
  else if (listing.rows.length === 0 && needle === '') out.push({ type: 'empty', path, depth })
  return kept
}

function appendNode(
  out: TreeRow[],
  row: NodeRow,
  depth: number,
  position: number,
  siblings: number,
  listings: ReadonlyMap<string, ShownListing>,
  expanded: ReadonlySet<string>,
  needle: string,
): boolean {
  const mark = out.length
  const name = row.name === '' ? baseName(row.path) : row.name
  out.push({
    type: 'node',
    path: row.path,
    name,
    depth,
    stat: row.stat,
    expanded: expanded.has(row.path),
    position,
    siblings,
  })
  const below = appendChildren(out, row.path, depth + 1, listings, expanded, needle)
  if (needle === '' || below || name.toLowerCase().includes(needle)) return true
  out.length = mark
  return false
}

/** Where the number that the server gave this name begins: ten digits, or a sign and nine. Null without one. */
export function sequenceStart(name: string): number | null {
  const match = /(?:\d{10}|-\d{9})$/.exec(name)
  return match && match.index > 0 ? match.index : null
}
