// The names in a directory that may not be there yet.

import type { CreateMode } from '../create-mode.ts'
import { NoNodeError } from '../errors.ts'
import type { ZooKeeper } from '../zookeeper.ts'
import { ensurePath } from './ensure-path.ts'

/** None when there is no such directory. */
export async function listChildren(zk: ZooKeeper, dir: string): Promise<readonly string[]> {
  try {
    return (await zk.getChildren(dir)).children
  } catch (error) {
    if (error instanceof NoNodeError) return []
    throw error
  }
}

/** Calls `watch` at the next change. A missing directory is made, so that there is something to watch. */
export async function watchChildren(
  zk: ZooKeeper,
  dir: string,
  mode: CreateMode,
  watch: () => void,
): Promise<readonly string[]> {
  for (;;) {
    try {
      return (await zk.getChildren(dir, { watch })).children
    } catch (error) {
      if (!(error instanceof NoNodeError)) throw error
      await ensurePath(zk, dir, mode)
    }
  }
}
