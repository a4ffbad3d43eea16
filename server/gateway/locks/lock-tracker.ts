// One lock whose history is kept: its znodes as listed and as the stream changes them, who looks at it, and what its
// watchers were seen to do. What a page is shown of it is made by lock-view.ts.

import type { LockChange } from '#shared/recipes/history/change.ts'
import type { GapReason } from '#shared/recipes/history/gaps.ts'
import {
  applyChange,
  createHistory,
  type LockHistory,
  recognised,
  setOverrides,
} from '#shared/recipes/history/lock-history.ts'
import type { Override } from '#shared/recipes/recognise/overrides.ts'
import { isWaiting } from '#shared/recipes/recognise/picture.ts'
import { compareWakes, type WakeReport } from '#shared/recipes/wake/compare.ts'
import { formatSessionId } from '#shared/zk/ids.ts'
import type { Zxid } from '#shared/zk/zxid.ts'
import type { PageClient } from '../page-client.ts'
import type { Listing, SiteReader } from './site-reader.ts'
import type { PolledTables } from './watch-poll.ts'

/** Changes that wait for the first listing; more of them, and the listing alone has to tell. */
const EARLY_MAX = 1000

export interface WakeLook {
  readonly readMs: number
  readonly report: WakeReport
  readonly missing: readonly number[]
}

export class LockTracker {
  readonly path: string
  readonly site: SiteReader
  readonly history: LockHistory
  readonly viewers = new Set<PageClient>()
  /** Paths on which each of them has a watch. */
  readonly watched = new Map<PageClient, Set<string>>()
  /** Names whose data was written, by directory; they are read again when `rereading` is over. */
  readonly written = new Map<string, Set<string>>()
  rereading: NodeJS.Timeout | null = null
  nextLook: NodeJS.Timeout | null = null
  /** Something was missed since the last listing. */
  isStale = true
  lastChangeMs: number
  look: WakeLook | null = null
  /** A session that its deletion woke has made it: a lock that is one znode. */
  isSeenAsLock = false
  #lookBefore: WakeReport | null = null
  #early: LockChange[] | null = []
  readonly #woken = new Set<string>()

  constructor(path: string, site: SiteReader, t: number, overrides: readonly Override[]) {
    this.path = path
    this.site = site
    this.history = createHistory(path, t, overrides)
    this.lastChangeMs = t
  }

  get isWaitedFor(): boolean {
    return this.history.waiting.length > 0 || ['single node', 'barrier'].includes(recognised(this.history).recipe)
  }

  /** Takes in what the stream tells. */
  onChange(change: LockChange): void {
    this.lastChangeMs = change.t
    if (change.type === 'delivered') this.#woken.add(formatSessionId(change.session))
    if (this.#early && change.type !== 'gap') {
      if (this.#early.length < EARLY_MAX) this.#early.push(change)
      return
    }
    applyChange(this.history, change)
  }

  onSampling(t: number, on: boolean): void {
    this.isStale = true
    applyChange(this.history, { type: 'sampling', t, on })
  }

  onGap(t: number, reason: GapReason): void {
    this.isStale = true
    applyChange(this.history, { type: 'gap', t, reason })
  }

  /** The session has set a watch again: it has looked. */
  onWatchSet(session: string): void {
    this.#woken.delete(session)
  }

  /** What is there now, as read. */
  onListings(listings: readonly Listing[], t: number): void {
    const isFirst = this.#early !== null
    // The directories around it come first, so that the lock is whole when it is read.
    const [main, ...others] = listings
    for (const { path, zxid, node } of others) applyChange(this.history, { type: 'listed', t, zxid, path, node })
    if (main) applyChange(this.history, { type: 'listed', t, zxid: main.zxid, path: main.path, node: main.node })
    const early = this.#early ?? []
    this.#early = null
    if (isFirst) for (const change of early) applyChange(this.history, change)
    this.isStale = false
    const own = new Set(this.history.picture.standings.map(({ owner }) => formatSessionId(owner)))
    for (const session of this.#woken) if (!own.has(session)) this.#woken.delete(session)
  }

  /** The newest zxid that a listing shows, so that the stream may be waited for. */
  static newest(listings: readonly Listing[]): Zxid | null {
    return listings.reduce<Zxid | null>((best, { zxid }) => (best !== null && best > zxid ? best : zxid), null)
  }

  /** Compares with tables; each table counts as one look. */
  onTables({ readMs, tables }: PolledTables): WakeLook {
    if (this.look !== null && this.look.readMs !== readMs) this.#lookBefore = this.look.report
    const { picture } = this.history
    const report = compareWakes({ picture, tables, before: this.#lookBefore, woken: this.#woken })
    this.look = { readMs, report, missing: tables.missing }
    return this.look
  }

  /** What the last look found, to tell whether the next finds something else. */
  get lookKey(): string {
    const { wakes, crowd, herds } = this.look?.report ?? { wakes: new Map(), crowd: [], herds: [] }
    const verdicts = [...wakes.values()].map(({ path, verdict, observed }) => [path, verdict, observed])
    return JSON.stringify([verdicts, crowd, herds])
  }

  /** Somebody waits without a watch: a second look tells whether it stays so. */
  get needsSecondLook(): boolean {
    const wakes = this.look?.report.wakes
    return this.history.picture.standings.some(
      (standing) => isWaiting(standing) && wakes?.get(standing.path)?.verdict === 'not yet',
    )
  }

  onOverrides(overrides: readonly Override[], t: number): void {
    setOverrides(this.history, overrides, t)
  }

  /** Ends the timers. */
  close(): void {
    if (this.rereading) clearTimeout(this.rereading)
    if (this.nextLook) clearTimeout(this.nextLook)
    this.rereading = null
    this.nextLook = null
  }
}
