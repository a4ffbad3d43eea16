// The sessions that are known, as rows: connected ones, and those whose connection went, with the time that is
// left to them. Pings are told to nobody, so "last heard" is the last write or watch that was seen.

import type { ClusterView } from '#shared/events/cluster-view.ts'
import { isUnder } from '#shared/zk/path.ts'
import type { Chronicle } from './chronicle/chronicle.ts'

/** away: not connected, and it may still come back. over: closed, by its client or because its time was over. */
export type SessionState = 'connected' | 'away' | 'over'

export interface SessionRow {
  readonly session: string
  readonly address: string
  readonly sid: number
  readonly timeoutMs: number
  readonly state: SessionState
  /** Of one that is over: it expired, and was not closed by its client. */
  readonly expired: boolean
  /** When it went away or was closed; null while connected. */
  readonly since: number | null
  /** When it last wrote or set a watch, as far as seen. */
  readonly heardAt: number | null
  /** At least so many: those whose creation was seen. */
  readonly ephemerals: readonly string[]
  readonly watches: number
  /** Those of the ephemerals that stand in a lock directory. */
  readonly locks: readonly string[]
}

/** Sessions that are over are listed so long. */
const OVER_MS = 60_000
/** Of those away; after this nobody waits for them. */
const AWAY_FACTOR = 2

type Counts = Pick<SessionRow, 'ephemerals' | 'watches' | 'locks' | 'heardAt'>

function countsBySession(
  view: ClusterView,
  chronicle: Chronicle,
  lockPaths: readonly string[],
): (session: string) => Counts {
  const owned = new Map<string, string[]>()
  for (const [path, session] of chronicle.sessions.ephemerals) {
    const list = owned.get(session)
    if (list) list.push(path)
    else owned.set(session, [path])
  }
  const watches = new Map<string, number>()
  const setAt = new Map<string, number>()
  for (const { session, stage, t } of view.watchLog) {
    const change = stage === 'set' || stage === 'found' ? 1 : stage === 'triggered' ? -1 : 0
    watches.set(session, Math.max(0, (watches.get(session) ?? 0) + change))
    if (stage === 'set') setAt.set(session, Math.max(t, setAt.get(session) ?? 0))
  }
  return (session) => {
    const ephemerals = owned.get(session) ?? []
    const heard = Math.max(chronicle.sessions.wroteAt.get(session) ?? 0, setAt.get(session) ?? 0)
    return {
      ephemerals,
      watches: watches.get(session) ?? 0,
      locks: ephemerals.filter((path) => lockPaths.some((lock) => path !== lock && isUnder(path, lock))),
      heardAt: heard > 0 ? heard : null,
    }
  }
}

/** Away first (their time runs), then connected by member and id, then those that are over. */
export function sessionRows(
  view: ClusterView,
  chronicle: Chronicle,
  lockPaths: readonly string[],
  now: number,
): SessionRow[] {
  const countsOf = countsBySession(view, chronicle, lockPaths)
  const connected = new Map(
    Object.values(view.connections)
      .filter(({ session }) => session !== '0x0')
      .map((connection) => [connection.session, connection]),
  )
  const rows: SessionRow[] = [...connected.values()].map(({ session, address, sid, timeoutMs }) => ({
    session,
    address,
    sid,
    timeoutMs,
    state: 'connected',
    expired: false,
    since: null,
    ...countsOf(session),
  }))
  for (const [session, { address, sid, timeoutMs, goneAt, closedAt, expired }] of chronicle.sessions.known) {
    if (connected.has(session) || session === '0x0') continue
    const since = closedAt ?? goneAt
    if (since === null) continue
    const state: SessionState = closedAt === null ? 'away' : 'over'
    if (now - since > (state === 'over' ? OVER_MS : Math.max(OVER_MS, timeoutMs * AWAY_FACTOR))) continue
    rows.push({ session, address, sid, timeoutMs, state, expired, since, ...countsOf(session) })
  }
  const order: Record<SessionState, number> = { away: 0, connected: 1, over: 2 }
  return rows.sort((a, b) => order[a.state] - order[b.state] || a.sid - b.sid || (a.session < b.session ? -1 : 1))
}

/** Time until an absent session expires, and the part of its timeout that is left, 0 to 1. */
export function timeLeft(
  { state, since, timeoutMs }: SessionRow,
  now: number,
): { readonly ms: number; readonly part: number } {
  if (state === 'over') return { ms: 0, part: 0 }
  const ms = since === null ? timeoutMs : Math.max(0, timeoutMs - (now - since))
  return { ms, part: timeoutMs > 0 ? ms / timeoutMs : 0 }
}

export function matchesSession({ session, address, sid }: SessionRow, needle: string): boolean {
  const wanted = needle.trim().toLowerCase()
  return wanted === '' || `${session} ${address} member ${sid}`.toLowerCase().includes(wanted)
}
