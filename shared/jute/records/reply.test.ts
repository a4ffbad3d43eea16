import { describe, expect, test } from 'vitest'
import { asSessionId } from '../../zk/ids.ts'
import { OP_CODES } from '../../zk/op.ts'
import { NO_BODY, type ReplyBody, withNames } from '../../zk/reply.ts'
import { NO_ZXID } from '../../zk/zxid.ts'
import { DecodeError, JuteReader } from '../reader.ts'
import { vector } from '../testdata/vectors.ts'
import { JuteWriter } from '../writer.ts'
import { readReply, writeReply } from './reply.ts'
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

describe('children told as paths', () => {
  const NAMES = ['a', 'ü', 'n'.repeat(300), '名字', 'z']
  const stat = readReply(new JuteReader(vector('create.ephemeral.rsp').subarray(4)), OP_CODES.create2).body

  test.each(['/', '/parent/', '/über/'])('are the same bytes as names, below %s', (parent) => {
    const paths = NAMES.map((name) => parent + name)
    const parentStat = stat.type === 'pathStat' ? stat.stat : null
    for (const told of [null, parentStat]) {
      const body: ReplyBody = { type: 'childPaths', paths, nameAt: parent.length, parentStat: told }
      expect(bytesOf(body)).toEqual(bytesOf(withNames(body)))
    }
    expect(parentStat).not.toBeNull()
  })
})

/** In a writer without room to spare. */
function bytesOf(body: ReplyBody): Uint8Array {
  const writer = new JuteWriter(1)
  writeReply(writer, 1, NO_ZXID, 0, body)
  return writer.take()
}

describe('watch events', () => {
  test('an unknown event is refused', () => {
    const bytes = vector('notify.dataChanged').slice(20)
    bytes[3] = 9
    expect(() => readWatchEvent(new JuteReader(bytes))).toThrow(DecodeError)
  })
})
