// The watch tables of all members, asked at most once a second and only while somebody looks at a lock with waiters:
// each member walks over all its watches to answer. The gateway's own sessions are left out. Child watches are not in
// these tables; those that the stream told of are added (child-watches.ts).

import type { ClusterView } from '#shared/events/cluster-view.ts'
import type { WatchTables } from '#shared/recipes/wake/watch-tables.ts'
import type { PathWatchers } from '../member-watches.ts'

export const POLL_MS = 1000

export interface WatchPollOptions {
  readonly view: () => ClusterView
  /** All watches of a member; rejects when it does not answer. */
  readonly ask: (sid: number) => Promise<readonly PathWatchers[]>
  readonly ownSessions: () => readonly string[]
  /** Child watches that the stream has told of. */
  readonly children: () => ReadonlyMap<string, ReadonlySet<string>>
  /** Ms since 1970. */
  readonly now: () => number
}

export interface PolledTables {
  readonly readMs: number
  readonly tables: WatchTables
}

export class WatchPoll {
  readonly #options: WatchPollOptions
  #last: Promise<PolledTables> | null = null
  #askedMs = 0

  constructor(options: WatchPollOptions) {
    this.#options = options
  }

  /** Tables that are at most POLL_MS old. Never rejects: members without an answer are `missing`. */
  read(): Promise<PolledTables> {
    const now = this.#options.now()
    if (this.#last && now - this.#askedMs < POLL_MS) return this.#last
    this.#askedMs = now
    this.#last = this.#read()
    return this.#last
  }

  async #read(): Promise<PolledTables> {
    const { view, ask, ownSessions, children, now } = this.#options
    const { members, connections } = view()
    const sids = Object.values(members).map(({ sid }) => sid)
    const live = sids.filter((sid) => members[sid]?.process === 'running')
    const answers = await Promise.allSettled(live.map((sid) => ask(sid)))
    const own = new Set(ownSessions())
    const data = new Map<string, Set<string>>()
    const missing = Object.values(members).flatMap(({ sid, process }) => (process === 'paused' ? [sid] : []))
    answers.forEach((answer, i) => {
      const sid = live[i] ?? 0
      if (answer.status === 'rejected') {
        missing.push(sid)
        return
      }
      for (const { path, sessions } of answer.value) {
        const others = sessions.filter((session) => !own.has(session))
        if (others.length > 0) data.set(path, new Set([...(data.get(path) ?? []), ...others]))
      }
    })
    const homes = new Map(Object.values(connections).map(({ session, sid }) => [session, sid]))
    return { readMs: now(), tables: { data, children: children(), childrenComplete: false, missing, homes } }
  }
}

/** Sessions with a connection; null while a running member is not heard, as its connections are unknown. */
export function connectedSessions({ members, streams, connections }: ClusterView): ReadonlySet<string> | null {
  const deaf = Object.values(members).some(
    ({ sid, process }) => process !== 'stopped' && process !== 'killed' && streams[sid] !== true,
  )
  return deaf ? null : new Set(Object.values(connections).map(({ session }) => session))
}
