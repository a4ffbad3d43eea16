// What a page shows of a lock's history: distributions, ranking, fairness and the named verdicts, each with the
// numbers that make it. Source: locks-and-recipes.md §8 C1–C7.

import { isWaiting } from '../recognise/picture.ts'
import { holds, type Tenure } from './change.ts'
import type { Gap } from './gaps.ts'
import { type Incident, type LockHistory, recognised } from './lock-history.ts'
import { type HistogramSummary, summarize } from './log-histogram.ts'
import { activeSessions, type QueueWindow, RELEASES_KEPT } from './tallies.ts'

/** Rows of each ranking. */
export const RANKED_MAX = 20
export const CONVOY_AFTER_MS = 30_000
export const CONVOY_WAIT_PER_HOLD = 5
export const CONVOY_AGAIN_SHARE = 0.8
/** Overtaken so often, a waiter starves. */
export const STARVING_OVERTAKES = 3

export interface LittleCheck {
  /** Mean number of waiters, from the clock. */
  readonly length: number
  /** Waits that ended a second × their mean in seconds. */
  readonly rateTimesWait: number
  /** |L − λW| / L; null when nobody waited. */
  readonly error: number | null
  readonly windowMs: number
}

export interface PollingRate {
  readonly attemptsPerSecond: number
  /** Attempts that ended without a grant, of all that ended. */
  readonly failureRatio: number | null
  /** Who stands in the way now. */
  readonly conflictors: readonly string[]
}

export interface ConvoyVerdict {
  readonly is: boolean
  /** All active sessions but one have been waiting for so long. */
  readonly deepForMs: number
  readonly activeSessions: number
  /** Mean wait by mean hold; null before both are known. */
  readonly waitPerHold: number | null
  /** Share of the last releases whose session queued again within 50 ms. */
  readonly againShare: number | null
}

export interface HistorySummary {
  readonly sinceMs: number
  /** When changes may have been missed, newest last, and how many such times are no longer kept. */
  readonly gaps: readonly Readonly<Gap>[]
  readonly gapsDropped: number
  readonly wait: HistogramSummary
  readonly hold: HistogramSummary
  readonly abandoned: HistogramSummary
  /** From the grant until the notification was handed over; only where watches are seen. */
  readonly handOver: HistogramSummary
  /** Still waiting: their waits are at least so long, oldest first, at most RANKED_MAX. */
  readonly censored: readonly { readonly path: string; readonly session: string; readonly atLeastMs: number }[]
  readonly grants: number
  readonly releases: number
  /** Held before we looked: left out of the distributions. */
  readonly late: number
  readonly waiterSeconds: number
  readonly pairs: readonly { readonly holder: string; readonly waiter: string; readonly seconds: number }[]
  readonly sessions: readonly {
    readonly session: string
    readonly acquisitions: number
    readonly holdMs: number
    readonly waitMs: number
  }[]
  /** Jain's index of acquisitions a session, 1/n … 1; null before two sessions were granted. */
  readonly jain: number | null
  readonly overtakes: number
  readonly starving: readonly string[]
  /** Notifications a release; null before the first. */
  readonly herdIndex: number | null
  readonly convoy: ConvoyVerdict
  /** Of libraries that keep no line and ask again; null for the others. */
  readonly polling: PollingRate | null
  readonly little: LittleCheck | null
  readonly tokenViolations: number
  readonly resets: number
  readonly incidents: readonly Incident[]
  /** Newest last. */
  readonly ended: readonly Tenure[]
  /** What is no longer kept. */
  readonly dropped: { readonly tenures: number; readonly tallies: number }
}

export function summarizeHistory(history: LockHistory, now: number): HistorySummary {
  const { tallies, open, picture } = history
  const waiting = new Set(picture.standings.filter(isWaiting).map(({ path }) => path))
  const censored = [...open.values()]
    .filter(({ path, grantedMs }) => grantedMs === null && waiting.has(path))
    .map(({ path, session, enqueuedMs }) => ({ path, session, atLeastMs: Math.max(0, now - enqueuedMs) }))
    .sort((a, b) => b.atLeastMs - a.atLeastMs)
  const sessions = [...tallies.sessions]
    .map(([session, { acquisitions, holdMs, waitMs }]) => ({ session, acquisitions, holdMs, waitMs }))
    .sort((a, b) => b.acquisitions - a.acquisitions)
  const pairs = [...tallies.pairs]
    .map(([key, ms]) => ({ holder: key.split(' ')[0] ?? '', waiter: key.split(' ')[1] ?? '', seconds: ms / 1000 }))
    .sort((a, b) => b.seconds - a.seconds)
  return {
    sinceMs: history.sinceMs,
    gaps: history.gaps.all.map((gap) => ({ ...gap })),
    gapsDropped: history.gaps.dropped,
    ...{ wait: summarize(tallies.wait), hold: summarize(tallies.hold), abandoned: summarize(tallies.abandoned) },
    handOver: summarize(tallies.handOver),
    censored: censored.slice(0, RANKED_MAX),
    ...{
      grants: tallies.grants,
      releases: tallies.releases,
      late: tallies.late,
      waiterSeconds: tallies.waiterMs / 1000,
    },
    pairs: pairs.slice(0, RANKED_MAX),
    sessions: sessions.slice(0, RANKED_MAX),
    jain: jainIndex(sessions.map(({ acquisitions }) => acquisitions)),
    overtakes: history.overtakes,
    starving: starving(history, waiting),
    herdIndex: tallies.releases === 0 ? null : tallies.triggers / tallies.releases,
    convoy: convoyOf(history, now),
    polling: pollingOf(history, now),
    // Who waits for a single node has no place in a line of which it could come to the end.
    little: recognised(history).recipe === 'single node' ? null : checkLittle(tallies.lastWindow),
    tokenViolations: history.tokenViolations,
    resets: history.resets,
    incidents: history.incidents,
    ended: history.ended.slice(-RANKED_MAX),
    dropped: { tenures: history.droppedTenures, tallies: tallies.dropped },
  }
}

/** (Σx)² / (n Σx²): 1 when all got as much, 1/n when one got everything. Null below two, or when nobody got anything. */
export function jainIndex(shares: readonly number[]): number | null {
  const sum = shares.reduce((a, b) => a + b, 0)
  const squares = shares.reduce((a, b) => a + b * b, 0)
  return shares.length < 2 || squares === 0 ? null : (sum * sum) / (shares.length * squares)
}

/** Over one window, L = λW; what began before or ended after it makes the small difference. */
export function checkLittle(window: QueueWindow | null): LittleCheck | null {
  if (!window) return null
  const windowMs = window.toMs - window.fromMs
  if (windowMs <= 0) return null
  const length = window.lengthMs / windowMs
  const rateTimesWait = window.waitedMs / windowMs
  return { length, rateTimesWait, error: length === 0 ? null : Math.abs(length - rateTimesWait) / length, windowMs }
}

function convoyOf({ tallies }: LockHistory, now: number): ConvoyVerdict {
  const deepForMs = tallies.deepSinceMs === null ? 0 : Math.max(0, now - tallies.deepSinceMs)
  const { wait, hold, again } = tallies
  const [waited, held] = [wait.sumMs / wait.count, hold.sumMs / hold.count]
  const waitPerHold = wait.count > 0 && hold.count > 0 && held > 0 ? waited / held : null
  const againShare = again.length === 0 ? null : again.filter(Boolean).length / again.length
  const enough = again.length >= Math.min(RELEASES_KEPT, 10)
  const is =
    deepForMs >= CONVOY_AFTER_MS &&
    (waitPerHold ?? 0) > CONVOY_WAIT_PER_HOLD &&
    enough &&
    (againShare ?? 0) > CONVOY_AGAIN_SHARE
  return { is, deepForMs, activeSessions: activeSessions(tallies, now), waitPerHold, againShare }
}

/** Hive deletes its node when it conflicts, sleeps and tries again: there is no line to show. */
function pollingOf({ tallies, picture, sinceMs, open }: LockHistory, now: number): PollingRate | null {
  if (picture.family !== 'hive') return null
  const failed = tallies.abandoned.count
  const finished = failed + tallies.grants
  const conflictors = [...open.values()].filter(holds).map(({ path }) => path)
  return {
    attemptsPerSecond: tallies.begins / Math.max(1, (now - sinceMs) / 1000),
    failureRatio: finished === 0 ? null : failed / finished,
    conflictors: conflictors.slice(0, RANKED_MAX),
  }
}

function starving({ incidents }: LockHistory, waiting: ReadonlySet<string>): string[] {
  const times = new Map<string, number>()
  for (const { type, other } of incidents) if (type === 'overtake') times.set(other, (times.get(other) ?? 0) + 1)
  return [...times].filter(([path, n]) => n >= STARVING_OVERTAKES && waiting.has(path)).map(([path]) => path)
}
