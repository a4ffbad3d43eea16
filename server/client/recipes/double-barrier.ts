// Nobody starts before enough have come, nobody goes on before all have left: Curator's DistributedDoubleBarrier and
// kazoo's DoubleBarrier, which differ in names only. Each member is `<path>/<guid>`, ephemeral; `<path>/ready` opens it.
// To enter all watch `ready`; to leave all watch the lowest, and the lowest the highest.

import { randomUUID } from 'node:crypto'
import { ERROR_CODES } from '#shared/zk/errors.ts'
import { joinPath } from '#shared/zk/path.ts'
import { badArguments, NodeExistsError, NoNodeError, requestTimeout } from '../errors.ts'
import { withResolvers } from '../pending-calls.ts'
import type { ZooKeeper } from '../zookeeper.ts'
import { listChildren } from './children.ts'
import type { Layout } from './contender-order.ts'
import { type AcquireOptions, defaultData, hold, type Patience, patienceOf, type WaitOptions } from './held.ts'
import { createProtected, leave, type OwnNode, type ProtectedCreate, removeNode } from './protected-node.ts'
import { orAborted, retryOnLoss } from './reconnect.ts'
import { untilChanged } from './until-changed.ts'

export interface DoubleBarrierOptions extends AcquireOptions {
  /** Default `curator`. */
  readonly layout?: Layout
}

export interface InsideBarrier {
  /** The node that stands for us. */
  readonly path: string
  /** Aborts when we count as gone without having left: the session is over, or the node was deleted. */
  readonly signal: AbortSignal
  /** Resolves when everybody has left. Given up, our node stays or not; call it again to go on. */
  leave(options?: WaitOptions): Promise<void>
}

const READY = 'ready'

/** Resolves when `quantity` members have entered, or the barrier is open from before. */
export async function enterDoubleBarrier(
  zk: ZooKeeper,
  path: string,
  quantity: number,
  options: DoubleBarrierOptions = {},
): Promise<InsideBarrier> {
  if (!Number.isInteger(quantity) || quantity < 1)
    throw badArguments('a double barrier is for a whole number of members, at least one', path)
  const patience = patienceOf(options, path)
  const kazoo = options.layout === 'kazoo'
  const guid = randomUUID()
  const prefix = kazoo ? guid.replaceAll('-', '') : guid
  const parents = kazoo ? 'persistent' : 'container'
  const create: ProtectedCreate = { dir: path, prefix, data: options.data ?? defaultData(), mode: 'ephemeral', parents }
  let node: OwnNode | null = null
  try {
    node = await createProtected(zk, create, patience.signal)
    await untilReady(zk, path, node, quantity, patience)
    return await inside(zk, path, node)
  } catch (cause) {
    await leave(zk, path, prefix, node)
    throw cause
  } finally {
    patience.dispose()
  }
}

async function untilReady(
  zk: ZooKeeper,
  path: string,
  own: OwnNode,
  quantity: number,
  { signal, mayWait }: Pick<Patience, 'signal' | 'mayWait'>,
): Promise<void> {
  const ready = joinPath(path, READY)
  for (;;) {
    const { promise: changed, resolve } = withResolvers<'opened' | 'changed'>()
    // That it was opened counts, also when somebody has left again and taken `ready` away before we look.
    const watch = (event: { readonly type: string }) => resolve(event.type === 'nodeCreated' ? 'opened' : 'changed')
    if (await retryOnLoss(zk, () => zk.exists(ready, { watch }), signal)) return
    const names = await retryOnLoss(zk, () => listChildren(zk, path), signal)
    if (!names.includes(own.name)) throw new NoNodeError(ERROR_CODES.NONODE, own.path, 'our node was deleted')
    if (names.filter((name) => name !== READY).length >= quantity) {
      await retryOnLoss(zk, () => open(zk, ready), signal)
      return
    }
    if (!mayWait) throw requestTimeout(path)
    if ((await orAborted(changed, signal)) === 'opened') return
  }
}

async function open(zk: ZooKeeper, ready: string): Promise<void> {
  try {
    await zk.create(ready)
  } catch (error) {
    if (!(error instanceof NodeExistsError)) throw error
  }
}

async function inside(zk: ZooKeeper, path: string, node: OwnNode): Promise<InsideBarrier> {
  const held = await hold(zk, node)
  return {
    path: node.path,
    signal: held.signal,
    leave: async (options = {}) => {
      const patience = patienceOf(options, path)
      try {
        await leaveAll(zk, path, node.name, patience, () => held.release())
        await held.release()
        await removeNode(zk, joinPath(path, READY))
      } finally {
        patience.dispose()
      }
    },
  }
}

async function leaveAll(
  zk: ZooKeeper,
  path: string,
  own: string,
  { signal, mayWait }: Pick<Patience, 'signal' | 'mayWait'>,
  removeOwn: () => Promise<void>,
): Promise<void> {
  for (;;) {
    signal.throwIfAborted()
    const names = (await retryOnLoss(zk, () => listChildren(zk, path), signal)).filter((name) => name !== READY).sort()
    const [lowest] = names
    const highest = names.at(-1)
    if (lowest === undefined || highest === undefined || (names.length === 1 && lowest === own)) return
    // The lowest stays until it is alone; everybody else goes first and waits for it.
    if (lowest !== own && names.includes(own)) await removeOwn()
    if (!mayWait) throw requestTimeout(path)
    await untilChanged(zk, joinPath(path, lowest === own ? highest : lowest), signal)
  }
}
