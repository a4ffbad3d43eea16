import { describe, expect, test } from 'vitest'
import { asSid } from '../../zk/ids.ts'
import type { Notification } from '../../zk/vote.ts'
import { MIN_LONG_ZXID, makeZxid } from '../../zk/zxid.ts'
import { DecodeError } from '../reader.ts'
import { vector } from '../testdata/vectors.ts'
import { JuteWriter } from '../writer.ts'
import { readHandshake, readNotification, writeNotificationFrame } from './notification.ts'

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

  test('a configuration that is null is refused, as by Apache', () => {
    const bytes = vector('fle.looking').slice(4, 48)
    bytes.fill(0xff, 40)
    expect(() => readNotification(bytes)).toThrow(DecodeError)
  })

  test('an unknown state is refused', () => {
    const bytes = vector('fle.looking').slice(4)
    bytes[3] = 4
    expect(() => readNotification(bytes)).toThrow(DecodeError)
  })
})

describe('handshake', () => {
  test('says where the notifications begin', () => {
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
