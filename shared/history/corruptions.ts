// For tests only: single defects put into a correct history, each with the check that must notice it. A defect
// gives null where the history has no place for it.

import { nextInt, type Prng, pick } from '../base/prng.ts'
import { ERROR_CODES as E } from '../zk/errors.ts'
import type { Entry } from '../zk/txn.ts'
import type { Zxid } from '../zk/zxid.ts'
import { type Answered, isAnswered, isWrite } from './case.ts'
import type { CheckId, FinalState, History, Operation, WatchArrival } from './history.ts'

/** A history that may be changed. */
export interface Draft {
  operations: Operation[]
  events: WatchArrival[]
  connections: History['connections']
  log: Entry[]
  finals: readonly FinalState[]
}

export interface Defect {
  readonly name: string
  readonly id: CheckId
  /** Changes the draft; false: nothing to spoil here. */
  readonly spoil: (draft: Draft, prng: Prng) => boolean
}

export function draftOf(history: History, finals: readonly FinalState[]): Draft {
  return {
    operations: history.operations.map((op) => ({ ...op })),
    events: [...history.events],
    connections: history.connections,
    log: [...(history.log ?? [])],
    finals,
  }
}

function pickFrom<T>(prng: Prng, items: readonly T[]): T | null {
  return items.length === 0 ? null : pick(prng, items)
}

function answered(draft: Draft): Answered[] {
  return draft.operations.filter(isAnswered)
}

function doneWrites(draft: Draft): Answered[] {
  return answered(draft).filter((op) => isWrite(op.request) && op.err === E.OK)
}

/** The replies of a connection, in order. */
function repliesOn(draft: Draft, conn: number): Answered[] {
  return answered(draft)
    .filter((op) => op.conn === conn)
    .sort((a, b) => a.arrival - b.arrival)
}

function entryOf(draft: Draft, op: Operation): number {
  return draft.log.findIndex((entry) => entry.sessionId === op.sessionId && entry.cxid === op.xid)
}

function replaceEvent(draft: Draft, event: WatchArrival, by: readonly WatchArrival[]): boolean {
  const place = draft.events.indexOf(event)
  draft.events.splice(place, 1, ...by)
  draft.events.sort((a, b) => a.conn - b.conn || a.arrival - b.arrival)
  return true
}

/** An event behind which its connection had a reply. */
function eventBeforeReply(draft: Draft, prng: Prng): { event: WatchArrival; reply: Answered } | null {
  const pairs = draft.events.flatMap((event) => {
    const reply = repliesOn(draft, event.conn).find((op) => op.arrival > event.arrival)
    return reply ? [{ event, reply }] : []
  })
  return pickFrom(prng, pairs)
}

function append(draft: Draft, entry: Entry): boolean {
  const last = draft.log.at(-1)
  draft.log.push({ ...entry, zxid: ((last?.zxid ?? 0) + 1) as Zxid })
  return true
}

export const DEFECTS: readonly Defect[] = [
  {
    name: 'the zxids of two answers are swapped',
    id: 'HC-1',
    spoil: (draft, prng) => {
      const [a, b] = [pickFrom(prng, doneWrites(draft)), pickFrom(prng, doneWrites(draft))]
      if (!a || !b || a === b) return false
      const { zxid } = a
      Object.assign(a, { zxid: b.zxid })
      Object.assign(b, { zxid })
      return true
    },
  },
  {
    name: 'an acknowledged write is not in the log',
    id: 'HC-1',
    spoil: (draft, prng) => {
      const op = pickFrom(prng, doneWrites(draft))
      if (op) draft.log.splice(entryOf(draft, op), 1)
      return op !== null
    },
  },
  {
    name: 'a refusal is told as success',
    id: 'HC-1',
    spoil: (draft, prng) => {
      const op = pickFrom(
        prng,
        answered(draft).filter((one) => isWrite(one.request) && one.err !== E.OK),
      )
      if (op) Object.assign(op, { err: E.OK })
      return op !== null
    },
  },
  {
    name: 'the leader refuses what it should do',
    id: 'HC-1',
    spoil: (draft, prng) => {
      const op = pickFrom(prng, doneWrites(draft))
      const place = op ? entryOf(draft, op) : -1
      const entry = draft.log[place]
      if (!op || !entry) return false
      draft.log[place] = { ...entry, txn: { type: 'error', err: E.BADVERSION } }
      Object.assign(op, { err: E.BADVERSION, body: { type: 'none' } })
      return true
    },
  },
  {
    name: 'a txn that nobody asked for',
    id: 'HC-1',
    spoil: (draft, prng) => {
      const entry = pickFrom(prng, draft.log)
      return entry !== null && append(draft, { ...entry, cxid: 1_000_000, txn: { type: 'error', err: E.NONODE } })
    },
  },
  {
    name: 'two writes, one after the other, are in the log the other way round',
    id: 'HC-2',
    spoil: (draft, prng) => {
      const writes = doneWrites(draft)
      const a = pickFrom(prng, writes)
      const b = a
        ? pickFrom(
            prng,
            writes.filter((op) => op.sentAtMs > a.doneAtMs && op.conn !== a.conn),
          )
        : null
      if (!a || !b) return false
      const [i, j] = [entryOf(draft, a), entryOf(draft, b)]
      const [first, second] = [draft.log[i], draft.log[j]]
      if (!first || !second) return false
      draft.log[i] = { ...second, zxid: first.zxid }
      draft.log[j] = { ...first, zxid: second.zxid }
      return true
    },
  },
  {
    name: 'an unanswered write is older than what had been shown',
    id: 'HC-3',
    spoil: (draft, prng) => {
      const unknown = draft.operations.filter((op) => op.doneAtMs === null && entryOf(draft, op) >= 0)
      const op = pickFrom(prng, unknown)
      const shown = op ? answered(draft).filter((one) => one.doneAtMs < op.sentAtMs && one.zxid > 2 ** 32) : []
      const place = op ? entryOf(draft, op) : -1
      const [entry] = draft.log.splice(place, place < 0 ? 0 : 1)
      const zxid = Math.max(...shown.map((one) => one.zxid))
      if (!op || !entry || shown.length === 0) return false
      // Between two zxids: nothing else has this place.
      draft.log.push({ ...entry, zxid: (zxid - 0.5) as Zxid })
      return true
    },
  },
  {
    name: 'two replies of a connection are swapped',
    id: 'HC-4',
    spoil: (draft, prng) => {
      const op = pickFrom(prng, answered(draft))
      const replies = op ? repliesOn(draft, op.conn) : []
      const [a, b] = [pickFrom(prng, replies), pickFrom(prng, replies)]
      if (!a || !b || a === b) return false
      const { arrival } = a
      a.arrival = b.arrival
      b.arrival = arrival
      return true
    },
  },
  {
    name: 'a request is passed over',
    id: 'HC-4',
    spoil: (draft, prng) => {
      const op = pickFrom(prng, answered(draft))
      if (!op || repliesOn(draft, op.conn).at(-1) === op) return false
      Object.assign(op, { doneAtMs: null, arrival: -1, err: null, zxid: null, body: null })
      return true
    },
  },
  {
    name: 'a read shows an older state than it says',
    id: 'HC-5',
    spoil: (draft, prng) => {
      const reads = answered(draft).flatMap((op) => {
        const { request, body } = op
        if (request.type !== 'getData' && request.type !== 'exists') return []
        return body !== null && 'stat' in body ? [{ op, what: `${request.type} ${request.path}`, body }] : []
      })
      const pairs = reads.flatMap((now) => {
        const then = reads.find((one) => one.what === now.what && one.body.stat.mzxid < now.body.stat.mzxid)
        return then ? [{ now, then }] : []
      })
      const pair = pickFrom(prng, pairs)
      if (pair) pair.now.op.body = pair.then.body
      return pair !== null
    },
  },
  {
    name: 'a child is missing in a list',
    id: 'HC-5',
    spoil: (draft, prng) => {
      const op = pickFrom(
        prng,
        answered(draft).filter((one) => one.body?.type === 'childrenStat' && one.body.children.length > 0),
      )
      if (op?.body?.type !== 'childrenStat') return false
      op.body = { ...op.body, children: op.body.children.slice(1) }
      return true
    },
  },
  {
    name: 'a read comes from the future',
    id: 'HC-5',
    spoil: (draft, prng) => {
      const reads = answered(draft).filter((one) => !isWrite(one.request))
      const op = pickFrom(prng, reads.slice(0, Math.floor(reads.length / 2)))
      if (!op || !doneWrites(draft).some((write) => write.sentAtMs > op.doneAtMs)) return false
      Object.assign(op, { zxid: draft.log.at(-1)?.zxid ?? null })
      return true
    },
  },
  {
    name: 'a read behind a sync is stale',
    id: 'HC-6',
    spoil: (draft, prng) => {
      const candidates = draft.operations.flatMap((sync, i) => {
        if (sync.request.type !== 'sync' || !isAnswered(sync)) return []
        const read = draft.operations.slice(i + 1).find((op) => op.conn === sync.conn)
        const before = doneWrites(draft).filter((op) => op.doneAtMs < sync.sentAtMs)
        const zxid = Math.max(...before.map((op) => op.zxid))
        if (!read || !isAnswered(read) || before.length === 0) return []
        return isWrite(read.request) || read.request.type === 'sync' ? [] : [{ read, zxid }]
      })
      const found = pickFrom(prng, candidates)
      if (found) Object.assign(found.read, { zxid: found.zxid - 1 })
      return found !== null
    },
  },
  {
    name: 'the zxid of a connection goes back',
    id: 'HC-7',
    spoil: (draft, prng) => {
      const op = pickFrom(prng, answered(draft))
      const before = op ? repliesOn(draft, op.conn).findLast((one) => one.arrival < op.arrival) : undefined
      if (!op || !before) return false
      Object.assign(op, { zxid: before.zxid - 1 - nextInt(prng, 3) })
      return true
    },
  },
  {
    name: 'an event is lost',
    id: 'HC-8',
    spoil: (draft, prng) => {
      const found = eventBeforeReply(draft, prng)
      return found !== null && replaceEvent(draft, found.event, [])
    },
  },
  {
    name: 'an event comes twice',
    id: 'HC-8',
    spoil: (draft, prng) => {
      const event = pickFrom(prng, draft.events)
      return event !== null && replaceEvent(draft, event, [event, { ...event, arrival: event.arrival + 0.5 }])
    },
  },
  {
    name: 'an event comes behind the next reply',
    id: 'HC-8',
    spoil: (draft, prng) => {
      const found = eventBeforeReply(draft, prng)
      if (!found) return false
      return replaceEvent(draft, found.event, [{ ...found.event, arrival: found.reply.arrival + 0.5 }])
    },
  },
  {
    name: 'an event names another path',
    id: 'HC-8',
    spoil: (draft, prng) => {
      const event = pickFrom(prng, draft.events)
      if (!event) return false
      const other = { ...event.event, path: `${event.event.path}-other` }
      return replaceEvent(draft, event, [{ ...event, event: other }])
    },
  },
  {
    name: 'a write happens twice',
    id: 'HC-9',
    spoil: (draft, prng) => {
      const op = pickFrom(prng, doneWrites(draft))
      const entry = op ? draft.log[entryOf(draft, op)] : undefined
      return entry !== undefined && append(draft, entry)
    },
  },
  {
    name: 'a session outlives its close',
    id: 'HC-9',
    spoil: (draft, prng) => {
      const close = pickFrom(
        prng,
        draft.log.filter((entry) => entry.txn.type === 'closeSession'),
      )
      if (!close) return false
      return append(draft, { ...close, cxid: 1_000_000, txn: { type: 'setData', path: '/', data: null, version: 99 } })
    },
  },
  {
    name: 'a close leaves an ephemeral',
    id: 'HC-9',
    spoil: (draft, prng) => {
      const places = draft.log.flatMap(({ txn }, i) =>
        txn.type === 'closeSession' && txn.paths && txn.paths.length > 0 ? [i] : [],
      )
      const place = pickFrom(prng, places)
      const entry = place === null ? undefined : draft.log[place]
      if (place === null || entry?.txn.type !== 'closeSession') return false
      draft.log[place] = { ...entry, txn: { type: 'closeSession', paths: entry.txn.paths?.slice(1) ?? [] } }
      return true
    },
  },
  {
    name: 'a server has lost a node at the end',
    id: 'HC-10',
    spoil: (draft, prng) => {
      const final = pick(prng, draft.finals)
      const paths = [...final.tree.nodes.keys()].filter((path) => !path.startsWith('/zookeeper') && path !== '/')
      const path = pickFrom(prng, paths)
      if (path === null) return false
      const nodes = new Map(final.tree.nodes)
      nodes.delete(path)
      draft.finals = draft.finals.map((one) => (one === final ? { ...one, tree: { ...one.tree, nodes } } : one))
      return true
    },
  },
]
