import { describe, expect, test } from 'vitest'
import { ERROR_CODES } from '../../zk/errors.ts'
import { OP_CODES } from '../../zk/op.ts'
import { JuteReader } from '../reader.ts'
import { UNDECODABLE } from '../testdata/client-records.ts'
import { hex, vector } from '../testdata/vectors.ts'
import { JuteWriter } from '../writer.ts'
import { decodeClientFrame, writeAuthPacket, writeRequest } from './client-frame.ts'
import { readReplyHeader, readRequestHeader } from './header.ts'

function encode(bytes: Uint8Array): string {
  const frame = decodeClientFrame(bytes)
  const writer = new JuteWriter(16)
  if (frame.type === 'request') writeRequest(writer, frame.xid, frame.request)
  if (frame.type === 'auth') writeAuthPacket(writer, frame.auth)
  return hex(writer.view())
}

describe('recorded requests', () => {
  test.each(UNDECODABLE)('$id, which Apache answers with MARSHALLINGERROR, is undecodable', ({ id, bytes }) => {
    const { op } = readRequestHeader(new JuteReader(bytes.subarray(4)))
    expect(decodeClientFrame(bytes.subarray(4))).toMatchObject({ request: { type: 'undecodable', op } })
    const answer = readReplyHeader(new JuteReader(vector(id.replace(/req$/, 'rsp')).subarray(4)))
    expect(answer.err).toBe(ERROR_CODES.MARSHALLINGERROR)
  })

  test('a create keeps what the client said', () => {
    expect(decodeClientFrame(vector('create.req').subarray(4))).toEqual({
      type: 'request',
      xid: 1,
      op: OP_CODES.create,
      request: {
        type: 'create',
        path: '/a',
        data: new TextEncoder().encode('hi'),
        acl: [{ perms: 31, scheme: 'world', id: 'anyone' }],
        flags: 0,
      },
    })
  })

  test('a multi keeps its operations in order', () => {
    expect(decodeClientFrame(vector('multi.fail.req').subarray(4))).toMatchObject({
      request: {
        type: 'multi',
        ops: [{ type: 'create' }, { type: 'check', path: '/b', version: 9 }, { type: 'create' }],
      },
    })
  })
})

function frame(op: number, write: (writer: JuteWriter) => void): Uint8Array {
  const writer = new JuteWriter()
  writer.int(1)
  writer.int(op)
  write(writer)
  return writer.take()
}

describe('frames that no client should send', () => {
  test.each([OP_CODES.createSession, OP_CODES.deleteContainer, OP_CODES.check, 77, 0])(
    'operation %i is unknown',
    (op) => {
      expect(decodeClientFrame(frame(op, (w) => w.ustring('/a')))).toEqual({ type: 'unknownOp', xid: 1, op })
    },
  )

  test('a multi that mixes reads and writes is undecodable as a whole', () => {
    const bytes = frame(OP_CODES.multi, (w) => {
      w.int(OP_CODES.getData)
      w.bool(false)
      w.int(-1)
      w.ustring('/a')
      w.bool(false)
    })
    expect(decodeClientFrame(bytes)).toMatchObject({ request: { type: 'undecodable', op: OP_CODES.multi } })
  })

  test('a null path is undecodable', () => {
    const bytes = frame(OP_CODES.exists, (w) => {
      w.ustring(null)
      w.bool(false)
    })
    expect(decodeClientFrame(bytes)).toMatchObject({ request: { type: 'undecodable', op: OP_CODES.exists } })
  })

  test('null lists make setWatches undecodable, as recorded', () => {
    const bytes = frame(OP_CODES.setWatches, (w) => {
      w.long(5n)
      for (let i = 0; i < 3; i += 1) w.int(-1)
    })
    expect(decodeClientFrame(bytes)).toMatchObject({ request: { type: 'undecodable', op: OP_CODES.setWatches } })
  })

  test('null data and a null ACL list are not empty ones', () => {
    const bytes = frame(OP_CODES.create, (w) => {
      w.ustring('/a')
      w.buffer(null)
      w.int(-1)
      w.int(0)
    })
    expect(decodeClientFrame(bytes)).toMatchObject({ request: { data: null, acl: null } })
    expect(encode(bytes)).toBe(hex(bytes))
  })
})
