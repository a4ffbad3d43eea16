// Figures for every second of the history: what was counted, and how long things took. Steps of any length are sums of
// them. Commits come from the view, which counts them exactly; the rest from events and the members' own counts.

import type { ActivityCounts } from '#shared/events/activity-event.ts'
import { HISTORY_STEPS_MAX, type HistoryStep } from '#shared/events/history-protocol.ts'
import type { GatewayEvent } from '#shared/events/socket-protocol.ts'
import { Latencies } from './latencies.ts'
import { RoundTimes } from './round-times.ts'

const SECOND_MS = 1000
const COUNTS = [
  ...(['commits', 'requests', 'watchesTriggered', 'watchesDelivered', 'flushes', 'flushMs', 'flushedBytes'] as const),
  ...(['elections', 'epochs', 'faults', 'processes', 'dropped'] as const),
] as const

type Counted = Record<(typeof COUNTS)[number], number>

interface Second extends Counted {
  flushMaxMs: number | null
  sampledEvery: number
  rounds: Latencies | null
  requestMs: Latencies | null
}

export class Figures {
  readonly #secondsMax: number
  /** By second since 1970. */
  readonly #seconds = new Map<number, Second>()
  readonly #roundTimes = new RoundTimes()
  /** The last counts of each member. */
  readonly #counts = new Map<number, ActivityCounts>()
  readonly #sampling = new Map<number, number>()
  #newest = 0

  constructor(windowMs: number) {
    this.#secondsMax = Math.ceil(windowMs / SECOND_MS)
  }

  /** `commits`: how many txns this event has shown to be committed. */
  add(event: GatewayEvent, commits: number): void {
    if (commits > 0) {
      const second = this.#at(event.t)
      second.commits += commits
      second.sampledEvery = Math.max(second.sampledEvery, ...this.#sampling.values())
    }
    switch (event.type) {
      case 'proposed':
        return this.#roundTimes.proposed(event.txn.zxid, event.t)
      case 'quorum':
        for (const ms of this.#roundTimes.decided(event.zxid, event.t)) addTo(this.#at(event.t), 'rounds', ms)
        return
      case 'request':
        return addTo(this.#at(event.t), 'requestMs', event.latencyMs)
      case 'counts':
        return this.#addCounts(event.t, event.sid, event.counts)
      case 'flush': {
        const second = this.#at(event.t)
        second.flushMaxMs = Math.max(second.flushMaxMs ?? 0, event.ms)
        return
      }
      case 'sampling':
        this.#sampling.set(event.sid, event.every)
        return
      case 'stream':
        this.#sampling.delete(event.sid)
        return
      case 'state':
        if (event.state === 'LOOKING') this.#at(event.t).elections += 1
        return
      case 'serving':
        if (event.state === 'LEADING') this.#at(event.t).epochs += 1
        return
      case 'process':
        this.#at(event.t).processes += 1
        return
      case 'dropped':
        this.#at(event.t).dropped += event.count
        return
      default:
        // Faults are told by more than one kind of event, and by more to come.
        if (event.type.startsWith('fault')) this.#at(event.t).faults += 1
    }
  }

  /** In order of time, those in which something happened; `stepMs` is made longer when there would be too many. */
  steps(fromMs: number, toMs: number, stepMs: number): { readonly stepMs: number; readonly steps: HistoryStep[] } {
    const least = Math.ceil((toMs - fromMs) / HISTORY_STEPS_MAX / SECOND_MS) * SECOND_MS
    const step = Math.max(Math.ceil(stepMs / SECOND_MS) * SECOND_MS, least, SECOND_MS)
    const sums = new Map<number, Second>()
    for (const [second, figures] of this.#seconds) {
      const t = second * SECOND_MS
      if (t + SECOND_MS <= fromMs || t >= toMs) continue
      const at = Math.floor(t / step) * step
      const sum = sums.get(at) ?? emptySecond()
      sums.set(at, sum)
      addSecond(sum, figures)
    }
    const steps = [...sums].sort(([a], [b]) => a - b).map(([t, sum]) => toStep(t, sum))
    return { stepMs: step, steps }
  }

  /** A member counts from zero when it begins to be watched again. */
  #addCounts(t: number, sid: number, counts: ActivityCounts): void {
    const last = this.#counts.get(sid)
    this.#counts.set(sid, counts)
    const before = last?.sinceMs === counts.sinceMs ? last : null
    const second = this.#at(t)
    second.requests += counts.requests - (before?.requests ?? 0)
    second.watchesTriggered += counts.watchesTriggered - (before?.watchesTriggered ?? 0)
    second.watchesDelivered += counts.watchesDelivered - (before?.watchesDelivered ?? 0)
    second.flushes += counts.flushes - (before?.flushes ?? 0)
    second.flushMs += counts.flushMs - (before?.flushMs ?? 0)
    second.flushedBytes += counts.flushedBytes - (before?.flushedBytes ?? 0)
  }

  /** What is older than the window, when it comes at last, counts for its oldest second. */
  #at(t: number): Second {
    const asked = Math.floor(t / SECOND_MS)
    if (asked > this.#newest) {
      this.#newest = asked
      for (const second of this.#seconds.keys()) {
        if (second > asked - this.#secondsMax) break
        this.#seconds.delete(second)
      }
    }
    const at = Math.max(asked, this.#newest - this.#secondsMax + 1)
    const known = this.#seconds.get(at)
    if (known) return known
    const fresh = emptySecond()
    this.#seconds.set(at, fresh)
    return fresh
  }
}

function emptySecond(): Second {
  const counted = Object.fromEntries(COUNTS.map((name) => [name, 0])) as Counted // COUNTS are its keys
  return { ...counted, flushMaxMs: null, sampledEvery: 1, rounds: null, requestMs: null }
}

function addTo(second: Second, which: 'rounds' | 'requestMs', ms: number): void {
  second[which] ??= new Latencies()
  second[which].add(ms)
}

function addSecond(sum: Second, more: Second): void {
  for (const name of COUNTS) sum[name] += more[name]
  if (more.flushMaxMs !== null) sum.flushMaxMs = Math.max(sum.flushMaxMs ?? 0, more.flushMaxMs)
  sum.sampledEvery = Math.max(sum.sampledEvery, more.sampledEvery)
  for (const which of ['rounds', 'requestMs'] as const) {
    if (!more[which]) continue
    sum[which] ??= new Latencies()
    sum[which].addAll(more[which])
  }
}

const NOTHING_MEASURED = new Latencies()

function toStep(t: number, sum: Second): HistoryStep {
  const { flushMs, rounds, requestMs, ...counted } = sum
  return {
    ...counted,
    t,
    roundMs: (rounds ?? NOTHING_MEASURED).quantiles(),
    requestMs: (requestMs ?? NOTHING_MEASURED).quantiles(),
    flushMeanMs: sum.flushes === 0 ? null : Number((flushMs / sum.flushes).toFixed(3)),
  }
}
