import { createConnection } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { writeHandshake } from '#shared/jute/records/notification.ts'
import { JuteWriter } from '#shared/jute/writer.ts'
import { asSid, type Sid } from '#shared/zk/ids.ts'
import type { ServerSpec } from '#shared/zk/quorum-config.ts'
import { freePort } from '../../testing/free-port.ts'
import { silentLogger } from '../logging.ts'
import { createElectionPort, type ElectionPort } from './election-port.ts'

interface Node {
  readonly sid: Sid
  readonly port: ElectionPort
  readonly heard: string[]
  readonly absent: Sid[]
}

const open: ElectionPort[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((port) => port.close()))
})

async function specs(...sids: number[]): Promise<Map<Sid, ServerSpec>> {
  const servers = new Map<Sid, ServerSpec>()
  for (const n of sids) {
    const sid = asSid(n)
    const electionPort = await freePort()
    servers.set(sid, { sid, host: '127.0.0.1', quorumPort: 1, electionPort, role: 'participant', client: null })
  }
  return servers
}

async function start(servers: Map<Sid, ServerSpec>, n: number): Promise<Node> {
  const self = servers.get(asSid(n))
  if (!self) throw new Error(`no server ${n}`)
  const heard: string[] = []
  const absent: Sid[] = []
  const port = createElectionPort({
    self,
    servers,
    listenOnAllIPs: false,
    connectTimeoutMs: 2000,
    handshakeTimeoutMs: 2000,
    keepAlive: false,
    log: silentLogger(),
    onMessage: (from, payload) => heard.push(`${from}:${Buffer.from(payload).toString()}`),
    onAbsent: (sid) => absent.push(sid),
  })
  open.push(port)
  await port.listen()
  return { sid: self.sid, port, heard, absent }
}

function text(message: string): Uint8Array {
  const writer = new JuteWriter()
  writer.ustring(message)
  return writer.take()
}

function handshake(n: number): Uint8Array {
  const writer = new JuteWriter()
  writeHandshake(writer, { sid: asSid(n), addresses: ['127.0.0.1:1'] })
  return writer.take()
}

test('the smaller sid announces itself and is called back', async () => {
  const servers = await specs(1, 2)
  const one = await start(servers, 1)
  const two = await start(servers, 2)
  one.port.send(two.sid, text('hello'))
  await vi.waitFor(() => expect(two.heard).toEqual(['1:hello']))
  expect(one.port.connected()).toEqual([2])
  expect(two.port.connected()).toEqual([1])
})

test('both calling at once end with one connection, over which both are heard', async () => {
  const servers = await specs(1, 2)
  const one = await start(servers, 1)
  const two = await start(servers, 2)
  one.port.send(two.sid, text('a'))
  two.port.send(one.sid, text('b'))
  await vi.waitFor(() => {
    expect(two.heard).toContain('1:a')
    expect(one.heard).toContain('2:b')
  })
})

test('a connection that the larger sid replaces is not replaced for ever when a message just went over it', async () => {
  const servers = await specs(1, 2)
  const one = await start(servers, 1)
  const two = await start(servers, 2)
  two.port.send(one.sid, text('vote'))
  await vi.waitFor(() => expect(one.heard).toEqual(['2:vote']))
  one.port.send(two.sid, text('mine'))
  await vi.waitFor(() => expect(two.heard).toEqual(['1:mine']))
  // An announcement that was on its way when the two had long found each other.
  const late = createConnection(servers.get(two.sid)?.electionPort ?? 0, '127.0.0.1')
  late.write(handshake(1))
  await new Promise((resolve) => late.once('close', resolve))
  await vi.waitFor(() => expect(one.heard.length).toBeGreaterThan(1))
  for (let turn = 1; turn <= 50; turn += 1) {
    one.port.send(two.sid, text(`turn ${turn}`))
    await vi.waitFor(() => expect(two.heard).toContain(`1:turn ${turn}`), { interval: 10, timeout: 5000 })
  }
  // Every fresh connection repeats the last message: there was one, on a slow machine a few, and not one after the other.
  expect(one.heard.length).toBeLessThan(8)
})

test('[ELECT-4] a port that refuses is reported, also when it refuses behind a message that was just sent', async () => {
  const servers = await specs(1, 2)
  const one = await start(servers, 1)
  one.port.send(asSid(2), text('anybody?'))
  await vi.waitFor(() => expect(one.absent).toEqual([2]))
  const two = await start(servers, 2)
  two.port.send(one.sid, text('here'))
  await vi.waitFor(() => expect(one.heard).toEqual(['2:here']))
  one.port.send(two.sid, text('good'))
  await two.port.close()
  await vi.waitFor(() => expect(one.absent.length).toBeGreaterThan(1), { timeout: 3000 })
})

test('a server that starts late gets the message that waited for it', async () => {
  const servers = await specs(1, 2)
  const two = await start(servers, 2)
  two.port.send(asSid(1), text('old'))
  two.port.send(asSid(1), text('new'))
  const one = await start(servers, 1)
  await vi.waitFor(() => expect(one.heard).toEqual(['2:new']), { timeout: 3000 })
})

test('a fresh connection repeats the last message', async () => {
  const servers = await specs(1, 2)
  const two = await start(servers, 2)
  const one = await start(servers, 1)
  two.port.send(one.sid, text('vote'))
  await vi.waitFor(() => expect(one.heard).toEqual(['2:vote']))
  await one.port.close()
  const again = await start(servers, 1)
  again.port.send(two.sid, text('who leads?'))
  await vi.waitFor(() => {
    expect(two.heard).toEqual(['1:who leads?'])
    expect(again.heard).toEqual(['2:vote'])
  })
})

test('a stranger with a larger sid is heard and answered; garbage closes only its own connection [M-7] [R-POISON]', async () => {
  const servers = await specs(1, 2)
  const two = await start(servers, 2)
  const electionPort = servers.get(two.sid)?.electionPort ?? 0
  const garbage = createConnection(electionPort, '127.0.0.1')
  garbage.write(Buffer.from('fffffffffffffff0000000', 'hex'))
  await new Promise((resolve) => garbage.once('close', resolve))

  const stranger = createConnection(electionPort, '127.0.0.1')
  const replies: Buffer[] = []
  stranger.on('data', (chunk) => replies.push(chunk))
  stranger.write(handshake(900))
  stranger.write(text('probe'))
  await vi.waitFor(() => expect(two.heard).toEqual(['900:probe']))
  two.port.send(asSid(900), text('answer'))
  await vi.waitFor(() => expect(Buffer.concat(replies)).toEqual(Buffer.from(text('answer'))))
  stranger.write(Buffer.from('00100000', 'hex'))
  await new Promise((resolve) => stranger.once('close', resolve))
  expect(two.port.connected()).toEqual([])
})
