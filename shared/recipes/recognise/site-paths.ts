// Which znodes around a path belong to the same recipe, so that a reader knows what to read with it. A path
// asked for in vain costs one read; nothing here needs the tree.

import { baseName, joinPath, parentPath } from '../../zk/path.ts'

/** Suffix of the directory in which those who want a kazoo semaphore queue. */
export const KAZOO_QUEUE = '-__lock__'

/** Directories that make one recipe together, as children of one parent. */
export const TOGETHER: readonly (readonly [string, string])[] = [
  ['locks', 'leases'],
  ['entries', 'taken'],
]

/** Where the recipe of `path` begins: the parent of `locks` and `leases`, the semaphore of a kazoo queue, else itself. */
export function siteRoot(path: string): string {
  if (path.endsWith(KAZOO_QUEUE) && path.length > KAZOO_QUEUE.length + 1) return path.slice(0, -KAZOO_QUEUE.length)
  const name = baseName(path)
  const parent = parentPath(path)
  return parent !== '/' && ['leases', 'entries', 'taken'].includes(name) ? parent : path
}

/** What to read beside `root`, whose children are `names`. At most three paths. */
export function sitePaths(root: string, names: readonly string[]): string[] {
  const found = new Set(names)
  const together = TOGETHER.filter((pair) => pair.some((name) => found.has(name))).flat()
  const paths = together.filter((name) => found.has(name)).map((name) => joinPath(root, name))
  if (found.has('locks') && found.has('party')) paths.push(joinPath(root, 'party'))
  // A semaphore that nobody holds has no children, so its queue is looked for whatever there is; leases are bare ids.
  const mayBeSemaphore = root !== '/' && names.every((name) => /^[0-9a-f]{32}$/.test(name))
  if (mayBeSemaphore) paths.push(`${root}${KAZOO_QUEUE}`)
  return paths
}
