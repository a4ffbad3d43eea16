import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type ClientRequest, type IncomingMessage, request, type Server } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { io, type Socket } from 'socket.io-client'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { About, GatewayEvent, NumberedEvents, Welcome } from '#shared/events/socket-protocol.ts'
import { type Access, makeAccess } from './access.ts'
import { describeHandlers } from './api/describe.ts'
import type { Handlers } from './api/handlers.ts'
import { Performer } from './api/perform.ts'
import { ACTION_NAMES } from './api/table.ts'
import { Authenticator } from './auth/authenticator.ts'
import { historyHandlers } from './history/history-handlers.ts'
import { History } from './history.ts'
import { createApp } from './http/app.ts'
import { Overload } from './http/overload.ts'
import { createHttpServer, guardEdge, SOCKET_PATH } from './http-server.ts'
import { BAD_MESSAGES_MAX, MESSAGE_BYTES_MAX } from './limits.ts'
import { LockService } from './locks/lock-service.ts'
import { attachSockets, type Sockets } from './sockets.ts'
import { FakeAudit } from './testing/fake-audit.ts'
import { FakeEnsemble } from './testing/fake-ensemble.ts'
import { oneCluster } from './testing/one-cluster.ts'
import { TreeService } from './tree-service.ts'

const ABOUT: About = {
  version: 't',
  cluster: { id: 'one', kind: 'embedded' },
  clusterName: 't',
  dataDir: '/t',
  connectString: '',
  serverTimeMs: 0,
  gatewaySession: null,
  formerGatewaySessions: [],
  load: { requests: 0, watches: 0, bytesSent: 0, bytesReceived: 0 },
}
const log = pino({ level: 'silent' })
const PAGES_MAX = 10
let webDir = ''
let access: Access = makeAccess(0)
let server: Server
let authenticator: Authenticator
const notReady: readonly string[] = []
let sockets: Sockets
let history = new History()
let clients: Socket[] = []
let killed: number[] = []
let ensemble = new FakeEnsemble()

beforeEach(async () => {
  webDir = mkdtempSync(join(tmpdir(), 'zabscope-web-'))
  mkdirSync(join(webDir, 'assets'))
  writeFileSync(join(webDir, 'index.html'), '<!doctype html><title>page</title>')
  writeFileSync(join(webDir, 'assets', 'app-1a2b.js'), 'export {}')
  history = new History()
  ensemble = new FakeEnsemble()
  clients = []
  killed = []
  const done = async (): Promise<null> => null
  const rest = Object.fromEntries(ACTION_NAMES.map((name) => [name, done])) as unknown as Handlers
  const handlers: Handlers = {
    ...rest,
    ...describeHandlers,
    ...historyHandlers(history.recorder, ABOUT),
    ...new TreeService(ensemble, () => null).handlers,
    ...new LockService({ reader: ensemble, findConnection: () => null, now: () => 0 }).handlers,
    'member:kill': async (_client, { sid }) => {
      killed.push(sid)
      return null
    },
  }
  const onGone = (): void => undefined
  const audit = new FakeAudit()
  authenticator = new Authenticator({ access: () => access, audit, userFile: null, onProblem: () => undefined })
  const performer = new Performer({ scopeOf: () => ({ cluster: 'one', handlers }), audit, log })
  const edge = { access: () => access, authenticator, performer, overload: new Overload(), log }
  const health = () => ({ fine: true })
  const app = createApp({
    ...edge,
    onGone,
    version: 't',
    webDir,
    basePath: '',
    audit,
    health,
    notReady: () => notReady,
    metrics: () => [],
  })
  server = createHttpServer(app)
  sockets = attachSockets({
    ...edge,
    server,
    clusters: oneCluster(history, () => ABOUT),
    pagesMax: PAGES_MAX,
  })
  guardEdge(server, { access: () => access, mayEnter: (token) => token === access.token })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  access = makeAccess(port())
})

afterEach(async () => {
  for (const client of clients) client.disconnect()
  authenticator.close()
  await sockets.close()
  server.closeAllConnections()
  rmSync(webDir, { recursive: true, force: true })
})

function port(): number {
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

interface Reply {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const asked: ClientRequest = request({ host: '127.0.0.1', port: port(), path, headers, method, agent: false })
    asked.on('error', reject)
    asked.on('response', (response) => {
      let body = ''
      response.on('data', (chunk) => {
        body += String(chunk)
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
    })
    asked.end()
  })
}

/** The status line of the answer to raw bytes. */
function raw(text: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect(port(), '127.0.0.1', () => socket.write(text))
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1')
    })
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(answer.split('\r\n')[0] ?? ''))
  })
}

function upgrade(headers: readonly string[], path = `${SOCKET_PATH}?EIO=4&transport=websocket`): Promise<string> {
  const fixed = [
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${'A'.repeat(22)}==`,
  ]
  return raw([`GET ${path} HTTP/1.1`, ...headers, ...fixed, '', ''].join('\r\n'))
}

function page(auth: Record<string, unknown> = { token: access.token }): Socket {
  const client = io(`http://127.0.0.1:${port()}`, {
    transports: ['websocket'],
    auth,
    extraHeaders: { Origin: `http://127.0.0.1:${port()}` },
    reconnection: false,
  })
  clients.push(client)
  return client
}

async function connected(): Promise<Socket> {
  const client = page()
  await new Promise<void>((resolve) => client.on('connect', resolve))
  return client
}

const hello = (client: Socket, lastSeq: number | null): Promise<Welcome> =>
  client.emitWithAck('hello', { version: 1, lastSeq }) as Promise<Welcome>
const dropped = (t: number): GatewayEvent => ({ type: 'dropped', t, sid: 1, count: 1 })
const nextFrame = (client: Socket): Promise<NumberedEvents> => new Promise((resolve) => client.once('events', resolve))

describe('http', () => {
  test.each(['evil.example', 'localhost.evil.example', '127.0.0.1.nip.io', 'LOCALHOST', 'localhost.'])(
    '[N-2] Host %s is answered 421, on every path and without a word',
    async (name) => {
      for (const path of ['/', '/assets/app-1a2b.js', '/api/health', SOCKET_PATH, '/none']) {
        const reply = await get(path, { Host: `${name}:${port()}` })
        expect([reply.status, reply.body, reply.headers['access-control-allow-origin']]).toEqual([421, '', undefined])
      }
    },
  )

  test('[N-2] no Host, two, or another in the target are refused', async () => {
    const host = `Host: 127.0.0.1:${port()}`
    expect(await raw('GET / HTTP/1.0\r\n\r\n')).toContain('421')
    expect(await raw(`GET / HTTP/1.1\r\n${host}\r\n${host}\r\nConnection: close\r\n\r\n`)).toMatch(/421|400/)
    expect(await raw(`GET http://evil.example/ HTTP/1.1\r\n${host}\r\nConnection: close\r\n\r\n`)).toContain('421')
    expect(await raw(`GET / HTTP/1.1\r\n${host}\r\nConnection: close\r\n\r\n`)).toContain('200')
  })

  test('[B-2, B-4, B-5, N-6] headers on every kind of answer', async () => {
    for (const path of ['/', '/rounds', '/assets/app-1a2b.js', '/api/health', '/api/none', '/none.js']) {
      const { headers } = await get(path)
      expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'")
      expect(headers['x-content-type-options']).toBe('nosniff')
      expect(headers['x-frame-options']).toBe('DENY')
      expect(headers['referrer-policy']).toBe('no-referrer')
      expect(headers['x-powered-by']).toBeUndefined()
      expect(headers['set-cookie']).toBeUndefined()
    }
  })

  test('the page, its assets, and places within it', async () => {
    expect(await get('/tree/a/b')).toMatchObject({ status: 200, body: '<!doctype html><title>page</title>' })
    expect((await get('/')).headers['cache-control']).toBe('no-store')
    expect((await get('/assets/app-1a2b.js')).headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect(JSON.parse((await get('/assets/gone.js')).body)).toMatchObject({ code: 'NOT_FOUND' })
    expect((await get('/..%2f..%2fetc%2fpasswd')).body).not.toContain('root:')
  })

  test('the API wants the token as bearer, and only GET', async () => {
    const bearer = { Authorization: `Bearer ${access.token}` }
    expect(await get('/api/health', bearer)).toMatchObject({ status: 200, body: '{"fine":true}' })
    expect((await get('/api/health')).status).toBe(401)
    expect((await get('/api/health', { Authorization: 'Bearer wrong' })).status).toBe(401)
    expect(await get('/api/none', bearer)).toMatchObject({ status: 404 })
    expect((await get('/', {}, 'POST')).status).toBe(405)
  })

  test('an unbuilt page says what to do', async () => {
    rmSync(join(webDir, 'index.html'))
    expect(await get('/')).toMatchObject({ status: 503, body: expect.stringContaining('npm run build') })
  })

  test('garbage and oversized headers are answered, and nothing falls over', async () => {
    expect(await raw('\x16\x03\x01 garbage\r\n\r\n')).toContain('400')
    expect(await raw(`GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`)).toContain('400')
    expect((await get('/')).status).toBe(200)
  })
})

describe('upgrades', () => {
  test('[S-2] foreign, null and missing origins are refused, and a foreign Host first', async () => {
    const host = `Host: 127.0.0.1:${port()}`
    const ours = `Origin: http://127.0.0.1:${port()}`
    expect(await upgrade([host, 'Origin: http://evil.example'])).toContain('403')
    expect(await upgrade([host, 'Origin: null'])).toContain('403')
    expect(await upgrade([host, 'Origin: http://127.0.0.1:5173'])).toContain('403')
    expect(await upgrade([host])).toContain('403')
    expect(await upgrade(['Host: evil.example', ours])).toContain('421')
    expect(await upgrade([host, ours], '/elsewhere')).toContain('404')
  })

  test('[S-3] a wrong or missing token gets no socket, and a reason', async () => {
    for (const auth of [{ token: 'wrong' }, {}, { token: 7 }]) {
      const client = page(auth)
      const error = await new Promise<Error>((resolve) => client.on('connect_error', resolve))
      expect(error.message).toContain('The access token is wrong')
    }
    expect(sockets.count()).toBe(0)
  })

  test('one page too many is refused with a code of its own', async () => {
    for (let n = 0; n < PAGES_MAX; n += 1) await connected()
    const client = page({ token: access.token })
    const error = await new Promise<Error>((resolve) => client.on('connect_error', resolve))
    expect(error).toMatchObject({ data: { code: 'FULL' } })
    expect(error.message).toContain(`${PAGES_MAX} pages are connected already`)
  })
})

describe('pages', () => {
  test('[S-4] get a snapshot, then frames without gaps, then what they missed', async () => {
    history.append(dropped(1))
    const client = await connected()
    expect(await hello(client, null)).toMatchObject({ type: 'snapshot', seq: 1, view: { totals: { dropped: 1 } } })
    const frame = nextFrame(client)
    history.append(dropped(2))
    history.append(dropped(3))
    expect(await frame).toEqual({ seq: 2, events: [dropped(2), dropped(3)] })
    client.disconnect()
    history.append(dropped(4))
    const again = await connected()
    expect(await hello(again, 3)).toMatchObject({ type: 'resume', from: { seq: 4, events: [dropped(4)] } })
    expect(await hello(again, 999)).toMatchObject({ type: 'snapshot', seq: 4 })
  })

  test('of another version are told to reload', async () => {
    const client = await connected()
    const welcome = (await client.emitWithAck('hello', { version: 2, lastSeq: null })) as Welcome
    expect(welcome).toMatchObject({ type: 'refused', reason: expect.stringContaining('Reload') })
  })

  test('ask, and are answered through one door', async () => {
    const client = await connected()
    ensemble.create('/a', 'x')
    expect(await client.emitWithAck('tree:list', { path: '/', offset: 0, watch: true })).toMatchObject({
      ok: true,
      value: { total: 1, children: [{ name: 'a' }] },
    })
    expect(await client.emitWithAck('member:kill', { sid: 2 })).toEqual({ ok: true, value: null })
    expect(killed).toEqual([2])
    expect(await client.emitWithAck('member:kill', { sid: 2, extra: 1 })).toMatchObject({
      ok: false,
      code: 'MALFORMED',
    })
    expect(killed).toEqual([2])
    const changed = new Promise((resolve) => client.once('tree:changed', resolve))
    ensemble.create('/b')
    expect(await changed).toEqual({ path: '/', event: 'children' })
  })

  test('[S-6] that flood are refused, that send nonsense or too much are let go', async () => {
    const flooding = await connected()
    const answers = await Promise.all(
      Array.from(
        { length: 200 },
        () => flooding.emitWithAck('locks:list', {}) as Promise<{ ok: boolean; code?: string }>,
      ),
    )
    expect(answers.some((answer) => answer.code === 'RATE')).toBe(true)
    expect(answers.slice(0, 50).every((answer) => answer.ok)).toBe(true)

    const babbling = await connected()
    const gone = new Promise((resolve) => babbling.on('disconnect', resolve))
    for (let i = 0; i < BAD_MESSAGES_MAX; i += 1) babbling.emit('nonsense', i)
    expect(await gone).toBe('io server disconnect')

    const shouting = await connected()
    const closed = new Promise((resolve) => shouting.on('disconnect', resolve))
    shouting.emit('tree:list', { path: `/${'x'.repeat(MESSAGE_BYTES_MAX)}` })
    expect(await closed).toBe('transport close')
  })

  test('[S-8] that do not read get no ever longer queue', async () => {
    const slow = await connected()
    await hello(slow, null)
    // Stops reading: the operating system's buffers fill, then ours would.
    const transport = slow.io.engine.transport as unknown as { ws: { _socket: { pause(): void } } }
    transport.ws._socket.pause()
    const filler = 'x'.repeat(200_000)
    for (let i = 0; i < 300; i += 1) {
      history.append({ type: 'notServing', t: i, sid: 1, reason: filler })
      sockets.flush()
      await new Promise((resolve) => setImmediate(resolve))
    }
    const quick = await connected()
    expect(await hello(quick, null)).toMatchObject({ type: 'snapshot', seq: 300 })
    const resync = new Promise((resolve) => slow.once('resync', resolve))
    const resumed = slow.io.engine.transport as unknown as { ws: { _socket: { resume(): void } } }
    resumed.ws._socket.resume()
    expect(await resync).toContain('could not keep up')
    expect(await hello(slow, null)).toMatchObject({ type: 'snapshot', seq: 300 })
  })
})
