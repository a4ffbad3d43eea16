// What observers are told of watches: set by a request, triggered by a transaction, delivered to the socket;
// and the list of those that exist. Part of observe.ts.

import type { ClusterEvent, StreamHello } from '#shared/events/cluster-event.ts'
import type { ClientEffect, ConnId } from '#shared/peer/contract.ts'
import { MODE_BITS } from '#shared/tree/watch-table.ts'
import { ERROR_CODES } from '#shared/zk/errors.ts'
import { formatSessionId, NO_SESSION } from '#shared/zk/ids.ts'
import { ADD_WATCH_MODES } from '#shared/zk/watch.ts'
import { formatZxid } from '#shared/zk/zxid.ts'
import type { ClientConnection } from '../clients/client-connection.ts'
import type { ServerFacts } from '../server-facts.ts'
import type { Activity } from './activity.ts'

/** Watches listed in a hello; their total is exact. */
export const HELLO_WATCHES_MAX = 5000
/** Watches set, triggered and delivered that are told singly, a window; all are counted. */
export const WATCH_EVENTS_MAX = 200
const WINDOW_MS = 100

type WatchEffect = Extract<ClientEffect, { type: 'watchEvent' }>
type ReplyEffect = Extract<ClientEffect, { type: 'reply' }>
type WatchKind = Extract<ClusterEvent, { type: 'watchSet' }>['kind']

/** An event without what all events have. */
export type Said = ClusterEvent extends infer E ? (E extends ClusterEvent ? Omit<E, 't' | 'sid'> : never) : never

export interface WatchEvents {
  /** The peer takes its next input. */
  newStep(): void
  /** A request that asked for a watch may have set it. */
  onReply(effect: ReplyEffect): void
  onTriggered(effect: WatchEffect): void
  /** What to call when this event, the last one triggered, is with the operating system. */
  delivery(effect: WatchEffect): () => void
  /** Those that exist, at most HELLO_WATCHES_MAX. */
  list(): StreamHello['watches']
}

export function createWatchEvents(options: {
  readonly facts: ServerFacts
  readonly connection: (id: ConnId) => ClientConnection | null
  readonly activity: () => Activity
  readonly nowMs: () => number
  readonly say: (event: Said) => void
}): WatchEvents {
  const { facts, say, activity } = options
  let windowFromMs = 0
  let toldInWindow = 0
  /** Whether the last one triggered was told. */
  let toldLast = false
  /** Watch events of this step, by connection: what setWatches fired is not set. */
  let fired = new Map<number, Set<string>>()

  function mayTell(): boolean {
    const now = options.nowMs()
    if (now - windowFromMs >= WINDOW_MS) {
      windowFromMs = now
      toldInWindow = 0
    }
    toldInWindow += 1
    if (toldInWindow > WATCH_EVENTS_MAX) return false
    activity().watchEventsTold += 1
    return true
  }

  function onlyCount(): void {
    activity().watchesDelivered += 1
  }

  function sessionOf(conn: ConnId): string {
    return formatSessionId(options.connection(conn)?.sessionId ?? NO_SESSION)
  }

  function watchFacts(effect: WatchEffect) {
    const { conn, event } = effect
    return { conn, session: sessionOf(conn), path: event.path, event: event.type, zxid: formatZxid(effect.zxid) }
  }

  function onReply(effect: ReplyEffect): void {
    const { conn, request } = effect
    const set = (path: string, kind: WatchKind) => {
      if (fired.get(conn)?.has(path)) return
      activity().watchesSet += 1
      if (mayTell())
        say({ type: 'watchSet', conn, session: sessionOf(conn), path, kind, zxid: formatZxid(effect.zxid) })
    }
    const ok = effect.err === ERROR_CODES.OK
    switch (request.type) {
      case 'exists':
        if (request.watch && (ok || effect.err === ERROR_CODES.NONODE)) set(request.path, 'exists')
        return
      case 'getData':
        if (request.watch && ok) set(request.path, 'data')
        return
      case 'getChildren':
      case 'getChildren2':
        if (request.watch && ok) set(request.path, 'children')
        return
      case 'addWatch':
        if (ok) set(request.path, request.mode === ADD_WATCH_MODES.persistent ? 'persistent' : 'persistentRecursive')
        return
      case 'setWatches':
      case 'setWatches2':
        if (!ok) return
        for (const path of request.data) set(path, 'data')
        for (const path of request.exist) set(path, 'exists')
        for (const path of request.child) set(path, 'children')
        for (const path of request.persistent) set(path, 'persistent')
        for (const path of request.persistentRecursive) set(path, 'persistentRecursive')
    }
  }

  function onTriggered(effect: WatchEffect): void {
    const paths = fired.get(effect.conn)
    if (paths) paths.add(effect.event.path)
    else fired.set(effect.conn, new Set([effect.event.path]))
    activity().watchesTriggered += 1
    toldLast = mayTell()
    if (toldLast) say({ type: 'watchTriggered', ...watchFacts(effect) })
  }

  function list(): StreamHello['watches'] {
    const watches: StreamHello['watches'][number][] = []
    for (const [conn, paths] of facts.peer.watches.paths) {
      const session = sessionOf(conn)
      for (const table of ['data', 'child'] as const) {
        for (const path of paths[table]) {
          if (watches.length >= HELLO_WATCHES_MAX) return watches
          const bits = facts.peer.watches[table].get(path)?.get(conn) ?? 0
          watches.push({ conn, session, path, kind: kindOf(table, bits) })
        }
      }
    }
    return watches
  }

  return {
    newStep() {
      if (fired.size > 0) fired = new Map()
    },
    onReply,
    onTriggered,
    delivery(effect) {
      if (!toldLast) return onlyCount
      const what = watchFacts(effect)
      return () => {
        onlyCount()
        activity().watchEventsTold += 1
        say({ type: 'watchDelivered', ...what })
      }
    },
    list,
  }
}

function kindOf(table: 'data' | 'child', bits: number): WatchKind {
  if (bits & MODE_BITS.persistentRecursive) return 'persistentRecursive'
  if (bits & MODE_BITS.persistent) return 'persistent'
  return table === 'child' ? 'children' : 'data'
}
