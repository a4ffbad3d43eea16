import { describe, expect, test } from 'vitest'
import { asSessionId } from '../../zk/ids.ts'
import { OP_CODES } from '../../zk/op.ts'
import { NO_BODY } from '../../zk/reply.ts'
import { DecodeError, JuteReader } from '../reader.ts'
import { vector } from '../testdata/vectors.ts'
import { readReply } from './reply.ts'
import { readWatchEvent } from './watch-event.ts'

describe('recorded replies', () => {
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
  test('an unknown event is refused', () => {
    const bytes = vector('notify.dataChanged').slice(20)
    bytes[3] = 9
    expect(() => readWatchEvent(new JuteReader(bytes))).toThrow(DecodeError)
  })
})
