// HC-9: sessions and ephemerals. S-2 and S-5 to S-7 from L, S-6 and S-9 from what servers did, S-8 from what
// the host of the leader saw; and no read shows an ephemeral whose owner is over.

import type { DataTree } from '../tree/data-tree.ts'
import { kindOfOwner } from '../tree/owner.ts'
import { ERROR_CODES as E } from '../zk/errors.ts'
import { formatSessionId, NO_SESSION, type SessionId } from '../zk/ids.ts'
import type { ReplyBody } from '../zk/reply.ts'
import type { Stat } from '../zk/stat.ts'
import type { Entry, Txn } from '../zk/txn.ts'
import type { Zxid } from '../zk/zxid.ts'
import { at, type Case, isAnswered, isOfClient, isWrite, named, report } from './case.ts'
import type { Visitor } from './replay.ts'

export function checkSessions(c: Case): Visitor {
  const closedAt = new Map<SessionId, Zxid>()
  const seen = new Map<SessionId, Map<number, Zxid>>()
  const owned = new Map<SessionId, Set<string>>()
  const ownerOf = new Map<string, SessionId>()
  const createdAt = new Map<SessionId, Zxid>()
  const own = (owner: SessionId, path: string) => {
    const paths = owned.get(owner)
    if (paths) paths.add(path)
    else owned.set(owner, new Set([path]))
    ownerOf.set(path, owner)
  }
  const disown = (path: string) => {
    const owner = ownerOf.get(path)
    if (owner !== undefined) owned.get(owner)?.delete(path)
    ownerOf.delete(path)
  }
  let begun = false
  const begin = (tree: DataTree) => {
    if (begun) return
    begun = true
    for (const session of tree.sessions.keys()) createdAt.set(session, tree.lastProcessedZxid)
    for (const [session, paths] of tree.ephemerals)
      if (kindOfOwner(session) === 'ephemeral') for (const path of paths) own(session, path)
  }
  const isOpen = (session: SessionId) => createdAt.has(session) && !closedAt.has(session)
  return {
    before(entry, tree) {
      begin(tree)
      const { sessionId, txn, zxid } = entry
      const session = formatSessionId(sessionId)
      checkAtMostOnce(c, seen, entry)
      if (txn.type === 'createSession') {
        if (createdAt.has(sessionId))
          report(c, 'HC-9', 'S-5', `session ${session} is created again at ${at(zxid)}`, { zxids: [zxid] })
        else createdAt.set(sessionId, zxid)
      } else if (txn.type === 'closeSession') {
        if (!isOpen(sessionId))
          report(c, 'HC-9', 'S-5', `session ${session} is closed at ${at(zxid)}, but was not open`, {
            zxids: [zxid],
            // Apache logs a client's close behind an expiry that it had not heard of.
            advisory: c.options.reads === 'interval',
          })
        checkClosing(c, entry, owned.get(sessionId) ?? new Set())
      } else if (sessionId !== NO_SESSION && changes(txn) && !isOpen(sessionId)) {
        const closed = closedAt.get(sessionId)
        const why = closed === undefined ? 'never opened' : `closed at ${at(closed)}`
        report(
          c,
          'HC-9',
          closed === undefined ? 'S-5' : 'S-6',
          `${txn.type} at ${at(zxid)} is of session ${session}, ${why}`,
          {
            zxids: closed === undefined ? [zxid] : [closed, zxid],
          },
        )
      }
    },
    after(entry, applied, tree) {
      const { sessionId, txn, zxid } = entry
      for (const change of applied.changes) {
        const owner = change.type === 'created' ? tree.nodes.get(change.path)?.ephemeralOwner : undefined
        if (owner !== undefined && kindOfOwner(owner) === 'ephemeral') own(owner, change.path)
        else if (change.type === 'deleted') disown(change.path)
      }
      if (txn.type !== 'closeSession') return
      owned.delete(sessionId)
      if (!closedAt.has(sessionId)) closedAt.set(sessionId, zxid)
    },
    reply(op, index, tree) {
      begin(tree)
      if (isWrite(op.request)) return
      for (const { ephemeralOwner } of statsOf(op.body)) {
        if (ephemeralOwner === NO_SESSION || isOpen(ephemeralOwner)) continue
        // A foreign server's state may be later than its zxid: only what is over is over.
        if (c.options.reads === 'interval' && !closedAt.has(ephemeralOwner)) continue
        report(
          c,
          'HC-9',
          'S-7',
          `${named(c, index)} shows an ephemeral of ${formatSessionId(ephemeralOwner)} at ${at(op.zxid)}, where that is not open`,
          { operations: [index], zxids: [op.zxid] },
        )
      }
    },
    end() {
      checkServing(c, closedAt)
      checkMoved(c)
      checkResumed(c, createdAt, closedAt)
    },
  }
}

/** S-2. */
function checkAtMostOnce(c: Case, seen: Map<SessionId, Map<number, Zxid>>, entry: Entry): void {
  if (!isOfClient(entry)) return
  const { sessionId, cxid, zxid } = entry
  let cxids = seen.get(sessionId)
  if (!cxids) {
    cxids = new Map()
    seen.set(sessionId, cxids)
  }
  const first = cxids.get(cxid)
  if (first === undefined) cxids.set(cxid, zxid)
  else
    report(
      c,
      'HC-9',
      'S-2',
      `cxid ${cxid} of session ${formatSessionId(sessionId)} happened at ${at(first)} and at ${at(zxid)}`,
      { zxids: [first, zxid] },
    )
}

/** An error txn, alone or in a multi, changes nothing and so outlives nothing. */
function changes(txn: Txn): boolean {
  return txn.type === 'multi' ? !txn.txns.some((one) => one.type === 'error') : txn.type !== 'error'
}

/** S-7: all its ephemerals and only those. Logs older than 3.6 do not say which. */
function checkClosing(c: Case, entry: Entry, owned: ReadonlySet<string>): void {
  const { txn, sessionId, zxid } = entry
  if (txn.type !== 'closeSession' || txn.paths === null) return
  const session = formatSessionId(sessionId)
  for (const path of txn.paths)
    if (!owned.has(path))
      report(c, 'HC-9', 'S-7', `the close of ${session} at ${at(zxid)} deletes ${path}, which is not its`, {
        zxids: [zxid],
      })
  for (const path of owned)
    if (!txn.paths.includes(path))
      report(c, 'HC-9', 'S-7', `the close of ${session} at ${at(zxid)} leaves its ${path}`, { zxids: [zxid] })
}

function statsOf(body: ReplyBody | null): readonly Stat[] {
  if (body === null) return []
  if (body.type === 'multi') return body.results.flatMap((result) => ('stat' in result ? [result.stat] : []))
  return 'stat' in body ? [body.stat] : []
}

/** S-6: a server that has applied a session's close gives it nothing but the answer to that. */
function checkServing(c: Case, closedAt: ReadonlyMap<SessionId, Zxid>): void {
  if (c.options.reads === 'interval') return
  for (const [i, op] of c.history.operations.entries()) {
    const closed = closedAt.get(op.sessionId)
    if (closed === undefined || op.zxid === null || op.zxid < closed) continue
    if (op.request.type === 'closeSession' && c.txnOf[i]?.zxid === closed) continue
    report(c, 'HC-9', 'S-6', `${named(c, i)} was answered at ${at(op.zxid)}; its session was closed at ${at(closed)}`, {
      operations: [i],
      zxids: [closed, op.zxid],
    })
  }
}

/** S-6: what is sent over an old connection after a newer one of its session is established is not done. */
function checkMoved(c: Case): void {
  const newest = new Map<SessionId, { readonly conn: number; readonly atMs: number }[]>()
  for (const { sessionId, conn, establishedAtMs } of c.history.connections) {
    if (establishedAtMs === null) continue
    const list = newest.get(sessionId)
    if (list) list.push({ conn, atMs: establishedAtMs })
    else newest.set(sessionId, [{ conn, atMs: establishedAtMs }])
  }
  for (const [i, op] of c.history.operations.entries()) {
    if (!isWrite(op.request) || !isAnswered(op) || op.err !== E.OK || op.request.type === 'closeSession') continue
    const later = newest.get(op.sessionId)?.find((other) => other.conn > op.conn && other.atMs < op.sentAtMs)
    if (later)
      report(
        c,
        'HC-9',
        'S-6',
        `${named(c, i)} was done over connection ${op.conn}, from which its session had moved to ${later.conn}`,
        {
          operations: [i],
        },
      )
  }
}

/** S-9, and S-8's "only by a txn": a session is resumed with its password, and told to be over only when it is. */
function checkResumed(c: Case, createdAt: ReadonlyMap<SessionId, Zxid>, closedAt: ReadonlyMap<SessionId, Zxid>): void {
  for (const record of c.history.connections) {
    const { conn, sessionId, resumes, passwordOk, establishedAtMs, refusedAtMs, lastZxidSeen } = record
    if (!resumes) continue
    const session = formatSessionId(sessionId)
    const closed = closedAt.get(sessionId)
    if (establishedAtMs !== null && !passwordOk)
      report(c, 'HC-9', 'S-9', `connection ${conn} resumed ${session} with a wrong password`)
    if (establishedAtMs !== null && closed !== undefined && closed <= lastZxidSeen)
      report(c, 'HC-9', 'S-9', `connection ${conn} resumed ${session}, whose close at ${at(closed)} it had seen`, {
        zxids: [closed],
      })
    if (refusedAtMs !== null && passwordOk && c.options.settled && createdAt.has(sessionId) && closed === undefined)
      report(c, 'HC-9', 'S-8', `connection ${conn} was told that ${session} is over, and it never was`)
  }
}

/** S-8: never before the negotiated time of silence, as the leader's clock ran while it could listen. */
export function checkExpiries(c: Case): void {
  for (const { sessionId, timeoutMs, heardAtMs, expiredAtMs, deafMs } of c.options.expiries ?? []) {
    const silentMs = expiredAtMs - heardAtMs - deafMs
    if (silentMs < timeoutMs)
      report(
        c,
        'HC-9',
        'S-8',
        `session ${formatSessionId(sessionId)} expired after ${silentMs} ms of silence, ${timeoutMs} were negotiated`,
      )
  }
}
