// Two trees of very many znodes, made through the client port in transactions: one znode with all of them as children, whose
// names come in no order, and a forest of a thousand directories.

import { ZooKeeper } from '../../client/zookeeper.ts'

export const WIDE = '/million'
export const FOREST = '/forest'
export const DIRECTORIES = 1000
/** Every so many-th znode holds this in its data; nothing else does. */
export const NEEDLE = 'needle-in-data'
export const NEEDLE_EVERY = 10_000

/** Transactions of so many creates, and how many are under way. */
const OPS = 500
const UNDER_WAY = 4
const TIMEOUT_MS = 120_000
/** Relatively prime to every number of znodes that somebody asks for: 0, 1, 2 … come in a scattered order. */
const STRIDE = 7_368_787

export function childName(i: number): string {
  return `item-${String(i).padStart(8, '0')}`
}

export function directoryName(i: number): string {
  return `dir-${String(i).padStart(4, '0')}`
}

/**
 * @param servers connect string
 * @param children of the one znode
 * @param leaves of the forest
 */
export async function plant(servers: string, children: number, leaves: number): Promise<void> {
  const zk = await ZooKeeper.connect({ servers, sessionTimeoutMs: 30_000, connectTimeoutMs: 60_000 })
  try {
    await zk.create(WIDE)
    await zk.create(FOREST)
    await createAll(zk, DIRECTORIES, (i) => `${FOREST}/${directoryName(i)}`)
    await createAll(zk, children, (i) => `${WIDE}/${childName((i * STRIDE) % children)}`)
    await createAll(zk, leaves, (i) => `${FOREST}/${directoryName(i % DIRECTORIES)}/${childName(i)}`)
  } finally {
    await zk.close()
  }
}

async function createAll(zk: ZooKeeper, nodes: number, pathAt: (i: number) => string): Promise<void> {
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < nodes) {
      const from = next
      next = Math.min(nodes, from + OPS)
      const transaction = zk.transaction()
      for (let i = from; i < next; i += 1)
        transaction.create(pathAt(i), i % NEEDLE_EVERY === 0 ? NEEDLE : `{"row":${i}}`)
      await transaction.commit({ timeoutMs: TIMEOUT_MS })
    }
  }
  await Promise.all(Array.from({ length: UNDER_WAY }, lane))
}
