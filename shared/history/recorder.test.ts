import { describe, expect, test } from 'vitest'
import { asSessionId, asSid, NO_SESSION } from '../zk/ids.ts'
import { XIDS } from '../zk/op.ts'
import { NO_BODY } from '../zk/reply.ts'
import { makeZxid, ZERO_ZXID } from '../zk/zxid.ts'
import {
  createRecorder,
  recordAuth,
  recordClose,
  recordConnect,
  recordEvent,
  recordedHistory,
  recordReply,
  recordRequest,
  recordSession,
  seenBy,
} from './recorder.ts'
import { exists } from './requests.ts'

const ALICE = asSessionId(7n)
const answer = (xid: number, counter: number) => ({ xid, zxid: makeZxid(1, counter), err: 0, body: NO_BODY })

function connected() {
  const r = createRecorder()
  const known = { conn: 1, client: 1, server: asSid(1), sessionId: NO_SESSION, resumes: false, passwordOk: true }
  recordConnect(r, { ...known, lastZxidSeen: ZERO_ZXID }, [], 0)
  recordSession(r, 1, ALICE, 4000, 1)
  return r
}

describe('the recorder', () => {
  test('counts replies, events and auth replies of a connection together', () => {
    const r = connected()
    recordRequest(r, 1, 1, exists('/a', true), 2)
    recordRequest(r, 1, 2, exists('/b'), 2)
    recordReply(r, 1, answer(1, 3), 3)
    recordEvent(r, 1, { type: 'nodeCreated', path: '/a' }, null, 4)
    recordAuth(r, 1, { scheme: 'digest', id: 'bob:x' }, true)
    recordReply(r, 1, answer(2, 4), 5)
    const { operations, events, connections } = recordedHistory(r, null)
    expect(operations.map((op) => [op.xid, op.arrival, op.doneAtMs, op.sessionId])).toEqual([
      [1, 0, 3, ALICE],
      [2, 3, 5, ALICE],
    ])
    expect(events.map((event) => event.arrival)).toEqual([1])
    expect(connections[0]?.auth.map(({ sinceOperation, sinceArrival }) => [sinceOperation, sinceArrival])).toEqual([
      [2, 2],
    ])
    expect(seenBy(r, ALICE)).toBe(makeZxid(1, 4))
  })

  test('requests that share an xid are answered in order; a reply to nothing is told', () => {
    const r = connected()
    for (const atMs of [2, 3]) recordRequest(r, 1, XIDS.ping, { type: 'ping' }, atMs)
    expect(recordReply(r, 1, answer(XIDS.ping, 1), 4)).toBe(true)
    expect(r.operations.map((op) => op.doneAtMs)).toEqual([4, null])
    expect(recordReply(r, 1, answer(99, 1), 5)).toBe(false)
  })

  test('nothing reaches the client of a closed connection', () => {
    const r = connected()
    recordRequest(r, 1, 1, exists('/a'), 2)
    recordClose(r, 1, 3)
    expect(recordReply(r, 1, answer(1, 1), 4)).toBe(true)
    recordEvent(r, 1, { type: 'nodeCreated', path: '/a' }, null, 4)
    expect([r.operations[0]?.doneAtMs, r.events.length, r.connections[0]?.closedAtMs]).toEqual([null, 0, 3])
  })

  test('a timeout of 0 says that the session is over', () => {
    const r = createRecorder()
    const known = { conn: 1, client: 1, server: asSid(1), sessionId: ALICE, resumes: true, passwordOk: true }
    recordConnect(r, { ...known, lastZxidSeen: ZERO_ZXID }, [], 0)
    recordSession(r, 1, NO_SESSION, 0, 1)
    expect(r.connections[0]).toMatchObject({ sessionId: ALICE, refusedAtMs: 1, establishedAtMs: null })
  })
})
