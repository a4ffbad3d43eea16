// HC-2, HC-3, HC-4, HC-6 and HC-7: zxids against real time and against the order in which a session asked.
// None of them needs a state.

import { ERROR_CODES as E } from '../zk/errors.ts'
import type { SessionId } from '../zk/ids.ts'
import { ZERO_ZXID, type Zxid } from '../zk/zxid.ts'
import { at, type Case, connOf, isAnswered, isOfClient, isWrite, named, opAt, report, zxidOfWrite } from './case.ts'
import { maxBefore, type Point } from './timeline.ts'

/** Writes that completed, by the time of their completion. */
function completedWrites(c: Case): Point[] {
  return c.history.operations.flatMap((op, owner) => {
    const value = zxidOfWrite(c, owner)
    return value !== null && op.doneAtMs !== null ? [{ time: op.doneAtMs, value, owner }] : []
  })
}

/** HC-2: a write that was answered before another was asked for comes before it in L. Unanswered ones are HC-3's. */
export function checkRealTimeOrder(c: Case): void {
  const earlier = maxBefore(completedWrites(c))
  for (const [i, op] of c.history.operations.entries()) {
    const zxid = zxidOfWrite(c, i)
    if (zxid === null || op.doneAtMs === null) continue
    const before = earlier(op.sentAtMs)
    if (before && before.value >= zxid)
      report(
        c,
        'HC-2',
        null,
        `${named(c, before.owner)} was done before ${named(c, i)} was sent, but is txn ${at(before.value as Zxid)} to its ${at(zxid)}`,
        { operations: [before.owner, i], zxids: [zxid] },
      )
  }
}

/** HC-3, first half: an unanswered write that happened comes after all that anybody was shown before it was sent. */
export function checkUnknownOrder(c: Case): void {
  if (!c.log) return
  const shown = maxBefore(
    c.history.operations.flatMap((op, owner) => (isAnswered(op) ? [{ time: op.doneAtMs, value: op.zxid, owner }] : [])),
  )
  for (const [i, op] of c.history.operations.entries()) {
    const zxid = zxidOfWrite(c, i)
    if (zxid === null || op.doneAtMs !== null) continue
    const before = shown(op.sentAtMs)
    if (before && before.value >= zxid)
      report(
        c,
        'HC-3',
        null,
        `${named(c, i)}, whose outcome was unknown, is txn ${at(zxid)}; ${named(c, before.owner)} had shown ${at(before.value as Zxid)} before it was sent`,
        { operations: [before.owner, i], zxids: [zxid] },
      )
  }
}

/** HC-4 [S-3]: a session's writes are in L as they were sent, its replies come in that order, reads see its writes. */
export function checkClientFifo(c: Case): void {
  checkOrderInLog(c)
  for (const indexes of c.byConn.values()) {
    let unanswered: number | null = null
    let last: number | null = null
    let written: { readonly zxid: Zxid; readonly index: number } | null = null
    for (const i of indexes) {
      const op = opAt(c, i)
      const zxid = zxidOfWrite(c, i)
      if (isAnswered(op)) {
        if (unanswered !== null)
          report(c, 'HC-4', 'S-3', `${named(c, i)} was answered, ${named(c, unanswered)} before it was not`, {
            operations: [unanswered, i],
          })
        unanswered = null
        if (last !== null && opAt(c, last).arrival >= op.arrival)
          report(c, 'HC-4', 'S-3', `${named(c, i)} was answered before ${named(c, last)}, which was sent earlier`, {
            operations: [last, i],
          })
        last = i
        if (written && op.zxid < written.zxid)
          report(
            c,
            'HC-4',
            'S-3',
            `${named(c, i)} is answered at ${at(op.zxid)}, behind ${named(c, written.index)} of its session, txn ${at(written.zxid)}`,
            { operations: [written.index, i], zxids: [op.zxid, written.zxid] },
          )
      } else unanswered ??= i
      if (zxid !== null && zxid > (written?.zxid ?? -1)) written = { zxid, index: i }
    }
  }
}

function checkOrderInLog(c: Case): void {
  const last = new Map<SessionId, { readonly xid: number; readonly zxid: Zxid }>()
  const check = (sessionId: SessionId, xid: number, zxid: Zxid) => {
    const before = last.get(sessionId)
    // A second txn of the same request is S-2's business.
    if (before && before.xid > xid)
      report(
        c,
        'HC-4',
        'S-3',
        `cxid ${xid} of a session is txn ${at(zxid)}, behind its cxid ${before.xid}, ${at(before.zxid)}`,
        { zxids: [before.zxid, zxid] },
      )
    if (!before || before.xid < xid) last.set(sessionId, { xid, zxid })
  }
  if (c.log) {
    for (const { sessionId, cxid, zxid, txn } of c.log.filter(isOfClient)) {
      // What an old connection had under way when its session moved is refused whenever it comes.
      if (txn.type !== 'error' || (txn.err !== E.SESSIONMOVED && txn.err !== E.SESSIONEXPIRED))
        check(sessionId, cxid, zxid)
    }
    return
  }
  const writes = c.history.operations.filter((op) => isAnswered(op) && isWrite(op.request))
  for (const op of writes.toSorted((a, b) => (a.zxid ?? 0) - (b.zxid ?? 0)))
    check(op.sessionId, op.xid, op.zxid ?? ZERO_ZXID)
}

/** HC-6: after a sync its connection sees everything that was done before the sync was sent. */
export function checkSyncFreshness(c: Case): void {
  const done = maxBefore(completedWrites(c).filter((point) => opAt(c, point.owner).err === E.OK))
  for (const indexes of c.byConn.values()) {
    let floor: (Point & { readonly sync: number }) | null = null
    for (const i of indexes) {
      const op = opAt(c, i)
      if (!isAnswered(op)) continue
      if (op.request.type === 'sync') {
        const point = op.err === E.OK ? done(op.sentAtMs) : null
        if (point && point.value > (floor?.value ?? -1)) floor = { ...point, sync: i }
      } else if (floor && !isWrite(op.request) && op.zxid < floor.value) {
        report(
          c,
          'HC-6',
          null,
          `${named(c, i)} shows ${at(op.zxid)} after ${named(c, floor.sync)}; ${named(c, floor.owner)}, txn ${at(floor.value as Zxid)}, was done before that was sent`,
          { operations: [floor.owner, floor.sync, i], zxids: [op.zxid], advisory: !c.options.quorumSync },
        )
      }
    }
  }
}

/** HC-7 [S-4]: what a session is shown never goes back, over its connections too. */
export function checkSingleImage(c: Case): void {
  const shown = new Map<SessionId, (time: number) => Point | null>()
  const points = new Map<SessionId, Point[]>()
  for (const [owner, op] of c.history.operations.entries()) {
    if (!isAnswered(op)) continue
    const list = points.get(op.sessionId)
    const point = { time: op.doneAtMs, value: op.zxid, owner }
    if (list) list.push(point)
    else points.set(op.sessionId, [point])
  }
  for (const [sessionId, list] of points) shown.set(sessionId, maxBefore(list))
  for (const [conn, indexes] of c.byConn) {
    const record = connOf(c, conn)
    const earlier = shown.get(record.sessionId)?.(record.openedAtMs) ?? null
    let floor = Math.max(record.lastZxidSeen, earlier?.value ?? 0) as Zxid
    let from = earlier && earlier.value === floor ? [earlier.owner] : []
    const replies = indexes.filter((i) => isAnswered(opAt(c, i)))
    for (const i of replies.sort((a, b) => opAt(c, a).arrival - opAt(c, b).arrival)) {
      const zxid = opAt(c, i).zxid ?? ZERO_ZXID
      if (zxid < floor)
        report(c, 'HC-7', 'S-4', `${named(c, i)} is answered at ${at(zxid)}; its session had seen ${at(floor)}`, {
          operations: [...from, i],
          zxids: [zxid, floor],
        })
      else {
        floor = zxid
        from = [i]
      }
    }
  }
}
