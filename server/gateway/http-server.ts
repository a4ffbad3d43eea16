// The gateway's one listener and what guards it: the Host check before anything else, the base path, the Origin check
// before upgrades. Routes are http/app.ts's business; Socket.IO is attached to the same server by sockets.ts.

import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type Access, hostIsAllowed, originIsAllowed } from './access.ts'
import { SECURITY_HEADERS } from './http/security-headers.ts'
import { CONNECTIONS_MAX, HEADER_BYTES_MAX, HEADERS_TIMEOUT_MS, REQUEST_TIMEOUT_MS, SLOW_LOOK_MS } from './limits.ts'

/** Where Socket.IO answers. */
export const SOCKET_PATH = '/socket.io/'

/** How long a request may take to arrive; tests have no patience. */
export interface Patience {
  readonly headersMs: number
  readonly requestMs: number
  readonly lookMs: number
}

const PATIENCE: Patience = {
  headersMs: HEADERS_TIMEOUT_MS,
  requestMs: REQUEST_TIMEOUT_MS,
  // Node looks every 30 s unless told otherwise, whatever the timeouts say.
  lookMs: SLOW_LOOK_MS,
}

/** A server that does not listen yet; call guardEdge once everything is attached to it. [N-3] */
export function createHttpServer(app: RequestListener, { headersMs, requestMs, lookMs } = PATIENCE): Server {
  const server = createServer({ maxHeaderSize: HEADER_BYTES_MAX, connectionsCheckingInterval: lookMs }, app)
  server.headersTimeout = headersMs
  server.requestTimeout = requestMs
  server.maxConnections = CONNECTIONS_MAX
  return server
}

const PROBES: ReadonlySet<string> = new Set(['/healthz', '/readyz'])

export interface Guard {
  readonly access: () => Access
  /** Whether a bearer token is worth anything: for upgrades without an Origin. */
  readonly mayEnter: (token: string) => boolean
  /** Where everything is, with a slash in front and none at its end; empty: at the root. */
  readonly basePath?: string
}

/**
 * Puts the Host check before every listener that the server has by now, for requests and for upgrades, and
 * the Origin check before upgrades. Behind it the base path is gone. Nothing may be attached afterwards.
 */
export function guardEdge(server: Server, { access, mayEnter, basePath = '' }: Guard): void {
  const requestListeners = server.listeners('request')
  const upgradeListeners = server.listeners('upgrade')
  server.removeAllListeners('request').removeAllListeners('upgrade')
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (!hostIsAllowed(access(), request)) answerShortly(response, 421)
    else if (isBareBase(request, basePath)) answerShortly(response, 308, `${basePath}/`)
    else if (!takeBaseOff(request, basePath)) answerShortly(response, 404)
    else for (const listener of requestListeners) listener.call(server, request, response)
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => undefined) // A reset before the upgrade must not end the process.
    if (!hostIsAllowed(access(), request)) refuseUpgrade(socket, '421 Misdirected Request')
    else if (!originIsAllowed(access(), request, mayEnter)) refuseUpgrade(socket, '403 Forbidden')
    else if (!takeBaseOff(request, basePath)) refuseUpgrade(socket, '404 Not Found')
    else if (!request.url?.startsWith(SOCKET_PATH)) refuseUpgrade(socket, '404 Not Found')
    else for (const listener of upgradeListeners) listener.call(server, request, socket, head)
  })
  server.on('clientError', (_error: Error, socket: Socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
    else socket.destroy()
  })
}

function isBareBase({ url = '' }: IncomingMessage, basePath: string): boolean {
  return basePath !== '' && (url === basePath || url.startsWith(`${basePath}?`))
}

/** False for what is not below the base path. */
function takeBaseOff(request: IncomingMessage, basePath: string): boolean {
  const { url = '' } = request
  // Whoever probes within the machine need not know the base path.
  if (basePath === '' || PROBES.has(url)) return true
  if (!url.startsWith(`${basePath}/`)) return false
  request.url = url.slice(basePath.length)
  return true
}

function answerShortly(response: ServerResponse, status: number, location?: string): void {
  const headers = location === undefined ? {} : { Location: location }
  response.writeHead(status, { ...SECURITY_HEADERS, ...headers, 'Content-Length': '0', Connection: 'close' }).end()
}

function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`)
}
