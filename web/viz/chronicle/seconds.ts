// One member in one second: gauges as it told them, rates from differences, quantiles over the rounds that the
// page holds. A second without a sample is a gap, not a zero.

import type { MemberStats } from '#shared/events/cluster-event.ts'
import type { ClusterView, RoundView } from '#shared/events/cluster-view.ts'
import { zxidParts } from '../zxid-parts.ts'

export interface Quantiles {
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
  /** Over so many rounds. */
  readonly of: number
}

export interface MemberSecond {
  /** When it was told, ms since 1970. */
  readonly t: number
  /** Requests per second since the sample before; null for the first one, and after a restart. */
  readonly requestRate: number | null
  /** Txns applied per second; null across epochs. */
  readonly txnRate: number | null
  readonly requests: number
  readonly lastZxid: string
  readonly outstanding: number
  readonly connections: number
  readonly sessions: number
  readonly watches: number
  readonly znodes: number
  /** At the leader: from the proposal to the commit, ms. */
  readonly commit: Quantiles | null
  /** How long its flushes took; where none was told singly, from getting a proposal to having it on disk. ms. */
  readonly flush: Quantiles | null
  /** Processors kept busy: 1 is one of them all the time. Null as for rates. */
  readonly cpu: number | null
  /** Null when it does not tell. */
  readonly rssBytes: number | null
  readonly cpuMs: number | null
  /** From a request's arrival to its answer, over those that were told, ms. */
  readonly request: Quantiles | null
}

/** Samples nearer than this belong together: members tell at once when something changed much. */
const APART_MS = 400
/** A rate over a longer time is none of its second. */
const RATE_GAP_MS = 5000

export function quantiles(values: readonly number[]): Quantiles | null {
  if (values.length === 0) return null
  const sorted = values.toSorted((a, b) => a - b)
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)] ?? 0
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: sorted.at(-1) ?? 0, of: sorted.length }
}

/** From the newest backwards, as long as rounds can still fall into the time after `from`. */
function recent(rounds: readonly RoundView[], from: number, read: (round: RoundView) => number | null): number[] {
  const out: number[] = []
  for (let i = rounds.length - 1; i >= 0; i -= 1) {
    const round = rounds[i]
    if (!round || round.proposedAt < from - RATE_GAP_MS) break
    const value = read(round)
    if (value !== null) out.push(value)
  }
  return out
}

function commitTimes(rounds: readonly RoundView[], sid: number, from: number, to: number): number[] {
  return recent(rounds, from, (round) => {
    const committed = round.leader === sid ? round.members[String(sid)]?.committed : undefined
    if (committed === undefined || committed <= from || committed > to) return null
    return Math.max(0, committed - round.proposedAt)
  })
}

function flushTimes(rounds: readonly RoundView[], sid: number, from: number, to: number): number[] {
  return recent(rounds, from, (round) => {
    const stages = round.members[String(sid)]
    const start = round.leader === sid ? round.proposedAt : stages?.received
    const logged = stages?.logged
    if (logged === undefined || start === undefined || logged <= from || logged > to) return null
    return Math.max(0, logged - start)
  })
}

function txnsBetween(before: string, after: string): number | null {
  const [a, b] = [zxidParts(before), zxidParts(after)]
  return a && b && a.epoch === b.epoch ? Math.max(0, b.counter - a.counter) : null
}

/** What one member has told of its figures. */
export interface Told {
  readonly t: number
  readonly sid: number
  readonly stats: Pick<
    MemberStats,
    'requests' | 'lastZxid' | 'outstanding' | 'connections' | 'sessions' | 'watches' | 'znodes'
  > &
    // Servers of others do not tell what their processes take.
    Partial<Pick<MemberStats, 'cpuMs' | 'rssBytes'>>
}

/** What was told between the samples. */
interface Heard {
  readonly flushes: Readonly<Record<string, readonly number[]>>
  readonly requests: readonly { readonly t: number; readonly sid: number; readonly latencyMs: number }[]
}

function requestTimes(requests: Heard['requests'], sid: number, from: number): number[] {
  const out: number[] = []
  for (let i = requests.length - 1; i >= 0; i -= 1) {
    const request = requests[i]
    if (!request || request.t < from - RATE_GAP_MS) break
    if (request.sid === sid && request.t > from) out.push(request.latencyMs)
  }
  return out
}

/** Null when it comes right behind the one before. */
export function sampleSecond(
  view: ClusterView,
  { t, sid, stats }: Told,
  before: MemberSecond | null,
  heard: Heard,
): MemberSecond | null {
  if (before && t - before.t < APART_MS) return null
  const flushes = heard.flushes[sid] ?? []
  const seconds = before && t - before.t < RATE_GAP_MS ? (t - before.t) / 1000 : null
  const requests = before ? stats.requests - before.requests : -1
  const txns = before ? txnsBetween(before.lastZxid, stats.lastZxid) : null
  const from = before && seconds !== null ? before.t : t - 1000
  return {
    t,
    requestRate: seconds === null || requests < 0 ? null : requests / seconds,
    txnRate: seconds === null || txns === null ? null : txns / seconds,
    requests: stats.requests,
    lastZxid: stats.lastZxid,
    outstanding: stats.outstanding,
    connections: stats.connections,
    sessions: stats.sessions,
    watches: stats.watches,
    znodes: stats.znodes,
    commit: quantiles(commitTimes(view.rounds, sid, from, t)),
    flush: quantiles(flushes.length > 0 ? flushes : flushTimes(view.rounds, sid, from, t)),
    cpu: seconds === null ? null : busy(before?.cpuMs ?? null, stats.cpuMs ?? null, seconds),
    rssBytes: stats.rssBytes ?? null,
    cpuMs: stats.cpuMs ?? null,
    request: quantiles(requestTimes(heard.requests, sid, from)),
  }
}

/** Processors kept busy; null when one of the two was not told, or the process is another one. */
function busy(beforeMs: number | null, afterMs: number | null, seconds: number): number | null {
  return beforeMs === null || afterMs === null || afterMs < beforeMs ? null : (afterMs - beforeMs) / 1000 / seconds
}
