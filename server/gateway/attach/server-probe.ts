// What one server of an attached ensemble tells, asked in turn and never two things at once: four-letter words first, then
// its AdminServer, then its metrics. What is refused is left alone, soon for a minute. Events and words for people are made by
// attached-members.ts and capabilities.ts.

import { setTimeout as delay } from 'node:timers/promises'
import type { Dial } from '../../client/dial.ts'
import type { PathWatchers } from '../member-watches.ts'
import { RateLimit } from '../rate-limit.ts'
import { RequestError } from '../request-error.ts'
import {
  BUSY_FACTOR,
  BUSY_OUTSTANDING,
  CONNECTIONS_EVERY_MS,
  FIGURES_EVERY_MS,
  HTTP_BURST,
  HTTP_PER_MINUTE_MAX,
  RETRY_FIRST_MS,
  RETRY_LAST_MS,
  STATE_EVERY_MS,
  WATCH_TABLE_MAX,
  WATCHES_EVERY_MS,
  WORDS_BURST,
  WORDS_PER_MINUTE_MAX,
} from './attach-limits.ts'
import { askWord, type FourLetterWord } from './checked-dial.ts'
import { PerMinute } from './per-minute.ts'
import {
  askHttp,
  readConfiguration,
  readConnections,
  readMetrics,
  readMonitor,
  readServerStats,
  readWatchesByPath,
} from './read-http.ts'
import {
  type ClientConnection,
  type Figures,
  readConf,
  readCons,
  readMntr,
  readSrvr,
  readWchp,
  readWchs,
  refusalOf,
  type ServerFacts,
} from './read-words.ts'

export interface ProbeTarget {
  readonly host: string
  readonly port: number
  /** null: not to be asked. */
  readonly adminPort: number | null
  readonly metricsPort: number | null
  /** The client port is a TLS port, which an AdminServer does not name. */
  readonly tls: boolean
}

export type Source = FourLetterWord | 'AdminServer' | 'metrics'

/** What is known now; null: not told. */
export interface ProbeState {
  /** Something answers on the client port. */
  reachable: boolean
  /** It says that it does not serve: it looks for a leader. */
  looking: boolean
  facts: ServerFacts | null
  figures: Figures | null
  connections: readonly ClientConnection[] | null
  heardAt: number
}

interface Way<T> {
  readonly source: Source
  readonly ask: () => Promise<T | null>
}

const TURN_MS = 100

export class ServerProbe {
  readonly target: ProbeTarget
  readonly state: ProbeState = {
    reachable: false,
    looking: false,
    facts: null,
    figures: null,
    connections: null,
    heardAt: 0,
  }
  readonly words = new PerMinute()
  readonly http = new PerMinute()
  readonly #dial: Dial
  readonly #now: () => number
  readonly #turnMs: number
  readonly #wordRate: RateLimit
  readonly #httpRate: RateLimit
  readonly #closing = new AbortController()
  /** By use and source that gave nothing: not before this time again, and how long that wait was. */
  readonly #waits = new Map<string, { readonly untilMs: number; readonly ms: number }>()
  readonly #due = { state: 0, connections: 0, figures: 0 }
  readonly #works = new Map<string, Source>()
  /** Whether the AdminServer there is this server's; null: not known. */
  #admins: { readonly its: boolean | null; readonly askedMs: number } = { its: null, askedMs: 0 }
  #watches: { readonly askedMs: number; readonly answer: Promise<readonly PathWatchers[]> } | null = null

  /** @param now ms since 1970 @param turnMs between two questions */
  constructor(target: ProbeTarget, dial: Dial, now: () => number, turnMs = TURN_MS) {
    this.#turnMs = turnMs
    this.target = target
    this.#dial = dial
    this.#now = now
    this.#wordRate = new RateLimit(WORDS_PER_MINUTE_MAX / 60, WORDS_BURST, now())
    this.#httpRate = new RateLimit(HTTP_PER_MINUTE_MAX / 60, HTTP_BURST, now())
  }

  /** From which sources what is known comes, each once. */
  get sources(): readonly Source[] {
    return [...new Set(this.#works.values())]
  }

  /** The source of one thing: `state`, `connections`, `figures`, `watches`; null while there is none. */
  sourceOf(use: string): Source | null {
    const known = this.#works.get(use) ?? null
    // Tables of watches are not asked for before somebody looks; an AdminServer has them.
    return use === 'watches' && known === null && this.#admins.its === true ? 'AdminServer' : known
  }

  /** Its own id, as it says it; null when it does not. */
  async identify(): Promise<{ readonly sid: number; readonly from: 'conf' | 'AdminServer' } | null> {
    const { sid } = readConf((await this.#word('conf')) ?? '')
    const admin = await this.#adminConfiguration()
    if (sid !== null) return { sid, from: 'conf' }
    return admin?.sid ? { sid: admin.sid, from: 'AdminServer' } : null
  }

  /** Asks in turn until close; `onNews` whenever something was learned. */
  async run(onNews: () => void): Promise<void> {
    const { signal } = this.#closing
    while (!signal.aborted) {
      if (await this.#turn()) onNews()
      await delay(this.#turnMs, undefined, { signal }).catch(() => undefined)
    }
  }

  close(): void {
    this.#closing.abort()
  }

  /** Watches by path, at most WATCHES_EVERY_MS old. Rejects with RequestError when it does not tell. */
  readWatches(): Promise<readonly PathWatchers[]> {
    const now = this.#now()
    if (this.#watches === null || now - this.#watches.askedMs >= WATCHES_EVERY_MS)
      this.#watches = { askedMs: now, answer: this.#readWatches() }
    return this.#watches.answer
  }

  async #readWatches(): Promise<readonly PathWatchers[]> {
    const total = this.state.figures?.watches ?? 0
    const { host, port } = this.target
    if (total > WATCH_TABLE_MAX)
      throw new RequestError(
        'LIMIT',
        `${host}:${port} has ${total} watches; more than ${WATCH_TABLE_MAX} are not read.`,
      )
    const found = await this.#first('watches', [
      { source: 'AdminServer', ask: async () => readWatchesByPath(await this.#admin('watches_by_path')) },
      {
        source: 'wchp',
        ask: async () => {
          const answer = await this.#word('wchp')
          if (answer === null || (answer !== '' && refusalOf(answer) !== null)) return null
          return [...readWchp(answer)].map(([path, sessions]) => ({ path, sessions }))
        },
      },
    ])
    if (found === null)
      throw new RequestError('NO_ANSWER', `${host}:${port} does not tell its watches: neither AdminServer nor wchp.`)
    return found
  }

  async #turn(): Promise<boolean> {
    const now = this.#now()
    const busy = (this.state.facts?.outstanding ?? 0) > BUSY_OUTSTANDING ? BUSY_FACTOR : 1
    if (now >= this.#due.state) {
      const learned = await this.#readState()
      // From its answer on, so that a slow one leaves turns for the others.
      this.#due.state = this.#now() + STATE_EVERY_MS
      return learned
    }
    if (!this.state.reachable || this.state.looking) return false
    if (now >= this.#due.connections) {
      this.#due.connections = now + CONNECTIONS_EVERY_MS * busy
      this.state.connections = await this.#first('connections', [
        { source: 'cons', ask: async () => this.#read('cons', readCons) },
        { source: 'AdminServer', ask: async () => readConnections(await this.#admin('connections')) },
      ])
      return true
    }
    if (now >= this.#due.figures) {
      this.#due.figures = now + FIGURES_EVERY_MS * busy
      this.state.figures = await this.#first('figures', [
        { source: 'mntr', ask: async () => this.#read('mntr', readMntr) },
        { source: 'AdminServer', ask: async () => readMonitor(await this.#admin('monitor')) },
        { source: 'metrics', ask: async () => readMetrics(await this.#metrics()) },
        { source: 'wchs', ask: async () => this.#read('wchs', (answer) => onlyWatches(readWchs(answer))) },
      ])
      return true
    }
    return false
  }

  /** False: there was no turn for it, so that nothing is known anew. */
  async #readState(): Promise<boolean> {
    const answer = await this.#word('srvr')
    if (answer === null) return false
    const { state } = this
    let refused = refusalOf(answer)
    let facts = readSrvr(answer)
    if (facts !== null) this.#works.set('state', 'srvr')
    else if (refused === 'not-allowed') {
      facts = await this.#first('state', [
        { source: 'stat', ask: async () => this.#read('stat', readSrvr) },
        { source: 'AdminServer', ask: async () => readServerStats(await this.#admin('server_stats')) },
      ])
    }
    if (facts === null && refused === null) refused = 'no-answer' // Whatever it is, it is no ZooKeeper server.
    const reachable = refused !== 'no-answer'
    // Who comes back may have another configuration.
    if (reachable && !state.reachable) this.#waits.clear()
    state.reachable = reachable
    state.looking = refused === 'not-serving'
    state.facts = facts
    if (reachable) state.heardAt = this.#now()
    if (!reachable || state.looking) {
      state.connections = null
      state.figures = null
      this.#due.connections = 0
      this.#due.figures = 0
    }
    if (!reachable) {
      this.#works.clear()
      this.#admins = { its: null, askedMs: 0 }
    }
    return true
  }

  /** The first way that works; each that does not is left alone for a while. */
  async #first<T>(use: string, ways: readonly Way<T>[]): Promise<T | null> {
    for (const { source, ask } of ways) {
      const key = `${use} ${source}`
      const wait = this.#waits.get(key)
      if (wait && this.#now() < wait.untilMs) continue
      const found = await ask()
      if (found !== null) {
        this.#works.set(use, source)
        this.#waits.delete(key)
        return found
      }
      const ms = wait ? Math.min(RETRY_LAST_MS, wait.ms * 2) : RETRY_FIRST_MS
      this.#waits.set(key, { untilMs: this.#now() + ms, ms })
    }
    this.#works.delete(use)
    return null
  }

  async #read<T>(word: FourLetterWord, read: (answer: string) => T | null): Promise<T | null> {
    const answer = await this.#word(word)
    return answer === null || refusalOf(answer) !== null ? null : read(answer)
  }

  /** Null: not now, it was asked enough. */
  async #word(word: FourLetterWord): Promise<string | null> {
    if (!this.#wordRate.take(this.#now())) return null
    this.words.count(this.#now())
    return askWord(this.#dial, this.target, word)
  }

  async #adminConfiguration(): Promise<ReturnType<typeof readConfiguration>> {
    const answer = readConfiguration(await this.#http(this.target.adminPort, '/commands/configuration'))
    const its = answer !== null && (this.target.tls || answer.clientPort === this.target.port)
    this.#admins = { its, askedMs: this.#now() }
    return its ? answer : null
  }

  async #admin(command: string): Promise<string | null> {
    // On a host with several servers, the port may be another's.
    const { its, askedMs } = this.#admins
    if (its === null || (!its && this.#now() - askedMs >= RETRY_FIRST_MS)) await this.#adminConfiguration()
    return this.#admins.its ? this.#http(this.target.adminPort, `/commands/${command}`) : null
  }

  #metrics(): Promise<string | null> {
    return this.#http(this.target.metricsPort, '/metrics')
  }

  async #http(port: number | null, path: string): Promise<string | null> {
    if (port === null || !this.#httpRate.take(this.#now())) return null
    this.http.count(this.#now())
    return askHttp({ host: this.target.host, port }, path)
  }
}

function onlyWatches(watches: number | null): Figures | null {
  if (watches === null) return null
  const nothing = { mode: null, sessions: null, znodes: null, connections: null, outstanding: null, requests: null }
  return { ...nothing, watches }
}
