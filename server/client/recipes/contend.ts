// Waits in a directory of ephemeral sequential nodes until it is our turn. Each contender watches the one whom its
// layout makes it wait for, and looks again when that one has changed: no herd. Whom that is: contender-order.ts.

import { randomUUID } from 'node:crypto'
import { joinPath } from '#shared/zk/path.ts'
import { connectionLoss, requestTimeout } from '../errors.ts'
import type { ZooKeeper } from '../zookeeper.ts'
import { listChildren } from './children.ts'
import { type ContenderKind, contenderKind, type Layout, namePrefix, type Role } from './contender-order.ts'
import { type AcquireOptions, defaultData, type Held, hold, type Patience, patienceOf } from './held.ts'
import { createProtected, leave, type OwnNode, type ProtectedCreate } from './protected-node.ts'
import { retryOnLoss } from './reconnect.ts'
import { untilChanged } from './until-changed.ts'

export interface Contest {
  readonly dir: string
  readonly role: Role
  readonly layout: Layout
}

/** Joins the queue and waits for its turn; leaves the queue when that comes to nothing. */
export async function contend(zk: ZooKeeper, contest: Contest, options: AcquireOptions): Promise<Held> {
  const { dir } = contest
  const patience = patienceOf(options, dir)
  const kind = contenderKind(contest.role, contest.layout)
  const create = placeOf(contest, kind, options)
  let node: OwnNode | null = null
  try {
    patience.signal.throwIfAborted()
    // Who does not wait for others does not wait for servers either.
    if (!patience.mayWait && zk.state !== 'connected') throw connectionLoss(dir)
    node = await createProtected(zk, create, patience.signal)
    await waitForTurn(zk, dir, kind, node, patience)
    return await hold(zk, node)
  } catch (cause) {
    await leave(zk, dir, create.prefix, node)
    throw cause
  } finally {
    patience.dispose()
  }
}

/** The node that a contender makes: a fresh guid each time. */
export function placeOf({ dir, layout }: Contest, kind: ContenderKind, { data }: AcquireOptions): ProtectedCreate {
  return {
    dir,
    prefix: namePrefix(randomUUID(), kind, layout),
    data: data ?? defaultData(),
    mode: 'ephemeralSequential',
    parents: layout === 'curator' ? 'container' : 'persistent',
  }
}

/** Resolves when nobody is before us. Throws NoNodeError when our node has been deleted. */
export async function waitForTurn(
  zk: ZooKeeper,
  dir: string,
  kind: ContenderKind,
  own: OwnNode,
  { signal, mayWait }: Pick<Patience, 'signal' | 'mayWait'>,
): Promise<void> {
  for (;;) {
    signal.throwIfAborted()
    const names = await retryOnLoss(zk, () => listChildren(zk, dir), signal)
    const before = kind.blocker(own.name, names)
    if (before === null) return
    if (!mayWait) throw requestTimeout(dir)
    await untilChanged(zk, joinPath(dir, before), signal)
  }
}
