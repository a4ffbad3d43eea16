// A simulated client, as a well-behaved library is one: it keeps a session over connections to any server, pings,
// gives up a silent server, sets its watches again, and sends what its workload wants next.

import { chance, createPrng, nextInt, type Prng, pick } from '../../base/prng.ts'
import { createQueue, dequeue, enqueue, peek, type Queue, queueLength } from '../../base/queue.ts'
import type { ConnectionRecord, Operation } from '../../history/history.ts'
import type { ClientEffect } from '../../peer/contract.ts'
import type { AuthId } from '../../zk/acl.ts'
import { NO_SESSION, type SessionId, type Sid } from '../../zk/ids.ts'
import type { ClientRequest } from '../../zk/request.ts'
import { ZERO_ZXID, type Zxid } from '../../zk/zxid.ts'
import { type ClientWire, closeClientWire, openClientWire, sendToServer } from '../world/client-wires.ts'
import { schedule, type World } from '../world/world.ts'
import { recordReply, recordSent } from './recorder.ts'
import { createWatchList, forgetFired, noteWatches, setWatchesRequest, type WatchList } from './watch-list.ts'

/** What a client wants to do next; null: nothing now. `done` is told of every answer. */
export interface Workload {
  next(client: SimClient): ClientRequest | null
  done?(client: SimClient, operation: Operation): void
}

export interface ClientOptions {
  readonly workload: Workload
  readonly timeoutMs: number
  /** Requests under way at once. */
  readonly pipeline: number
  /** Longest pause between an answer and the next request. */
  readonly thinkMaxUs: number
  /** Sends no more than this. */
  readonly operationsMax: number
  readonly identities: readonly AuthId[]
  /** How often it goes to another server right after an answer, which may be a server that knows less. */
  readonly roams?: number
  /** Tries to resume other clients' sessions, without their passwords. */
  readonly isImpostor?: boolean
}

export interface SimClient {
  readonly number: number
  readonly options: ClientOptions
  readonly prng: Prng
  phase: 'idle' | 'dialing' | 'handshake' | 'open' | 'stopped'
  wire: ClientWire | null
  record: ConnectionRecord | null
  sessionId: SessionId
  timeoutMs: number
  lastZxid: Zxid
  /** Where it goes next; null: anywhere. */
  wanted: Sid | null
  outstanding: Queue<Operation>
  nextXid: number
  operationsSent: number
  heardAtUs: number
  sentAtUs: number
  phaseSinceUs: number
  thinkUntilUs: number
  /** Frames that have arrived on this connection. */
  arrivals: number
  readonly watches: WatchList
  /** Grows with every wake-up that is scheduled: only the newest counts. */
  wakes: number
}

const PING_XID = -2
const SET_WATCHES_XID = -8
const RETRY_MAX_US = 200_000

export function addClient(world: World, options: ClientOptions): SimClient {
  const number = world.clients.length
  const client: SimClient = {
    number,
    options,
    prng: createPrng(world.options.seed * 64 + number + 1),
    phase: 'idle',
    wire: null,
    record: null,
    sessionId: NO_SESSION,
    timeoutMs: options.timeoutMs,
    lastZxid: ZERO_ZXID,
    wanted: null,
    outstanding: createQueue(),
    nextXid: 1,
    operationsSent: 0,
    heardAtUs: 0,
    sentAtUs: 0,
    phaseSinceUs: 0,
    thinkUntilUs: 0,
    arrivals: 0,
    watches: createWatchList(),
    wakes: 0,
  }
  world.clients.push(client)
  wakeIn(world, client, 1 + nextInt(client.prng, RETRY_MAX_US))
  return client
}

function wakeIn(world: World, client: SimClient, us: number): void {
  client.wakes += 1
  schedule(world, us, { type: 'wake', client, wakes: client.wakes })
}

/** Its workload has something new for it. */
export function nudge(world: World, client: SimClient): void {
  wakeIn(world, client, 0)
}

/** Time has come for something: to connect, to give up, to ping, to ask. */
export function wake(world: World, client: SimClient): void {
  const silentUs = world.nowUs - Math.max(client.heardAtUs, client.phaseSinceUs)
  switch (client.phase) {
    case 'stopped':
      return
    case 'idle':
      return dial(world, client)
    case 'dialing':
    case 'handshake':
      if (silentUs * 3 >= client.timeoutMs * 1000) return leave(world, client)
      break
    case 'open':
      if (silentUs * 3 >= client.timeoutMs * 2000) return leave(world, client)
      if ((world.nowUs - client.sentAtUs) * 3 >= client.timeoutMs * 1000) ping(world, client)
      work(world, client)
  }
  wakeIn(world, client, nextWakeUs(world, client))
}

function nextWakeUs(world: World, client: SimClient): number {
  const regularUs = Math.max(1000, (client.timeoutMs * 1000) / 6)
  const thinking = client.thinkUntilUs - world.nowUs
  return client.phase === 'open' && thinking > 0 ? Math.min(regularUs, thinking) : regularUs
}

function dial(world: World, client: SimClient): void {
  const to = client.wanted ?? pick(client.prng, [...world.servers.keys()])
  client.wanted = null
  setPhase(world, client, 'dialing')
  client.wire = openClientWire(world, client, to)
  client.arrivals = 0
  wakeIn(world, client, nextWakeUs(world, client))
}

function setPhase(world: World, client: SimClient, phase: SimClient['phase']): void {
  client.phase = phase
  client.phaseSinceUs = world.nowUs
}

/** Goes to `to`, with the session that it has. */
export function moveTo(world: World, client: SimClient, to: Sid): void {
  if (client.phase === 'stopped') return
  client.wanted = to
  leave(world, client)
  wakeIn(world, client, 1)
}

/** Asks for no more and closes its connection; the session stays until it expires. */
export function stopClient(world: World, client: SimClient): void {
  leave(world, client)
  setPhase(world, client, 'stopped')
}

function leave(world: World, client: SimClient): void {
  if (client.wire) closeClientWire(world, client.wire)
  disconnected(world, client)
}

function disconnected(world: World, client: SimClient): void {
  if (client.record) client.record.closedAtMs = world.nowUs / 1000
  client.wire = null
  client.record = null
  client.outstanding = createQueue() // their outcome stays unknown
  setPhase(world, client, 'idle')
  wakeIn(world, client, 1 + nextInt(client.prng, RETRY_MAX_US))
}

export function onOpened(world: World, client: SimClient, wire: ClientWire): void {
  if (client.wire !== wire) return
  setPhase(world, client, 'handshake')
  const { conn } = wire
  const { lastZxid } = client
  const passwordOk = !client.options.isImpostor
  const sessionId = passwordOk ? client.sessionId : sessionOfAnother(world, client)
  const { identities, timeoutMs } = client.options
  const auth: AuthId[] = [{ scheme: 'ip', id: '127.0.0.1' }, ...identities]
  client.record = {
    conn,
    client: client.number,
    server: wire.server.sid,
    sessionId,
    resumes: sessionId !== NO_SESSION,
    passwordOk,
    lastZxidSeen: lastZxid,
    openedAtMs: world.nowUs / 1000,
    establishedAtMs: null,
    refusedAtMs: null,
    closedAtMs: null,
    timeoutMs: 0,
    auth: auth.map((id) => ({ id, sinceOperation: 0, sinceArrival: 0 })),
  }
  world.recorder.connections.push(client.record)
  const input = { type: 'connect', conn, sessionId, passwordOk, timeoutMs, lastZxidSeen: lastZxid, auth } as const
  sendToServer(world, wire, input)
}

/** Somebody's session, of which an impostor knows the id; one of nobody when there is none. */
function sessionOfAnother(world: World, client: SimClient): SessionId {
  const others = world.clients.filter((other) => other !== client && other.sessionId !== NO_SESSION)
  return others.length > 0 ? pick(client.prng, others).sessionId : (0xbadn as SessionId)
}

export function onSession(
  world: World,
  client: SimClient,
  wire: ClientWire,
  effect: Extract<ClientEffect, { type: 'session' }>,
): void {
  const { record } = client
  if (client.wire !== wire || !record) return
  client.heardAtUs = world.nowUs
  if (effect.timeoutMs === 0) {
    // The session is over: whatever comes next is another one.
    record.refusedAtMs = world.nowUs / 1000
    client.sessionId = NO_SESSION
    client.lastZxid = ZERO_ZXID
    client.nextXid = 1
    client.watches.clear()
    return leave(world, client)
  }
  record.sessionId = effect.sessionId
  record.establishedAtMs = world.nowUs / 1000
  record.timeoutMs = effect.timeoutMs
  client.sessionId = effect.sessionId
  client.timeoutMs = effect.timeoutMs
  setPhase(world, client, 'open')
  if (client.watches.size > 0)
    submit(world, client, SET_WATCHES_XID, setWatchesRequest(client.watches, client.lastZxid))
  work(world, client)
  wakeIn(world, client, nextWakeUs(world, client))
}

export function onReply(
  world: World,
  client: SimClient,
  wire: ClientWire,
  reply: Extract<ClientEffect, { type: 'reply' }>,
): void {
  if (client.wire !== wire) return
  client.heardAtUs = world.nowUs
  if (reply.zxid > client.lastZxid) client.lastZxid = reply.zxid
  const { arrivals } = client
  client.arrivals += 1
  if (reply.xid === PING_XID) return
  const operation = peek(client.outstanding)
  if (!operation || operation.xid !== reply.xid) {
    // Answers come in the order of questions (S-3): record it where the check will find it.
    world.recorder.misplaced.push({ conn: wire.conn, expected: operation?.xid ?? null, xid: reply.xid })
    return leave(world, client)
  }
  dequeue(client.outstanding)
  recordReply(operation, reply, arrivals, world.nowUs)
  noteWatches(client.watches, operation)
  if (operation.request.type === 'closeSession' && reply.err === 0) return renew(world, client)
  client.options.workload.done?.(client, operation)
  const { roams = 0 } = client.options
  if (roams > 0 && chance(client.prng, roams))
    return moveTo(world, client, pick(client.prng, [...world.servers.keys()]))
  client.thinkUntilUs = world.nowUs + nextInt(client.prng, client.options.thinkMaxUs + 1)
  if (client.thinkUntilUs === world.nowUs) work(world, client)
  else wakeIn(world, client, nextWakeUs(world, client))
}

/** The session was closed in good order: the next connection begins a new one. */
function renew(world: World, client: SimClient): void {
  client.sessionId = NO_SESSION
  client.lastZxid = ZERO_ZXID
  client.nextXid = 1
  client.watches.clear()
  leave(world, client)
}

export function onEvent(
  world: World,
  client: SimClient,
  wire: ClientWire,
  effect: Extract<ClientEffect, { type: 'watchEvent' }>,
): void {
  if (client.wire !== wire) return
  client.heardAtUs = world.nowUs
  world.recorder.events.push({
    conn: wire.conn,
    sessionId: client.sessionId,
    arrival: client.arrivals,
    atMs: world.nowUs / 1000,
    zxid: effect.zxid,
    event: effect.event,
  })
  client.arrivals += 1
  forgetFired(client.watches, effect.event)
}

export function onClosed(world: World, client: SimClient, wire: ClientWire): void {
  if (client.wire === wire) disconnected(world, client)
}

function ping(world: World, client: SimClient): void {
  if (!client.wire) return
  client.sentAtUs = world.nowUs
  sendToServer(world, client.wire, {
    type: 'request',
    conn: client.wire.conn,
    xid: PING_XID,
    request: { type: 'ping' },
  })
}

function work(world: World, client: SimClient): void {
  const { options } = client
  while (
    client.phase === 'open' &&
    world.nowUs >= client.thinkUntilUs &&
    queueLength(client.outstanding) < options.pipeline &&
    client.operationsSent < options.operationsMax
  ) {
    const request = options.workload.next(client)
    if (!request) return
    client.operationsSent += 1
    submit(world, client, client.nextXid, request)
    client.nextXid += 1
  }
}

function submit(world: World, client: SimClient, xid: number, request: ClientRequest): void {
  const { wire, sessionId, number } = client
  if (!wire) return
  const who = { client: number, sessionId, conn: wire.conn, server: wire.server.sid }
  enqueue(client.outstanding, recordSent(world.recorder, who, xid, request, world.nowUs))
  client.sentAtUs = world.nowUs
  sendToServer(world, wire, { type: 'request', conn: wire.conn, xid, request })
}
