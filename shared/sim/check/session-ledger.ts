// Sessions and requests along CHOSEN: each opened and closed once, each request at most once, nothing after the
// close, and ephemerals only of open sessions. Error txns take a zxid and do nothing: they are refusals, which a
// moved or closed session gets too. Rules S-2, S-5, S-6, S-7, S-10.

import { formatSessionId, NO_SESSION, type SessionId, type Sid } from '../../zk/ids.ts'
import type { CreateTxn, Entry, SubTxn, Txn } from '../../zk/txn.ts'
import type { Ghost } from './ghost.ts'
import type { HistoryNode } from './history.ts'
import { z } from './intern.ts'

/** ZooKeeper's jute.maxbuffer: what a record in the log or on the wire may hold. */
export const TXN_BYTES_MAX = 0xfffff

interface SessionRecord {
  isOpen: boolean
  /** Of its requests that are chosen. */
  readonly cxids: Map<number, HistoryNode>
}

export interface SessionLedger {
  readonly sessions: Map<SessionId, SessionRecord>
  /** At which server each was last established. */
  readonly servers: Map<SessionId, Sid>
}

export function createSessionLedger(): SessionLedger {
  return { sessions: new Map(), servers: new Map() }
}

/** A session has been established at a server. */
export function noteSession({ sessions, facts }: Ghost, id: SessionId, at: Sid): void {
  const before = sessions.servers.get(id)
  if (before !== undefined && before !== at) facts.movedSessions += 1
  sessions.servers.set(id, at)
}

/** `node` has just been chosen; the reference has not applied it yet. */
export function recordSessions(ghost: Ghost, node: HistoryNode): void {
  const { entry } = node
  if (!entry || entry.sessionId === NO_SESSION) return
  const { sessionId, cxid, txn } = entry
  const { sessions } = ghost.sessions
  let record = sessions.get(sessionId)
  if (txn.type === 'createSession') {
    if (record) ghost.fail('S-5', `${name(entry)} creates a session for the second time`)
    record = { isOpen: true, cxids: new Map() }
    sessions.set(sessionId, record)
    return
  }
  if (!record) {
    if (txn.type !== 'error') ghost.fail('S-5', `${name(entry)} is of a session that was never created`)
    return
  }
  if (cxid > 0) {
    if (record.cxids.has(cxid)) ghost.fail('S-2', `${name(entry)} is request ${cxid}, which is chosen already`)
    record.cxids.set(cxid, node)
  }
  if (txn.type === 'error') return
  if (txn.type === 'closeSession') return close(ghost, record, entry, txn.paths)
  if (!record.isOpen) ghost.fail('S-6', `${name(entry)}, a ${txn.type}, comes after the close`)
  if (!record.isOpen && createsEphemeral(txn)) ghost.fail('S-7', `${name(entry)} creates an ephemeral after the close`)
}

function close(ghost: Ghost, record: SessionRecord, entry: Entry, paths: readonly string[] | null): void {
  // A client may close while its session expires: the second close must have nothing left to do.
  if (!record.isOpen) {
    if (paths === null || paths.length > 0) ghost.fail('S-5', `${name(entry)} closes a session for the second time`)
    return
  }
  record.isOpen = false
  ghost.facts.closes += 1
  if (entry.cxid === 0) ghost.facts.expiries += 1
  if (paths === null) return
  let bytes = 40
  for (const path of paths) bytes += path.length + 4
  if (bytes > TXN_BYTES_MAX) ghost.fail('S-10', `${name(entry)} closes a session in a txn of ${bytes} bytes`)
  const { tree } = ghost.reference.machine
  const owned = tree.ephemerals.get(entry.sessionId)
  for (const path of paths)
    if (tree.nodes.get(path)?.ephemeralOwner !== entry.sessionId)
      ghost.fail('S-7', `${name(entry)} deletes ${path}, which is not an ephemeral of that session`)
  if ((owned?.size ?? 0) !== paths.length)
    ghost.fail('S-7', `${name(entry)} deletes ${paths.length} of ${owned?.size ?? 0} ephemerals`)
}

function createsEphemeral(txn: Txn): boolean {
  if (txn.type === 'multi') return !txn.txns.some((sub) => sub.type === 'error') && txn.txns.some(isEphemeral)
  return isEphemeral(txn)
}

function isEphemeral(txn: Txn | SubTxn): txn is CreateTxn {
  return (txn.type === 'create' || txn.type === 'create2') && txn.ephemeral
}

function name({ zxid, sessionId }: Entry): string {
  return `${z(zxid)} of session ${formatSessionId(sessionId)}`
}
