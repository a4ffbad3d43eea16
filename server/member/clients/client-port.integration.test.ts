import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { ClientEffect, PeerInput } from '#shared/peer/contract.ts'
import { asSessionId, NO_SESSION } from '#shared/zk/ids.ts'
import { NO_BODY, type ReplyBody } from '#shared/zk/reply.ts'
import type { Stat } from '#shared/zk/stat.ts'
import { ZERO_ZXID, type Zxid } from '#shared/zk/zxid.ts'
import { type PasswordRule, sessionPassword } from '../auth/session-password.ts'
import { silentLogger } from '../logging.ts'
import { type RawClient, rawClient } from '../testing/raw-client.ts'
import { testConfig } from '../testing/test-config.ts'
import { createTraffic, type Traffic } from '../traffic.ts'
import { createTurn } from '../turn.ts'
import { CONNECT_FRAME_BYTES_MAX } from './client-connection.ts'
import { type ClientPort, createClientPort } from './client-port.ts'
import { FAILURES_MAX } from './failure-limiter.ts'

const SESSION = asSessionId(0x1_0000_0000_0007n)
const ZXID = 5 as Zxid
const PASSWORDS: PasswordRule = { type: 'hmac', secret: Buffer.from('a secret of the whole ensemble') }
const STAT: Stat = {
  czxid: ZERO_ZXID,
  mzxid: ZERO_ZXID,
  ctime: 0,
  mtime: 0,
  version: 0,
  cversion: 0,
  aversion: 0,
  ephemeralOwner: NO_SESSION,
  dataLength: 0,
  numChildren: 0,
  pzxid: ZERO_ZXID,
}
const GET_A = { type: 'getData', path: '/a', watch: false } as const
const SET_A = { type: 'setData', path: '/a', data: null, version: -1 } as const

/** A client port over a peer that answers reads at once and holds writes until `release`. */
interface Rig {
  readonly clients: ClientPort
  readonly port: number
  readonly traffic: Traffic
  readonly inputs: PeerInput[]
  serving: boolean
  nowMs: number
  /** Of data in a reply to a read; 0: no body. */
  bytesPerReply: number
  release(): void
}

let rig: Rig
const raw: RawClient[] = []

async function startRig(lines: string[] = []): Promise<Rig> {
  const held: ClientEffect[] = []
  const traffic = createTraffic()
  const inputs: PeerInput[] = []
  const feed = (input: PeerInput) => {
    inputs.push(input)
    if (input.type === 'connect') {
      const { conn, passwordOk, timeoutMs } = input
      const sessionId = input.sessionId === NO_SESSION ? SESSION : input.sessionId
      if (passwordOk) clients.perform({ type: 'session', conn, sessionId, timeoutMs }, null)
      else {
        clients.perform({ type: 'session', conn, sessionId: NO_SESSION, timeoutMs: 0 }, null)
        clients.perform({ type: 'closeConn', conn, reason: 'a wrong password' }, null)
      }
    }
    if (input.type !== 'request') return
    const { conn, xid, request } = input
    const body: ReplyBody =
      made.bytesPerReply > 0 ? { type: 'data', data: new Uint8Array(made.bytesPerReply), stat: STAT } : NO_BODY
    const reply = { type: 'reply', conn, xid, zxid: ZXID, err: 0, body, request } as const
    if (request.type === 'setData') held.push(reply)
    else clients.perform(reply, null)
  }
  const clients = createClientPort({
    config: testConfig(['dataDir=/d', 'clientPort=0', 'clientPortAddress=127.0.0.1', ...lines]),
    passwords: PASSWORDS,
    turn: createTurn(),
    log: silentLogger(),
    traffic,
    feed,
    isServing: () => made.serving,
    nowMs: () => made.nowMs,
    isTextCommand: (word) => word === 'ruok',
    textCommand: async () => 'imok',
    onDisconnected: () => undefined,
  })
  const made: Rig = {
    clients,
    port: (await clients.listen()).clientPort,
    traffic,
    inputs,
    serving: true,
    nowMs: 1000,
    bytesPerReply: 0,
    release: () => {
      for (const effect of held.splice(0)) clients.perform(effect, null)
    },
  }
  return made
}

function client(): RawClient {
  const made = rawClient(rig.port)
  raw.push(made)
  return made
}

beforeEach(async () => {
  rig = await startRig()
})

afterEach(async () => {
  for (const made of raw.splice(0)) made.socket.destroy()
  await rig.clients.close()
})

/** Closed without an answer, while the next client is served. */
async function expectSilentClose(bad: RawClient): Promise<void> {
  await vi.waitFor(() => expect(bad.closed()).toBe(true))
  expect(bad.received()).toHaveLength(0)
  const good = client()
  good.connect()
  await vi.waitFor(() => expect(good.connectResponse().sessionId).toBe(SESSION))
}

describe('the first bytes of a connection', () => {
  test.each([
    ['a negative length', 'ffffffff'],
    ['an empty frame', '00000000'],
    ['a huge length', '7fffffff'],
    ['a first frame over the limit', (CONNECT_FRAME_BYTES_MAX + 1).toString(16).padStart(8, '0')],
    ['an unknown word', Buffer.from('lsnp').toString('hex')],
    ['a telnet interrupt', 'fff4fffd'],
    ['a frame shorter than its record', '0000000400000000'],
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n').toString('hex')],
  ])('%s closes the connection without an answer', async (_, hex) => {
    const bad = client()
    bad.send(hex)
    await expectSilentClose(bad)
    expect(rig.inputs.filter((input) => input.type === 'connect')).toHaveLength(1)
  })

  test('a four-letter word is answered, also byte by byte and while not serving', async () => {
    rig.serving = false
    const asker = client()
    for (const byte of Buffer.from('ruok')) asker.socket.write(Buffer.from([byte]))
    await vi.waitFor(() => expect(asker.closed()).toBe(true))
    expect(asker.received().toString()).toBe('imok')
  })

  test('a server that does not serve closes', async () => {
    rig.serving = false
    const late = client()
    late.connect()
    await vi.waitFor(() => expect(late.closed()).toBe(true))
    expect(late.received()).toHaveLength(0)
  })

  test('a connection that says nothing is cut off in time', async () => {
    const silent = client()
    await vi.waitFor(() => expect(rig.clients.connectionCount()).toBe(1))
    rig.nowMs += 10_001
    rig.clients.sweep()
    await vi.waitFor(() => expect(silent.closed()).toBe(true))
  })
})

describe('sessions', () => {
  test('a new one gets the password of its id, and old clients no readOnly byte', async () => {
    const modern = client()
    modern.connect()
    await vi.waitFor(() => expect(modern.frames()).toHaveLength(1))
    expect(modern.connectResponse().readOnly).toBe(false)
    expect(Buffer.from(modern.connectResponse().passwd)).toEqual(Buffer.from(sessionPassword(PASSWORDS, SESSION)))
    const old = client()
    old.connect({ readOnly: null })
    await vi.waitFor(() => expect(old.frames()[0]).toHaveLength(36))
  })

  test('a wrong password is told to the peer, which says no; too many wrong ones are not even asked', async () => {
    for (let i = 0; i <= FAILURES_MAX; i += 1) {
      const thief = client()
      thief.connect({ sessionId: SESSION, passwd: new Uint8Array(16) })
      await vi.waitFor(() => expect(thief.closed()).toBe(true))
      if (i < FAILURES_MAX) expect(thief.connectResponse().timeoutMs).toBe(0)
      else expect(thief.received()).toHaveLength(0)
    }
    rig.nowMs += 11_000
    const owner = client()
    owner.connect({ sessionId: SESSION, passwd: sessionPassword(PASSWORDS, SESSION) })
    await vi.waitFor(() => expect(owner.connectResponse().sessionId).toBe(SESSION))
  })
})

describe('requests', () => {
  async function connected(): Promise<RawClient> {
    const made = client()
    made.connect()
    await vi.waitFor(() => expect(made.frames()).toHaveLength(1))
    return made
  }

  test('answers come in order, many frames of one read together', async () => {
    const asker = await connected()
    for (let xid = 1; xid <= 50; xid += 1) asker.request(xid, GET_A)
    asker.request(-2, { type: 'ping' })
    await vi.waitFor(() => expect(asker.replies()).toHaveLength(51))
    expect(asker.replies().map(([xid]) => xid)).toEqual([...Array.from({ length: 50 }, (_, i) => i + 1), -2])
    expect(rig.traffic.outstanding).toBe(0)
  })

  test('an unknown operation is answered behind what was asked before, then the connection ends', async () => {
    const asker = await connected()
    asker.request(1, SET_A)
    asker.send('000000080000000200000055')
    await vi.waitFor(() => expect(rig.traffic.received).toBe(3))
    expect(asker.replies()).toEqual([])
    rig.release()
    await vi.waitFor(() => expect(asker.closed()).toBe(true))
    expect(asker.replies()).toEqual([
      [1, 0],
      [2, -6],
    ])
  })

  test.each([
    ['createSession', 'fffffff6'],
    ['deleteContainer', '00000014'],
    ['check outside a multi', '0000000d'],
  ])('%s is not for clients', async (_, op) => {
    const asker = await connected()
    asker.send(`0000000800000001${op}`)
    await vi.waitFor(() => expect(asker.closed()).toBe(true))
    expect(asker.replies()).toEqual([[1, -6]])
    expect(rig.inputs.some((input) => input.type === 'request')).toBe(false)
  })

  test('a SASL token is answered with none, in turn, as by an Apache server without a provider', async () => {
    const asker = await connected()
    asker.request(1, SET_A)
    asker.send('0000000c000000020000006600000000')
    await vi.waitFor(() => expect(rig.traffic.received).toBe(3))
    rig.release()
    await vi.waitFor(() => expect(asker.replies()).toHaveLength(2))
    expect(asker.replies()).toEqual([
      [1, 0],
      [2, 0],
    ])
    asker.send('0000000c0000000300000066ffffffff')
    await vi.waitFor(() => expect(asker.closed()).toBe(true))
  })

  test('a body that cannot be read goes to the peer as undecodable', async () => {
    const asker = await connected()
    asker.send('0000000c000000070000000400000063') // getData of a string of 99 bytes, and no more
    await vi.waitFor(() => expect(asker.replies()).toHaveLength(1))
    expect(rig.inputs).toContainEqual({
      type: 'request',
      conn: 1,
      xid: 7,
      request: { type: 'undecodable', op: 4 },
    })
  })

  test('auth: digest adds an identity, an unknown scheme ends the connection', async () => {
    const asker = await connected()
    const auth = (scheme: string, credential: string) =>
      asker.sendFrame((writer) => {
        writer.int(-4)
        writer.int(100)
        writer.int(0)
        writer.ustring(scheme)
        writer.buffer(Buffer.from(credential))
      })
    auth('digest', 'bob:secret')
    await vi.waitFor(() => expect(asker.replies()).toEqual([[-4, 0]]))
    const id = { scheme: 'digest', id: 'bob:fyVmFCwVbTJYrznoSu1koqYEYF0=' }
    expect(rig.inputs).toContainEqual({ type: 'authenticated', conn: 1, id })
    auth('kerberos', 'x')
    await vi.waitFor(() => expect(asker.closed()).toBe(true))
    expect(asker.replies().at(-1)).toEqual([-4, -115])
  })

  test('[M-7] [R-POISON] a frame over jute.maxbuffer closes only its own connection', async () => {
    const asker = await connected()
    asker.send('00100000')
    await vi.waitFor(() => expect(asker.closed()).toBe(true))
    await connected()
  })
})

describe('limits', () => {
  test('maxClientCnxns counts by address, and forgets who has gone', async () => {
    await rig.clients.close()
    rig = await startRig(['maxClientCnxns=2'])
    const [first] = [client(), client()]
    await vi.waitFor(() => expect(rig.clients.connectionCount()).toBe(2))
    const third = client()
    await vi.waitFor(() => expect(third.closed()).toBe(true))
    expect(rig.traffic.connectionsRejected).toBe(1)
    first.socket.destroy()
    await vi.waitFor(() => expect(rig.clients.connectionCount()).toBe(1))
    const fourth = client()
    fourth.connect()
    await vi.waitFor(() => expect(fourth.frames()).toHaveLength(1))
  })

  test('with too many requests outstanding, nothing more is read until they are answered', async () => {
    await rig.clients.close()
    rig = await startRig(['globalOutstandingLimit=3'])
    const asker = client()
    asker.connect()
    for (let xid = 1; xid <= 10; xid += 1) asker.request(xid, SET_A)
    const asked = () => rig.inputs.filter((input) => input.type === 'request').length
    await vi.waitFor(() => expect(asked()).toBe(3))
    expect(rig.traffic.outstanding).toBe(3)
    for (const upTo of [6, 9, 10]) {
      rig.release()
      await vi.waitFor(() => expect(asked()).toBe(upTo))
    }
    rig.release()
    await vi.waitFor(() => expect(asker.replies()).toHaveLength(10))
  })

  test('connections that wait for room get equal shares of it', async () => {
    await rig.clients.close()
    rig = await startRig(['globalOutstandingLimit=8'])
    const askers = [client(), client(), client(), client()]
    for (const asker of askers) {
      asker.connect()
      await vi.waitFor(() => expect(asker.frames()).toHaveLength(1))
    }
    const asked = () => rig.inputs.filter((input) => input.type === 'request').length
    // The first one takes all the room; who has nothing outstanding is let in with one request all the same.
    for (const [asker, expected] of askers.map((one, i) => [one, 8 + i] as const)) {
      asker.socket.cork()
      for (let xid = 1; xid <= 40; xid += 1) asker.request(xid, SET_A)
      asker.socket.uncork()
      await vi.waitFor(() => expect(asked()).toBe(expected))
    }
    rig.release()
    await vi.waitFor(() => expect(rig.traffic.outstanding).toBe(8))
    const counts = new Map<number, number>()
    for (const input of rig.inputs.slice(-8))
      if (input.type === 'request') counts.set(input.conn, (counts.get(input.conn) ?? 0) + 1)
    expect([...counts.values()]).toEqual([2, 2, 2, 2])
  })
})

test('a client that does not read its large answers is read from no further, and goes on when it reads', async () => {
  const slow = client()
  slow.connect()
  await vi.waitFor(() => expect(slow.frames()).toHaveLength(1))
  rig.bytesPerReply = 900_000
  slow.socket.pause()
  for (let xid = 1; xid <= 60; xid += 1) slow.request(xid, GET_A)
  const asked = () => rig.inputs.filter((input) => input.type === 'request').length
  // Whatever the operating system buffers, it is less than all of them.
  await vi.waitFor(() => expect(asked()).toBeGreaterThan(1))
  const before = asked()
  expect(before).toBeLessThan(60)
  slow.socket.resume()
  await vi.waitFor(() => expect(slow.replies()).toHaveLength(60), { timeout: 10_000 })
})
