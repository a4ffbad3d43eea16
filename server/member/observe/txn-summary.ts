// What an observer is told of a transaction: a line for a table, never its data.

import type { MultiPart } from '#shared/events/activity-event.ts'
import type { TxnSummary } from '#shared/events/cluster-event.ts'
import { errorName } from '#shared/zk/errors.ts'
import { formatSessionId } from '#shared/zk/ids.ts'
import type { Entry, SubTxn, Txn } from '#shared/zk/txn.ts'
import { formatZxid } from '#shared/zk/zxid.ts'

export function summarize(entry: Entry): TxnSummary {
  const { txn } = entry
  return {
    zxid: formatZxid(entry.zxid),
    op: txn.type,
    path: pathOf(txn),
    session: formatSessionId(entry.sessionId),
    cxid: entry.cxid,
    bytes: bytesOf(txn),
    error: errorOf(txn),
    ephemeral: isEphemeral(txn),
  }
}

/** Of a multi; empty for anything else. */
export function partsOf(txn: Txn): readonly MultiPart[] {
  if (txn.type !== 'multi') return []
  return txn.txns.map((part) => ({ op: part.type, path: 'path' in part ? part.path : null }))
}

function parts(txn: Txn): readonly (Txn | SubTxn)[] {
  return txn.type === 'multi' ? txn.txns : [txn]
}

function pathOf(txn: Txn): string | null {
  for (const part of parts(txn)) if ('path' in part) return part.path
  return null
}

function bytesOf(txn: Txn): number {
  let bytes = 0
  for (const part of parts(txn)) if ('data' in part) bytes += part.data?.length ?? 0
  return bytes
}

function errorOf(txn: Txn): string | null {
  for (const part of parts(txn)) if (part.type === 'error' && part.err !== 0) return errorName(part.err)
  return null
}

function isEphemeral(txn: Txn): boolean {
  return parts(txn).some((part) => 'ephemeral' in part && part.ephemeral)
}
