import { describe, expect, test } from 'vitest'
import { asSid } from '../../zk/ids.ts'
import type { Notification } from '../../zk/vote.ts'
import { MIN_LONG_ZXID, makeZxid } from '../../zk/zxid.ts'
import { DecodeError } from '../reader.ts'
import { hex, vector } from '../testdata/vectors.ts'
import { JuteWriter } from '../writer.ts'
import { readHandshake, readNotification, writeHandshake, writeNotificationFrame } from './notification.ts'

function frameOf(notification: Notification): Uint8Array {
  const writer = new JuteWriter(16)
  writeNotificationFrame(writer, notification)
  return writer.take()
}

function handshake(version: bigint, sid: bigint, address: string): Uint8Array {
  const writer = new JuteWriter()
  writer.long(version)
  writer.long(sid)
  writer.ustring(address)
  return writer.take()
}

describe('notifications', () => {
  const probe = vector('fle.probe').subarray(35)
  const recorded = [
    ...['fle.looking', 'fle.following', 'fle.leading'].map((id) => ({ id, bytes: vector(id) })),
    { id: 'fle.probe', bytes: probe },
  ]

  test.each(recorded)('$id decodes and encodes to the same bytes', ({ bytes }) => {
    expect(hex(frameOf(readNotification(bytes.subarray(4))))).toBe(hex(bytes))
  })

  test.each(recorded)('$id, cut short at every byte, is refused or is an older form', ({ bytes }) => {
    for (let end = 4; end < bytes.length; end += 1) {
      const cut = bytes.subarray(4, end)
      if (cut.length === 28 || cut.length === 40)
        expect(readNotification(cut)).toMatchObject({ version: 0, config: null })
      else expect(() => readNotification(cut)).toThrow(DecodeError)
    }
  })

  test('the vote has every field in its place', () => {
    const { config, ...rest } = readNotification(vector('fle.following').subarray(4))
    expect(rest).toEqual({ state: 'FOLLOWING', leader: 3, zxid: 0, electionEpoch: 1, peerEpoch: 1, version: 2 })
    expect(config).toMatch(/^server\.1=.*\nversion=0$/s)
  })

  test('an observer proposes Long.MIN for leader, zxid and epoch', () => {
    expect(readNotification(probe.subarray(4))).toMatchObject({
      leader: -(2 ** 63),
      zxid: MIN_LONG_ZXID,
      peerEpoch: -(2 ** 63),
    })
  })

  test('the form of 3.4 takes the peer epoch from the zxid', () => {
    const vote = { leader: asSid(2), zxid: makeZxid(7, 9), electionEpoch: 1, peerEpoch: 8 }
    const bytes = frameOf({ state: 'LOOKING', ...vote, version: 0, config: null })
    expect(readNotification(bytes.subarray(4, 32))).toMatchObject({ zxid: makeZxid(7, 9), peerEpoch: 7 })
  })

  test('an unknown state is refused', () => {
    const bytes = vector('fle.looking').slice(4)
    bytes[3] = 4
    expect(() => readNotification(bytes)).toThrow(DecodeError)
  })
})

describe('handshake', () => {
  const recorded = vector('fle.handshake')

  test('the recorded one decodes and encodes to the same bytes', () => {
    const read = readHandshake(recorded)
    expect(read).toEqual({ type: 'handshake', handshake: { sid: 3, addresses: ['127.0.0.1:32883'] }, length: 35 })
    const writer = new JuteWriter()
    writeHandshake(writer, { sid: asSid(3), addresses: ['127.0.0.1:32883'] })
    expect(hex(writer.view())).toBe(hex(recorded))
  })

  test('is incomplete until its last byte, and says where the notifications begin', () => {
    for (let end = 0; end < recorded.length; end += 1) {
      expect(readHandshake(recorded.subarray(0, end))).toEqual({ type: 'incomplete' })
    }
    expect(readHandshake(vector('fle.probe'))).toMatchObject({ handshake: { sid: 1000 }, length: 35 })
  })

  test('older and newer forms are understood', () => {
    expect(readHandshake(handshake(5n, 0n, ''))).toEqual({
      type: 'handshake',
      handshake: { sid: 5, addresses: [] },
      length: 8,
    })
    expect(readHandshake(handshake(-65535n, 5n, 'a:1|b:2'))).toMatchObject({ handshake: { addresses: ['a:1', 'b:2'] } })
  })

  test.each([
    ['another version', handshake(-1n, 5n, 'a:1')],
    ['no address', handshake(-65536n, 5n, '')],
    ['an address over the limit', handshake(-65536n, 5n, 'a'.repeat(2049))],
    ['an anonymous sid (Long.MAX)', handshake(-65536n, 2n ** 63n - 1n, 'a:1')],
  ])('%s is malformed', (_, bytes) => {
    expect(readHandshake(bytes)).toMatchObject({ type: 'malformed' })
  })
})
