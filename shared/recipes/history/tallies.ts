// What a lock's history adds up, each of bounded size: durations, sessions, pairs of holder and waiter, the queue's
// length over time, and whether whoever releases queues again at once. lock-history.ts feeds it.

import { createHistogram, type LogHistogram } from './log-histogram.ts'

export const SESSIONS_MAX = 1000
export const PAIRS_MAX = 1000
/** A complete window of the queue's length, after which a new one begins. */
export const WINDOW_MS = 60_000
/** Releases over which re-enqueueing is judged. */
export const RELEASES_KEPT = 50
/** Whoever queues again this soon after its release was waiting for nothing but the lock. */
export const AGAIN_WITHIN_MS = 50

export interface SessionTally {
  acquisitions: number
  holdMs: number
  waitMs: number
  lastSeenMs: number
  lastReleaseMs: number | null
}

/** Little's law over one window: L should be λ × W. */
export interface QueueWindow {
  fromMs: number
  toMs: number
  /** Waiters × milliseconds. */
  lengthMs: number
  /** Waits that ended. */
  ended: number
  /** Their durations. */
  waitedMs: number
}

export interface Tallies {
  readonly wait: LogHistogram
  readonly hold: LogHistogram
  readonly abandoned: LogHistogram
  readonly handOver: LogHistogram
  /** Grants whose begin we did not see, left out of the durations. */
  late: number
  grants: number
  /** Ends of those who held. */
  releases: number
  /** Contenders that came, whatever became of them. */
  begins: number
  /** Notifications because of releases. */
  triggers: number
  waiterMs: number
  readonly sessions: Map<string, SessionTally>
  /** `holder waiter` → milliseconds. */
  readonly pairs: Map<string, number>
  /** Sessions and pairs that were dropped because there were too many. */
  dropped: number
  window: QueueWindow
  lastWindow: QueueWindow | null
  /** For each of the last releases: whether its session queued again within AGAIN_WITHIN_MS. */
  readonly again: boolean[]
  /** Since when all active sessions but one wait; null when they do not. */
  deepSinceMs: number | null
}

export function createTallies(t: number): Tallies {
  return {
    ...{ wait: createHistogram(), hold: createHistogram(), abandoned: createHistogram(), handOver: createHistogram() },
    ...{ late: 0, grants: 0, begins: 0, releases: 0, triggers: 0, waiterMs: 0, dropped: 0 },
    ...{ sessions: new Map(), pairs: new Map(), again: [], deepSinceMs: null },
    window: emptyWindow(t),
    lastWindow: null,
  }
}

function emptyWindow(t: number): QueueWindow {
  return { fromMs: t, toMs: t, lengthMs: 0, ended: 0, waitedMs: 0 }
}

/** `waiters` waited from the last call until `t`, each because of these holders. */
export function advance(
  tallies: Tallies,
  t: number,
  waiting: readonly { readonly session: string; readonly holders: readonly string[] }[],
): void {
  const { window } = tallies
  const dt = t - window.toMs
  if (dt <= 0) return
  window.toMs = t
  window.lengthMs += waiting.length * dt
  tallies.waiterMs += waiting.length * dt
  for (const { session, holders } of waiting) {
    for (const holder of holders) addPair(tallies, `${holder} ${session}`, dt / holders.length)
  }
  if (t - window.fromMs < WINDOW_MS) return
  tallies.lastWindow = window
  tallies.window = emptyWindow(t)
}

function addPair(tallies: Tallies, key: string, ms: number): void {
  const { pairs } = tallies
  pairs.set(key, (pairs.get(key) ?? 0) + ms)
  if (pairs.size <= PAIRS_MAX) return
  const least = [...pairs].filter(([other]) => other !== key).reduce((a, b) => (b[1] < a[1] ? b : a))
  pairs.delete(least[0])
  tallies.dropped += 1
}

export function sessionTally(tallies: Tallies, session: string, t: number): SessionTally {
  const { sessions } = tallies
  const known = sessions.get(session)
  if (known) {
    known.lastSeenMs = Math.max(known.lastSeenMs, t)
    return known
  }
  const tally: SessionTally = { acquisitions: 0, holdMs: 0, waitMs: 0, lastSeenMs: t, lastReleaseMs: null }
  sessions.set(session, tally)
  if (sessions.size > SESSIONS_MAX) {
    const oldest = [...sessions].reduce((a, b) => (b[1].lastSeenMs < a[1].lastSeenMs ? b : a))
    sessions.delete(oldest[0])
    tallies.dropped += 1
  }
  return tally
}

/** A release counts as `again` when its session has queued again in time. */
export function noteAgain(tallies: Tallies, again: boolean): void {
  tallies.again.push(again)
  if (tallies.again.length > RELEASES_KEPT) tallies.again.shift()
}

/** Sessions that wanted this lock within the last window. */
export function activeSessions({ sessions }: Tallies, t: number): number {
  let active = 0
  for (const { lastSeenMs } of sessions.values()) if (t - lastSeenMs <= WINDOW_MS) active += 1
  return active
}
