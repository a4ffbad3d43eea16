// What a person does in the tree, and what changes there: open, close, find, look into one znode. The state is in
// tree/tree-state.ts, pages of children in tree/tree-pages.ts. Nothing here mirrors the whole tree.

import { baseName, isUnder, parentPath } from '#shared/zk/path.ts'
import type { TreeChange } from '../feeds/feed.ts'
import { ask } from './ask.ts'
import { askAgainSoon } from './ask-again.ts'
import { ancestors } from './listing.ts'
import { findChild, forget, listFirst, relist, relistSoon, unwatch } from './tree/tree-pages.ts'
import { goTo, listingOf, putListing, useTree } from './tree/tree-state.ts'

/** An offset beyond every child: asks for the watch, not for the rows. */
const NO_ROWS = 2 ** 31 - 1

/** Opens a znode and lists its children. */
export function expand(path: string): void {
  if (open(path)) listFirst(path)
}

/** False when it was open already. */
function open(path: string): boolean {
  const { expanded } = useTree.getState()
  if (expanded.has(path)) return false
  useTree.setState({ expanded: new Set([...expanded, path]) })
  putListing(path, {})
  return true
}

/** Closes a znode and everything below it; the gateway stops watching them. */
export function collapse(path: string): void {
  const { expanded } = useTree.getState()
  for (const each of expanded) if (isUnder(each, path)) forget(each)
}

export function retryListing(path: string): void {
  putListing(path, { state: 'loading', message: null })
  relist(path)
}

/** Opens everything above `path`, and finds its row, wherever it is among a million. */
export function reveal(path: string): void {
  const way = ancestors(path)
  way.forEach((above, i) => {
    const towards = baseName(way[i + 1] ?? path)
    open(above)
    if (!isPlaced(above, towards)) void findChild(above, towards)
  })
}

function isPlaced(path: string, name: string): boolean {
  const { places, pages } = listingOf(path)
  return places.has(name) || [...pages.values()].some(({ rows }) => rows.some((row) => row.name === name))
}

/**
 * Goes to the first child of `path` whose name is not before `text`. Answers where that is, from 1, and whether its name
 * begins so; null when it cannot be said.
 */
export async function goToChild(
  path: string,
  text: string,
): Promise<{ readonly position: number; readonly total: number; readonly begins: boolean } | null> {
  open(path)
  const found = await findChild(path, text)
  if (!found || found.total === 0) return null
  const position = Math.min(found.position, found.total - 1)
  goTo(path, position)
  return { position: position + 1, total: found.total, begins: found.name?.startsWith(text) === true }
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
