// For tests only: an ensemble that does everything right, without a network, and records what its clients see.
// The leader applies at once; servers follow when they are told to (`catchUp`), so that reads may be stale.
// Each call takes a millisecond of its clock. `ask` is send and wait; `send` alone leaves an operation under way.

import { assert } from '../base/assert.ts'
import { isAllowed } from '../tree/acl.ts'
import { applyEntry } from '../tree/apply.ts'
import type { Applied } from '../tree/contract.ts'
import { createTree } from '../tree/create-tree.ts'
import type { DataTree } from '../tree/data-tree.ts'
import { createPending } from '../tree/pending.ts'
import { prepareRequest } from '../tree/prepare.ts'
import { readRequest, type TreeRead } from '../tree/read.ts'
import { addPersistentWatch, applySetWatches, checkWatches, removeWatches } from '../tree/watch-requests.ts'
import {
  addWatch,
  createWatches,
  dropConnection,
  trigger,
  type WatchDelivery,
  type Watches,
} from '../tree/watch-table.ts'
import { type Acl, type AuthId, PERMS } from '../zk/acl.ts'
import { ERROR_CODES as E, type ErrorCode } from '../zk/errors.ts'
import { asSessionId, asSid, type SessionId, type Sid } from '../zk/ids.ts'
import { NO_BODY, type ReplyBody } from '../zk/reply.ts'
import type { ClientRequest, WriteRequest } from '../zk/request.ts'
import type { Entry, Txn } from '../zk/txn.ts'
import { makeZxid, ZERO_ZXID, type Zxid } from '../zk/zxid.ts'
import { isWrite } from './case.ts'
import {
  type ConnectionRecord,
  type FinalState,
  type History,
  type Operation,
  sent,
  type WatchArrival,
} from './history.ts'

interface Server {
  readonly sid: Sid
  readonly tree: DataTree
  readonly watches: Watches<number>
  /** Entries of the log that it has applied. */
  applied: number
  zxid: Zxid
}

interface Waiting {
  readonly index: number
  /** For a write and a sync: how much of the log the server must have applied. */
  readonly needs: number
  /** The write itself. */
  readonly entry: Entry | null
}

interface Conn {
  readonly record: ConnectionRecord
  readonly server: Server
  readonly auth: AuthId[]
  readonly waiting: Waiting[]
  frames: number
  isOpen: boolean
}

export interface Ensemble {
  nowMs: number
  epoch: number
  counter: number
  readonly leader: DataTree
  readonly log: Entry[]
  readonly servers: readonly Server[]
  readonly conns: Map<number, Conn>
  readonly xids: Map<SessionId, number>
  readonly seen: Map<SessionId, Zxid>
  readonly owner: Map<SessionId, number>
  readonly operations: Operation[]
  readonly events: WatchArrival[]
  readonly connections: ConnectionRecord[]
}

export function createEnsemble(servers = 2): Ensemble {
  return {
    nowMs: 0,
    epoch: 1,
    counter: 0,
    leader: createTree(),
    log: [],
    servers: Array.from({ length: servers }, (_, i) => ({
      sid: asSid(i + 1),
      tree: createTree(),
      watches: createWatches<number>(),
      applied: 0,
      zxid: makeZxid(1, 0),
    })),
    conns: new Map(),
    xids: new Map(),
    seen: new Map(),
    owner: new Map(),
    operations: [],
    events: [],
    connections: [],
  }
}

function serverAt(e: Ensemble, n: number): Server {
  const server = e.servers[n - 1]
  assert(server !== undefined, 'servers count from 1')
  return server
}

function connAt(e: Ensemble, conn: number): Conn {
  const found = e.conns.get(conn)
  assert(found !== undefined, 'a connection of this ensemble')
  return found
}

export function sessionOf(e: Ensemble, conn: number): SessionId {
  return connAt(e, conn).record.sessionId
}

export function isOpen(e: Ensemble, conn: number): boolean {
  return connAt(e, conn).isOpen
}

/** The leader's part: the request takes its zxid and is chosen. */
function propose(
  e: Ensemble,
  request: WriteRequest,
  sessionId: SessionId,
  cxid: number,
  auth: readonly AuthId[],
): Entry {
  e.counter += 1
  const zxid = makeZxid(e.epoch, e.counter)
  const timeMs = 1_700_000_000_000 + e.nowMs
  const isKnown = cxid === 0 || e.leader.sessions.has(sessionId)
  const txn: Txn = isKnown
    ? prepareRequest(e.leader, createPending(), request, { zxid, timeMs, sessionId, auth })
    : { type: 'error', err: E.SESSIONEXPIRED }
  return choose(e, { zxid, sessionId, cxid, timeMs, txn, digest: null })
}

function choose(e: Ensemble, entry: Entry): Entry {
  applyEntry(e.leader, entry)
  e.log.push(entry)
  return entry
}

/** A new leader: zxids go on in the next epoch. */
export function elect(e: Ensemble): void {
  e.epoch += 1
  e.counter = 0
}

/** Connects to server `n`: a new session, or `resume` with the zxid that it has seen. The connection's number. */
export function connect(
  e: Ensemble,
  n: number,
  more: { readonly resume?: SessionId; readonly auth?: readonly AuthId[] } = {},
): number {
  e.nowMs += 1
  const conn = e.connections.length + 1
  const server = serverAt(e, n)
  const fresh = more.resume === undefined
  const sessionId = more.resume ?? asSessionId(0x100000000000000n * BigInt(n) + BigInt(conn))
  const record: ConnectionRecord = {
    conn,
    client: fresh ? conn : clientOf(e, sessionId),
    server: server.sid,
    sessionId,
    resumes: !fresh,
    passwordOk: true,
    lastZxidSeen: e.seen.get(sessionId) ?? ZERO_ZXID,
    openedAtMs: e.nowMs,
    establishedAtMs: null,
    refusedAtMs: null,
    closedAtMs: null,
    timeoutMs: 4000,
    auth: (more.auth ?? []).map((id) => ({ id, sinceOperation: 0, sinceArrival: 0 })),
  }
  e.connections.push(record)
  if (fresh) propose(e, { type: 'createSession', timeoutMs: 4000 }, sessionId, 0, [])
  const conns = { record, server, auth: [...(more.auth ?? [])], waiting: [], frames: 0, isOpen: true }
  e.conns.set(conn, conns)
  if (!e.leader.sessions.has(sessionId)) {
    e.nowMs += 1
    record.refusedAtMs = e.nowMs
    close(e, conns)
    return conn
  }
  if (fresh || server.zxid < record.lastZxidSeen) catchUp(e, n)
  for (const other of e.conns.values())
    if (other !== conns && other.record.sessionId === sessionId && other.server === server) close(e, other)
  e.nowMs += 1
  record.establishedAtMs = e.nowMs
  e.owner.set(sessionId, conn)
  return conn
}

function clientOf(e: Ensemble, sessionId: SessionId): number {
  return e.connections.find((record) => record.sessionId === sessionId)?.client ?? 0
}

/** The connection gains an identity; the auth reply takes a frame. */
export function authenticate(e: Ensemble, conn: number, id: AuthId): void {
  const found = connAt(e, conn)
  found.record.auth.push({ id, sinceOperation: e.operations.length, sinceArrival: found.frames })
  found.frames += 1
  found.auth.push(id)
}

function close(e: Ensemble, conn: Conn): void {
  if (!conn.isOpen) return
  e.nowMs += 1
  conn.isOpen = false
  conn.waiting.length = 0
  conn.record.closedAtMs = e.nowMs
  dropConnection(conn.server.watches, conn.record.conn)
}

/** The connection breaks; what is under way on it stays without an answer. */
export function disconnect(e: Ensemble, conn: number): void {
  close(e, connAt(e, conn))
}

/** The leader has not heard of the session for too long. */
export function expire(e: Ensemble, sessionId: SessionId): void {
  e.nowMs += 1
  if (e.leader.sessions.has(sessionId)) propose(e, { type: 'closeSession' }, sessionId, 0, [])
}

/** Sends without waiting; a read that need not wait is answered at once. The operation's index. */
export function send(e: Ensemble, conn: number, request: ClientRequest): number {
  const found = connAt(e, conn)
  assert(found.isOpen, 'requests are sent over open connections')
  e.nowMs += 1
  const { record, server } = found
  const { sessionId } = record
  const xid = (e.xids.get(sessionId) ?? 0) + 1
  e.xids.set(sessionId, xid)
  const index = e.operations.length
  const known = { client: record.client, sessionId, conn: record.conn, server: server.sid, xid, request }
  e.operations.push(sent({ ...known, sentAtMs: e.nowMs }))
  let entry: Entry | null = null
  if (isWrite(request)) entry = submit(e, found, request, xid)
  const needs = entry || request.type === 'sync' ? e.log.length : 0
  found.waiting.push({ index, needs, entry })
  drain(e, found, null)
  return index
}

function submit(e: Ensemble, conn: Conn, request: WriteRequest, xid: number): Entry {
  const { sessionId } = conn.record
  if (e.owner.get(sessionId) === conn.record.conn) return propose(e, request, sessionId, xid, conn.auth)
  e.counter += 1
  const zxid = makeZxid(e.epoch, e.counter)
  const txn: Txn = { type: 'error', err: E.SESSIONMOVED }
  return choose(e, { zxid, sessionId, cxid: xid, timeMs: 1_700_000_000_000 + e.nowMs, txn, digest: null })
}

/** Sends and waits: the server catches up as far as the answer needs. */
export function ask(e: Ensemble, conn: number, request: ClientRequest): number {
  const index = send(e, conn, request)
  const found = connAt(e, conn)
  const needs = Math.max(0, ...found.waiting.map((one) => one.needs))
  advance(e, found.server, needs)
  return index
}

/** Server `n` applies all that is chosen, or the next `count` entries. */
export function catchUp(e: Ensemble, n: number, count = Number.POSITIVE_INFINITY): void {
  const server = serverAt(e, n)
  advance(e, server, Math.min(e.log.length, server.applied + count))
}

function advance(e: Ensemble, server: Server, upTo: number): void {
  while (server.applied < upTo) {
    const entry = e.log[server.applied]
    assert(entry !== undefined, 'a server applies what is in the log')
    applyOne(e, server, entry)
  }
  const marker = makeZxid(e.epoch, 0)
  if (server.applied === e.log.length && server.zxid < marker) server.zxid = marker
}

function applyOne(e: Ensemble, server: Server, entry: Entry): void {
  e.nowMs += 1
  const applied = applyEntry(server.tree, entry)
  server.applied += 1
  server.zxid = entry.zxid
  for (const change of applied.changes) deliver(e, server, trigger(server.watches, change, canRead(e)), entry.zxid)
  for (const conn of e.conns.values()) {
    if (conn.server !== server || !conn.isOpen) continue
    drain(e, conn, { entry, applied })
    if (entry.txn.type === 'closeSession' && conn.record.sessionId === entry.sessionId) close(e, conn)
  }
}

function canRead(e: Ensemble): (conn: number, acl: readonly Acl[] | null) => boolean {
  return (conn, acl) => isAllowed(acl, PERMS.READ, connAt(e, conn).auth)
}

function deliver(e: Ensemble, server: Server, deliveries: readonly WatchDelivery[], zxid: Zxid): void {
  for (const { conn: number, event } of deliveries) {
    const conn = connAt(e, number)
    if (!conn.isOpen || conn.server !== server) continue
    const { sessionId } = conn.record
    e.events.push({ conn: number, sessionId, arrival: conn.frames, atMs: e.nowMs, zxid, event })
    conn.frames += 1
  }
}

/** Answers what need not wait any longer, in order. `now` is the entry that has just been applied. */
function drain(e: Ensemble, conn: Conn, now: { readonly entry: Entry; readonly applied: Applied } | null): void {
  while (conn.isOpen) {
    const next = conn.waiting[0]
    if (!next || next.needs > conn.server.applied) return
    conn.waiting.shift()
    if (next.entry === null) {
      const { err, body } = read(e, conn, next.index)
      answer(e, conn, next.index, err, body)
      continue
    }
    assert(now?.entry === next.entry, 'a write is answered when it is applied')
    if (now.applied.err === E.SESSIONMOVED) return close(e, conn)
    answer(e, conn, next.index, now.applied.err, now.applied.body)
    if (now.entry.txn.type === 'closeSession') return close(e, conn)
  }
}

function answer(e: Ensemble, conn: Conn, index: number, err: ErrorCode, body: ReplyBody): void {
  const op = e.operations[index]
  assert(op !== undefined, 'an operation that was sent')
  op.doneAtMs = e.nowMs + 0.5
  op.arrival = conn.frames
  op.err = err
  op.body = body
  op.zxid = conn.server.zxid
  conn.frames += 1
  e.seen.set(op.sessionId, op.zxid)
}

function read(e: Ensemble, conn: Conn, index: number): { readonly err: ErrorCode; readonly body: ReplyBody } {
  const { server, auth } = conn
  const { tree, watches } = server
  const { conn: number, sessionId } = conn.record
  const request = e.operations[index]?.request
  assert(request !== undefined && !isWrite(request), 'a read')
  const done = (err: ErrorCode, body: ReplyBody = NO_BODY) => ({ err, body })
  switch (request.type) {
    case 'sync':
      return done(E.OK, { type: 'path', path: request.path })
    case 'ping':
    case 'whoAmI':
      return done(E.OK)
    case 'addWatch': {
      const err = addPersistentWatch(watches, number, request.path, request.mode)
      return done(err, err === E.OK ? { type: 'errorCode', err } : NO_BODY)
    }
    case 'checkWatches':
      return done(checkWatches(watches, number, request.path, request.watcherType))
    case 'removeWatches':
      return done(removeWatches(watches, number, request.path, request.watcherType))
    case 'setWatches':
    case 'setWatches2':
      deliver(e, server, applySetWatches(watches, tree, number, request, canRead(e)), server.zxid)
      return done(E.OK)
    default: {
      const answered = readRequest(tree, request, auth, sessionId)
      const isAbsent = request.type === 'exists' && answered.err === E.NONODE
      if ('watch' in request && request.watch && (answered.err === E.OK || isAbsent))
        addWatch(watches, number, request.path, kindOf(request.type), 'standard')
      return answered
    }
  }
}

function kindOf(type: TreeRead['type']): 'data' | 'child' {
  return type === 'getChildren' || type === 'getChildren2' ? 'child' : 'data'
}

export function historyOf(e: Ensemble): History {
  return { operations: e.operations, events: e.events, connections: e.connections, log: e.log }
}

/** Everybody catches up and is asked once more, so that nothing that is owed is still on its way. */
export function settle(e: Ensemble): readonly FinalState[] {
  for (const server of e.servers) advance(e, server, e.log.length)
  for (const conn of e.conns.values())
    if (conn.isOpen) send(e, conn.record.conn, { type: 'exists', path: '/', watch: false })
  return e.servers.map(({ sid, tree }) => ({ server: sid, tree }))
}
