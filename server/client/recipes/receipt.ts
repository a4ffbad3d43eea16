// A transaction that happens once, also when its answer is lost: it makes an ephemeral node beside what it does, the
// receipt, so that one look tells whether it was carried out. Costs a create in it and a delete after it.

import { randomUUID } from 'node:crypto'
import { ERROR_CODES } from '#shared/zk/errors.ts'
import { joinPath } from '#shared/zk/path.ts'
import { ConnectionLossError, NoNodeError } from '../errors.ts'
import { type Transaction, TransactionFailedError } from '../transaction.ts'
import type { ZooKeeper } from '../zookeeper.ts'
import { ensurePath } from './ensure-path.ts'
import { removeNode } from './protected-node.ts'
import { retryOnLoss } from './reconnect.ts'

/** How a caller of a recipe wants its writes when connections break. */
export interface OnceOptions {
  /**
   * True: exactly once, with a receipt in `<path>-receipts`. False: a lost answer is a ConnectionLossError, and the
   * write may have happened. Default false.
   */
  readonly exactlyOnce?: boolean
}

/**
 * Commits what `fill` puts into a transaction, once. Throws TransactionFailedError as commit does, and
 * SessionExpiredError when the session ends before it is known: the receipt has gone with it.
 */
export async function commitOnce(zk: ZooKeeper, dir: string, fill: (transaction: Transaction) => void): Promise<void> {
  const receipt = joinPath(dir, `_c_${randomUUID()}-receipt`)
  for (;;) {
    const transaction = zk.transaction()
    transaction.create(receipt, null, { mode: 'ephemeral' })
    fill(transaction)
    try {
      await transaction.commit()
      break
    } catch (error) {
      if (error instanceof ConnectionLossError) {
        await retryOnLoss(zk, () => zk.sync(receipt))
        if (await retryOnLoss(zk, () => zk.exists(receipt))) break
      } else if (error instanceof TransactionFailedError && isReceiptDirMissing(error)) {
        await retryOnLoss(zk, () => ensurePath(zk, dir, 'container'))
      } else throw error
    }
  }
  // Nobody waits for this: it goes with the session at the latest.
  removeNode(zk, receipt).catch(() => undefined)
}

function isReceiptDirMissing({ code, index }: TransactionFailedError): boolean {
  return index === 0 && code === ERROR_CODES.NONODE
}

/** Deletes, once: false when it was gone before. Without receipt a lost answer throws. */
export async function deleteOnce(zk: ZooKeeper, path: string, receipts: string | null): Promise<boolean> {
  try {
    if (receipts === null) await zk.delete(path)
    else await commitOnce(zk, receipts, (transaction) => transaction.delete(path))
    return true
  } catch (error) {
    if (error instanceof NoNodeError) return false
    if (error instanceof TransactionFailedError && error.code === ERROR_CODES.NONODE) return false
    throw error
  }
}
