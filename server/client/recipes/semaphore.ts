// At most so many holders at once. Curator's InterProcessSemaphoreV2: a lock in `<path>/locks`, whose holder makes a node
// in `<path>/leases` and waits until there are few enough. kazoo's Semaphore: leases in `<path>`, the lock beside it in
// `<path>-__lock__`, and the maximum as text in `<path>`. Only the head of the queue watches the leases: no herd.

import { randomUUID } from 'node:crypto'
import { tryUtf8Decode } from '#shared/base/text.ts'
import { ERROR_CODES } from '#shared/zk/errors.ts'
import { joinPath, parentPath } from '#shared/zk/path.ts'
import type { CreateMode } from '../create-mode.ts'
import { badArguments, NodeExistsError, NoNodeError, requestTimeout } from '../errors.ts'
import { withResolvers } from '../pending-calls.ts'
import type { ZooKeeper } from '../zookeeper.ts'
import { watchChildren } from './children.ts'
import { ensurePath } from './ensure-path.ts'
import { defaultData, type Held, hold, type Patience, patienceOf } from './held.ts'
import { acquireLock, type LockOptions } from './lock.ts'
import { createProtected, leave, type OwnNode, type ProtectedCreate } from './protected-node.ts'
import { orAborted, retryOnLoss } from './reconnect.ts'

export type Lease = Held

const KAZOO_QUEUE = '-__lock__'

/**
 * Waits for one of `leasesMax` leases of the semaphore at `path`. Everybody must give the same maximum: kazoo's layout
 * keeps it and refuses another one, Curator's does not. Several leases: call it several times.
 */
export async function acquireLease(
  zk: ZooKeeper,
  path: string,
  leasesMax: number,
  options: LockOptions = {},
): Promise<Lease> {
  if (!Number.isInteger(leasesMax) || leasesMax < 1)
    throw badArguments('a semaphore has a whole number of leases, at least one', path)
  const kazoo = options.layout === 'kazoo'
  const patience = patienceOf(options, path)
  try {
    patience.signal.throwIfAborted()
    if (kazoo) await retryOnLoss(zk, () => checkMaximum(zk, path, leasesMax), patience.signal)
    const queue = kazoo ? `${path}${KAZOO_QUEUE}` : joinPath(path, 'locks')
    const first = await acquireLock(zk, queue, {
      layout: kazoo ? 'kazoo' : 'curator',
      data: options.data ?? defaultData(),
      signal: patience.signal,
      ...(patience.mayWait ? {} : { timeoutMs: 0 }),
    })
    // Who is not the first any more must not take a lease out of turn.
    const signal = AbortSignal.any([patience.signal, first.signal])
    const { mayWait } = patience
    try {
      return await (kazoo ? takeKazoo : takeCurator)(zk, path, leasesMax, options, { signal, mayWait })
    } finally {
      const released = first.release()
      // Without a connection the caller need not wait until there is one again.
      if (zk.state === 'connected') await released
      else released.catch(() => undefined)
    }
  } finally {
    patience.dispose()
  }
}

type Turn = Pick<Patience, 'signal' | 'mayWait'>

/** Curator makes the lease first and then waits until it fits. */
async function takeCurator(
  zk: ZooKeeper,
  path: string,
  leasesMax: number,
  { data }: LockOptions,
  { signal, mayWait }: Turn,
): Promise<Lease> {
  const dir = joinPath(path, 'leases')
  const prefix = `_c_${randomUUID()}-lease-`
  const parents = 'container'
  const create: ProtectedCreate = { dir, prefix, data: data ?? defaultData(), mode: 'ephemeralSequential', parents }
  let node: OwnNode | null = null
  try {
    node = await createProtected(zk, create, signal)
    const { name } = node
    await untilChildren(zk, dir, parents, mayWait, signal, (names) => {
      if (!names.includes(name)) throw new NoNodeError(ERROR_CODES.NONODE, joinPath(dir, name), 'our lease was deleted')
      return names.length <= leasesMax
    })
    return await hold(zk, node)
  } catch (cause) {
    await leave(zk, dir, prefix, node)
    throw cause
  }
}

/** kazoo makes the lease when there is room: nobody else does, because only the head of the queue may. */
async function takeKazoo(
  zk: ZooKeeper,
  path: string,
  leasesMax: number,
  { data }: LockOptions,
  { signal, mayWait }: Turn,
): Promise<Lease> {
  const prefix = randomUUID().replaceAll('-', '')
  const parents = 'persistent'
  const create: ProtectedCreate = { dir: path, prefix, data: data ?? defaultData(), mode: 'ephemeral', parents }
  let node: OwnNode | null = null
  try {
    await untilChildren(zk, path, parents, mayWait, signal, (names) => names.length < leasesMax)
    node = await createProtected(zk, create, signal)
    return await hold(zk, node)
  } catch (cause) {
    await leave(zk, path, prefix, node)
    throw cause
  }
}

async function untilChildren(
  zk: ZooKeeper,
  dir: string,
  mode: CreateMode,
  mayWait: boolean,
  signal: AbortSignal,
  fits: (names: readonly string[]) => boolean,
): Promise<void> {
  for (;;) {
    const { promise: changed, resolve } = withResolvers<void>()
    const names = await retryOnLoss(zk, () => watchChildren(zk, dir, mode, resolve), signal)
    if (fits(names)) return
    if (!mayWait) throw requestTimeout(dir)
    await orAborted(changed, signal)
  }
}

/** The maximum is what whoever made the node wrote; other data than a number is none of our business, as kazoo has it. */
async function checkMaximum(zk: ZooKeeper, path: string, leasesMax: number): Promise<void> {
  try {
    await ensurePath(zk, parentPath(path))
    await zk.create(path, String(leasesMax))
    return
  } catch (error) {
    if (!(error instanceof NodeExistsError)) throw error
  }
  const { data } = await zk.getData(path)
  const text = data === null ? '' : (tryUtf8Decode(data) ?? '')
  if (!/^\s*[+-]?\d+\s*$/.test(text) || Number(text) === leasesMax) return
  throw badArguments(`this semaphore has ${Number(text)} leases, not ${leasesMax}; give that, or delete the node`, path)
}
