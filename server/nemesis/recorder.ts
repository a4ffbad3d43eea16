// Writes a history down from what passes over clients' connections, in the form that shared/history checks. It sees
// bytes, not calls: what is recorded is what was really sent and what really arrived, whatever client was at work.

import { type ConnectionRecord, type Operation, sent, type WatchArrival } from '#shared/history/history.ts'
import { Framer } from '#shared/jute/framer.ts'
import { JuteReader } from '#shared/jute/reader.ts'
import { decodeClientFrame } from '#shared/jute/records/client-frame.ts'
import { readConnectRequest, readConnectResponse } from '#shared/jute/records/connect.ts'
import { readReplyHeader } from '#shared/jute/records/header.ts'
import { readReplyBody } from '#shared/jute/records/reply.ts'
import { opOf } from '#shared/jute/records/request.ts'
import { readWatchEvent } from '#shared/jute/records/watch-event.ts'
import { ERROR_CODES as E } from '#shared/zk/errors.ts'
import type { Sid } from '#shared/zk/ids.ts'
import { NO_SESSION } from '#shared/zk/ids.ts'
import { XIDS } from '#shared/zk/op.ts'
import { NO_BODY } from '#shared/zk/reply.ts'
import { ZERO_ZXID } from '#shared/zk/zxid.ts'

/** A history that is longer is not checked in time: clients stop when it is reached. */
export const OPERATIONS_MAX = 600_000
const FRAME_BYTES_MAX = 64 * 1024 * 1024

export interface Recorder {
  readonly operations: Operation[]
  readonly events: WatchArrival[]
  readonly connections: ConnectionRecord[]
  /** Answers that did not come in the order of the questions (S-3), as sentences. */
  readonly misplaced: string[]
  /** Connections are numbered when they are opened. */
  lastConn: number
}

export function createRecorder(): Recorder {
  return { operations: [], events: [], connections: [], misplaced: [], lastConn: 0 }
}

/** Milliseconds of the machine's monotonic clock: the same in every thread and process. */
export function machineMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

/** What passes over one connection, told by its socket. */
export interface Tap {
  sent(chunk: Uint8Array): void
  received(chunk: Uint8Array): void
  closed(): void
}

/** `client` connects to `server`. */
export function tapConnection(recorder: Recorder, client: number, server: Sid): Tap {
  const out = new Framer(FRAME_BYTES_MAX)
  const back = new Framer(FRAME_BYTES_MAX)
  const waiting: Operation[] = []
  recorder.lastConn += 1
  const conn = recorder.lastConn
  let record: ConnectionRecord | null = null
  let frames = 0

  function onSent(frame: Uint8Array): void {
    if (record === null) {
      record = openRecord(conn, client, server, frame)
      recorder.connections.push(record)
      return
    }
    const decoded = decodeClientFrame(frame)
    if (decoded.type !== 'request') return
    const { xid, request } = decoded
    const { sessionId } = record
    const op = sent({ client, sessionId, conn, server, xid, request, sentAtMs: machineMs() })
    recorder.operations.push(op)
    waiting.push(op)
  }

  function onReceived(frame: Uint8Array): void {
    if (record === null) return
    const reader = new JuteReader(frame)
    const atMs = machineMs()
    if (record.establishedAtMs === null && record.refusedAtMs === null) {
      const { timeoutMs, sessionId } = readConnectResponse(reader)
      if (timeoutMs <= 0) record.refusedAtMs = atMs
      else Object.assign(record, { sessionId, timeoutMs, establishedAtMs: atMs })
      return
    }
    const { xid, zxid, err } = readReplyHeader(reader)
    const arrival = frames
    frames += 1
    if (xid === XIDS.notification) {
      const known = zxid > ZERO_ZXID ? zxid : null
      const { sessionId } = record
      recorder.events.push({ conn, sessionId, arrival, atMs, zxid: known, event: readWatchEvent(reader) })
    } else if (xid !== XIDS.auth) {
      const op = waiting.shift()
      if (op?.xid !== xid)
        recorder.misplaced.push(`connection ${conn} was answered ${xid} where ${op?.xid ?? 'nothing'} was due`)
      if (op?.xid !== xid) return
      op.doneAtMs = atMs
      op.arrival = arrival
      op.err = err
      op.zxid = zxid
      op.body = err === E.OK ? readReplyBody(reader, opOf(op.request)) : NO_BODY
    }
  }

  return {
    sent: (chunk) => take(out, chunk, onSent),
    received: (chunk) => take(back, chunk, onReceived),
    closed() {
      if (record) record.closedAtMs ??= machineMs()
    },
  }
}

/** Frames are copied: what is recorded outlives the chunk that it came in. */
function take(framer: Framer, chunk: Uint8Array, onFrame: (frame: Uint8Array) => void): void {
  framer.push(chunk)
  for (let read = framer.next(); read.type === 'frame'; read = framer.next()) onFrame(read.bytes.slice())
}

function openRecord(conn: number, client: number, server: Sid, frame: Uint8Array): ConnectionRecord {
  const { sessionId, lastZxidSeen } = readConnectRequest(new JuteReader(frame))
  return {
    conn,
    client,
    server,
    sessionId,
    resumes: sessionId !== NO_SESSION,
    passwordOk: true,
    lastZxidSeen,
    openedAtMs: machineMs(),
    establishedAtMs: null,
    refusedAtMs: null,
    closedAtMs: null,
    timeoutMs: 0,
    auth: [{ id: { scheme: 'ip', id: '127.0.0.1' }, sinceOperation: 0, sinceArrival: 0 }],
  }
}
