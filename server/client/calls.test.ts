// Calls over a server that does as it is told: limits of time, closing, gaps with their state, removal of watches,
// whole subtrees, and answers larger than any server sends by default.

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ADD_WATCH_MODES } from '#shared/zk/watch.ts'
import type { ConnectOptions } from './connect-options.ts'
import {
  BadArgumentsError,
  ClientClosedError,
  NoWatcherError,
  RequestTimeoutError,
  SessionMovedError,
  ThrottledOpError,
  ZooKeeperError,
} from './errors.ts'
import { retryDelayMs, ServerList } from './server-list.ts'
import { type Answer, FAKE_STAT, FakeServer } from './testing/fake-server.ts'
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
  const zk = await ZooKeeper.connect({ servers: 'one:1,two:2', dial: server.dial, random: () => 0, ...options })
  clients.push(zk)
  return zk
}

describe('time', () => {
  test('callTimeoutMs holds for every call that says nothing else', async () => {
    const zk = await connect({ callTimeoutMs: 20 })
    server.answer = () => null
    const patient = zk.getData('/patient', { timeoutMs: Number.POSITIVE_INFINITY })
    const calls = [zk.exists('/a'), zk.create('/a'), zk.transaction().create('/a').commit(), zk.addWatch('/a')]
    for (const call of calls) await expect(call).rejects.toThrow(RequestTimeoutError)
    await expect(zk.getData('/b', { signal: new AbortController().signal })).rejects.toThrow(RequestTimeoutError)
    const asked = server.last.frames.find((frame) => frame.type === 'request' && frame.request.type === 'getData')
    for (const frame of server.last.frames) {
      if (frame.type === 'request') server.last.reply(frame.xid, frame === asked ? CONTENT : -101)
    }
    expect((await patient).stat).toEqual(FAKE_STAT)
    await expect(connect({ callTimeoutMs: 0 })).rejects.toThrow(BadArgumentsError)
  })

  test('a call whose signal was aborted before is not sent', async () => {
    const zk = await connect()
    await expect(zk.setData('/a', 'x', -1, { signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow(
      'too late',
    )
    await zk.sync()
    expect(server.last.requests.map(({ type }) => type)).toEqual(['sync'])
  })

  test('clients of a dead server come back over a while; each further round waits longer', () => {
    const servers = new ServerList([
      { host: 'a', port: 1 },
      { host: 'b', port: 1 },
    ])
    const waits = (failures: number) =>
      [0, 0.5, 0.99].map((chance) => retryDelayMs(failures, { servers, random: () => chance }))
    expect(waits(0)).toEqual([0, 25, 49.5])
    expect(waits(1)).toEqual([0, 0, 0])
    expect(Math.min(...waits(2))).toBeGreaterThan(0)
    expect(Math.min(...waits(40))).toBeGreaterThan(Math.max(...waits(2)))
  })
})

describe('closing', () => {
  test('what is in flight is answered first; what comes after it is refused', async () => {
    const zk = await connect()
    const { last } = server
    server.answer = () => null
    const flying = zk.setData('/a', 'x')
    const closing = zk.close()
    await expect(zk.exists('/late')).rejects.toThrow(ClientClosedError)
    await until(() => last.requests.length === 2)
    last.reply(1, { type: 'stat', stat: FAKE_STAT })
    expect(await flying).toEqual(FAKE_STAT)
    last.reply(2, { type: 'none' })
    await Promise.all([closing, zk.close()])
    expect(last.requests.map(({ type }) => type)).toEqual(['setData', 'closeSession'])
    expect(zk.state).toBe('closed')
  })

  test('a session that is kept is not ended', async () => {
    const zk = await connect()
    await zk.close({ keepSession: true })
    expect(server.last.requests.map(({ type }) => type)).toEqual(['sync'])
    expect(zk.state).toBe('closed')
  })
})

const CONTENT = { type: 'data', data: new TextEncoder().encode('now'), stat: FAKE_STAT } as const
const CHILDREN = { type: 'childrenStat', children: ['a', 'b'], stat: FAKE_STAT } as const

describe('a gap that brings the node', () => {
  const answers = (data: Answer, children: Answer) => {
    server.answer = ({ type }) =>
      type === 'getData'
        ? data
        : type === 'getChildren2'
          ? children
          : type === 'addWatch'
            ? { type: 'errorCode', err: 0 }
            : { type: 'none' }
  }

  test('as it is then, or as gone', async () => {
    const zk = await connect()
    const log = new EventLog()
    answers(CONTENT, CHILDREN)
    await zk.addWatch('/p', { reread: true, onEvent: log.push })
    zk.dropConnection()
    const node = { data: Buffer.from('now'), stat: FAKE_STAT, children: ['a', 'b'] }
    await log.has({ type: 'gap', path: '/p', node })
    answers(-101, -101)
    zk.dropConnection()
    await log.has({ type: 'gap', path: '/p', node: null })
    answers(-102, -102)
    zk.dropConnection()
    await log.has({ type: 'gap', path: '/p' })
  })

  test('after a connection that breaks during the reading there is another gap', async () => {
    const zk = await connect()
    const log = new EventLog()
    await zk.addWatch('/p', { reread: true, onEvent: log.push })
    answers(null, null)
    zk.dropConnection()
    await until(() => server.connections.length === 2 && server.last.requests.some(({ type }) => type === 'getData'))
    answers(CONTENT, CHILDREN)
    zk.dropConnection()
    await until(() => log.events.length > 0)
    expect(log.events).toEqual([
      { type: 'gap', path: '/p', node: { data: Buffer.from('now'), stat: FAKE_STAT, children: ['a', 'b'] } },
    ])
  })
})

describe('removing watches', () => {
  test('of one type, while another stays: the server is told what stays', async () => {
    const zk = await connect()
    await zk.getData('/p', { watch: () => undefined })
    await zk.getChildren('/p', { watch: () => undefined })
    await zk.removeWatches('/p', { type: 'data' })
    await zk.sync()
    expect(server.last.requests.slice(2)).toMatchObject([
      { type: 'removeWatches', path: '/p' },
      { type: 'setWatches', data: [], exist: [], child: ['/p'] },
      { type: 'sync' },
    ])
    await expect(zk.removeWatches('/p', { type: 'persistent' })).rejects.toThrow(NoWatcherError)
  })

  test('beside a persistent one that covers the path nothing is asked; a recursive one is replaced', async () => {
    const zk = await connect()
    await zk.addWatch('/p')
    await zk.getData('/p', { watch: () => undefined })
    await zk.removeWatches('/p', { type: 'data' })
    await zk.addWatch('/p', { recursive: true })
    await zk.removeWatches('/p', { type: 'persistentRecursive' })
    const modes = server.last.requests.map((request) => (request.type === 'addWatch' ? request.mode : request.type))
    const { persistent, persistentRecursive } = ADD_WATCH_MODES
    expect(modes).toEqual([persistent, 'getData', persistentRecursive, persistent])
  })

  test('locally, without a connection', async () => {
    const zk = await connect()
    const watch = await zk.addWatch('/p')
    server.welcome = () => 'close'
    zk.dropConnection()
    await until(() => zk.state === 'suspended')
    await zk.removeWatches('/p', { local: true })
    await expect(zk.removeWatches('/p', { local: true })).rejects.toThrow(NoWatcherError)
    expect(await watch[Symbol.asyncIterator]().next()).toEqual({ done: true, value: undefined })
    server.welcome = () => 'accept'
    await zk.sync()
    expect(server.last.requests.map(({ type }) => type)).toEqual(['sync'])
  })
})

test('a subtree is deleted from below, whatever vanishes meanwhile', async () => {
  const zk = await connect()
  const tree = new Map([
    ['/t', ['a', 'b', 'gone']],
    ['/t/a', ['x', 'y']],
    ['/t/a/x', []],
    ['/t/a/y', []],
    ['/t/b', []],
  ])
  const deleted: string[] = []
  server.answer = (request) => {
    if (request.type === 'getChildren2') return { ...CHILDREN, children: tree.get(request.path) ?? [] }
    if (request.type !== 'delete') return { type: 'none' }
    const below = [...tree.keys()].some((path) => path.startsWith(`${request.path}/`))
    if (below) return -111
    if (!tree.delete(request.path)) return -101
    deleted.push(request.path)
    return { type: 'none' }
  }
  await zk.deleteRecursive('/t')
  expect(deleted).toEqual(['/t/b', '/t/a/x', '/t/a/y', '/t/a', '/t'])
  await expect(zk.deleteRecursive('/')).rejects.toThrow(BadArgumentsError)
})

test('an answer as large as a million children of forty letters', async () => {
  const zk = await connect()
  const children = Array.from({ length: 50_000 }, (_, i) => `${i}-${'x'.repeat(900)}`)
  server.answer = () => ({ type: 'childrenStat', children, stat: FAKE_STAT })
  const answer = await zk.getChildren('/million')
  expect(answer.children.length).toBe(children.length)
  expect(answer.children.at(-1)).toBe(children.at(-1))
})

test('each code has an error of its own, also one that nobody knows', async () => {
  const zk = await connect()
  const codes: [number, unknown][] = [
    [-118, SessionMovedError],
    [-127, ThrottledOpError],
    [-77, ZooKeeperError],
  ]
  for (const [code, Class] of codes) {
    server.answer = () => code
    const error: unknown = await zk.getData('/a').catch((cause: unknown) => cause)
    expect(error).toBeInstanceOf(Class)
    expect(error).toMatchObject({ code, path: '/a' })
  }
})

test('`auth` is said before anything else, on each connection', async () => {
  const zk = await connect({ auth: [{ scheme: 'digest', auth: 'bob:secret' }] })
  for (const _connection of [1, 2]) {
    await zk.sync()
    expect(server.last.frames.map(({ type }) => type)).toEqual(['auth', 'request'])
    zk.dropConnection()
  }
})

test('a request that servers would answer by closing the connection is refused here', async () => {
  const zk = await connect()
  const [mebibyte, half] = [Buffer.alloc(2 ** 20), Buffer.alloc(2 ** 19)]
  await expect(zk.setData('/a', mebibyte)).rejects.toThrow(/more than 1048575 bytes.*jute.maxbuffer/)
  await expect(zk.create('/a', mebibyte)).rejects.toThrow(BadArgumentsError)
  await expect(zk.transaction().create('/a', half).setData('/b', half).commit()).rejects.toThrow(BadArgumentsError)
  await zk.setData('/a', half)
  const other = await connect({ requestBytesMax: 2 ** 22 })
  await other.setData('/a', mebibyte)
  expect(server.last.requests).toHaveLength(1)
})

test('a thousand calls may share one signal', async () => {
  const warnings: Error[] = []
  const onWarning = (warning: Error) => warnings.push(warning)
  process.on('warning', onWarning)
  const zk = await connect()
  const { signal } = new AbortController()
  await Promise.all(Array.from({ length: 1000 }, () => zk.exists('/a', { signal })))
  await new Promise((resolve) => setImmediate(resolve))
  process.off('warning', onWarning)
  expect(warnings).toEqual([])
})
