// Transactions and znodes as text and as plain objects for JSON. Numbers that a double could round are hex text.

import { type Acl, formatPerms } from '#shared/zk/acl.ts'
import { errorName } from '#shared/zk/errors.ts'
import { formatSessionId } from '#shared/zk/ids.ts'
import type { Entry, SubTxn, Txn } from '#shared/zk/txn.ts'
import { formatZxid } from '#shared/zk/zxid.ts'

/** Data beyond this is cut in text; JSON has all of it. */
const SHOWN_BYTES = 4096

export type Plain = { readonly [key: string]: unknown }

/** For JSON. Data only when asked for, else its length. */
export function entryObject(entry: Entry, offset: number, bytes: number, data: boolean): Plain {
  return {
    zxid: formatZxid(entry.zxid),
    session: formatSessionId(entry.sessionId),
    cxid: entry.cxid,
    timeMs: entry.timeMs,
    offset,
    bytes,
    txn: txnObject(entry.txn, data),
    digest: entry.digest === null ? null : `0x${entry.digest.toString(16)}`,
  }
}

function txnObject(txn: Txn | SubTxn, data: boolean): Plain {
  if (txn.type === 'multi') return { type: 'multi', txns: txn.txns.map((one) => txnObject(one, data)) }
  if (!('data' in txn)) return { ...txn }
  const { data: bytes, ...rest } = txn
  return { ...rest, dataLength: bytes?.length ?? null, ...(data ? { data: base64(bytes) } : {}) }
}

export function base64(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString('base64')
}

/** One line, in the order of Apache's TxnLogToolkit: time, session, cxid, zxid, what. */
export function entryLine(entry: Entry, data: boolean): string {
  const { timeMs, sessionId, cxid, zxid, txn } = entry
  const time = Number.isFinite(new Date(timeMs).getTime()) ? new Date(timeMs).toISOString() : `${timeMs} ms`
  return `${time} session ${formatSessionId(sessionId)} cxid 0x${(cxid >>> 0).toString(16)} zxid ${formatZxid(zxid)} ${txnText(txn, data)}`
}

function txnText(txn: Txn | SubTxn, data: boolean): string {
  switch (txn.type) {
    case 'multi':
      return `multi [${txn.txns.map((one) => txnText(one, data)).join('; ')}]`
    case 'error':
      return `error ${txn.err} (${errorName(txn.err)})`
    case 'createSession':
      return `createSession timeout=${txn.timeoutMs}`
    case 'closeSession':
      return `closeSession${txn.paths ? ` paths=${JSON.stringify(txn.paths)}` : ''}`
    case 'delete':
    case 'deleteContainer':
      return `${txn.type} ${quote(txn.path)}`
    case 'check':
      return `check ${quote(txn.path)} version=${txn.version}`
    case 'setACL':
      return `setACL ${quote(txn.path)} aversion=${txn.version} acl=${aclText(txn.acl)}`
    case 'setData':
    case 'reconfig':
      return `${txn.type} ${quote(txn.path)} version=${txn.version} ${dataText(txn.data, data)}`
    case 'create':
    case 'create2':
      return `${txn.type} ${quote(txn.path)}${txn.ephemeral ? ' ephemeral' : ''} ${created(txn, data)}`
    case 'createTTL':
      return `createTTL ${quote(txn.path)} ttl=${txn.ttlMs} ${created(txn, data)}`
    case 'createContainer':
      return `createContainer ${quote(txn.path)} ${created(txn, data)}`
  }
}

interface Created {
  readonly data: Uint8Array | null
  readonly acl: readonly Acl[] | null
  readonly parentCVersion: number
}

function created(txn: Created, data: boolean): string {
  return `parentCVersion=${txn.parentCVersion} acl=${aclText(txn.acl)} ${dataText(txn.data, data)}`
}

export function aclText(acl: readonly Acl[] | null): string {
  return acl === null ? 'open' : acl.map(({ scheme, id, perms }) => `${scheme}:${id}:${formatPerms(perms)}`).join(',')
}

/** A path without anything that would move the cursor of a terminal. */
export function quote(path: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  return /[\u0000-\u001f\u007f-\u009f\s]/.test(path) ? JSON.stringify(path) : path
}

export function dataText(bytes: Uint8Array | null, shown: boolean): string {
  if (bytes === null) return 'data=null'
  if (!shown) return `data=${bytes.length}B`
  const text = Buffer.from(bytes.subarray(0, SHOWN_BYTES)).toString('utf8')
  return `data=${JSON.stringify(text)}${bytes.length > SHOWN_BYTES ? ` and ${bytes.length - SHOWN_BYTES} bytes more` : ''}`
}
