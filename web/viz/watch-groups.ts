// The log of watches as lives: each watch was set, triggered and delivered, or still waits. Grouped by path,
// with the fan-out of each trigger. Pure.

import { CONNECTIONS_MAX, type ConnectionView, type WatchLogEntry } from '#shared/events/cluster-view.ts'
import { isUnder } from '#shared/zk/path.ts'

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
  /** It waits for nothing any more: its connection is closed. */
  readonly ended: boolean
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
  ended: boolean
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
    ended: false,
  }
}

/** Lives in the order in which they began. */
export function watchLives(log: readonly WatchLogEntry[]): WatchLife[] {
  const lives: Draft[] = []
  for (const entry of log) {
    if (entry.stage === 'set' || entry.stage === 'found') onSet(lives, entry)
    else if (entry.stage === 'triggered') onTriggered(lives, entry)
    else onDelivered(lives, entry)
  }
  return lives
}

/** Says of each life that still waits whether its connection is closed. Beyond CONNECTIONS_MAX nobody knows. */
export function endWithConnections(
  lives: readonly WatchLife[],
  connections: Readonly<Record<string, ConnectionView>>,
): WatchLife[] {
  const open = new Set(Object.values(connections).map(({ sid, conn, session }) => `${sid} ${conn} ${session}`))
  if (open.size >= CONNECTIONS_MAX) return [...lives]
  return lives.map((life) =>
    life.event === null && !open.has(`${life.sid} ${life.conn} ${life.session}`) ? { ...life, ended: true } : life,
  )
}

function begin(lives: Draft[], entry: WatchLogEntry): Draft {
  const life = draftOf(entry, lives.length)
  lives.push(life)
  return life
}

/** The newest life on the connection of `entry` that `fits`. */
function newest(lives: readonly Draft[], entry: WatchLogEntry, fits: (life: Draft) => boolean): Draft | undefined {
  return lives.findLast((life) => life.sid === entry.sid && life.conn === entry.conn && fits(life))
}

function onSet(lives: Draft[], entry: WatchLogEntry): void {
  // Setting the same watch again changes nothing.
  const same = (life: Draft) => life.path === entry.path && life.triggeredAt === null && life.kind === entry.what
  const life = newest(lives, entry, same) ?? begin(lives, entry)
  life.kind = entry.what
  if (entry.stage === 'set') life.setAt ??= entry.t
  life.lastAt = entry.t
}

function onTriggered(lives: Draft[], entry: WatchLogEntry): void {
  const waiting = newest(
    lives,
    entry,
    (life) =>
      life.triggeredAt === null &&
      (life.kind === 'persistentRecursive'
        ? isUnder(entry.path, life.path)
        : life.path === entry.path && fires(life.kind, entry.what)),
  )
  // A persistent watch goes on waiting; each of its triggers is a life of its own.
  const life = waiting && !isPersistent(waiting.kind) ? waiting : begin(lives, entry)
  if (waiting) {
    life.kind = waiting.kind
    life.setAt = waiting.setAt
  }
  life.triggeredAt = entry.t
  life.event = eventName(entry.what)
  life.zxid = entry.zxid
  life.lastAt = entry.t
}

function onDelivered(lives: Draft[], entry: WatchLogEntry): void {
  const event = eventName(entry.what)
  const sent = (life: Draft) =>
    life.path === entry.path && life.deliveredAt === null && life.event === event && life.zxid === entry.zxid
  const life = newest(lives, entry, sent) ?? begin(lives, entry)
  life.event = event
  life.zxid = entry.zxid
  life.deliveredAt = entry.t
  life.lastAt = entry.t
}

/** As ZooKeeper's documents write it: `NodeDataChanged`. */
function eventName(event: string): string {
  return event.charAt(0).toUpperCase() + event.slice(1)
}

/** Which kinds an event can fire; source: the watch table of the client protocol. */
function fires(kind: string | null, event: string): boolean {
  if (kind === null || kind === 'persistent') return true
  const name = eventName(event)
  if (name === 'NodeChildrenChanged') return kind === 'children'
  return name === 'NodeDeleted' || kind !== 'children'
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
export function groupWatches(all: readonly WatchLife[]): WatchGroup[] {
  const byPath = new Map<string, WatchLife[]>()
  for (const life of all) {
    const list = byPath.get(life.path)
    if (list) list.push(life)
    else byPath.set(life.path, [life])
  }
  return [...byPath.entries()]
    .map(([path, lives]) => ({
      path,
      lives: lives.sort((a, b) => b.lastAt - a.lastAt),
      waiting: lives.filter((life) => life.event === null && !life.ended).length,
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
