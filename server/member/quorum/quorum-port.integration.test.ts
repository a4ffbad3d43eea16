// The quorum port against learners that send what is no packet: each loses its own link, and nothing else happens.

import { createConnection, type Socket } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { writePacket } from '#shared/jute/records/packet.ts'
import { JuteWriter } from '#shared/jute/writer.ts'
import { asSid } from '#shared/zk/ids.ts'
import { LEARNER_PROTOCOL_VERSION, type QuorumPacket } from '#shared/zk/packet.ts'
import type { ServerSpec } from '#shared/zk/quorum-config.ts'
import { makeZxid, ZERO_ZXID } from '#shared/zk/zxid.ts'
import { freePort } from '../../testing/free-port.ts'
import { silentLogger } from '../logging.ts'
import { createTurn } from '../turn.ts'
import { createQuorumPort, type QuorumPort } from './quorum-port.ts'

const ports: QuorumPort[] = []
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await Promise.all(ports.splice(0).map((port) => port.closeAll()))
})

async function leaderPort(firstPacketTimeoutMs = 20_000) {
  const quorumPort = await freePort()
  const self: ServerSpec = {
    sid: asSid(1),
    host: '127.0.0.1',
    quorumPort,
    electionPort: 1,
    role: 'participant',
    client: null,
  }
  const heard: string[] = []
  const port = createQuorumPort({
    self,
    servers: new Map([[self.sid, self]]),
    listenOnAllIPs: false,
    connectTimeoutMs: 2000,
    connectDelayMs: 100,
    firstPacketTimeoutMs,
    keepAlive: false,
    turn: createTurn(),
    log: silentLogger(),
    newSnapshotReader: () => ({ push: () => null }),
    onLinkUp: (link) => heard.push(`${link} up`),
    onLinkDown: (link, reason) => heard.push(`${link} down: ${reason}`),
    onPacket: (link, packet) => heard.push(`${link} ${packet.type}`),
    onSnapshot: () => {},
    onFatal: (error) => heard.push(`fatal: ${error.message}`),
  })
  ports.push(port)
  await port.probe()
  port.listen(true)
  return { quorumPort, heard, port }
}

async function learner(quorumPort: number): Promise<Socket> {
  for (;;) {
    const socket = createConnection(quorumPort, '127.0.0.1')
    sockets.push(socket)
    const connected = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true))
      socket.once('error', () => resolve(false)) // the port is about to be bound
    })
    if (connected) return socket
  }
}

function bytesOf(packet: QuorumPacket): Uint8Array {
  const writer = new JuteWriter()
  writePacket(writer, packet)
  return writer.take()
}

const HELLO: QuorumPacket = {
  type: 'FOLLOWERINFO',
  acceptedEpoch: 1,
  sid: asSid(2),
  protocolVersion: LEARNER_PROTOCOL_VERSION,
  configVersion: ZERO_ZXID,
}

/** The length of the data stands behind type and zxid. */
function withDataLength(packet: QuorumPacket, length: number): Uint8Array {
  const bytes = bytesOf(packet)
  new DataView(bytes.buffer, bytes.byteOffset).setInt32(12, length)
  return bytes
}

test.each([
  ['far too long', 0x7fffffff],
  ['negative', -2],
])(
  '[M-7] [R-POISON] a packet with a damaged length, %s, ends its own link; the other one goes on',
  async (_how, length) => {
    const { quorumPort, heard } = await leaderPort()
    const good = await learner(quorumPort)
    good.write(bytesOf(HELLO))
    await vi.waitFor(() => expect(heard).toContain('1 FOLLOWERINFO'))
    const bad = await learner(quorumPort)
    bad.write(bytesOf(HELLO))
    bad.write(withDataLength(HELLO, length))
    await vi.waitFor(() => expect(heard.find((line) => line.startsWith('2 down'))).toMatch(/what is no packet/))
    await vi.waitFor(() => expect(bad.destroyed || bad.readableEnded || bad.closed).toBe(true))
    good.write(bytesOf({ type: 'ACK', zxid: makeZxid(1, 0) }))
    await vi.waitFor(() => expect(heard).toContain('1 ACK'))
    expect(heard.filter((line) => /^1 down|fatal/.test(line))).toEqual([])
  },
)

test('who sends some bytes and then nothing is not waited for', async () => {
  const { quorumPort, heard } = await leaderPort(500)
  const slow = await learner(quorumPort)
  slow.write(bytesOf(HELLO).subarray(0, 1))
  const whole = await learner(quorumPort)
  whole.write(bytesOf(HELLO))
  await vi.waitFor(() => expect(heard).toContain('1 down: it did not say who it is'), 10_000)
  whole.write(bytesOf({ type: 'ACK', zxid: makeZxid(1, 0) }))
  await vi.waitFor(() => expect(heard).toContain('2 ACK'), 10_000)
  expect(heard.filter((line) => line.startsWith('2 down'))).toEqual([])
})

test('[M-6] who has come to a leader and said nothing yet is sent away when it leads no more', async () => {
  const { quorumPort, heard, port } = await leaderPort()
  const early = await learner(quorumPort)
  await vi.waitFor(() => expect(heard).toContain('1 up'), 10_000)
  port.listen(false)
  await vi.waitFor(() => expect(early.readableEnded || early.closed).toBe(true), 10_000)
  port.listen(true)
  const late = await learner(quorumPort)
  late.write(bytesOf(HELLO))
  await vi.waitFor(() => expect(heard).toContain('2 FOLLOWERINFO'), 10_000)
})
