// From the ensemble's events to what trackers are told: committed txns as changes of znodes, watch events as wakes.
// It knows which paths concern a lock, and nothing about locks themselves.

import type { GatewayEvent } from '#shared/events/socket-protocol.ts'
import type { LockChange } from '#shared/recipes/history/change.ts'
import { KAZOO_QUEUE } from '#shared/recipes/recognise/site-paths.ts'
import { asSessionId, NO_SESSION } from '#shared/zk/ids.ts'
import { parentPath } from '#shared/zk/path.ts'
import type { CommittedTxn } from './committed-txns.ts'

/** The paths of trackers that a change of `path` may concern: a lock's own, its directory's, and of the recipes with several. */
export function concerned(path: string): string[] {
  const dir = parentPath(path)
  const paths = [path, dir, parentPath(dir)]
  if (dir.endsWith(KAZOO_QUEUE)) paths.push(dir.slice(0, -KAZOO_QUEUE.length))
  return paths
}

/** Changes by path; a closeSession concerns all locks and has path null. */
export interface PathChange {
  readonly path: string | null
  readonly change: LockChange
}

export function changesOf({ t, zxid, txn, parts }: CommittedTxn): PathChange[] {
  const session = asSessionId(BigInt(txn.session))
  if (txn.op === 'closeSession') return [{ path: null, change: { type: 'closed', t, zxid, session, cxid: txn.cxid } }]
  const all = txn.op === 'multi' ? parts : [txn]
  return all.flatMap(({ op, path }): PathChange[] => {
    if (path === null) return []
    if (op.startsWith('delete')) return [{ path, change: { type: 'deleted', t, zxid, path, by: session } }]
    if (!op.startsWith('create')) return []
    // What a multi created is told without its flags; a listing says more.
    const owner = txn.op !== 'multi' && txn.ephemeral ? session : NO_SESSION
    return [{ path, change: { type: 'created', t, zxid, path, owner, data: null } }]
  })
}

type Wake = LockChange & { readonly type: 'triggered' | 'delivered' }

/** A watch that fired or was delivered; null for other events. */
export function wakeOf(event: GatewayEvent): Wake | null {
  if (event.type !== 'watchTriggered' && event.type !== 'watchDelivered') return null
  const type = event.type === 'watchTriggered' ? 'triggered' : 'delivered'
  return { type, t: event.t, session: asSessionId(BigInt(event.session)), path: event.path }
}
