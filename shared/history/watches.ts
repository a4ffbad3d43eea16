// HC-8: the events that each connection received, against those that it was owed (watch-model.ts). Says of
// each difference which rule it breaks: too late W-1, twice W-2, out of nothing W-3, missing W-4, out of order
// W-5, for nobody's watch W-6, wrong after a reconnect W-7, gaps of persistent watches W-8, secrets W-9.

import { isAllowed } from '../tree/acl.ts'
import type { Change } from '../tree/contract.ts'
import { PERMS } from '../zk/acl.ts'
import { errorName } from '../zk/errors.ts'
import { parentPath } from '../zk/path.ts'
import type { WatchEvent } from '../zk/watch.ts'
import { at, authAtArrival, type Case, isAnswered, named, opAt, report } from './case.ts'
import type { ConnectionRecord, RuleId, WatchArrival } from './history.ts'
import type { Visitor } from './replay.ts'
import {
  type Cause,
  createWatchModel,
  forget,
  type Owed,
  onChange,
  onReply,
  type WatchModel,
  watcherOf,
} from './watch-model.ts'

export function checkWatches(c: Case): Visitor {
  const model = createWatchModel()
  const arrived = new Map<number, WatchArrival[]>()
  for (const event of c.history.events) {
    const list = arrived.get(event.conn)
    if (list) list.push(event)
    else arrived.set(event.conn, [event])
  }
  const repliesLeft = new Map<number, number>()
  for (const op of c.history.operations)
    if (isAnswered(op)) repliesLeft.set(op.conn, (repliesLeft.get(op.conn) ?? 0) + 1)
  const happened = new Set<string>()
  /** Connections past their last reply, of which more events may have arrived. */
  const ending = new Set<number>()
  return {
    after(entry, applied) {
      for (const change of applied.changes) {
        for (const event of eventsOf(change)) happened.add(keyOf(event))
        onChange(model, change, entry.zxid)
      }
      for (const conn of [...ending]) {
        if (!isOwedEnough(model, conn, arrived.get(conn) ?? [])) continue
        ending.delete(conn)
        forget(model, conn)
      }
    },
    reply(op, index, tree) {
      const expected = onReply(model, op, tree)
      if (expected !== null && expected !== op.err)
        report(c, 'HC-8', null, `${named(c, index)} was answered ${errorName(op.err)} and not ${errorName(expected)}`, {
          operations: [index],
          zxids: [op.zxid],
        })
      const left = (repliesLeft.get(op.conn) ?? 0) - 1
      repliesLeft.set(op.conn, left)
      if (left > 0) return
      if (isOwedEnough(model, op.conn, arrived.get(op.conn) ?? [])) forget(model, op.conn)
      else ending.add(op.conn)
    },
    end() {
      for (const record of c.conns.values())
        compare(c, record, model.watchers.get(record.conn)?.owed ?? [], arrived.get(record.conn) ?? [], happened)
    },
  }
}

/** Whether nothing arrived after the connection's last reply: then what is owed from here on is of no interest. */
function isOwedEnough(model: WatchModel, conn: number, arrived: readonly WatchArrival[]): boolean {
  const { lastReply } = watcherOf(model, conn)
  return (arrived.at(-1)?.arrival ?? -1) < lastReply
}

function keyOf(event: WatchEvent): string {
  return `${event.type} ${event.path}`
}

function eventsOf(change: Change): readonly WatchEvent[] {
  const { path } = change
  switch (change.type) {
    case 'created':
      return [
        { type: 'nodeCreated', path },
        { type: 'nodeChildrenChanged', path: parentPath(path) },
      ]
    case 'deleted':
      return [
        { type: 'nodeDeleted', path },
        { type: 'nodeChildrenChanged', path: parentPath(path) },
      ]
    case 'dataChanged':
      return [{ type: 'nodeDataChanged', path }]
    case 'aclChanged':
      return []
  }
}

/** What one connection is owed of one kind of event on one path, and how far it has come. */
interface Lane {
  readonly indexes: number[]
  /** All before are matched, or too late for what arrives from now on. */
  head: number
}

function compare(
  c: Case,
  record: ConnectionRecord,
  owed: readonly Owed[],
  arrived: readonly WatchArrival[],
  happened: ReadonlySet<string>,
): void {
  const lanes = new Map<string, Lane>()
  for (const [i, { event }] of owed.entries()) {
    const lane = lanes.get(keyOf(event))
    if (lane) lane.indexes.push(i)
    else lanes.set(keyOf(event), { indexes: [i], head: 0 })
  }
  const taken = new Set<number>()
  let furthest = -1
  for (const event of arrived) {
    const lane = lanes.get(keyOf(event.event))
    const i = lane ? match(c, record, owed, lane, taken, event) : null
    const item = i === null ? undefined : owed[i]
    if (i === null || !item) {
      const earlier = lane?.indexes.map((index) => owed[index]).find((one) => one !== undefined)
      reportSpurious(c, record, event, earlier ?? null, happened)
      continue
    }
    taken.add(i)
    judge(c, record, event, item, i < furthest)
    furthest = Math.max(furthest, i)
  }
  for (const [i, item] of owed.entries()) {
    const isDue = Number.isFinite(item.before) || i < furthest
    if (isDue && !taken.has(i) && mayKnow(c, record, item, item.after))
      tell(c, record, RULE_OF_GAP[item.cause], `never received ${keyOf(item.event)} of ${at(item.zxid)}`, item)
  }
}

const RULE_OF_GAP: Record<Cause, RuleId> = {
  data: 'W-4',
  child: 'W-4',
  persistent: 'W-8',
  recursive: 'W-8',
  setWatches: 'W-7',
}

/** The owed event that this is: of the right zxid if that is told, at its time if possible, and allowed. */
function match(
  c: Case,
  record: ConnectionRecord,
  owed: readonly Owed[],
  lane: Lane,
  taken: ReadonlySet<number>,
  arrived: WatchArrival,
): number | null {
  for (let i = lane.indexes[lane.head]; i !== undefined; i = lane.indexes[lane.head]) {
    const item = owed[i]
    if (item && !taken.has(i) && item.before > arrived.arrival) break
    lane.head += 1
  }
  const fits = (item: Owed) => arrived.zxid === null || arrived.zxid === item.zxid
  const inTime = (item: Owed) => item.after < arrived.arrival && arrived.arrival < item.before
  const allowed = (item: Owed) => mayKnow(c, record, item, item.before - 1)
  const wishes: ((item: Owed) => boolean)[] = [
    (item) => inTime(item) && fits(item) && allowed(item),
    (item) => inTime(item) && fits(item),
  ]
  const find = (wish: (item: Owed) => boolean, from: number, last: number) => {
    for (let at = from; at < lane.indexes.length; at += 1) {
      const i = lane.indexes[at]
      const item = i === undefined ? undefined : owed[i]
      if (i === undefined || !item) continue
      if (item.after >= last) break
      if (!taken.has(i) && wish(item)) return i
    }
    return null
  }
  for (const wish of wishes) {
    const i = find(wish, lane.head, arrived.arrival)
    if (i !== null) return i
  }
  return find((item) => fits(item) && allowed(item), 0, Number.POSITIVE_INFINITY) ?? find(inTime, 0, arrived.arrival)
}

function mayKnow(c: Case, record: ConnectionRecord, item: Owed, arrival: number): boolean {
  if (item.acl === null || c.options.tree?.skipAcl) return true
  return isAllowed(item.acl, PERMS.READ, authAtArrival(record, Math.max(arrival, 0)))
}

/** What is wrong with an event that is owed. */
function judge(c: Case, record: ConnectionRecord, arrived: WatchArrival, item: Owed, isBehind: boolean): void {
  const name = `${keyOf(item.event)} of ${at(item.zxid)}`
  const isRearmed = item.cause === 'setWatches'
  if (!mayKnow(c, record, item, item.before - 1))
    tell(c, record, 'W-9', `was told ${name}, which it may not read`, item)
  if (arrived.zxid !== null && arrived.zxid !== item.zxid)
    tell(c, record, isRearmed ? 'W-7' : 'W-3', `received ${name} as one of ${at(arrived.zxid)}`, item)
  if (arrived.arrival > item.before)
    tell(c, record, isRearmed ? 'W-7' : 'W-1', `received ${name} behind a reply that shows it`, item)
  else if (arrived.arrival < item.after)
    tell(c, record, 'W-5', `received ${name} before a reply that is older than it`, item)
  else if (isBehind) tell(c, record, 'W-5', `received ${name} behind an event that is owed after it`, item)
}

function reportSpurious(
  c: Case,
  record: ConnectionRecord,
  arrived: WatchArrival,
  earlier: Owed | null,
  happened: ReadonlySet<string>,
): void {
  const name = keyOf(arrived.event)
  if (isOfUnansweredSetWatches(c, record, arrived)) return
  if (earlier) {
    const rule = earlier.cause === 'setWatches' ? 'W-7' : isStanding(earlier.cause) ? 'W-8' : 'W-2'
    return tell(c, record, rule, `received ${name} once more than it was owed`, null)
  }
  if (happened.has(name)) tell(c, record, 'W-6', `received ${name}, for which it had no watch`, null)
  else tell(c, record, 'W-3', `received ${name}, which never happened`, null)
}

/** What a setWatches found missed comes before its answer, which may never have come. */
function isOfUnansweredSetWatches(c: Case, { conn }: ConnectionRecord, { event: { path } }: WatchArrival): boolean {
  return (c.byConn.get(conn) ?? []).some((index) => {
    const op = opAt(c, index)
    const { request } = op
    if (isAnswered(op) || (request.type !== 'setWatches' && request.type !== 'setWatches2')) return false
    return request.data.includes(path) || request.exist.includes(path) || request.child.includes(path)
  })
}

function isStanding(cause: Cause): boolean {
  return cause === 'persistent' || cause === 'recursive'
}

function tell(c: Case, record: ConnectionRecord, rule: RuleId, what: string, item: Owed | null): void {
  report(c, 'HC-8', rule, `connection ${record.conn} ${what}`, { zxids: item ? [item.zxid] : [] })
}
