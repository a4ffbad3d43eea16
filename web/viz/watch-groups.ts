// The log of watches as lives: each watch was set, triggered and delivered, or still waits. Grouped by path,
// with the fan-out of each trigger. Pure.

import type { WatchLogEntry } from '#shared/events/cluster-view.ts'

/** What one watch of one connection went through, as far as the log tells. */
export interface WatchLife {
  readonly key: string
  readonly path: string
  readonly session: string
  readonly sid: number
  readonly conn: number
  /** data, children … or null when it was set before the log begins. */
  readonly kind: string | null
  readonly setAt: number | null
  readonly triggeredAt: number | null
  readonly deliveredAt: number | null
  /** NodeDataChanged … once it fired. */
  readonly event: string | null
  readonly zxid: string | null
  readonly lastAt: number
}

export interface Trigger {
  readonly zxid: string
  readonly event: string
  readonly at: number
  readonly fanOut: number
  readonly delivered: number
  /** From the trigger to the last socket, of those delivered. */
  readonly slowestMs: number | null
}

export interface WatchGroup {
  readonly path: string
  /** Newest first. */
  readonly lives: readonly WatchLife[]
  readonly waiting: number
  /** Newest first. */
  readonly triggers: readonly Trigger[]
  readonly lastAt: number
}

interface Draft {
  key: string
  path: string
  session: string
  sid: number
  conn: number
  kind: string | null
  setAt: number | null
  triggeredAt: number | null
  deliveredAt: number | null
  event: string | null
  zxid: string | null
  lastAt: number
}

function isPersistent(kind: string | null): boolean {
  return kind === 'persistent' || kind === 'persistentRecursive'
}

function draftOf(entry: WatchLogEntry, n: number): Draft {
  const { path, session, sid, conn } = entry
  return {
    key: `${sid}:${conn}:${path}:${n}`,
    path,
    session,
    sid,
    conn,
    kind: null,
    setAt: null,
    triggeredAt: null,
    deliveredAt: null,
    event: null,
    zxid: null,
    lastAt: entry.t,
  }
}

/** Lives in the order in which they began. */
export function watchLives(log: readonly WatchLogEntry[]): WatchLife[] {
  const lives: Draft[] = []
  const begin = (entry: WatchLogEntry): Draft => {
    const life = draftOf(entry, lives.length)
    lives.push(life)
    return life
  }
  const newest = (entry: WatchLogEntry, fits: (life: Draft) => boolean): Draft | undefined =>
    lives.findLast(
      (life) => life.path === entry.path && life.sid === entry.sid && life.conn === entry.conn && fits(life),
    )
  for (const entry of log) {
    if (entry.stage === 'set') {
      // Setting the same watch again changes nothing.
      const life = newest(entry, (l) => l.triggeredAt === null && l.kind === entry.what) ?? begin(entry)
      life.kind = entry.what
      life.setAt ??= entry.t
      life.lastAt = entry.t
    } else if (entry.stage === 'triggered') {
      const waiting = newest(entry, (l) => l.triggeredAt === null && fires(l.kind, entry.what))
      const life = waiting && !isPersistent(waiting.kind) ? waiting : begin(entry)
      if (waiting && life !== waiting) life.kind = waiting.kind
      Object.assign(life, { triggeredAt: entry.t, event: entry.what, zxid: entry.zxid, lastAt: entry.t })
    } else {
      const life =
        newest(entry, (l) => l.deliveredAt === null && l.event === entry.what && l.zxid === entry.zxid) ?? begin(entry)
      life.event ??= entry.what
      life.zxid ??= entry.zxid
      life.deliveredAt = entry.t
      life.lastAt = entry.t
    }
  }
  return lives
}

/** Which kinds an event can fire; source: the watch table of the client protocol. */
function fires(kind: string | null, event: string): boolean {
  if (kind === null || isPersistent(kind)) return true
  if (event === 'NodeChildrenChanged') return kind === 'children'
  if (event === 'NodeDeleted') return true
  return kind !== 'children'
}

function triggersOf(lives: readonly WatchLife[]): Trigger[] {
  const byZxid = new Map<string, WatchLife[]>()
  for (const life of lives) {
    if (life.event === null || life.zxid === null) continue
    const key = `${life.zxid} ${life.event}`
    const list = byZxid.get(key)
    if (list) list.push(life)
    else byZxid.set(key, [life])
  }
  return [...byZxid.values()]
    .flatMap((together) => {
      const first = together[0]
      if (!first || first.event === null || first.zxid === null) return []
      const delays = together.flatMap((l) =>
        l.triggeredAt === null || l.deliveredAt === null ? [] : [l.deliveredAt - l.triggeredAt],
      )
      return [
        {
          zxid: first.zxid,
          event: first.event,
          at: Math.min(...together.map((l) => l.triggeredAt ?? l.lastAt)),
          fanOut: together.length,
          delivered: together.filter((l) => l.deliveredAt !== null).length,
          slowestMs: delays.length === 0 ? null : Math.max(0, ...delays),
        },
      ]
    })
    .sort((a, b) => b.at - a.at)
}

/** Paths with the newest activity first. */
export function groupWatches(log: readonly WatchLogEntry[]): WatchGroup[] {
  const byPath = new Map<string, WatchLife[]>()
  for (const life of watchLives(log)) {
    const list = byPath.get(life.path)
    if (list) list.push(life)
    else byPath.set(life.path, [life])
  }
  return [...byPath.entries()]
    .map(([path, lives]) => ({
      path,
      lives: lives.sort((a, b) => b.lastAt - a.lastAt),
      waiting: lives.filter((life) => life.event === null).length,
      triggers: triggersOf(lives),
      lastAt: Math.max(...lives.map((life) => life.lastAt)),
    }))
    .sort((a, b) => b.lastAt - a.lastAt)
}

export type WatchRow =
  | { readonly type: 'group'; readonly group: WatchGroup }
  | { readonly type: 'life'; readonly life: WatchLife; readonly last: boolean }
  | { readonly type: 'rest'; readonly path: string; readonly count: number }

/** Lives of a path shown before "and 40 more". */
export const LIVES_SHOWN = 6

/** Groups and their lives as one list of rows. `needle` is looked for in paths and sessions. */
export function watchRows(groups: readonly WatchGroup[], needle: string): WatchRow[] {
  const wanted = needle.trim().toLowerCase()
  return groups
    .filter(
      ({ path, lives }) => path.toLowerCase().includes(wanted) || lives.some((life) => life.session.includes(wanted)),
    )
    .flatMap((group): WatchRow[] => {
      const shown = group.lives.slice(0, LIVES_SHOWN)
      const rest = group.lives.length - shown.length
      return [
        { type: 'group', group },
        ...shown.map((life, i) => ({ type: 'life' as const, life, last: rest === 0 && i === shown.length - 1 })),
        ...(rest > 0 ? [{ type: 'rest' as const, path: group.path, count: rest }] : []),
      ]
    })
}
