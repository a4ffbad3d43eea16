// Where the clients of a workload write down what they do; a report is what the board shows. It decides nothing.

import {
  ACTORS_REPORTED_MAX,
  type ActorReport,
  type ActorState,
  NOTES_MAX,
  type WorkloadNote,
  type WorkloadReport,
} from '#shared/events/workload-report.ts'
import type { AnySettings, WorkloadKind } from '#shared/events/workload-settings.ts'
import { formatSessionId } from '#shared/zk/ids.ts'
import { formatZxid, type Zxid } from '#shared/zk/zxid.ts'
import type { ZooKeeper } from '../../client/zookeeper.ts'
import { Latency } from './latency.ts'

const RATE_WINDOW_MS = 1000
const NOTE_CHARS_MAX = 500

/** One client's lines on the board. */
export class Actor {
  readonly name: string
  #zk: ZooKeeper | null = null
  #state: ActorState = 'connecting'
  #sinceMs = Date.now()
  #path: string | null = null
  #token: string | null = null

  constructor(name: string) {
    this.name = name
  }

  /** Its session from now on; null between two. */
  attach(zk: ZooKeeper | null): void {
    this.#zk = zk
    if (zk === null) this.set('connecting')
  }

  set(state: ActorState, path: string | null = null, token: Zxid | null = null): void {
    this.#state = state
    this.#sinceMs = Date.now()
    this.#path = path
    this.#token = token === null ? null : formatZxid(token)
  }

  report(): ActorReport {
    const zk = this.#zk
    return {
      name: this.name,
      state: this.#state,
      sinceMs: this.#sinceMs,
      sessionId: zk && formatSessionId(zk.sessionId),
      connected: zk?.state === 'connected',
      path: this.#path,
      token: this.#token,
    }
  }
}

export class Board {
  readonly #startedAt = performance.now()
  readonly #actors = new Set<{ report(): ActorReport }>()
  readonly #counts = new Map<string, number>()
  readonly #gauges = new Set<string>()
  readonly #latencies = new Map<string, Latency>()
  #notes: WorkloadNote[] = []
  #rates: Readonly<Record<string, number>> = {}
  #ratesAt = this.#startedAt
  #countsThen = new Map<string, number>()

  /** @param counts shown from the start, at 0, in this order */
  constructor(counts: readonly string[]) {
    for (const name of counts) this.#counts.set(name, 0)
  }

  add<A extends { report(): ActorReport }>(actor: A): A {
    this.#actors.add(actor)
    return actor
  }

  remove(actor: { report(): ActorReport }): void {
    this.#actors.delete(actor)
  }

  count(name: string, by = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + by)
  }

  /** A number that is not a sum, and has no rate: the length of a queue. */
  gauge(name: string, value: number): void {
    this.#gauges.add(name)
    this.#counts.set(name, value)
  }

  /** @param sinceMs as performance.now() said it at the beginning */
  timed(name: string, sinceMs: number): void {
    const now = performance.now()
    const latency = this.#latencies.get(name) ?? new Latency(now)
    this.#latencies.set(name, latency)
    latency.record(Math.max(0, now - sinceMs), now)
  }

  note(severity: WorkloadNote['severity'], text: string): void {
    const note = { atMs: Date.now(), severity, text: text.slice(0, NOTE_CHARS_MAX) }
    // The same again, a thousand times a second: once, with the newest time.
    const last = this.#notes.at(-1)
    const before = last?.text === note.text ? this.#notes.slice(0, -1) : this.#notes
    this.#notes = [...before, note].slice(-NOTES_MAX)
  }

  report(kind: WorkloadKind, settings: AnySettings): WorkloadReport {
    const now = performance.now()
    this.#measureRates(now)
    const actors = [...this.#actors]
    return {
      kind,
      atMs: Date.now(),
      uptimeMs: now - this.#startedAt,
      settings,
      actors: actors.slice(0, ACTORS_REPORTED_MAX).map((actor) => actor.report()),
      actorsLeftOut: Math.max(0, actors.length - ACTORS_REPORTED_MAX),
      counts: Object.fromEntries(this.#counts),
      perSecond: this.#rates,
      latencies: Object.fromEntries([...this.#latencies].map(([name, latency]) => [name, latency.report(now)])),
      notes: this.#notes,
    }
  }

  #measureRates(now: number): void {
    const elapsed = now - this.#ratesAt
    if (elapsed < RATE_WINDOW_MS) return
    const growth = (name: string, count: number) => ((count - (this.#countsThen.get(name) ?? 0)) * 1000) / elapsed
    this.#rates = Object.fromEntries(
      [...this.#counts].filter(([name]) => !this.#gauges.has(name)).map(([name, count]) => [name, growth(name, count)]),
    )
    this.#countsThen = new Map(this.#counts)
    this.#ratesAt = now
  }
}
