// Writes a history down while it happens: who drives clients tells what they send and what reaches them. Counts
// the frames of each connection and finds the request that a reply answers. Pure: times come with each call.

import { assert } from '../base/assert.ts'
import type { AuthId } from '../zk/acl.ts'
import type { ErrorCode } from '../zk/errors.ts'
import type { SessionId } from '../zk/ids.ts'
import type { ReplyBody } from '../zk/reply.ts'
import type { ClientRequest } from '../zk/request.ts'
import type { Entry } from '../zk/txn.ts'
import type { WatchEvent } from '../zk/watch.ts'
import { ZERO_ZXID, type Zxid } from '../zk/zxid.ts'
import { type ConnectionRecord, type History, type Operation, sent, type WatchArrival } from './history.ts'

/** Longer runs are cut into several histories. */
export const OPERATIONS_MAX = 1_000_000

interface Recording {
  readonly record: ConnectionRecord
  /** Frames that have arrived. */
  frames: number
  /** Requests without a reply, by xid; pings and setWatches share theirs. */
  readonly waiting: Map<number, Operation[]>
}

export interface Recorder {
  readonly operations: Operation[]
  readonly events: WatchArrival[]
  readonly connections: ConnectionRecord[]
  readonly recordings: Map<number, Recording>
  /** The highest zxid in a reply to each session: what a client says when it reconnects. */
  readonly lastZxidSeen: Map<SessionId, Zxid>
}

export function createRecorder(): Recorder {
  return { operations: [], events: [], connections: [], recordings: new Map(), lastZxidSeen: new Map() }
}

/** A client sends its ConnectRequest; `conn` is new in this run. `auth` is what the server knows from the start. */
export function recordConnect(
  r: Recorder,
  known: Pick<ConnectionRecord, 'conn' | 'client' | 'server' | 'sessionId' | 'resumes' | 'passwordOk' | 'lastZxidSeen'>,
  auth: readonly AuthId[],
  atMs: number,
): void {
  assert(!r.recordings.has(known.conn), 'a connection has a number of its own')
  const record: ConnectionRecord = {
    ...known,
    openedAtMs: atMs,
    establishedAtMs: null,
    refusedAtMs: null,
    closedAtMs: null,
    timeoutMs: 0,
    auth: auth.map((id) => ({ id, sinceOperation: 0, sinceArrival: 0 })),
  }
  r.connections.push(record)
  r.recordings.set(known.conn, { record, frames: 0, waiting: new Map() })
}

/** Null for a connection that is closed: nothing reaches its client any more. */
function openRecording(r: Recorder, conn: number): Recording | null {
  const recording = r.recordings.get(conn)
  assert(recording !== undefined, 'a recorded connection')
  return recording.record.closedAtMs === null ? recording : null
}

/** The ConnectResponse arrives; a timeout of 0 says that the session is over. */
export function recordSession(r: Recorder, conn: number, sessionId: SessionId, timeoutMs: number, atMs: number): void {
  const recording = openRecording(r, conn)
  if (!recording) return
  const { record } = recording
  if (timeoutMs === 0) {
    record.refusedAtMs = atMs
    return
  }
  record.sessionId = sessionId
  record.timeoutMs = timeoutMs
  record.establishedAtMs = atMs
}

/** The connection ends, whoever ended it; what has no answer has an unknown outcome. */
export function recordClose(r: Recorder, conn: number, atMs: number): void {
  const recording = openRecording(r, conn)
  if (!recording) return
  recording.record.closedAtMs = atMs
  recording.waiting.clear()
}

/** A request is sent over an established connection. */
export function recordRequest(r: Recorder, conn: number, xid: number, request: ClientRequest, atMs: number): void {
  const recording = openRecording(r, conn)
  assert(recording !== null && recording.record.establishedAtMs !== null, 'requests need an established connection')
  assert(r.operations.length < OPERATIONS_MAX, 'a history is short enough to be checked')
  const { client, sessionId, server } = recording.record
  const op = sent({ client, sessionId, conn, server, xid, request, sentAtMs: atMs })
  r.operations.push(op)
  const waiting = recording.waiting.get(xid)
  if (waiting) waiting.push(op)
  else recording.waiting.set(xid, [op])
}

export interface Reply {
  readonly xid: number
  readonly zxid: Zxid
  readonly err: ErrorCode
  /** NO_BODY with an error. */
  readonly body: ReplyBody
}

/** A reply arrives. False when no request of the connection waits for it, which no server should do. */
export function recordReply(r: Recorder, conn: number, reply: Reply, atMs: number): boolean {
  const recording = openRecording(r, conn)
  if (!recording) return true
  const arrival = recording.frames
  recording.frames += 1
  const waiting = recording.waiting.get(reply.xid)
  const op = waiting?.shift()
  if (waiting?.length === 0) recording.waiting.delete(reply.xid)
  if (!op) return false
  op.doneAtMs = atMs
  op.arrival = arrival
  op.err = reply.err
  op.zxid = reply.zxid
  op.body = reply.body
  if (reply.zxid > seenBy(r, op.sessionId)) r.lastZxidSeen.set(op.sessionId, reply.zxid)
  return true
}

/** What the session's client has seen: the lastZxidSeen of its next ConnectRequest. */
export function seenBy(r: Recorder, sessionId: SessionId): Zxid {
  return r.lastZxidSeen.get(sessionId) ?? ZERO_ZXID
}

/** A watch event arrives; `zxid` null when its header does not say. */
export function recordEvent(r: Recorder, conn: number, event: WatchEvent, zxid: Zxid | null, atMs: number): void {
  const recording = openRecording(r, conn)
  if (!recording) return
  const { sessionId } = recording.record
  r.events.push({ conn, sessionId, arrival: recording.frames, atMs, zxid, event })
  recording.frames += 1
}

/**
 * The server has accepted an identity: call this when the auth packet is sent, with nothing sent between it and
 * its reply. `hasReply` false: the identity came by other means than a frame.
 */
export function recordAuth(r: Recorder, conn: number, id: AuthId, hasReply: boolean): void {
  const recording = openRecording(r, conn)
  if (!recording) return
  recording.record.auth.push({ id, sinceOperation: r.operations.length, sinceArrival: recording.frames })
  if (hasReply) recording.frames += 1
}

/** What was recorded so far, with L or without. Not a copy. */
export function recordedHistory(r: Recorder, log: readonly Entry[] | null): History {
  const { operations, events, connections } = r
  return { operations, events, connections, log }
}
