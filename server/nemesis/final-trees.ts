// What every member holds at the end: as its clients see it, and as its disk gives it back. Whether that is right is for
// the checks to say.

import { CONFIG_PATH } from '#shared/tree/create-tree.ts'
import type { DataTree } from '#shared/tree/data-tree.ts'
import { readRequest } from '#shared/tree/read.ts'
import type { AuthId } from '#shared/zk/acl.ts'
import { NO_SESSION } from '#shared/zk/ids.ts'
import { joinPath } from '#shared/zk/path.ts'
import type { Stat } from '#shared/zk/stat.ts'
import { ZooKeeper } from '../client/zookeeper.ts'
import { openStorage } from '../storage/open-storage.ts'

/** By path, without the configuration node, which is each server's own. */
export type SeenTree = ReadonlyMap<string, { readonly data: Uint8Array | null; readonly stat: Stat }>

const CONNECT_TIMEOUT_MS = 20_000
const ANYBODY: readonly AuthId[] = [{ scheme: 'ip', id: '127.0.0.1' }]

/** Reads everything that one member shows, after a sync. */
export async function readSeenTree(clientPort: number): Promise<SeenTree> {
  const zk = await ZooKeeper.connect({ servers: `127.0.0.1:${clientPort}`, connectTimeoutMs: CONNECT_TIMEOUT_MS })
  try {
    await zk.sync()
    const seen = new Map<string, { data: Uint8Array | null; stat: Stat }>()
    let level = ['/']
    while (level.length > 0) {
      const found = await Promise.all(
        level.map(async (path) => {
          const [{ data, stat }, { children }] = await Promise.all([zk.getData(path), zk.getChildren(path)])
          seen.set(path, { data, stat })
          return children.map((name) => joinPath(path, name))
        }),
      )
      level = found.flat().filter((path) => path !== CONFIG_PATH)
    }
    return seen
  } finally {
    await zk.close()
  }
}

/** What the disk of a member gives back; the member must have ended. Rejects with a StorageError as its start would. */
export async function readDiskTree(dataDir: string): Promise<DataTree> {
  const { storage, recovered } = await openStorage({ dataDir, log: () => undefined })
  await storage.close()
  return recovered.tree
}

/** How what clients saw of a member differs from what its disk holds, as sentences; at most a few. */
export function compareSeen(sid: number, seen: SeenTree, tree: DataTree): string[] {
  const wrong: string[] = []
  for (const [path, { data, stat }] of seen) {
    const { body } = readRequest(tree, { type: 'getData', path, watch: false }, ANYBODY, NO_SESSION, undefined)
    if (body.type !== 'data') wrong.push(`${path} is not on its disk`)
    else if (
      Buffer.compare(data ?? Buffer.alloc(0), body.data ?? Buffer.alloc(0)) !== 0 ||
      !isSameStat(stat, body.stat)
    )
      wrong.push(`${path} is another one on its disk`)
  }
  for (const path of tree.nodes.keys())
    if (path !== CONFIG_PATH && !seen.has(path)) wrong.push(`${path} is on its disk and was not shown`)
  return wrong.slice(0, 5).map((what) => `member ${sid}: ${what}`)
}

function isSameStat(a: Stat, b: Stat): boolean {
  const keys = Object.keys(a).filter((key): key is keyof Stat => key in b)
  return keys.every((key) => a[key] === b[key])
}
