// HC-8 without an L, or where a reply's zxid is not exactly the state it shows: what a connection alone can
// prove. Each event has a watch that it may fire (W-6), a standard one fires once (W-2), and no reply shows a
// node changed before the event says so (W-1).

import { ERROR_CODES as E } from '../zk/errors.ts'
import { isUnder } from '../zk/path.ts'
import type { ClientRequest } from '../zk/request.ts'
import type { Stat } from '../zk/stat.ts'
import { ADD_WATCH_MODES, WATCHER_TYPES } from '../zk/watch.ts'
import { type Case, isAnswered, named, opAt, report } from './case.ts'
import type { Operation, WatchArrival } from './history.ts'

/** What the node looked like when its watch was set; 'unknown' after a setWatches. */
type Seen = Stat | null | 'unknown'

interface Armed {
  readonly data: Map<string, Seen>
  readonly child: Set<string>
  readonly persistent: Set<string>
  readonly recursive: Set<string>
  /** Every path that was ever watched in the standard way. */
  readonly ever: Set<string>
  /** What a setWatches of this connection may tell before its reply, as `type path`. */
  readonly missed: Set<string>
}

type Frame =
  | { readonly at: number; readonly index: number; readonly op: Operation }
  | { readonly at: number; readonly index: null; readonly event: WatchArrival }

export function checkWatchesAlone(c: Case): void {
  const events = new Map<number, Frame[]>()
  for (const event of c.history.events) {
    const frame: Frame = { at: event.arrival, index: null, event }
    const list = events.get(event.conn)
    if (list) list.push(frame)
    else events.set(event.conn, [frame])
  }
  for (const conn of c.conns.keys()) {
    const replies = (c.byConn.get(conn) ?? [])
      .filter((index) => isAnswered(opAt(c, index)))
      .map((index) => ({ at: opAt(c, index).arrival, index, op: opAt(c, index) }))
    const armed: Armed = {
      data: new Map(),
      child: new Set(),
      persistent: new Set(),
      recursive: new Set(),
      ever: new Set(),
      missed: new Set(),
    }
    for (const { op } of replies) if (op) expectMissed(armed, op.request)
    for (const frame of [...replies, ...(events.get(conn) ?? [])].sort((a, b) => a.at - b.at)) {
      if (frame.index === null) onEvent(c, armed, frame.event)
      else onReply(c, armed, frame.op, frame.index)
    }
  }
}

function onEvent(c: Case, armed: Armed, { conn, event }: WatchArrival): void {
  const { type, path } = event
  const isOfChildren = type === 'nodeChildrenChanged'
  const hadData = !isOfChildren && armed.data.delete(path)
  const hadChild = (isOfChildren || (type === 'nodeDeleted' && !hadData)) && armed.child.delete(path)
  const stands =
    armed.persistent.has(path) || (!isOfChildren && [...armed.recursive].some((above) => isUnder(path, above)))
  if (hadData || hadChild || stands || armed.missed.delete(`${type} ${path}`)) return
  const again = armed.ever.has(path)
  report(
    c,
    'HC-8',
    again ? 'W-2' : 'W-6',
    `connection ${conn} received ${type} ${path} ${again ? 'once more than it had watches' : 'without a watch for it'}`,
  )
}

function onReply(c: Case, armed: Armed, op: Operation, index: number): void {
  const { request, err, body } = op
  switch (request.type) {
    case 'getData':
    case 'exists': {
      const stat = body !== null && 'stat' in body ? body.stat : null
      const before = armed.data.get(request.path)
      if (before !== undefined && before !== 'unknown' && before?.mzxid !== stat?.mzxid)
        report(c, 'HC-8', 'W-1', `${named(c, index)} shows a change before the event of the watch there`, {
          operations: [index],
        })
      // An exists that is refused leaves its watch in Apache up to 3.8.3.
      if (request.watch && (err === E.OK || request.type === 'exists')) {
        if (before === undefined) armed.data.set(request.path, err === E.NOAUTH ? 'unknown' : stat)
        armed.ever.add(request.path)
      }
      return
    }
    case 'getChildren':
    case 'getChildren2':
      if (!request.watch || err !== E.OK) return
      armed.child.add(request.path)
      armed.ever.add(request.path)
      return
    case 'addWatch':
      if (err === E.OK)
        (request.mode === ADD_WATCH_MODES.persistent ? armed.persistent : armed.recursive).add(request.path)
      return
    case 'setWatches':
    case 'setWatches2':
      for (const path of [...request.data, ...request.exist]) armed.data.set(path, 'unknown')
      for (const path of request.child) armed.child.add(path)
      for (const path of request.persistent) armed.persistent.add(path)
      for (const path of request.persistentRecursive) armed.recursive.add(path)
      return
    case 'removeWatches':
      if (err === E.OK) disarm(armed, request.path, request.watcherType)
      return
    default:
      return
  }
}

/** W-7: the events of what was missed come before the reply, and each at most once. */
function expectMissed(armed: Armed, request: ClientRequest): void {
  if (request.type !== 'setWatches' && request.type !== 'setWatches2') return
  for (const path of request.data) armed.missed.add(`nodeDeleted ${path}`).add(`nodeDataChanged ${path}`)
  for (const path of request.exist) armed.missed.add(`nodeCreated ${path}`)
  for (const path of request.child) armed.missed.add(`nodeDeleted ${path}`).add(`nodeChildrenChanged ${path}`)
}

function disarm(armed: Armed, path: string, watcherType: number): void {
  const any = watcherType === WATCHER_TYPES.any
  if (any || watcherType === WATCHER_TYPES.data) armed.data.delete(path)
  if (any || watcherType === WATCHER_TYPES.children) armed.child.delete(path)
  if (any || watcherType === WATCHER_TYPES.persistent) armed.persistent.delete(path)
  if (any || watcherType === WATCHER_TYPES.persistentRecursive) armed.recursive.delete(path)
}
