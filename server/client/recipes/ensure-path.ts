// Makes a path and its missing parents.

import { parentPath } from '#shared/zk/path.ts'
import type { CreateMode } from '../create-mode.ts'
import { NodeExistsError, NoNodeError } from '../errors.ts'
import type { ZooKeeper } from '../zookeeper.ts'

/** Resolves when `path` exists, whoever made it. New nodes are empty and of the given mode. */
export async function ensurePath(zk: ZooKeeper, path: string, mode: CreateMode = 'persistent'): Promise<void> {
  if (path === '/') return
  try {
    await zk.create(path, null, { mode })
  } catch (error) {
    if (error instanceof NodeExistsError) return
    if (!(error instanceof NoNodeError)) throw error
    await ensurePath(zk, parentPath(path), mode)
    await ensurePath(zk, path, mode)
  }
}
