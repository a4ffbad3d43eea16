import { describe, expect, test } from 'vitest'
import { OP_CODES } from '../../zk/op.ts'
import { DecodeError, JuteReader } from '../reader.ts'
import { CLIENT_VECTORS, hex, type Vector, vector } from '../testdata/vectors.ts'
import { JuteWriter } from '../writer.ts'
import { decodeClientFrame, writeAuthPacket, writeRequest } from './client-frame.ts'
import { readConnectRequest, readConnectResponse, writeConnectRequest, writeConnectResponse } from './connect.ts'

const requests = CLIENT_VECTORS.filter((v) => v.id.endsWith('.req') && !v.id.startsWith('connect'))

function payload(recorded: Vector): Uint8Array {
  return recorded.bytes.subarray(4)
}

function encode(bytes: Uint8Array): string {
  const frame = decodeClientFrame(bytes)
  const writer = new JuteWriter(16)
  if (frame.type === 'request') writeRequest(writer, frame.xid, frame.request)
  if (frame.type === 'auth') writeAuthPacket(writer, frame.auth)
  return hex(writer.view())
}

describe('recorded requests', () => {
  test.each(requests.filter((v) => v.id !== 'unknownOp.req'))(
    '$id decodes and encodes to the same bytes',
    (recorded) => {
      expect(encode(payload(recorded))).toBe(hex(payload(recorded)))
    },
  )

  test.each(requests)('$id, cut short at every byte, is refused or undecodable', (recorded) => {
    const whole = payload(recorded)
    const { op } = decodeClientFrame(whole)
    for (let end = 0; end < whole.length; end += 1) {
      const cut = whole.subarray(0, end)
      if (end < 8 || op === OP_CODES.auth) expect(() => decodeClientFrame(cut)).toThrow(DecodeError)
      else if (op === 77) expect(decodeClientFrame(cut)).toEqual({ type: 'unknownOp', xid: 1, op })
      else expect(decodeClientFrame(cut)).toMatchObject({ request: { type: 'undecodable', op } })
    }
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

describe('connect', () => {
  test.each(['connect.req.new', 'connect.req.old'])('%s decodes and encodes to the same bytes', (id) => {
    const bytes = vector(id).subarray(4)
    const writer = new JuteWriter()
    writeConnectRequest(writer, readConnectRequest(new JuteReader(bytes)))
    expect(hex(writer.view())).toBe(hex(bytes))
  })

  test.each(['connect.rsp.new', 'connect.rsp.old', 'connect.rsp.expired'])('%s likewise', (id) => {
    const bytes = vector(id).subarray(4)
    const writer = new JuteWriter()
    writeConnectResponse(writer, readConnectResponse(new JuteReader(bytes)))
    expect(hex(writer.view())).toBe(hex(bytes))
  })

  test('a request without the last byte comes from an old client, a shorter one from nobody', () => {
    const whole = vector('connect.req.new').subarray(4)
    for (let end = 0; end < whole.length - 1; end += 1) {
      expect(() => readConnectRequest(new JuteReader(whole.subarray(0, end)))).toThrow(DecodeError)
    }
    expect(readConnectRequest(new JuteReader(whole.subarray(0, 44)))).toMatchObject({ readOnly: null })
    expect(readConnectRequest(new JuteReader(whole))).toMatchObject({
      readOnly: false,
      timeoutMs: 10_000,
      sessionId: 0n,
    })
  })
})
