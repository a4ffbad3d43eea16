// The locks whose history is kept, bounded: the one that changed longest ago goes when another comes, unless a page
// looks at it.

import type { Override } from '#shared/recipes/recognise/overrides.ts'
import type { EnsembleReader } from '../ensemble-reader.ts'
import { LOCKS_TRACKED_MAX } from '../limits.ts'
import { LockTracker } from './lock-tracker.ts'
import { SiteReader } from './site-reader.ts'
import { concerned } from './stream-changes.ts'

export interface LockTrackersOptions {
  readonly reader: EnsembleReader
  /** Ms since 1970. */
  readonly now: () => number
  readonly overrides: () => readonly Override[]
}

export class LockTrackers {
  readonly #options: LockTrackersOptions
  readonly #byPath = new Map<string, LockTracker>()

  constructor(options: LockTrackersOptions) {
    this.#options = options
  }

  get all(): readonly LockTracker[] {
    return [...this.#byPath.values()]
  }

  get(path: string): LockTracker | null {
    return this.#byPath.get(path) ?? null
  }

  /** Those whose znodes a change of `path` may be about. */
  concernedBy(path: string): readonly LockTracker[] {
    return [...new Set(concerned(path))].flatMap((each) => this.#byPath.get(each) ?? [])
  }

  /** One for `path`; null when pages look at all that there may be. */
  track(path: string): LockTracker | null {
    const known = this.#byPath.get(path)
    if (known) return known
    return this.#byPath.size < LOCKS_TRACKED_MAX || this.#makeRoom() ? this.#add(path) : null
  }

  /** One for a page that looks, also beyond the limit; it is forgotten when it is closed. */
  open(path: string): LockTracker {
    return this.track(path) ?? this.#add(path)
  }

  /** Nobody looks any more. Without a stream nobody tells what changes meanwhile, so then it is forgotten. */
  leave(tracker: LockTracker, hasStream: boolean): void {
    tracker.close()
    if (!hasStream || this.#byPath.size > LOCKS_TRACKED_MAX) this.delete(tracker)
  }

  delete(tracker: LockTracker): void {
    tracker.close()
    this.#byPath.delete(tracker.path)
  }

  #makeRoom(): boolean {
    const idle = this.all.filter(({ viewers }) => viewers.size === 0)
    const oldest = idle.reduce<LockTracker | null>((a, b) => (a && a.lastChangeMs <= b.lastChangeMs ? a : b), null)
    if (oldest) this.delete(oldest)
    return oldest !== null
  }

  #add(path: string): LockTracker {
    const { reader, now, overrides } = this.#options
    const tracker = new LockTracker(path, new SiteReader(reader), now(), overrides())
    this.#byPath.set(path, tracker)
    return tracker
  }
}
