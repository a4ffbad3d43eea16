import { expect, test } from 'vitest'
import { writeHandshake, writeNotificationFrame } from '#shared/jute/records/notification.ts'
import { JuteWriter } from '#shared/jute/writer.ts'
import { asSid } from '#shared/zk/ids.ts'
import { makeZxid } from '#shared/zk/zxid.ts'
import { electionMessages } from './election-messages.ts'

function bytesOf(write: (writer: JuteWriter) => void): Buffer {
  const writer = new JuteWriter()
  write(writer)
  return Buffer.from(writer.take())
}

const handshake = (addresses: readonly string[]) =>
  bytesOf((writer) => writeHandshake(writer, { sid: asSid(3), addresses }))
const vote = (config: string | null) =>
  bytesOf((writer) =>
    writeNotificationFrame(writer, {
      state: 'LOOKING',
      leader: asSid(2),
      zxid: makeZxid(1, 7),
      electionEpoch: 4,
      peerEpoch: 1,
      version: config === null ? 0 : 2,
      config,
    }),
  )

test.each([[[]], [['127.0.0.1:3888']], [['a:1', 'b:2']]])(
  'a handshake %j is told from votes, at any cut',
  (addresses) => {
    const parts = [handshake(addresses), vote(null), vote('server.1=a:1:2')]
    const all = Buffer.concat(parts)
    for (let cut = 0; cut <= all.length; cut += 1) {
      const messages = electionMessages()
      const pieces = [...messages(all.subarray(0, cut)), ...messages(all.subarray(cut))]
      expect(pieces.map(({ bytes, isMessage }) => [Buffer.from(bytes), isMessage])).toEqual([
        [parts[0], false],
        [parts[1], true],
        [parts[2], true],
      ])
    }
  },
)

test('a side that was called begins with votes', () => {
  expect(electionMessages()(vote(null)).map(({ isMessage }) => isMessage)).toEqual([true])
})

test('what is no election passes on as it is', () => {
  const messages = electionMessages()
  const garbage = Buffer.from('\xff\xff\xff\xffGET / HTTP/1.1\r\n', 'latin1')
  expect(Buffer.concat(messages(garbage).map(({ bytes }) => bytes))).toEqual(garbage)
  expect(messages(Buffer.from('more')).map(({ isMessage }) => isMessage)).toEqual([false])
})
