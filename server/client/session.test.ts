// The session over a server that does as it is told: handshakes, lost connections, order of answers, limits.

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeZxid } from '#shared/zk/zxid.ts'
import type { ConnectOptions } from './connect-options.ts'
import {
  AuthFailedError,
  ConnectionLossError,
  NoNodeError,
  SessionExpiredError,
  TooManyRequestsError,
} from './errors.ts'
import type { SessionState } from './session-state.ts'
import { FAKE_SESSION, FAKE_STAT, FakeServer } from './testing/fake-server.ts'
import { EventLog, until } from './testing/wait.ts'
import { ZooKeeper } from './zookeeper.ts'

let server: FakeServer
let clients: ZooKeeper[] = []

beforeEach(() => {
  server = new FakeServer()
})
afterEach(async () => {
  server.answer = () => ({ type: 'none' })
  await Promise.all(clients.map((zk) => zk.close()))
  clients = []
})

async function connect(options: Partial<ConnectOptions> = {}): Promise<ZooKeeper> {
  const zk = await ZooKeeper.connect({ servers: 'one:1,two:2,three:3', dial: server.dial, random: () => 0, ...options })
  clients.push(zk)
  return zk
}
function watchStates(zk: ZooKeeper): EventLog<SessionState> {
  const states = new EventLog<SessionState>()
  zk.onState(({ state }) => states.push(state))
  return states
}

describe('connecting', () => {
  test('a new session is asked for with zeros and taken as the server grants it', async () => {
    server.timeoutMs = 4000
    const zk = await connect({ sessionTimeoutMs: 7000 })
    expect(server.last.hello).toEqual({
      protocolVersion: 0,
      lastZxidSeen: 0,
      timeoutMs: 7000,
      sessionId: 0n,
      passwd: new Uint8Array(16),
      readOnly: false,
    })
    expect([zk.sessionId, zk.sessionTimeoutMs, zk.state]).toEqual([FAKE_SESSION, 4000, 'connected'])
    expect(zk.leaseRemainingMs).toBeGreaterThan(3000)
    expect(zk.server).toMatch(/^(one:1|two:2|three:3)$/)
  })

  test('servers that close or stay silent are passed over', async () => {
    let tries = 0
    server.welcome = () => (['close', 'silent', 'accept'] as const)[tries++] ?? 'accept'
    await connect({ handshakeTimeoutMs: 20 })
    expect(new Set(server.dialled.map(({ host }) => host)).size).toBe(3)
  })

  test('when nobody gives a session, the error says what the last server did', async () => {
    server.welcome = () => 'close'
    await expect(connect({ connectTimeoutMs: 60 })).rejects.toThrow(/within 60 ms: the server .* closed the connection/)
    const tries = server.dialled.length
    await new Promise((resolve) => setImmediate(resolve))
    expect(server.dialled).toHaveLength(tries)
  })

  test('something that is not a ZooKeeper is named as such', async () => {
    server.welcome = () => {
      server.last.raw(new TextEncoder().encode('HTTP/1.1 400 Bad Request\r\n\r\n'))
      return 'silent'
    }
    await expect(connect({ connectTimeoutMs: 60 })).rejects.toThrow(/sent a frame of 1213486160 bytes/)
  })
})

describe('a lost connection', () => {
  test('the same session goes on with another server, and says what it has seen', async () => {
    const zk = await connect()
    const states = watchStates(zk)
    server.zxid = makeZxid(3, 9)
    await zk.sync()
    const first = server.last
    first.close()
    await states.has('connected')
    expect(states.events).toEqual(['suspended', 'connected'])
    expect(server.last.hello).toMatchObject({
      sessionId: FAKE_SESSION,
      passwd: new Uint8Array(16).fill(7),
      lastZxidSeen: makeZxid(3, 9),
    })
    expect(server.dialled.at(-1)).not.toEqual(server.dialled.at(-2))
    expect(zk.sessionId).toBe(FAKE_SESSION)
  })

  test('what was in flight is rejected; what is asked meanwhile waits', async () => {
    const zk = await connect()
    server.answer = () => null
    const flying = zk.getData('/a')
    await until(() => server.last.requests.length === 1)
    server.last.close()
    await expect(flying).rejects.toThrow(ConnectionLossError)
    await expect(flying).rejects.toMatchObject({ path: '/a' })
    expect(zk.state).toBe('suspended')
    server.answer = () => ({ type: 'data', data: null, stat: FAKE_STAT })
    expect((await zk.getData('/b')).data).toBeNull()
    expect(server.last.requests).toEqual([{ type: 'getData', path: '/b', watch: false }])
  })

  test('what waits longer than the session timeout is rejected', async () => {
    server.timeoutMs = 60
    const zk = await connect()
    server.welcome = () => 'close'
    zk.dropConnection()
    await expect(zk.getData('/a')).rejects.toThrow(ConnectionLossError)
    expect(zk.state).toBe('suspended')
  })

  test('credentials are said again before anything else', async () => {
    const zk = await connect()
    await zk.addAuth('digest', 'bob:secret')
    zk.dropConnection()
    await zk.sync()
    expect(server.last.frames.map((frame) => frame.type)).toEqual(['auth', 'request'])
    expect(server.last.frames[0]).toMatchObject({ auth: { scheme: 'digest' } })
  })

  test('watches are armed again with the zxid seen, before the calls that waited', async () => {
    const zk = await connect()
    const [data, child, gaps] = [new EventLog(), new EventLog(), new EventLog()]
    server.zxid = makeZxid(1, 5)
    await zk.getData('/d', { watch: data.push })
    await zk.getChildren('/c', { watch: child.push })
    await zk.addWatch('/p', { onEvent: gaps.push })
    zk.dropConnection()
    await zk.sync()
    expect(server.last.requests[0]).toEqual({
      type: 'setWatches2',
      relativeZxid: makeZxid(1, 5),
      data: ['/d'],
      exist: [],
      child: ['/c'],
      persistent: ['/p'],
      persistentRecursive: [],
    })
    await gaps.has({ type: 'gap', path: '/p' })
    server.last.event({ type: 'nodeDataChanged', path: '/d' })
    server.last.event({ type: 'nodeDataChanged', path: '/d' })
    await zk.sync()
    expect([data.events.length, child.events.length]).toEqual([1, 0])
  })

  test('a session that the server no longer knows is lost for good', async () => {
    const zk = await connect()
    const states = watchStates(zk)
    const watch = await zk.addWatch('/p')
    const once = new EventLog()
    await zk.getData('/d', { watch: once.push })
    const next = watch[Symbol.asyncIterator]().next()
    server.welcome = () => 'expired'
    zk.dropConnection()
    const waiting = zk.getData('/w')
    await expect(waiting).rejects.toThrow(SessionExpiredError)
    await expect(waiting).rejects.toMatchObject({ path: '/w' })
    await expect(next).rejects.toThrow(SessionExpiredError)
    expect(once.events).toEqual([{ type: 'none', path: '/d' }])
    expect(states.events).toEqual(['suspended', 'lost'])
    await expect(zk.sync()).rejects.toThrow(SessionExpiredError)
    await zk.close()
    expect(zk.state).toBe('lost')
  })
})

describe('answers', () => {
  test('belong to requests in order, errors included', async () => {
    const zk = await connect()
    server.answer = (request) =>
      request.type === 'getData' && request.path === '/none' ? -101 : { type: 'data', data: null, stat: FAKE_STAT }
    const order: string[] = []
    const calls = ['/a', '/none', '/b'].map((path) =>
      zk.getData(path).then(
        () => order.push(path),
        (error: unknown) => order.push(error instanceof NoNodeError ? `no ${path}` : String(error)),
      ),
    )
    await Promise.all(calls)
    expect(order).toEqual(['/a', 'no /none', '/b'])
  })

  test('an answer out of order ends the connection, not the session', async () => {
    const zk = await connect()
    const states = watchStates(zk)
    server.answer = () => null
    const call = zk.getData('/a')
    await until(() => server.last.requests.length === 1)
    server.last.reply(77, { type: 'none' })
    await expect(call).rejects.toThrow(ConnectionLossError)
    await states.has('connected')
  })

  test('an answer that cannot be read ends the connection, and its call', async () => {
    const zk = await connect()
    server.answer = () => null
    const call = zk.getData('/a')
    await until(() => server.last.requests.length === 1)
    server.last.reply(1, { type: 'count', count: 1_000_000 })
    await expect(call).rejects.toThrow(ConnectionLossError)
  })

  test('a silent server is pinged, then left', async () => {
    server.timeoutMs = 90
    const zk = await connect()
    const first = server.last
    await until(() => first.pings >= 2)
    expect(zk.state).toBe('connected')
    const states = watchStates(zk)
    server.last.reply = () => {}
    await states.has('suspended')
    await states.has('connected')
    expect(server.connections).toHaveLength(2)
  })

  test('a refused credential ends the session', async () => {
    const zk = await connect()
    server.last.reply = () => {}
    const adding = zk.addAuth('sasl', 'x')
    await until(() => server.last.frames.length === 1)
    const refusal = new Uint8Array([0, 0, 0, 16, 255, 255, 255, 252, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 141])
    server.last.raw(refusal)
    await expect(adding).rejects.toThrow(AuthFailedError)
    expect(zk.state).toBe('lost')
  })

  test('a call that was given up still takes its answer', async () => {
    const zk = await connect()
    server.answer = () => null
    const [slow, next] = [zk.getData('/slow', { timeoutMs: 5 }), zk.exists('/next')]
    await expect(slow).rejects.toMatchObject({ name: 'RequestTimeoutError', path: '/slow' })
    for (const frame of server.last.frames) {
      const body = frame.op === 4 ? ({ type: 'data', data: null, stat: FAKE_STAT } as const) : -101
      server.last.reply(frame.xid, body)
    }
    expect(await next).toBeNull()
  })
})

test('more calls than may wait are refused before they are sent', async () => {
  const zk = await connect({ outstandingMax: 2 })
  server.answer = () => null
  const calls = [zk.getData('/a'), zk.getData('/b')]
  await expect(zk.getData('/c')).rejects.toThrow(TooManyRequestsError)
  await until(() => server.last.requests.length === 2)
  server.last.close()
  for (const call of calls) await expect(call).rejects.toThrow(ConnectionLossError)
})

test('a path that no server accepts is not sent', async () => {
  const zk = await connect()
  await expect(zk.getData('a')).rejects.toThrow('a path starts with "/"')
  await expect(zk.create('/a//b')).rejects.toThrow('no empty part')
  expect(server.last.frames).toEqual([])
})

test('a listener that throws hinders nobody, and is not silenced', async () => {
  const zk = await connect()
  const thrown: unknown[] = []
  const previous = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  process.on('uncaughtException', (error) => thrown.push(error))
  const states = new EventLog<SessionState>()
  const stop = zk.onState(() => {
    throw new Error('a bug of the caller')
  })
  zk.onState(({ state }) => states.push(state))
  server.last.close()
  await states.has('suspended')
  await states.has('connected')
  await until(() => thrown.length === 2)
  stop()
  process.removeAllListeners('uncaughtException')
  for (const listener of previous) process.on('uncaughtException', listener)
  expect(String(thrown[0])).toContain('a bug of the caller')
})
