// Sessions as this page has seen them: where they are or were connected, when they last wrote, which ephemerals
// they made. A session whose connection is gone is remembered with the moment, because from then its time drains.

import type { TxnSummary } from '#shared/events/cluster-event.ts'
import type { ConnectionView } from '#shared/events/cluster-view.ts'

export interface SessionNote {
  address: string
  sid: number
  timeoutMs: number
  /** When its connection went; null while it is connected. */
  goneAt: number | null
  closedAt: number | null
  /** Its time was over; otherwise its client closed it. */
  expired: boolean
}

export interface SessionNotes {
  /** By session id; those whose connections were seen to come or go. */
  readonly known: Map<string, SessionNote>
  /** When a session last wrote. */
  readonly wroteAt: Map<string, number>
  /** Owner by path, of the ephemerals whose creation was seen. */
  readonly ephemerals: Map<string, string>
}

export const SESSIONS_MAX = 3000
export const EPHEMERALS_MAX = 20_000

export function emptySessionNotes(): SessionNotes {
  return { known: new Map(), wroteAt: new Map(), ephemerals: new Map() }
}

/** Puts `key` last and lets the oldest go when there are too many. */
function keep<V>(map: Map<string, V>, key: string, value: V, max: number): void {
  map.delete(key)
  map.set(key, value)
  if (map.size <= max) return
  const [oldest] = map.keys()
  if (oldest !== undefined) map.delete(oldest)
}

export function noteConnected(notes: SessionNotes, connection: Omit<ConnectionView, 'conn'>): void {
  const { session, address, sid, timeoutMs } = connection
  keep(notes.known, session, { address, sid, timeoutMs, goneAt: null, closedAt: null, expired: false }, SESSIONS_MAX)
}

/** Its connection is gone; the session may live on. */
export function noteGone(notes: SessionNotes, t: number, { session, address, sid, timeoutMs }: ConnectionView): void {
  const before = notes.known.get(session)
  // It has come back on another connection already.
  if (before && before.goneAt === null && before.sid !== sid) return
  const closedAt = before?.closedAt ?? null
  const expired = before?.expired ?? false
  keep(notes.known, session, { address, sid, timeoutMs, goneAt: t, closedAt, expired }, SESSIONS_MAX)
}

/** The leader found its time over. */
export function noteExpired(notes: SessionNotes, t: number, session: string): void {
  const before = notes.known.get(session)
  if (!before) return
  before.expired = true
  before.closedAt ??= t
}

export function noteTxn(notes: SessionNotes, t: number, { session, op, path, ephemeral, error }: TxnSummary): void {
  if (error !== null) return
  if (op === 'closeSession') {
    const before = notes.known.get(session)
    if (before) before.closedAt = t
    for (const [owned, owner] of notes.ephemerals) if (owner === session) notes.ephemerals.delete(owned)
    notes.wroteAt.delete(session)
    return
  }
  if (session !== '0x0') keep(notes.wroteAt, session, t, SESSIONS_MAX)
  if (path === null) return
  if (ephemeral) keep(notes.ephemerals, path, session, EPHEMERALS_MAX)
  else if (op === 'delete') notes.ephemerals.delete(path)
}
