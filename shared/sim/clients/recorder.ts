// Writes down what clients do and see, in the form that shared/history checks.

import { type ConnectionRecord, type Operation, sent, type WatchArrival } from '../../history/history.ts'
import type { ClientEffect } from '../../peer/contract.ts'
import type { SessionId, Sid } from '../../zk/ids.ts'
import type { ClientRequest } from '../../zk/request.ts'

export interface Recorder {
  readonly operations: Operation[]
  readonly events: WatchArrival[]
  readonly connections: ConnectionRecord[]
  /** Answers that did not come in the order of the questions (S-3). */
  readonly misplaced: { readonly conn: number; readonly expected: number | null; readonly xid: number }[]
}

export function createRecorder(): Recorder {
  return { operations: [], events: [], connections: [], misplaced: [] }
}

export function recordSent(
  recorder: Recorder,
  who: { readonly client: number; readonly sessionId: SessionId; readonly conn: number; readonly server: Sid },
  xid: number,
  request: ClientRequest,
  nowUs: number,
): Operation {
  const { client, sessionId, conn, server } = who
  const operation = sent({ client, sessionId, conn, server, xid, request, sentAtMs: nowUs / 1000 })
  recorder.operations.push(operation)
  return operation
}

export function recordReply(
  operation: Operation,
  reply: Extract<ClientEffect, { type: 'reply' }>,
  arrival: number,
  nowUs: number,
): void {
  operation.doneAtMs = nowUs / 1000
  operation.arrival = arrival
  operation.err = reply.err
  operation.zxid = reply.zxid
  operation.body = reply.body
}
