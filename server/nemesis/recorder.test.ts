// Bytes of a connection in, a history out, as they come: whole, in pieces, out of order.

import { expect, test } from 'vitest'
import { create, SYNC } from '#shared/history/requests.ts'
import { writeRequest } from '#shared/jute/records/client-frame.ts'
import { writeConnectRequest, writeConnectResponse } from '#shared/jute/records/connect.ts'
import { writeReply } from '#shared/jute/records/reply.ts'
import { writeWatchEvent } from '#shared/jute/records/watch-event.ts'
import { JuteWriter } from '#shared/jute/writer.ts'
import { asSessionId, asSid, NO_SESSION } from '#shared/zk/ids.ts'
import { NO_BODY } from '#shared/zk/reply.ts'
import { makeZxid, ZERO_ZXID } from '#shared/zk/zxid.ts'
import { createRecorder, tapConnection } from './recorder.ts'

function frame(write: (writer: JuteWriter) => void): Uint8Array {
  const writer = new JuteWriter()
  const place = writer.beginLength()
  write(writer)
  writer.endLength(place)
  return writer.take()
}

const passwd = new Uint8Array(16)
const hello = frame((writer) =>
  writeConnectRequest(writer, {
    ...{ protocolVersion: 0, lastZxidSeen: ZERO_ZXID, timeoutMs: 4000, sessionId: NO_SESSION, passwd, readOnly: false },
  }),
)
const welcome = (timeoutMs: number) =>
  frame((writer) =>
    writeConnectResponse(writer, {
      protocolVersion: 0,
      timeoutMs,
      sessionId: asSessionId(5n),
      passwd,
      readOnly: false,
    }),
  )
const asked = (xid: number, request: Parameters<typeof writeRequest>[2]) =>
  frame((writer) => writeRequest(writer, xid, request))
const told = (xid: number, counter: number, err = 0) =>
  frame((writer) =>
    writeReply(writer, xid, makeZxid(1, counter), err, err === 0 ? { type: 'path', path: '/a' } : NO_BODY),
  )

function open() {
  const recorder = createRecorder()
  return { recorder, tap: tapConnection(recorder, 3, asSid(2)) }
}

test('calls, answers and events, with their places among all that arrived', () => {
  const { recorder, tap } = open()
  tap.sent(hello)
  tap.received(welcome(4000))
  tap.sent(Buffer.concat([asked(1, create('/a')), asked(2, SYNC), asked(3, SYNC)]))
  tap.received(told(1, 7))
  tap.received(frame((writer) => writeWatchEvent(writer, makeZxid(1, 8), { type: 'nodeDeleted', path: '/w' })))
  tap.received(told(2, 8, -4))
  tap.closed()
  const [first, second, third] = recorder.operations
  expect(first).toMatchObject({ client: 3, server: 2, sessionId: 5n, xid: 1, err: 0, zxid: makeZxid(1, 7), arrival: 0 })
  expect(first?.body).toEqual({ type: 'path', path: '/a' })
  expect(second).toMatchObject({ xid: 2, err: -4, arrival: 2 })
  expect(third, 'nobody knows what became of it').toMatchObject({ xid: 3, doneAtMs: null, err: null })
  expect(recorder.events).toMatchObject([
    { arrival: 1, zxid: makeZxid(1, 8), event: { type: 'nodeDeleted', path: '/w' } },
  ])
  const [connection] = recorder.connections
  expect(connection).toMatchObject({ conn: 1, client: 3, server: 2, sessionId: 5n, timeoutMs: 4000, resumes: false })
  expect(connection?.closedAtMs).not.toBeNull()
})

test('bytes may come one by one', () => {
  const { recorder, tap } = open()
  const oneByOne = (bytes: Uint8Array, take: (chunk: Uint8Array) => void) => {
    for (const byte of bytes) take(Uint8Array.of(byte))
  }
  oneByOne(hello, tap.sent)
  oneByOne(welcome(4000), tap.received)
  oneByOne(asked(1, create('/a')), tap.sent)
  oneByOne(told(1, 7), tap.received)
  expect(recorder.operations).toMatchObject([{ xid: 1, err: 0, request: { path: '/a' } }])
})

test('a refused session, and a connection that never said anything', () => {
  const { recorder, tap } = open()
  tap.sent(hello)
  tap.received(welcome(0))
  tapConnection(recorder, 1, asSid(1)).closed()
  expect(recorder.connections).toHaveLength(1)
  expect(recorder.connections[0]?.refusedAtMs).not.toBeNull()
})

test('two connections at one time have two numbers', () => {
  const { recorder, tap } = open()
  const other = tapConnection(recorder, 4, asSid(1))
  other.sent(hello)
  tap.sent(hello)
  expect(recorder.connections.map(({ conn }) => conn)).toEqual([2, 1])
})

test('[S-3] an answer that is not the next one is told', () => {
  const { recorder, tap } = open()
  tap.sent(hello)
  tap.received(welcome(4000))
  tap.sent(asked(1, SYNC))
  tap.received(told(9, 1))
  expect(recorder.misplaced).toEqual(['connection 1 was answered 9 where 1 was due'])
  expect(recorder.operations[0]?.doneAtMs).toBeNull()
})
