// The HTTP ports in hostile hands: garbage, endless headers, slow requests, floods, other people's names. Nothing
// crashes, nothing grows, and the log says what happened, so often and no oftener.

import { type Agent, get as httpGet } from 'node:http'
import { createConnection, type Socket } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { createPrng, nextUint32 } from '#shared/base/prng.ts'
import { LINES_PER_WINDOW_MAX, limitedLogger } from '../limited-logger.ts'
import { type MemberLogger, silentLogger } from '../logging.ts'
import { createHttpPort, HTTP_CONNECTIONS_MAX, HTTP_HEADER_BYTES_MAX, type HttpPort } from './http-port.ts'

const open: HttpPort[] = []
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  for (const port of open.splice(0)) await port.close()
})

async function start(options: Partial<Parameters<typeof createHttpPort>[0]> = {}): Promise<number> {
  const port = createHttpPort({
    what: 'AdminServer',
    host: '127.0.0.1',
    port: 0,
    idleTimeoutMs: 60_000,
    hosts: new Set(['zk1.internal']),
    log: silentLogger(),
    answer: ({ url }) => ({ status: 200, contentType: 'text/plain', body: url.pathname }),
    ...options,
  })
  open.push(port)
  return port.listen()
}

/** Everything that comes back until the other side closes. */
async function send(port: number, text: string | Uint8Array): Promise<string> {
  const socket = createConnection(port, '127.0.0.1', () => socket.write(text))
  sockets.push(socket)
  let answer = ''
  socket.on('data', (chunk) => {
    answer += String(chunk)
  })
  socket.on('error', () => socket.destroy())
  await new Promise((resolve) => socket.once('close', resolve))
  return answer
}

function ask(port: number, headers: Record<string, string>, agent?: Agent): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    httpGet({ host: '127.0.0.1', port, path: '/x', headers, ...(agent ? { agent } : {}) }, (response) => {
      response.resume()
      resolve(response.statusCode)
    }).once('error', reject)
  })
}

test.each([
  ['127.0.0.1:8080', 200],
  ['[::1]:8080', 200],
  ['10.1.2.3', 200],
  ['LOCALHOST', 200],
  ['zk1.internal.:8080', 200],
  ['evil.example', 421],
  ['localhost.evil.example', 421],
  ['127.0.0.1.nip.io', 421],
  ['zk1.internal.evil', 421],
])('[N-2] asked as %s: %d', async (host, status) => {
  expect(await ask(await start(), { Host: host })).toBe(status)
})

test('[N-2] with zabscope.httpHosts=* any name will do', async () => {
  expect(await ask(await start({ hosts: 'all' }), { Host: 'zk.example' })).toBe(200)
})

test.each([
  ['Origin', 'http://evil.example'],
  ['Sec-Fetch-Site', 'cross-site'],
])('a page that somebody visits may not ask: %s', async (name, value) => {
  expect(await ask(await start(), { [name]: value })).toBe(403)
})

test('garbage is answered 400, with a line in the log, and never more lines than the limit', async () => {
  const warn = vi.fn()
  const log: MemberLogger = limitedLogger({ ...silentLogger(), warn }, () => 0)
  const port = await start({ log })
  const random = createPrng(7)
  for (let i = 0; i < 60; i += 1) {
    const garbage = Uint8Array.from({ length: 1 + (nextUint32(random) % 300) }, () => nextUint32(random) & 255)
    garbage[0] = 0xff // never the start of a request
    expect(await send(port, garbage)).toMatch(/^HTTP\/1\.1 400/)
  }
  expect(warn).toHaveBeenCalledTimes(LINES_PER_WINDOW_MAX)
  expect(warn.mock.calls[0]?.[1]).toBe('AdminServer: a client sent what is no HTTP request')
  expect(await ask(port, {})).toBe(200)
})

test.each([
  ['a request line without an end', `GET /${'a'.repeat(HTTP_HEADER_BYTES_MAX + 10)}`],
  ['a header without an end', `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'a'.repeat(HTTP_HEADER_BYTES_MAX + 10)}`],
])('[N-3] %s is cut at the limit', async (_, text) => {
  const port = await start()
  expect(await send(port, text)).toMatch(/^HTTP\/1\.1 431/)
  expect(await ask(port, {})).toBe(200)
})

test('[N-3] a request that says two lengths is refused', async () => {
  const port = await start()
  const both = 'Content-Length: 5\r\nTransfer-Encoding: chunked'
  expect(await send(port, `GET / HTTP/1.1\r\nHost: localhost\r\n${both}\r\n\r\nhello`)).toMatch(/^HTTP\/1\.1 400/)
})

test('[N-3] who takes all day over a request is cut off, and others are served meanwhile', async () => {
  const port = await start({ idleTimeoutMs: 300 })
  const slow = Array.from({ length: HTTP_CONNECTIONS_MAX - 1 }, () => send(port, 'GET / HTTP/1.1\r\nHost: local'))
  expect(await ask(port, {})).toBe(200)
  await Promise.all(slow)
  expect(await ask(port, {})).toBe(200)
})

test('more connections than the limit are dropped, and said so', async () => {
  const warn = vi.fn()
  const port = await start({ log: { ...silentLogger(), warn } })
  for (let i = 0; i < HTTP_CONNECTIONS_MAX; i += 1) {
    const socket = createConnection(port, '127.0.0.1')
    sockets.push(socket)
    await new Promise((resolve) => socket.once('connect', resolve))
  }
  expect(await send(port, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')).toBe('')
  expect(warn).toHaveBeenCalledWith(
    expect.anything(),
    `AdminServer: connection refused, ${HTTP_CONNECTIONS_MAX} are open`,
  )
})

test('a failing answer closes one connection, and is logged', async () => {
  const error = vi.fn()
  const port = await start({
    log: { ...silentLogger(), error },
    answer() {
      throw new Error('a bug of ours')
    },
  })
  expect(await send(port, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')).toBe('')
  expect(error).toHaveBeenCalledTimes(1)
})
