// Deletes a node and all below it, many at a time but a bounded number, over whatever else happens to the subtree
// meanwhile. Source: ZKUtil.deleteRecursive.

import { joinPath } from '#shared/zk/path.ts'
import { badArguments, NoNodeError, NotEmptyError } from './errors.ts'
import type { CallOptions } from './pending-calls.ts'

/** Deletes on their way at one time. */
const BATCH = 500
/** Others may add children while we delete: after so many rounds on one node they have won. */
const ROUNDS_MAX = 100

/** What it needs of a client. */
export interface Deleter {
  getChildren(path: string, options?: CallOptions): Promise<{ readonly children: readonly string[] }>
  delete(path: string, version?: number, options?: CallOptions): Promise<void>
}

/**
 * Not a transaction: when it fails, part of the subtree is gone. What somebody else deletes is no error.
 * Throws NotEmptyError when others keep adding children.
 */
export async function deleteRecursive(zk: Deleter, path: string, options: CallOptions = {}): Promise<void> {
  if (path === '/') throw badArguments('the root cannot be deleted; delete its children one by one', path)
  for (let round = 1; ; round += 1) {
    const refused = await tryDelete(zk, path, options)
    if (refused === null) return
    if (round === ROUNDS_MAX) throw refused
    await deleteBelow(zk, path, options)
  }
}

async function deleteBelow(zk: Deleter, path: string, options: CallOptions): Promise<void> {
  const names = await childrenOf(zk, path, options)
  for (let from = 0; from < names.length; from += BATCH) {
    const batch = names.slice(from, from + BATCH).map((name) => joinPath(path, name))
    const refused = await Promise.all(batch.map((child) => tryDelete(zk, child, options)))
    // Those with children one after the other: the depth of a tree is small, its breadth need not be.
    for (const [i, child] of batch.entries()) if (refused[i]) await deleteRecursive(zk, child, options)
  }
}

/** Null when it is gone, NotEmptyError when it has children. */
async function tryDelete(zk: Deleter, path: string, options: CallOptions): Promise<NotEmptyError | null> {
  try {
    await zk.delete(path, -1, options)
    return null
  } catch (error) {
    if (error instanceof NoNodeError) return null
    if (error instanceof NotEmptyError) return error
    throw error
  }
}

async function childrenOf(zk: Deleter, path: string, options: CallOptions): Promise<readonly string[]> {
  try {
    return (await zk.getChildren(path, options)).children
  } catch (error) {
    if (error instanceof NoNodeError) return []
    throw error
  }
}
