// An HTTP port of a member: limits on what may be sent to it and how slowly, and who may ask by which name. What is
// answered is the AdminServer's and the metrics' business. Source: security.md N-2 and N-3.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { isIP, type Socket } from 'node:net'
import { hostname } from 'node:os'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { listen, stopListening } from '../listening.ts'
import type { MemberLogger } from '../logging.ts'

export const HTTP_HEADER_BYTES_MAX = 16 * 1024
export const HTTP_CONNECTIONS_MAX = 64
/** Headers must be whole by then, and the whole request. */
export const HTTP_HEADERS_TIMEOUT_MS = 10_000
const HTTP_REQUEST_TIMEOUT_MS = 30_000
/** How often lateness is looked for. */
const HTTP_CHECK_EVERY_MS = 1000
/** Requests on one connection. */
const HTTP_REQUESTS_PER_SOCKET_MAX = 1000

export interface HttpAnswer {
  readonly status: number
  readonly contentType?: string
  readonly headers?: Readonly<Record<string, string>>
  /** A stream is closed by whoever sends it. */
  readonly body: string | Readable
  /** Of a stream. */
  readonly bytes?: number
}

export interface HttpRequest {
  readonly url: URL
  /** Whose connection it is. */
  readonly address: string
  readonly authorization: string | null
}

export interface HttpPortOptions {
  /** What it is in sentences: `AdminServer`. */
  readonly what: string
  readonly host: string
  readonly port: number
  readonly idleTimeoutMs: number
  /** Names by which it may be asked, besides addresses, localhost and this machine's own; `all`: any. */
  readonly hosts: ReadonlySet<string> | 'all'
  readonly log: MemberLogger
  /** To GET and HEAD. */
  readonly answer: (request: HttpRequest) => Promise<HttpAnswer> | HttpAnswer
}

export interface HttpPort {
  /** Rejects with a PortError. */
  listen(): Promise<number>
  close(): Promise<void>
}

export function createHttpPort(options: HttpPortOptions): HttpPort {
  const { what, log } = options
  const sockets = new Set<Socket>()
  const server: Server = createServer(
    {
      maxHeaderSize: HTTP_HEADER_BYTES_MAX,
      headersTimeout: HTTP_HEADERS_TIMEOUT_MS,
      requestTimeout: HTTP_REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: HTTP_CHECK_EVERY_MS,
      keepAliveTimeout: options.idleTimeoutMs,
    },
    (request, response) => {
      handle(options, request, response).catch((error: unknown) => {
        log.error({ from: request.socket.remoteAddress, err: error }, `${what}: a request failed`)
        response.destroy()
      })
    },
  )
  server.maxConnections = HTTP_CONNECTIONS_MAX
  server.maxRequestsPerSocket = HTTP_REQUESTS_PER_SOCKET_MAX
  server.timeout = options.idleTimeoutMs
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('drop', (drop) =>
    log.warn({ from: drop?.remoteAddress }, `${what}: connection refused, ${HTTP_CONNECTIONS_MAX} are open`),
  )
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
    const from = 'remoteAddress' in socket ? socket.remoteAddress : undefined
    log.warn({ from, code: error.code }, `${what}: a client sent what is no HTTP request`)
    const status = error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request'
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy())
  })

  return {
    listen: () => listen(server, what, { port: options.port, host: options.host }),
    async close() {
      const stopped = stopListening(server)
      for (const socket of sockets) socket.destroy()
      await stopped
    },
  }
}

async function handle(options: HttpPortOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  request.resume() // a body is of no use to anybody here
  const answer = await decide(options, request)
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body
  response.writeHead(answer.status, {
    ...(answer.contentType === undefined ? {} : { 'Content-Type': answer.contentType }),
    'Content-Length': Buffer.isBuffer(body) ? body.length : (answer.bytes ?? 0),
    'X-Content-Type-Options': 'nosniff',
    ...answer.headers,
  })
  if (Buffer.isBuffer(body)) return void response.end(request.method === 'HEAD' ? undefined : body)
  if (request.method !== 'HEAD') return pipeline(body, response)
  body.destroy()
  response.end()
}

/** What Jetty says to other methods; none of them does anything. */
const OTHER_METHODS: Readonly<Record<string, HttpAnswer>> = {
  POST: { status: 405, headers: { Allow: 'GET, HEAD, OPTIONS' }, body: '' },
  PUT: { status: 405, headers: { Allow: 'GET, HEAD, OPTIONS' }, body: '' },
  DELETE: { status: 405, headers: { Allow: 'GET, HEAD, OPTIONS' }, body: '' },
  OPTIONS: { status: 200, headers: { Allow: 'GET, HEAD, OPTIONS' }, body: '' },
  TRACE: { status: 403, body: '' },
}

async function decide(options: HttpPortOptions, request: IncomingMessage): Promise<HttpAnswer> {
  const host = request.headers.host ?? ''
  if (!mayAskBy(options.hosts, host)) {
    options.log.warn(
      { from: request.socket.remoteAddress, host: host.slice(0, 100) },
      `${options.what}: asked by a name that is not this server's; name it in zabscope.httpHosts`,
    )
    return { status: 421, contentType: 'text/plain', body: 'This server does not go by that name.\n' }
  }
  // A page that somebody visits may not ask either: browsers say who sends them.
  const site = request.headers['sec-fetch-site']
  if (request.headers.origin !== undefined || site === 'cross-site' || site === 'same-site')
    return { status: 403, contentType: 'text/plain', body: 'Other pages may not ask this server.\n' }
  const { method = '' } = request
  if (method !== 'GET' && method !== 'HEAD') return OTHER_METHODS[method] ?? { status: 501, body: '' }
  const url = `http://h${request.url?.startsWith('/') ? request.url : '/'}`
  if (!URL.canParse(url)) return { status: 400, contentType: 'text/plain', body: 'This is no path.\n' }
  return options.answer({
    url: new URL(url),
    address: request.socket.remoteAddress ?? 'unknown',
    authorization: request.headers.authorization ?? null,
  })
}

/** Addresses are safe: only names can be pointed at us by somebody else's DNS. */
function mayAskBy(hosts: HttpPortOptions['hosts'], header: string): boolean {
  if (hosts === 'all') return true
  const name = header
    .replace(/:\d*$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
    .toLowerCase()
  return isIP(name) !== 0 || name === 'localhost' || name === hostname().toLowerCase() || hosts.has(name)
}
