import { describe, expect, test } from 'vitest'
import { asSessionId } from '../../zk/ids.ts'
import { OP_CODES, XIDS } from '../../zk/op.ts'
import { NO_BODY } from '../../zk/reply.ts'
import { NO_ZXID } from '../../zk/zxid.ts'
import { DecodeError, JuteReader } from '../reader.ts'
import { CLIENT_VECTORS, hex, vector } from '../testdata/vectors.ts'
import { JuteWriter } from '../writer.ts'
import { decodeClientFrame } from './client-frame.ts'
import { readReplyHeader } from './header.ts'
import { readReply, writeReply } from './reply.ts'
import { readWatchEvent, writeWatchEvent } from './watch-event.ts'

const replies = CLIENT_VECTORS.filter((v) => v.id.endsWith('.rsp') && !v.id.startsWith('connect'))
const events = CLIENT_VECTORS.filter((v) => v.id.endsWith('.notify') || v.id.startsWith('notify.'))

/** The operation that was asked, from the request recorded beside the reply. */
function askedOp(replyId: string): number {
  return decodeClientFrame(vector(replyId.replace(/\.rsp$/, '.req')).subarray(4)).op
}

describe('recorded replies', () => {
  test.each(replies)('$id decodes and encodes to the same bytes', ({ id, bytes }) => {
    const { xid, zxid, err, body } = readReply(new JuteReader(bytes.subarray(4)), askedOp(id))
    const writer = new JuteWriter(16)
    const place = writer.beginLength()
    writeReply(writer, xid, zxid, err, body)
    writer.endLength(place)
    expect(hex(writer.view())).toBe(hex(bytes))
  })

  test.each(replies)('$id, cut short at every byte, is refused', ({ id, bytes }) => {
    const op = askedOp(id)
    for (let end = 4; end < bytes.length; end += 1) {
      expect(() => readReply(new JuteReader(bytes.subarray(4, end)), op)).toThrow(DecodeError)
    }
  })

  test('a Stat has every field in its place', () => {
    const { body } = readReply(new JuteReader(vector('create.ephemeral.rsp').subarray(4)), OP_CODES.create2)
    expect(body).toEqual({
      type: 'pathStat',
      path: '/e',
      stat: {
        czxid: 8,
        mzxid: 8,
        ctime: 0x1a20317ac9e,
        mtime: 0x1a20317ac9e,
        version: 0,
        cversion: 0,
        aversion: 0,
        ephemeralOwner: asSessionId(0x100001d35220000n),
        dataLength: 0,
        numChildren: 0,
        pzxid: 8,
      },
    })
  })

  test('a failed multi answers for each operation', () => {
    const { err, body } = readReply(new JuteReader(vector('multi.fail.rsp').subarray(4)), OP_CODES.multi)
    expect(err).toBe(0)
    expect(body).toEqual({
      type: 'multi',
      results: [
        { type: 'error', err: 0 },
        { type: 'error', err: -103 },
        { type: 'error', err: -2 },
      ],
    })
  })

  test('an error has no body', () => {
    const reply = readReply(new JuteReader(vector('create.exists.rsp').subarray(4)), OP_CODES.create)
    expect(reply).toEqual({ xid: 4, zxid: 7, err: -110, body: NO_BODY })
  })
})

describe('watch events', () => {
  test.each(events)('$id decodes and encodes to the same bytes', ({ bytes }) => {
    const reader = new JuteReader(bytes.subarray(4))
    expect(readReplyHeader(reader)).toEqual({ xid: XIDS.notification, zxid: NO_ZXID, err: 0 })
    const event = readWatchEvent(reader)
    expect(event).toEqual({ type: 'nodeDataChanged', path: '/a' })
    const writer = new JuteWriter()
    writeWatchEvent(writer, NO_ZXID, event)
    expect(hex(writer.view())).toBe(hex(bytes.subarray(4)))
  })

  test('an unknown event is refused', () => {
    const bytes = vector('notify.dataChanged').slice(20)
    bytes[3] = 9
    expect(() => readWatchEvent(new JuteReader(bytes))).toThrow(DecodeError)
  })
})
