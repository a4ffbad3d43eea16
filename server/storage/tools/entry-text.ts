// A transaction as a line for people and as an object for programs. Ids are exact: hexadecimal text, never a
// rounded number. Which transactions are shown is the caller's business.

import { tryUtf8Decode } from '#shared/base/text.ts'
import { type Acl, formatPerms } from '#shared/zk/acl.ts'
import { errorName } from '#shared/zk/errors.ts'
import { formatSessionId } from '#shared/zk/ids.ts'
import type { Entry, SubTxn, Txn } from '#shared/zk/txn.ts'
import { formatZxid } from '#shared/zk/zxid.ts'

/** One line: time, session, cxid, zxid, type, and what it changes. `data`: also the bytes of znodes. */
export function entryLine(entry: Entry, data: boolean): string {
  const { zxid, sessionId, cxid, timeMs, txn, digest } = entry
  const head = `${isoTime(timeMs)} session ${formatSessionId(sessionId)} cxid 0x${(cxid >>> 0).toString(16)} zxid ${formatZxid(zxid)}`
  const tail = digest === null ? '' : ` digest ${digest}`
  return `${head} ${txnText(txn, data)}${tail}`
}

/** What `--json` prints, one object a line. */
export function entryObject(entry: Entry, data: boolean): Record<string, unknown> {
  const { zxid, sessionId, cxid, timeMs, txn, digest } = entry
  return {
    zxid: formatZxid(zxid),
    session: formatSessionId(sessionId),
    cxid,
    time: isoTime(timeMs),
    ...txnObject(txn, data),
    digest: digest === null ? null : digest.toString(),
  }
}

/** Milliseconds since 1970 as ISO text; the number itself where no calendar has it. */
export function isoTime(timeMs: number): string {
  return Number.isFinite(timeMs) && Math.abs(timeMs) <= 8.64e15 ? new Date(timeMs).toISOString() : `${timeMs} ms`
}

/** Bytes as text where they are printable UTF-8, else in hexadecimal. */
export function dataText(data: Uint8Array | null): string {
  if (data === null) return 'null'
  const text = tryUtf8Decode(data)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: just these must not reach a terminal
  if (text !== null && !/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.test(text)) return JSON.stringify(text)
  return `0x${Buffer.from(data).toString('hex')}`
}

export function aclText(acl: readonly Acl[] | null): string {
  return acl === null ? 'null' : acl.map(({ scheme, id, perms }) => `${scheme}:${id}:${formatPerms(perms)}`).join(',')
}

function sizeText(data: Uint8Array | null, shown: boolean): string {
  if (shown) return dataText(data)
  return data === null ? 'no data' : `${data.length} bytes`
}

function txnText(txn: Txn | SubTxn, data: boolean): string {
  switch (txn.type) {
    case 'create':
    case 'create2':
      return `${txn.type} ${JSON.stringify(txn.path)} ${sizeText(txn.data, data)}${txn.ephemeral ? ' ephemeral' : ''} acl ${aclText(txn.acl)}`
    case 'createTTL':
      return `createTTL ${JSON.stringify(txn.path)} ${sizeText(txn.data, data)} ttl ${txn.ttlMs} ms acl ${aclText(txn.acl)}`
    case 'createContainer':
      return `createContainer ${JSON.stringify(txn.path)} ${sizeText(txn.data, data)} acl ${aclText(txn.acl)}`
    case 'delete':
    case 'deleteContainer':
      return `${txn.type} ${JSON.stringify(txn.path)}`
    case 'setData':
    case 'reconfig':
      return `${txn.type} ${JSON.stringify(txn.path)} ${sizeText(txn.data, data)} version ${txn.version}`
    case 'setACL':
      return `setACL ${JSON.stringify(txn.path)} acl ${aclText(txn.acl)} version ${txn.version}`
    case 'check':
      return `check ${JSON.stringify(txn.path)} version ${txn.version}`
    case 'error':
      return `error ${errorName(txn.err)}`
    case 'multi':
      return `multi [${txn.txns.map((part) => txnText(part, data)).join('; ')}]`
    case 'createSession':
      return `createSession timeout ${txn.timeoutMs} ms`
    case 'closeSession':
      return txn.paths === null ? 'closeSession' : `closeSession ${txn.paths.length} ephemerals`
  }
}

function txnObject(txn: Txn | SubTxn, data: boolean): Record<string, unknown> {
  if (txn.type === 'multi') return { type: 'multi', parts: txn.txns.map((part) => txnObject(part, data)) }
  if (txn.type === 'error') return { type: 'error', error: errorName(txn.err) }
  const { type, ...fields } = txn
  if (!('data' in fields)) return { type, ...fields }
  const { data: bytes, ...rest } = fields
  const size = { bytes: bytes?.length ?? null }
  return { type, ...rest, ...size, ...(data ? { data: bytes && Buffer.from(bytes).toString('base64') } : {}) }
}
