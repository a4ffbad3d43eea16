// The log of a run as what it says about the lock: who got inside, when, with which session and token, and who stood
// first in the queue at that zxid. Follows the log txn by txn; believes nobody else.

import { tryUtf8Decode } from '#shared/base/text.ts'
import type { SessionId } from '#shared/zk/ids.ts'
import { parentPath } from '#shared/zk/path.ts'
import type { Entry, SubTxn, Txn } from '#shared/zk/txn.ts'
import type { Zxid } from '#shared/zk/zxid.ts'
import { INSIDE, LOCK_DIR } from './layout.ts'

export interface Grant {
  /** Who says that it is inside. */
  readonly name: string
  readonly sessionId: SessionId
  /** When it got inside. */
  readonly zxid: Zxid
  readonly timeMs: number
  /** czxid of its own first place in the queue; null when its session has none. */
  readonly token: Zxid | null
  /** czxid and session of whoever was first in the queue. */
  readonly first: Place | null
  /** Who was inside already. */
  readonly alreadyInside: SessionId | null
}

export interface Place {
  readonly path: string
  readonly sessionId: SessionId
  readonly czxid: Zxid
}

/** A time in which nobody got inside, and who was in the way. */
export interface Standstill {
  readonly fromMs: number
  readonly untilMs: number
  /** First in the queue at its end, and who that session was when it got inside before; null: it never was. */
  readonly head: Place | null
  readonly name: string | null
}

export interface LockHistory {
  readonly grants: readonly Grant[]
  /** The longest. */
  readonly standstill: Standstill | null
  /** Left by itself, and inside when its session ended or its node was taken. */
  readonly left: number
  readonly expiredInside: number
  /** Ended without their client's asking. */
  readonly sessionsExpired: number
}

/** cxid of a closeSession that the server made itself. Source: ZooKeeperServer.close; locks-and-recipes.md §1.1. */
const SERVER_CXID = 0

export function readLockHistory(log: Iterable<Entry>): LockHistory {
  const queue = new Map<string, Place>()
  const grants: Grant[] = []
  let inside: SessionId | null = null
  const names = new Map<SessionId, string>()
  let standstill: Standstill | null = null
  let head: Place | null = null
  let [left, expiredInside, sessionsExpired] = [0, 0, 0]

  function onTxn(entry: Entry, txn: Txn | SubTxn): void {
    switch (txn.type) {
      case 'multi':
        for (const sub of txn.txns) onTxn(entry, sub)
        return
      case 'create':
      case 'create2':
        onCreate(entry, txn.path, txn.data)
        return
      case 'delete':
      case 'deleteContainer':
        if (txn.path === INSIDE) left += 1
        onDelete(txn.path)
        return
      case 'closeSession': {
        const ends = [...queue.values()].filter(({ sessionId }) => sessionId === entry.sessionId)
        if (entry.cxid === SERVER_CXID) sessionsExpired += 1
        if (inside === entry.sessionId) {
          expiredInside += 1
          inside = null
        }
        for (const { path } of ends) onDelete(path)
        return
      }
      default:
        return
    }
  }
  function onCreate({ sessionId, zxid, timeMs }: Entry, path: string, data: Uint8Array | null): void {
    if (parentPath(path) === LOCK_DIR) queue.set(path, { path, sessionId, czxid: zxid })
    if (path !== INSIDE) return
    const places = [...queue.values()].sort((a, b) => a.czxid - b.czxid)
    const name = data === null ? '' : (tryUtf8Decode(data) ?? '')
    onStandstill(timeMs)
    names.set(sessionId, name)
    grants.push({
      name,
      sessionId,
      zxid,
      timeMs,
      token: places.find((place) => place.sessionId === sessionId)?.czxid ?? null,
      first: places[0] ?? null,
      alreadyInside: inside,
    })
    inside = sessionId
  }
  function onDelete(path: string): void {
    if (path === INSIDE) inside = null
    const place = queue.get(path)
    // The first of the queue stays the longest: whoever goes last before a grant was in its way.
    if (place && parentPath(path) === LOCK_DIR) head = place
    queue.delete(path)
  }
  function onStandstill(timeMs: number): void {
    const fromMs = grants.at(-1)?.timeMs ?? timeMs
    if (standstill && timeMs - fromMs <= standstill.untilMs - standstill.fromMs) return
    standstill = { fromMs, untilMs: timeMs, head, name: head && (names.get(head.sessionId) ?? null) }
  }

  for (const entry of log) onTxn(entry, entry.txn)
  return { grants, standstill, left, expiredInside, sessionsExpired }
}
