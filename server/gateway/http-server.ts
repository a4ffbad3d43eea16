// The gateway's HTTP side: Host check before anything else, security headers, the built page, and the few
// routes of the API. Live data goes over Socket.IO, which sockets.ts attaches to the same server.

import { existsSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { extname, join } from 'node:path'
import type { Duplex } from 'node:stream'
import express, { type Express, type Response } from 'express'
import { type Access, bearerToken, hostIsAllowed, originIsAllowed, tokenIsRight } from './access.ts'
import { CONNECTIONS_MAX, HEADER_BYTES_MAX, HEADERS_TIMEOUT_MS, REQUEST_TIMEOUT_MS } from './limits.ts'

/** Where Socket.IO answers. */
export const SOCKET_PATH = '/socket.io/'
const ONE_YEAR_MS = 365 * 24 * 60 * 60 * 1000

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ')

const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
}

export interface HttpOptions {
  readonly access: () => Access
  /** The built page: dist/web. */
  readonly webDir: string
  /** The body of GET /api/health. */
  readonly health: () => Readonly<Record<string, unknown>>
}

/** A server that does not listen yet; call guardHost once everything is attached to it. */
export function createHttpServer(options: HttpOptions): Server {
  const server = createServer({ maxHeaderSize: HEADER_BYTES_MAX }, createApp(options))
  server.headersTimeout = HEADERS_TIMEOUT_MS
  server.requestTimeout = REQUEST_TIMEOUT_MS
  server.maxConnections = CONNECTIONS_MAX
  return server
}

/**
 * Puts the Host check before every listener that the server has by now, for requests and for upgrades, and
 * the Origin check before upgrades. Nothing may be attached afterwards.
 */
export function guardHost(server: Server, access: () => Access): void {
  const requestListeners = server.listeners('request')
  const upgradeListeners = server.listeners('upgrade')
  server.removeAllListeners('request').removeAllListeners('upgrade')
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (hostIsAllowed(access(), request)) {
      for (const listener of requestListeners) listener.call(server, request, response)
      return
    }
    response.writeHead(421, { 'Content-Length': '0', Connection: 'close' }).end()
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => undefined) // A reset before the upgrade must not end the process.
    if (!hostIsAllowed(access(), request)) refuseUpgrade(socket, '421 Misdirected Request')
    else if (!originIsAllowed(access(), request)) refuseUpgrade(socket, '403 Forbidden')
    else if (!request.url?.startsWith(SOCKET_PATH)) refuseUpgrade(socket, '404 Not Found')
    else for (const listener of upgradeListeners) listener.call(server, request, socket, head)
  })
  server.on('clientError', (_error: Error, socket: Socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
    else socket.destroy()
  })
}

function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`)
}

function createApp({ access, webDir, health }: HttpOptions): Express {
  const app = express()
  app.disable('x-powered-by')
  app.set('trust proxy', false)
  app.use((request, response, next) => {
    response.set(SECURITY_HEADERS)
    if (request.method === 'GET' || request.method === 'HEAD') next()
    else answerError(response, 405, 'METHOD', 'Only GET is answered here; actions go over Socket.IO.')
  })
  app.use('/api', (request, response, next) => {
    response.set('Cache-Control', 'no-store')
    const token = bearerToken(request)
    if (token !== null && tokenIsRight(access(), token)) next()
    else answerError(response, 401, 'TOKEN', 'Send the access token as `Authorization: Bearer …`.')
  })
  app.get('/api/health', (_request, response) => {
    response.json(health())
  })
  app.use('/api', (_request, response) => answerError(response, 404, 'NOT_FOUND', 'There is no such route.'))
  // Hashed names never change their content; everything else is asked for again.
  app.use('/assets', express.static(join(webDir, 'assets'), { immutable: true, maxAge: ONE_YEAR_MS, index: false }))
  app.use(express.static(webDir, { index: false, cacheControl: false, setHeaders: noCache }))
  app.use((request, response) => {
    if (extname(request.path) !== '') answerError(response, 404, 'NOT_FOUND', 'There is no such file.')
    else sendPage(response, join(webDir, 'index.html'))
  })
  app.use((_error: Error, _request: unknown, response: Response, next: (error?: Error) => void) => {
    if (response.headersSent) next(_error)
    else answerError(response, 400, 'BAD_REQUEST', 'This request cannot be answered.')
  })
  return app
}

function noCache(response: ServerResponse): void {
  response.setHeader('Cache-Control', 'no-cache')
}

/** Every other path is a place within the page. */
function sendPage(response: Response, file: string): void {
  response.set('Cache-Control', 'no-store')
  if (existsSync(file)) response.sendFile(file, { cacheControl: false, dotfiles: 'allow' })
  else answerError(response, 503, 'NOT_BUILT', 'The page is not built. Run `npm run build`, then reload.')
}

function answerError(response: Response, status: number, code: string, message: string): void {
  response.status(status).set('Cache-Control', 'no-store').json({ code, message })
}
