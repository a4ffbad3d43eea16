// Shows locks: who holds, who waits for whom and why, and what has happened. It keeps the history of locks that pages
// look at and of those that the stream shows to be contended; shared/recipes reads them all.

import type { GatewayEvent, LockDirectory, LockView } from '#shared/events/socket-protocol.ts'
import type { Recipe } from '#shared/recipes/contract.ts'
import type { LockChange } from '#shared/recipes/history/change.ts'
import { OVERRIDE_RECIPES, overrideFor } from '#shared/recipes/recognise/overrides.ts'
import { siteRoot } from '#shared/recipes/recognise/site-paths.ts'
import { formatSessionId } from '#shared/zk/ids.ts'
import { baseName, parentPath } from '#shared/zk/path.ts'
import type { Zxid } from '#shared/zk/zxid.ts'
import type { Handlers } from '../api/handlers.ts'
import type { EnsembleReader } from '../ensemble-reader.ts'
import {
  CHANGE_INTERVAL_MS,
  LOCK_LOOK_MS,
  LOCK_STREAM_WAIT_MS,
  LOCK_WATCHES_PER_SOCKET_MAX,
  STALE_READ_MS,
} from '../limits.ts'
import type { PageClient } from '../page-client.ts'
import { PathWatches } from '../path-watches.ts'
import type { FindConnection } from '../tree-service.ts'
import { CommittedTxns } from './committed-txns.ts'
import { isSequentialName, LockDirectories } from './lock-directories.ts'
import { graphOf } from './lock-graph.ts'
import { LockTracker } from './lock-tracker.ts'
import { LockTrackers } from './lock-trackers.ts'
import { contentionOf, viewOf } from './lock-view.ts'
import { OverrideStore } from './override-store.ts'
import { SingleNodes } from './single-nodes.ts'
import { changesOf, wakeOf } from './stream-changes.ts'
import { POLL_MS, type WatchPoll } from './watch-poll.ts'

export interface LockServiceOptions {
  readonly reader: EnsembleReader
  readonly findConnection: FindConnection
  /** Ms since 1970. */
  readonly now: () => number
  /** Where watch tables can be had; without it wake edges are not compared. */
  readonly watchPoll?: WatchPoll
  /** Sessions with a connection; null when not all members are heard. */
  readonly connected?: () => ReadonlySet<string> | null
  readonly overrides?: OverrideStore
  /** The gateway's own sessions: its watches wake nobody. */
  readonly ownSessions?: () => readonly string[]
}

type LockRequest = 'locks:list' | 'locks:open' | 'locks:close' | 'locks:graph' | 'locks:overrides' | 'locks:override'

/** Recipes without contention, however much their children look like contenders. */
const NOBODY_WAITS: readonly Recipe[] = ['group', 'discovery', 'counter']

export class LockService {
  readonly directories: LockDirectories
  readonly #options: LockServiceOptions
  readonly #overrides: OverrideStore
  readonly #watches: PathWatches
  readonly #committed: CommittedTxns
  readonly #trackers: LockTrackers
  readonly #single: SingleNodes
  readonly #readings = new Map<LockTracker, Promise<LockView>>()
  /** Pages that have asked for the list, and so hear when it grows. */
  readonly #listeners = new Set<PageClient>()
  #announcing: NodeJS.Timeout | null = null
  #refreshing: NodeJS.Timeout | null = null
  #committedUpTo: Zxid | null = null
  #closed = false
  readonly #reached = new Set<() => void>()

  constructor(options: LockServiceOptions) {
    this.#options = options
    this.#overrides = options.overrides ?? new OverrideStore(null)
    const overrides = this.#overrides
    this.#trackers = new LockTrackers({ reader: options.reader, now: options.now, overrides: () => overrides.all })
    this.#watches = new PathWatches(options.reader, LOCK_WATCHES_PER_SOCKET_MAX)
    this.directories = new LockDirectories(() => this.#announce())
    const isOwn = (session: string) => options.ownSessions?.().includes(session) === true
    this.#single = new SingleNodes({
      overrides: () => overrides.all,
      isOwn,
      onFound: (path, by) => this.#onSingleNode(path, by),
      onCrowd: (path, t, sessions) => this.#trackers.get(path)?.onChange({ type: 'crowd', t, sessions }),
    })
    this.#committed = new CommittedTxns({
      txn: (txn) => {
        this.#committedUpTo = txn.zxid
        for (const { path, change } of changesOf(txn)) this.#onChange(path, change, txn.txn.ephemeral)
      },
      gap: (t, reason) => this.#onGap((tracker) => tracker.onGap(t, reason)),
      sampling: (t, on) => this.#onGap((tracker) => tracker.onSampling(t, on)),
    })
  }

  get handlers(): Pick<Handlers, LockRequest> {
    return {
      'locks:list': async (client) => {
        this.#listeners.add(client)
        return this.#list()
      },
      'locks:open': (client, { path }) => this.#openFor(client, path),
      'locks:close': async (client, { path }) => {
        this.#closeFor(client, path)
        return null
      },
      'locks:graph': async () => graphOf(this.#trackers.all, this.#options.now()),
      'locks:overrides': async () => this.#overrides.all,
      'locks:override': async (_client, { glob, recipe, permits }, trail) => {
        const known = OVERRIDE_RECIPES.find((each) => each === recipe) ?? null
        trail?.({ before: this.#overrides.all.find((each) => each.glob === glob) ?? null })
        const all = this.#overrides.set(glob, known, permits)
        // A path that somebody calls a lock is one to look at, whatever its children are called.
        if (known !== null && known !== 'none' && !/[*?]/.test(glob)) this.directories.add(glob, this.#options.now())
        this.#announce()
        for (const tracker of this.#trackers.all) {
          tracker.onOverrides(all, this.#options.now())
          for (const client of tracker.viewers) void this.#tell(client, tracker)
        }
        return all
      },
    }
  }

  forgetAll(client: PageClient): void {
    this.#listeners.delete(client)
    for (const { path } of this.#trackers.all) this.#closeFor(client, path)
    this.#watches.forgetAll(client)
  }

  /** Ends the timers. */
  close(): void {
    this.#closed = true
    if (this.#announcing) clearTimeout(this.#announcing)
    if (this.#refreshing) clearTimeout(this.#refreshing)
    for (const tracker of this.#trackers.all) this.#trackers.delete(tracker)
  }

  /** Looks at one event of the ensemble. */
  onEvent(event: GatewayEvent): void {
    this.directories.onEvent(event)
    this.#single.onEvent(event)
    this.#committed.onEvent(event)
    for (const reached of this.#reached) reached()
    if (event.type === 'stream' && !event.up) this.#onGap((tracker) => tracker.onGap(event.t, 'stream'))
    if (event.type === 'watchSet')
      for (const tracker of this.#trackers.concernedBy(event.path)) tracker.onWatchSet(event.session)
    const wake = wakeOf(event)
    const isOwn = wake && this.#options.ownSessions?.().includes(formatSessionId(wake.session))
    if (wake && !isOwn) for (const tracker of this.#trackers.concernedBy(wake.path)) tracker.onChange(wake)
    if ((event.type === 'proposed' || event.type === 'known') && event.txn.op === 'setData' && event.txn.path !== null)
      this.#onWritten(event.txn.path)
  }

  #onChange(path: string | null, change: LockChange, ephemeral: boolean): void {
    if (path === null) {
      for (const tracker of this.#trackers.all) tracker.onChange(change)
      return
    }
    for (const tracker of this.#trackers.concernedBy(path)) tracker.onChange(change)
    if (change.type !== 'created' || !ephemeral) return
    this.#single.onCreated(path, formatSessionId(change.owner))
    if (!isSequentialName(path)) return
    const root = siteRoot(parentPath(path))
    if (this.#trackers.get(root)) return
    const tracker = this.#trackers.track(root)
    // Who queues here first is the beginning of its history; listing it costs little now.
    if (tracker) this.#readSoon()
  }

  #onSingleNode(path: string, by: 'seen' | 'path'): void {
    this.directories.saw(path, this.#options.now())
    const isNew = this.#trackers.get(path) === null
    const tracker = this.#trackers.track(path)
    if (by === 'seen' && tracker) tracker.isSeenAsLock = true
    if (isNew && tracker) this.#readSoon()
  }

  #onGap(tell: (tracker: LockTracker) => void): void {
    for (const tracker of this.#trackers.all) {
      tell(tracker)
      if (tracker.viewers.size > 0) this.#rereadSoon(tracker)
    }
    this.#readSoon()
  }

  /** The watch of a directory does not tell of its children's data. By the time we read, the write is committed. */
  #onWritten(path: string): void {
    const dir = parentPath(path)
    for (const tracker of this.#trackers.concernedBy(path)) {
      if (tracker.viewers.size === 0) continue
      tracker.written.set(dir, (tracker.written.get(dir) ?? new Set()).add(baseName(path)))
      this.#rereadSoon(tracker)
    }
  }

  #rereadSoon(tracker: LockTracker): void {
    tracker.rereading ??= setTimeout(() => {
      tracker.rereading = null
      for (const [where, names] of tracker.written) for (const name of names) tracker.site.forget(where, name)
      tracker.written.clear()
      for (const client of tracker.viewers) void this.#tell(client, tracker)
    }, CHANGE_INTERVAL_MS)
  }

  /** Lists what is stale and looked at by nobody, one after the other, unless the stream tells only samples. */
  #readSoon(): void {
    if (this.#committed.isSampled) return
    this.#refreshing ??= setTimeout(async () => {
      const stale = this.#trackers.all.find(({ isStale, viewers }) => isStale && viewers.size === 0)
      if (stale) await this.#relist(stale).catch(() => this.#trackers.delete(stale))
      this.#refreshing = null
      if (stale && !this.#closed) this.#readSoon()
    }, STALE_READ_MS)
  }

  #announce(): void {
    this.#announcing ??= setTimeout(() => {
      this.#announcing = null
      const list = this.#list()
      for (const client of this.#listeners) client.emit('locks:directories', list)
    }, CHANGE_INTERVAL_MS)
  }

  #list(): LockDirectory[] {
    const now = this.#options.now()
    const said = this.#overrides.all
    const recipeOf = (path: string) => this.#trackers.get(path)?.history.picture.recipe
    const isLock = ({ path }: LockDirectory) => {
      // The queue of a semaphore is a part of it, and nobody waits in a group.
      if (baseName(path) === 'locks' && recipeOf(parentPath(path)) === 'semaphore') return false
      return overrideFor(path, said)?.recipe !== 'none' && !NOBODY_WAITS.includes(recipeOf(path) ?? 'unknown')
    }
    return this.directories
      .list()
      .filter(isLock)
      .map((directory) => {
        const tracker = this.#trackers.get(directory.path)
        return tracker ? { ...directory, contention: contentionOf(tracker, now) } : directory
      })
  }

  async #openFor(client: PageClient, path: string): Promise<LockView> {
    const tracker = this.#trackers.open(path)
    tracker.viewers.add(client)
    try {
      await this.#watch(client, tracker, path)
      const view = await this.#readWatched(client, tracker)
      if (view.contenders.length > 0) this.directories.add(path, this.#options.now())
      return view
    } catch (error) {
      this.#closeFor(client, path)
      throw error
    }
  }

  async #watch(client: PageClient, tracker: LockTracker, path: string): Promise<void> {
    await this.#watches.watch(client, path, (change) => {
      if (change === 'gap') tracker.onGap(this.#options.now(), 'session')
      void this.#tell(client, tracker)
    })
  }

  /** Which directories belong to a lock is known when it is read; what came before their watches were set is read again. */
  async #readWatched(client: PageClient, tracker: LockTracker): Promise<LockView> {
    const view = await this.#read(tracker)
    const watched = tracker.watched.get(client) ?? new Set([tracker.path])
    tracker.watched.set(client, watched)
    const fresh = [...tracker.history.site.nodes.keys()].filter((path) => !watched.has(path))
    if (fresh.length === 0) return view
    for (const path of fresh) {
      watched.add(path)
      await this.#watch(client, tracker, path)
    }
    return this.#read(tracker)
  }

  #closeFor(client: PageClient, path: string): void {
    const tracker = this.#trackers.get(path)
    if (!tracker?.viewers.delete(client)) return
    for (const watched of tracker.watched.get(client) ?? [path]) this.#watches.forget(client, watched)
    tracker.watched.delete(client)
    if (tracker.viewers.size > 0) return
    this.#trackers.leave(tracker, this.#committedUpTo !== null)
  }

  async #tell(client: PageClient, tracker: LockTracker): Promise<void> {
    try {
      const view = await this.#readWatched(client, tracker)
      if (tracker.viewers.has(client)) client.emit('locks:changed', view)
    } catch {
      // No answer from the ensemble now: the gap after the reconnect makes us read again.
    }
  }

  /** Pages that ask at the same time share one reading; a change during it makes a fresh one. */
  async #read(tracker: LockTracker): Promise<LockView> {
    const before = this.#readings.get(tracker)
    if (before) await before.catch(() => undefined)
    const newer = this.#readings.get(tracker)
    if (newer && newer !== before) return newer
    const reading = this.#readNow(tracker)
    this.#readings.set(tracker, reading)
    try {
      return await reading
    } finally {
      if (this.#readings.get(tracker) === reading) this.#readings.delete(tracker)
    }
  }

  async #readNow(tracker: LockTracker): Promise<LockView> {
    const { findConnection, watchPoll, now, connected } = this.#options
    await this.#relist(tracker)
    const look = watchPoll && tracker.isWaitedFor ? tracker.onTables(await watchPoll.read()) : null
    if (look && !this.#closed) this.#lookAgain(tracker)
    return viewOf(tracker, look, { findConnection, connected: connected?.() ?? null, now: now() })
  }

  /** Watches come and go without a change of znodes: as long as a page looks and somebody waits, the tables are asked again. */
  #lookAgain(tracker: LockTracker): void {
    const { watchPoll } = this.#options
    const pause = tracker.needsSecondLook ? POLL_MS + CHANGE_INTERVAL_MS : LOCK_LOOK_MS
    tracker.nextLook ??= setTimeout(async () => {
      tracker.nextLook = null
      if (this.#closed || !watchPoll || tracker.viewers.size === 0 || !tracker.isWaitedFor) return
      const before = tracker.lookKey
      tracker.onTables(await watchPoll.read())
      if (this.#closed) return
      if (tracker.lookKey !== before) for (const client of tracker.viewers) void this.#tell(client, tracker)
      this.#lookAgain(tracker)
    }, pause)
  }

  /** A listing shows what the stream is about to tell, with exact times and reasons: the stream goes first. */
  async #relist(tracker: LockTracker): Promise<void> {
    const t = this.#options.now()
    if (this.#committed.isSampled) tracker.onGap(t, 'sampled')
    const listings = await tracker.site.read(tracker.path)
    const newest = LockTracker.newest(listings)
    if (newest !== null && this.#committedUpTo !== null && !this.#committed.isSampled) await this.#untilStream(newest)
    tracker.onListings(listings, t)
  }

  /** Resolves when the stream has told everything up to `zxid`, at the latest after LOCK_STREAM_WAIT_MS. */
  #untilStream(zxid: Zxid): Promise<void> {
    const isThere = () => this.#committedUpTo === null || this.#committedUpTo >= zxid
    if (isThere()) return Promise.resolve()
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        this.#reached.delete(check)
        resolve()
      }
      const check = () => {
        if (isThere()) done()
      }
      const timer = setTimeout(done, LOCK_STREAM_WAIT_MS)
      this.#reached.add(check)
    })
  }
}
